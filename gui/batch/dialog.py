"""批量处理: every unit of a folder, beside the work in the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QMessageBox, QStackedWidget

from gui.batch.form import BatchForm
from gui.batch.run import BatchRun
from gui.session.files import dropped, open_outside
from gui.style.theme import GRID
from gui.widgets.parts import STRETCH, button, column, label, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent

    from docgen.batch.model import UnitRow
    from gui.batch.run import Order
    from gui.session.settings import Settings

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
        self.setAcceptDrops(True)
        self.setMinimumSize(_SMALLEST)
        room = self.screen().availableSize()
        self.resize(_SIZE.boundedTo(QSize(room.width() - 40, room.height() - 60)))
        self.form, self.run = BatchForm(settings.folder, settings.pack, self), BatchRun(self)
        self._after: Callable[[], object] | None = None
        self._pages = QStackedWidget(self)
        for page in (self.form, self.run):
            self._pages.addWidget(page)
        self.start, self.summary = (button(self, words, do, kind="primary") for words, do in (
            ("开始", self.form.start), ("打开汇总表", self.open_summary)))
        self.cancel, self.results, self.again, self.close_ = (button(self, words, do) for words, do in (
            ("取消", self.stop), ("打开结果文件夹", self.open_results), ("再处理一个文件夹", self.begin_again), ("关闭", self.close)))
        self._hint = label(self, "双击一个单位，在主窗口打开", "muted")
        buttons = row(None, self.summary, self.results, self.again, self._hint, STRETCH, self.start, self.cancel, self.close_)
        for made in (self.start, self.summary, self.cancel, self.results, self.again, self.close_):
            made.setAutoDefault(False)
        column(self, (self._pages, 1), buttons, margins=GRID * 2, spacing=GRID + 4)
        self.form.ordered.connect(self._begin)
        self.run.ended.connect(self._ended)
        self.run.units.unit_requested.connect(self._open_unit)
        self._show_buttons()

    # ------------------------------------------------------------ states
    def present(self) -> None:
        """Show the dialog, or bring it to the front."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def _show_buttons(self) -> None:
        is_form = self._pages.currentWidget() is self.form
        is_running, has_result = self.run.is_running, self.run.result is not None
        self.start.setVisible(is_form)
        self.start.setDefault(is_form)
        self.cancel.setVisible(is_running)
        self.cancel.setEnabled(not self.run.is_stopping)
        for made in (self.summary, self.results):
            made.setVisible(not is_form and has_result and not is_running)
        self._hint.setVisible(not is_form)
        self.again.setVisible(not is_form and not is_running)
        self.close_.setText("隐藏" if is_running else "关闭")
        self.close_.setToolTip("在后台继续处理；菜单“工具 → 批量处理”再打开这个窗口" if is_running else "")

    def _begin(self, order: Order) -> None:
        if self.run.is_running:  # the button was pressed twice
            return
        self._pages.setCurrentWidget(self.run)
        self.run.start(order)
        self._show_buttons()
        self.run.units.buttons[""].setFocus()  # where neither Enter nor the space bar does any harm

    def stop(self) -> None:
        """End after the units at hand."""
        self.run.stop()
        self._show_buttons()

    def _ended(self) -> None:
        result, words = self.run.result, f"批量处理没有完成：{self.run.problem}"
        if result is None:
            self._pages.setCurrentWidget(self.form)
            self.form.say(self.run.problem)
        self._show_buttons()
        if result is not None:
            words = f"批量处理{'' if result.cancelled else '完毕：'}{result.words()}。"
            self.summary.setFocus()
        after, self._after = self._after, None
        if after is not None:
            after()
        elif not self.isVisible() or self.isMinimized():
            self.went_on.emit(words)

    def begin_again(self) -> None:
        """Back to the first page, for another folder."""
        self._pages.setCurrentWidget(self.form)
        self._show_buttons()
        self.form.folder.setFocus()
        self.form.folder.edit.selectAll()

    # ------------------------------------------------------------ results
    def open_summary(self) -> None:
        """The summary, in Excel or WPS."""
        if self.run.result is not None:
            self._open_outside(self.run.result.summary, "汇总表")

    def open_results(self) -> None:
        """The folder with all results."""
        if self.run.result is not None:
            self._open_outside(self.run.result.summary.parent, "结果文件夹")

    def _open_outside(self, path: Path, what: str) -> None:
        if not path.exists():
            self.run.notice.say(f"{what}已不在原来的位置（{path}），可能被移动或删除。", "red")
        elif not open_outside(path):
            self.run.notice.say(f"没有程序能打开{what}，它在：{path}", "amber")

    def _open_unit(self, unit: UnitRow) -> None:
        if not Path(unit.path).exists():
            self.run.notice.say(f"“{unit.file}”已不在原来的位置，可能被移动或删除。", "red")
        else:
            self.unit_requested.emit(Path(unit.path))

    # ------------------------------------------------------------ the program ends
    def may_close(self, close: Callable[[], object]) -> bool:
        """Whether the program may end now; when the user would rather stop the batch first, *close* is called then."""
        if not self.run.is_running or self._after is not None:  # asked once: told again, it ends without more ado
            return True
        return self.ask_stop() and not self._stop_first(close)

    def _stop_first(self, close: Callable[[], object]) -> bool:
        """Stop the batch, then *close*; false when it has ended while the question stood."""
        if self.run.is_running:
            self._after = close
            self.present()
            self.stop()
        return self.run.is_running

    def ask_stop(self) -> bool:
        """Whether to stop the batch and leave."""
        box = QMessageBox(self if self.isVisible() else None)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("决算公开助手")
        box.setText("批量处理还没有完，要停止并退出吗？")
        box.setInformativeText("停止的话，手头的单位做完、汇总表写好就退出；已处理的结果都保留。")
        go_on = box.addButton("继续处理", QMessageBox.ButtonRole.RejectRole)
        stop = box.addButton("停止并退出", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(go_on)
        box.setEscapeButton(go_on)
        box.exec()
        return box.clickedButton() is stop

    def put_away(self) -> None:
        """The program ends."""
        self._after = None
        self.form.keep_quiet()
        self.hide()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Only out of sight: a batch goes on."""
        event.ignore()
        self.reject()

    def reject(self) -> None:
        """Esc and 关闭: out of sight."""
        was_running = self.run.is_running
        super().reject()
        if was_running:
            self.went_on.emit("批量处理在后台继续，完成后在这里提示。")

    # ------------------------------------------------------------ dropping a folder
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        """A folder may be dropped, unless a batch runs."""
        if not self.run.is_running and _dropped(event) is not None:
            event.acceptProposedAction()
            self.form.drop.light(on=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802  # Qt's name
        """Not here, then."""
        self.form.drop.light(on=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        """Take the folder."""
        folder = _dropped(event)
        self.form.drop.light(on=False)
        if folder is not None:
            event.acceptProposedAction()
            self._pages.setCurrentWidget(self.form)
            self._show_buttons()
            self.form.set_folder(folder)
            self.start.setFocus()


def _dropped(event: QDropEvent) -> Path | None:
    return next((path for path in dropped(event.mimeData()) if path.is_dir()), None)
