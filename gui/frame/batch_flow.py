"""The one dialog 批量处理, and what the window has to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gui.widgets.notice import Notice, Tone

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from gui.batch.dialog import BatchDialog
    from gui.frame.file_flows import FileFlows
    from gui.session.settings import Settings

_SECONDS = 12


class BatchFlow(QObject):
    """Makes the dialog when it is first asked for; a batch goes on while it is out of sight."""

    def __init__(self, settings: Settings, files: FileFlows, bar: Notice, window: QWidget) -> None:
        super().__init__(window)
        self.settings, self.files, self.bar, self.window_ = settings, files, bar, window
        self.dialog: BatchDialog | None = None

    def show(self) -> None:
        """The dialog, in front."""
        self.made().present()

    def made(self) -> BatchDialog:
        """The dialog, made if need be."""
        from gui.batch.dialog import BatchDialog

        if self.dialog is None:
            self.dialog = BatchDialog(self.settings)
            self.dialog.unit_requested.connect(self._open)
            self.dialog.went_on.connect(self._tell)
        return self.dialog

    def _open(self, unit: Path) -> None:
        """A unit of the batch in the window, which comes to the front."""
        self.window_.activateWindow()
        self.window_.raise_()
        self.files.open(unit)

    def _tell(self, words: str) -> None:
        is_running = self.dialog is not None and self.dialog.run.is_running
        self.bar.say(words, Tone.INFO, ("查看", self.show), seconds=_SECONDS if is_running else 0)

    def may_close(self) -> bool:
        """Whether the window may close now: a batch under way is asked about, once, and may close it later."""
        return self.dialog is None or self.dialog.may_close(self.window_.close)

    def put_away(self) -> None:
        """The window closes."""
        if self.dialog is not None:
            self.dialog.put_away()
