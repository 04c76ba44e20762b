"""What a batch needs to know: which folder, where the results go, with which pack, how many at a time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from docgen.batch.ledger import LEDGER
from docgen.batch.running import MAX_WORKERS, cores
from gui.batch.run import Order
from gui.dialogs.forms import PackField, PathField, fields
from gui.session.jobs import Jobs, Pause
from gui.style.theme import GRID
from gui.widgets.notice import Notice
from gui.widgets.parts import STRETCH, DropZone, column, label, row, set_state

_PAUSE_MS = 250
"""After a change of the folders, before they are looked at."""
_LEAST_DROP, _MOST_DROP = 64, 240
_BESIDE = "一般放在它旁边，名称后面加“_结果”。"
_UNCHANGED = "不勾选时，以前做过、文件没有变动的单位不再做，结果照旧；中断的接着做完。"
_WORDS = "逐个单位校验，没有错误的生成报告；旁边有报告的一并审校，写出检查表。结果汇总成一张 Excel 表，原来的文件不改动。"


class BatchForm(QWidget):
    """The first page of the dialog."""

    ordered = Signal(object)
    """The :class:`~gui.batch.run.Order`: begin."""

    def __init__(self, start: Path, pack: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = Jobs(self)
        self._told: Path | None = None
        """The folder for the results of which was said that other things lie in it."""
        self._proposed = ""
        self.folder = PathField("选择存放各单位公开表的文件夹", parent=self, start=start)
        self.folder.edit.setPlaceholderText("里面每个单位一个工作簿，或者一个子文件夹")
        self.out = PathField("选择存放结果的文件夹", parent=self, start=start)
        self.out_note = label(self, wraps=True)
        self.out_note.setMinimumHeight(self.out_note.fontMetrics().height())  # the form does not jump when it speaks
        self.pack = PackField(pack, self)
        self.workers = QSpinBox(self, minimum=1, maximum=MAX_WORKERS, value=min(cores(), MAX_WORKERS), suffix=" 个单位")
        self.workers.setMinimumWidth(110)
        self.restart = QCheckBox("全部重做(&A)", self)
        self.notice = Notice(self)
        self.drop = DropZone("把存放各单位公开表的文件夹拖到这里", "子文件夹逐层查找。同一个单位的上年公开表、底稿放在一起的，自动配套使用。", self)
        self.drop.setMinimumHeight(_LEAST_DROP)
        self.drop.setMaximumHeight(_MOST_DROP)
        hint = f"一般不用改。本机最快是 {self.workers.value()} 个；电脑同时要做别的事，可以调小。"
        form = fields(
            ("单位所在文件夹(&F)", self.folder), ("结果存放到(&R)", column(None, self.out, self.out_note, spacing=GRID // 2), self.out),
            ("模板包(&P)", self.pack),
            ("同时处理(&N)", row(None, self.workers, (label(self, hint, "muted", wraps=True), 1)), self.workers),
            ("以前做过的", row(None, self.restart, (label(self, _UNCHANGED, "muted", wraps=True), 1)), self.restart))
        column(self, label(self, _WORDS, "muted", wraps=True), form, self.notice, (self.drop, 1), STRETCH, spacing=GRID + 4)
        self._later = Pause(self, _PAUSE_MS, lambda: self._look(begin=False))
        self._show_note(_BESIDE, is_foreign=False)
        self.folder.changed.connect(self._folder_changed)
        self.out.changed.connect(self._changed)

    # ------------------------------------------------------------ filling in
    def set_folder(self, folder: Path) -> None:
        """Work on *folder*; the results go beside it."""
        self._proposed = self.out.edit.text()  # a new folder, a new place for its results
        self.folder.set_path(folder)

    @property
    def order(self) -> Order | None:
        """What is filled in; ``None`` while a folder is missing."""
        folder, out, chosen = self.folder.path, self.out.path, self.workers.value()
        if folder is None or out is None:
            return None
        return Order(folder, out, None if chosen == cores() else chosen, self.pack.key, self.restart.isChecked())

    def _folder_changed(self) -> None:
        """The place for the results follows, unless the user has chosen one."""
        if self.out.edit.text() in ("", self._proposed):
            folder = self.folder.path
            self._proposed = str(proposed_results(folder)) if folder is not None else ""
            self.out.edit.setText(self._proposed)
        self._changed()

    def _changed(self) -> None:
        self.notice.hide()
        self._later.start()

    def start(self) -> None:
        """Begin, unless the user must choose or know something first."""
        for field, words in (
            (self.folder, "请选择存放各单位公开表的文件夹，也可以把它拖到窗口里。"), (self.out, "请选择存放结果的文件夹。")):
            if field.path is None:
                self.say(words)
                field.setFocus()
                return
        self._later.stop()
        self._look(begin=True)

    # ------------------------------------------------------------ looking at the folder for the results
    def _look(self, *, begin: bool) -> None:
        """Look into it on a worker: a network place may be slow."""
        folder, out = self.folder.path, self.out.path
        self._jobs.start(lambda: _about(out, folder), lambda seen: self._looked(out, *seen, begin=begin), quiet=True)

    def _looked(self, out: Path | None, note: str, is_foreign: bool, *, begin: bool) -> None:
        if out != self.out.path:
            return
        was_told, self._told = self._told == out, out if is_foreign else None
        self._show_note(note, is_foreign=is_foreign)
        if not begin or (order := self.order) is None:
            return
        if is_foreign and not was_told:
            self.notice.say(f"结果文件夹“{order.out.name}”里已有别的文件。换一个文件夹，或者再点一次“开始”就写在那里。", "amber")
        else:
            self.ordered.emit(order)

    def _show_note(self, note: str, *, is_foreign: bool) -> None:
        self.out_note.setText(note)
        set_state(self.out_note, "amber" if is_foreign else "", "" if is_foreign else "muted")

    def say(self, problem: str) -> None:
        self.notice.say(problem, "red", closable=False)

    def keep_quiet(self) -> None:
        """The dialog is closed: let no job outlive it."""
        self._later.stop()
        self._jobs.finish()


def proposed_results(folder: Path) -> Path:
    """Where the results of *folder* go unless the user says otherwise: beside it; inside for a whole drive."""
    return folder.with_name(f"{folder.name}_结果") if folder.name else folder / "批量处理_结果"


def _about(out: Path | None, folder: Path | None) -> tuple[str, bool]:
    """What the user should know of the folder for the results, and whether other things lie in it."""
    try:
        if out is None:
            return _BESIDE, False
        if not out.exists():
            return "会新建这个文件夹。", False
        if not out.is_dir() or out == folder or not any(out.iterdir()):
            return "", False  # a file, and the folder itself, are refused by the batch
        if (out / LEDGER).exists():
            return "里面有以前批量处理的结果：这次会更新，您改过的文件保留。", False
    except (OSError, ValueError):
        return "", False  # likewise
    return "这个文件夹里已有别的文件：不会改动它们，结果写在它们旁边。", True
