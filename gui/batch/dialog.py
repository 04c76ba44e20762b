"""批量处理: every unit of a folder, beside the work in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QMessageBox, QPushButton, QStackedWidget

from docgen.batch.model import UnitRow
from gui.batch.form import BatchForm
from gui.batch.run import BatchRun, Order
from gui.session.files import FileDrop, open_outside
from gui.session.settings import Settings
from gui.style.theme import GRID
from gui.widgets.parts import STRETCH, button, column, label, present, row

_SIZE = QSize(880, 620)
_SMALLEST = QSize(640, 400)


class BatchDialog(QDialog):
    """Stays open beside the window; closed while a batch runs, it goes on without being seen."""

    unit_requested = Signal(Path)
    """A workbook (or folder) that the user wants to open."""
    went_on = Signal(str)
    """Something to tell the user while the dialog is not in sight."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setWindowTitle("批量处理")
        self.setWindowFlags(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)  # the window is the program
        self.setMinimumSize(_SMALLEST)
        room = self.screen().availableSize()
        self.resize(_SIZE.boundedTo(QSize(room.width() - 40, room.height() - 60)))
        self.form, self.run = BatchForm(settings.folder, settings.pack, self), BatchRun(self)
        FileDrop(self, lambda path: path.is_dir() and not self.run.is_running, self._take, self.form.drop)
        self._after: Callable[[], object] | None = None
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.form)
        self._pages.addWidget(self.run)
        self._hint = label(self, "双击一个单位，在主窗口打开", "muted")
        self.summary, results, again = (
            self._button("打开汇总表", lambda: self._open_outside("汇总表"), "primary"),
            self._button("打开结果文件夹", lambda: self._open_outside("结果文件夹")), self._button("再处理一个文件夹", self.begin_again))
        self.start, self.cancel, self.close_ = (
            self._button("开始", self.form.start, "primary"), self._button("取消", self.stop), self._button("关闭", self.close))
        self._shown = {self.start: "form", self.cancel: "running", self.summary: "done", results: "done", again: "done"}
        """When there is which button."""
        buttons = row(None, self.summary, results, again, self._hint, STRETCH, self.start, self.cancel, self.close_)
        column(self, (self._pages, 1), buttons, margins=GRID * 2, spacing=GRID + 4)
        self.form.ordered.connect(self._begin)
        self.run.ended.connect(self._ended)
        self.run.units.unit_requested.connect(self._open_unit)
        self._show_page(self.form)

    def _button(self, words: str, action: Callable[[], object], kind: str = "") -> QPushButton:
        made = button(self, words, action, kind=kind)
        made.setAutoDefault(False)
        return made

    # ------------------------------------------------------------ states
    def _show_page(self, page: BatchForm | BatchRun) -> None:
        self._pages.setCurrentWidget(page)
        is_running = self.run.is_running
        state = "form" if page is self.form else "running" if is_running else "done"
        for made, when in self._shown.items():
            made.setVisible(when == state)
        self.start.setDefault(state == "form")
        self.cancel.setEnabled(not self.run.is_stopping)
        self._hint.setVisible(state != "form")
        self.close_.setText("隐藏" if is_running else "关闭")
        self.close_.setToolTip("在后台继续处理；菜单“工具 → 批量处理”再打开这个窗口" if is_running else "")

    def _begin(self, order: Order) -> None:
        if not self.run.is_running:  # unless the button was pressed twice
            self.run.start(order)
            self._show_page(self.run)
            self.run.units.buttons[None].setFocus()  # where neither Enter nor the space bar does any harm

    def stop(self) -> None:
        """End after the units at hand."""
        self.run.stop()
        self._show_page(self.run)

    def _ended(self) -> None:
        result, problem = self.run.result, self.run.order.problem if self.run.order else ""
        self._show_page(self.form if result is None else self.run)
        if result is None:
            self.form.say(problem)
            words = f"批量处理没有完成：{problem}"
        else:
            words = f"批量处理{'' if result.cancelled else '完毕：'}{result.words()}。"
            self.summary.setFocus()
        after, self._after = self._after, None
        if after is not None:
            after()
        elif not self.isVisible() or self.isMinimized():
            self.went_on.emit(words)

    def begin_again(self) -> None:
        """Back to the first page, for another folder."""
        self._show_page(self.form)
        self.form.folder.setFocus()
        self.form.folder.edit.selectAll()

    # ------------------------------------------------------------ results
    def _open_outside(self, what: str) -> None:
        """The summary, in Excel or WPS, or the folder with all results."""
        if (result := self.run.result) is None:
            return
        path = result.summary if what == "汇总表" else result.summary.parent
        if not path.exists():
            self.run.notice.say(f"{what}已不在原来的位置（{path}），可能被移动或删除。", "red")
        elif not open_outside(path):
            self.run.notice.say(f"没有程序能打开{what}，它在：{path}", "amber")

    def _open_unit(self, unit: UnitRow) -> None:
        if Path(unit.path).exists():
            self.unit_requested.emit(Path(unit.path))
        else:
            self.run.notice.say(f"“{unit.file}”已不在原来的位置，可能被移动或删除。", "red")

    # ------------------------------------------------------------ the program ends
    def may_close(self, close: Callable[[], object]) -> bool:
        """Whether the program may end now; when the user would rather stop the batch first, *close* is called then."""
        if not self.run.is_running or self._after is not None:  # asked once: told again, it ends without more ado
            return True
        if not self.ask_stop():
            return False
        if self.run.is_running:  # it may have ended while the question stood
            self._after = close
            present(self)
            self.stop()
        return not self.run.is_running

    def ask_stop(self) -> bool:
        box = QMessageBox(QMessageBox.Icon.Question, "决算公开助手", "批量处理还没有完，要停止并退出吗？", parent=self if self.isVisible() else None)
        box.setInformativeText("停止的话，手头的单位做完、汇总表写好就退出；已处理的结果都保留。")
        go_on = box.addButton("继续处理", QMessageBox.ButtonRole.RejectRole)
        stop = box.addButton("停止并退出", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(go_on)
        box.setEscapeButton(go_on)
        box.exec()
        return box.clickedButton() is stop

    def put_away(self) -> None:
        self._after = None
        self.form.keep_quiet()
        self.hide()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Only out of sight: a batch goes on."""
        event.ignore()
        self.reject()

    def reject(self) -> None:
        """Esc and 关闭: out of sight."""
        super().reject()
        if self.run.is_running:
            self.went_on.emit("批量处理在后台继续，完成后在这里提示。")

    def _take(self, folder: Path) -> None:
        self._show_page(self.form)
        self.form.set_folder(folder)
        self.start.setFocus()
