"""What the menus 工具 and 帮助 do."""

from __future__ import annotations

import os
from decimal import Decimal
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.pages.base import PageName
from gui.session import files
from gui.session.files import FileWriter
from gui.widgets.notice import Notice, Tone
from gui.widgets.parts import present
from workbook.log import log_file
from workbook.pack.companion_form import PRIOR_FILE, YEAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.batch.dialog import BatchDialog
    from gui.frame.file_flows import FileFlows
    from gui.session.session import Session
    from gui.session.settings import Settings
    from workbook.entries import Entry

_SECONDS = 12


class ToolsFlows(QObject):
    """Checking again, exporting, batch, dialogs, what is noted of the workbook, help."""

    def __init__(self, session: Session, settings: Settings, files: FileFlows, bar: Notice, window: QWidget) -> None:
        super().__init__(window)
        self.session, self.settings, self.files, self.bar, self.window_ = session, settings, files, bar, window
        self._writer = FileWriter(session.jobs, bar, window)
        self._help: Any = None
        self._replace: Any = None
        self.batch: BatchDialog | None = None
        """Made when it is first asked for; a batch goes on while it is out of sight."""

    def check_again(self) -> None:
        """Check once more and say what came out."""
        self.session.findings.check()
        self.session.checked.emit()
        if (report := self.session.report) is not None:
            counts = report.summary()
            self.bar.say(
                f"校验完成：错误 {counts['错误']}，提示 {counts['提示']}，尾差 {counts['尾差']}；"
                f"{report.extent_words()}。", Tone.INFO, seconds=8)

    def export_issues(self) -> None:
        """Write the findings as an Excel list, after the user said where."""
        from workbook.rules.issue_output import write_issue_list

        if (path := self.session.path) is None:
            return
        found = self.session.findings.complete()
        self._writer.write(
            "导出审核结果", files.beside(path, "_审核结果.xlsx"), files.EXCEL,
            lambda target: write_issue_list(target, path, found.issues, found.summary()),
            lambda target: f"审核结果已写入“{target.name}”。")

    # ------------------------------------------------------------ batch
    def made_batch(self) -> BatchDialog:
        """The dialog 批量处理, made if need be."""
        from gui.batch.dialog import BatchDialog

        if self.batch is None:
            self.batch = BatchDialog(self.settings)
            self.batch.unit_requested.connect(self._open_unit)
            self.batch.went_on.connect(self._tell_batch)
        return self.batch

    def show_batch(self) -> None:
        """The dialog, in front; it reads what lies on the disk: what is not saved is asked about first."""
        self.files.settle(lambda: present(self.made_batch()), stays=True)

    def _open_unit(self, unit: Path) -> None:
        """A unit of the batch in the window, which comes to the front."""
        present(self.window_)
        self.files.open(unit)

    def _tell_batch(self, words: str) -> None:
        is_running = self.batch is not None and self.batch.run.is_running
        self.bar.say(words, Tone.INFO, ("查看", partial(present, self.made_batch())), seconds=_SECONDS if is_running else 0)

    # ------------------------------------------------------------ dialogs
    def dialog(self, module: str, kind: str, *given: object) -> Any:
        """A dialog of that kind, for what is *given*."""
        return getattr(import_module(f"gui.dialogs.{module}"), kind)(*given, self.window_)

    def new_year(self) -> None:
        """The dialog 新建本年工作簿; the new workbook is opened."""
        from gui.dialogs.asking import NewYearDialog
        from workbook.pack.choice import key_of
        from workbook.pack.loading import DEFAULT_PACK

        last = self.session.accounts if self.session.is_open else None
        pack = key_of(last.pack.folder) if last is not None else self.settings.pack or DEFAULT_PACK
        dialog = NewYearDialog(self.session.jobs, self.settings.folder, last, self.window_, pack=pack)
        if dialog.exec() and dialog.made is not None and dialog.made_with is not None:
            self.files.open(dialog.made.workbook, key_of(dialog.made_with.folder))

    def replace(self, go: Callable[[PageName, str], None]) -> None:
        """The dialog 查找和替换, beside the window; *go* shows a place of the texts."""
        if self._replace is None:
            self._replace = self.dialog("lists", "ReplaceDialog", self.session)
            self._replace.text_requested.connect(
                lambda hit: go(PageName.REASONS if hit.is_reason else PageName.TEXTS, hit.target))
        present(self._replace)
        self._replace.words.setFocus()

    def link_prior(self) -> None:
        """Ask for last year's workbook and keep its place in the 底稿."""
        if (prior := files.ask_source(self.window_, "选择上年的决算公开表", self.settings.folder, files.WORKBOOKS)) is not None:
            self.link_to(prior)

    def link_to(self, prior: Path) -> None:
        """Use *prior* as last year's workbook; kept in the 底稿, relative to it when it is near."""
        if self.session.path is None or self.session.is_dirty:
            self.bar.say("请先保存对公开表的修改，再关联上年工作簿。", Tone.WARNING)
            return
        try:
            relative = os.path.relpath(prior, self.session.companion_or_new().path.parent)
        except ValueError:  # another drive
            relative = str(prior)
        is_near = Path(relative).parts[:3] != ("..", "..", "..")
        self._note(PRIOR_FILE, lambda entry: entry.with_text(relative if is_near else str(prior)))

    def set_year(self, year: int) -> None:
        """Note in the 底稿 which year the open workbook is of, which states none, after unsaved edits are settled."""
        self.files.settle(lambda: self._note(YEAR, lambda entry: entry.with_value(Decimal(year))))

    def _note(self, name: str, change: Callable[[Entry], Entry]) -> None:
        """Change an entry of the 底稿 on which the reading of the workbook depends, and read that anew."""
        companion = self.session.companion_or_new()
        self.session.set_companion(companion.with_text(name, change(companion.text(name))))
        self.session.reload()

    # ------------------------------------------------------------ outside of the window
    def reveal(self) -> None:
        if (path := self.session.path) is not None:
            files.open_outside(path if path.is_dir() else path.parent)

    def show_log(self) -> None:
        folder = log_file().parent
        folder.mkdir(parents=True, exist_ok=True)
        files.open_outside(folder)

    def show_help(self) -> None:
        """The manual in its own window."""
        self._help = self._help or self.dialog("about", "HelpWindow")
        present(self._help)
