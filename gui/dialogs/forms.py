"""Parts that the dialogs share."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QWidget,
)

from docgen.job.inputs import user_packs
from gui.session.files import ask_source, open_outside
from gui.session.opening import load_chosen, pack_choices
from gui.style import theme
from gui.widgets.notice import Notice
from gui.widgets.parts import button, column, row
from workbook.pack.loading import Pack

_PACK_LETTERS = 14
MARGINS = (theme.GRID * 3, theme.GRID * 2, theme.GRID * 3, theme.GRID * 2)
"""Around what a dialog holds."""


class PathField(QWidget):
    """A path with a button that asks for it (a folder, where no kinds of files are given), first at *start*."""

    changed = Signal()

    def __init__(self, title: str, filter_text: str = "", parent: QWidget | None = None, start: Path | None = None) -> None:
        super().__init__(parent)
        self._title, self._filter, self._start = title, filter_text, start or Path.home()
        self.edit = QLineEdit(self, clearButtonEnabled=True)
        self.edit.textChanged.connect(self.changed)
        choose = button(self, "选择…", self._choose)
        choose.setAccessibleName(title)
        row(self, (self.edit, 1), choose)
        self.setFocusProxy(self.edit)

    @property
    def path(self) -> Path | None:
        text = self.edit.text().strip().strip('"')
        return Path(text) if text else None

    def set_path(self, path: Path | None) -> None:
        self.edit.setText(str(path) if path else "")

    def _choose(self) -> None:
        if (chosen := ask_source(self, self._title, self.path or self._start, self._filter)) is not None:
            self.set_path(chosen)


class PackField(QWidget):
    """The template packs to choose from; one that is broken says why."""

    def __init__(self, key: str, parent: QWidget | None = None, *, automatic: bool = True) -> None:
        """*automatic*: the choice may be left to the tables of each workbook."""
        super().__init__(parent)
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.box = QComboBox(self, sizeAdjustPolicy=policy, minimumContentsLength=_PACK_LETTERS)
        self.box.setAccessibleName("模板包")
        self.problem = Notice(self)
        folder = button(
            self, "自己的模板包", self._open_folder, tip="打开存放自己的模板包的文件夹；放进去的模板包下次打开这个对话框时列出")
        column(self, row(None, (self.box, 1), folder), self.problem, spacing=theme.GRID // 2)
        self.setFocusProxy(self.box)
        self._choices = pack_choices(key, automatic=automatic)
        for choice in self._choices:
            self.box.addItem(choice.title, choice.key)
        self.box.setCurrentIndex(self.box.findData(key))
        self.box.currentIndexChanged.connect(self._show_problem)
        self._show_problem()

    @property
    def key(self) -> str:
        return str(self.box.currentData())

    def load(self) -> Pack | None:
        """The pack chosen; ``None``, and the reason is shown, when it cannot be used."""
        pack = self.problem.attempt(lambda: load_chosen(self.key))
        if pack is None:
            self.box.setFocus()
        return pack

    def _show_problem(self) -> None:
        if problem := self._choices[self.box.currentIndex()].problem:
            self.problem.say(problem, "red")
        else:
            self.problem.dismiss()

    def _open_folder(self) -> None:
        folder = user_packs()
        self.problem.attempt(lambda: folder.mkdir(parents=True, exist_ok=True))
        open_outside(folder)


def fields(*rows: QWidget | tuple[str, QWidget] | tuple[str, QLayout, QWidget]) -> QFormLayout:
    """Fields with their names, below each other; with a layout goes the widget that its name's key leads to."""
    form = QFormLayout(
        horizontalSpacing=theme.GRID * 2, verticalSpacing=theme.GRID,
        fieldGrowthPolicy=QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    for line in rows:
        if isinstance(line, QWidget):
            form.addRow(line)
            continue
        name, field = QLabel(line[0]), line[1]
        name.setBuddy(line[-1])
        form.addRow(name, field)
    return form


def buttons(dialog: QDialog, accept: str, reject: str = "取消") -> QDialogButtonBox:
    """The two buttons of a dialog, in Chinese."""
    box = QDialogButtonBox(dialog)
    box.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
    if reject:
        box.addButton(reject, QDialogButtonBox.ButtonRole.RejectRole)
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
