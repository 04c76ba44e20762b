"""Parts that the dialogs share."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from gui import theme


class PathField(QWidget):
    """A path with a button that asks for it."""

    changed = Signal()

    def __init__(self, title: str, filter_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._filter = title, filter_text
        self.edit = QLineEdit(self)
        self.edit.setClearButtonEnabled(True)
        self.edit.textChanged.connect(self.changed)
        button = QPushButton("选择…", self)
        button.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self.edit, 1)
        row.addWidget(button)
        self.setFocusProxy(self.edit)

    @property
    def path(self) -> Path | None:
        """The path given; ``None`` when the field is empty."""
        text = self.edit.text().strip().strip('"')
        return Path(text) if text else None

    def set_path(self, path: Path | None) -> None:
        """Fill the field."""
        self.edit.setText(str(path) if path else "")

    def _choose(self) -> None:
        start = str(self.path or Path.home())
        if self._filter:
            name, _ = QFileDialog.getOpenFileName(self, self._title, start, self._filter)
        else:
            name = QFileDialog.getExistingDirectory(self, self._title, start)
        if name:
            self.edit.setText(name)


def buttons(dialog: QDialog, accept: str, reject: str = "取消") -> QDialogButtonBox:
    """The two buttons of a dialog, in Chinese."""
    box = QDialogButtonBox(dialog)
    box.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
    if reject:
        box.addButton(reject, QDialogButtonBox.ButtonRole.RejectRole)
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
