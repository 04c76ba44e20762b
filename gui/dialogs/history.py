"""历史版本: the states in which the unit was opened and saved, what is otherwise now, and taking it back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QWidget

from gui.dialogs.forms import MARGINS, buttons
from gui.session.session import Session
from gui.widgets.notice import Notice, Tone
from gui.widgets.parts import STRETCH, button, column, label, row, splitter
from gui.widgets.rows import Column, RowTable
from workbook.editing.cells import Difference
from workbook.editing.kept import State

_SIZE = (860, 420)
_COLUMNS: tuple[Column[Difference], ...] = (
    Column("表", lambda d: d.sheet, 110), Column("位置", lambda d: d.place, 190),
    Column("那时", lambda d: d.before or "（空）", 150), Column("现在", lambda d: d.after or "（空）", 150),
)


class HistoryDialog(QDialog):
    """States at the left, what differs from now at the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._states = session.history.states()
        self._cells: list[Difference] = []
        self.setWindowTitle("历史版本")
        self.resize(*_SIZE)
        self.notice = Notice(self)
        self.list = QListWidget(self)
        self.list.setAccessibleName("历史版本")
        self.list.addItems([f"{s.time.astimezone():%m月%d日 %H:%M}　{s.what}" for s in self._states])
        self.table = RowTable(_COLUMNS, (2, 3), self, name="与现在不同的地方", many=True)
        self.model, self.filter = self.table.rows, self.table.filter
        self.summary = label(self, role="muted", wraps=True)
        self.take_chosen = button(self, "取回选中的单元格", lambda: self._take(chosen=True))
        self.take_all = button(self, "取回全部单元格", lambda: self._take(chosen=False))
        self.take_texts = button(self, "取回底稿", self._take_texts, tip="变动原因、文字资料等全部换成那时的；现在的先记入历史")
        right = QWidget(self)
        column(right, self.summary, (self.table, 1), row(None, self.take_chosen, self.take_all, self.take_texts, STRETCH))
        split = splitter(self, Qt.Orientation.Horizontal, self.list, right, sizes=(210, 620), stretch=(0, 1))
        words = "每次打开、保存时记下公开表和底稿，只留最近的。取回的单元格可以撤销（Ctrl+Z），保存后才写入文件。"
        column(self, label(self, words, "muted", wraps=True), self.notice, (split, 1), buttons(self, "关闭", ""), margins=MARGINS)
        self.list.currentRowChanged.connect(lambda _: self._show())
        if self._states:
            self.list.setCurrentRow(0)
        else:
            self.summary.setText("还没有历史版本。")
            self._enable([], [])

    @property
    def _state(self) -> State | None:
        row = self.list.currentRow()
        return self._states[row] if 0 <= row < len(self._states) else None

    def _show(self) -> None:
        """Compare the chosen state with now."""
        state, history = self._state, self.session.history
        if state is None:
            return
        cells, texts = self.notice.attempt(lambda: self.session.jobs.wait_for(lambda: history.differences(state))) or ([], [])
        self._cells = cells
        self.model.set_records([*cells, *texts])
        parts = [f"公开表 {len(cells)} 处" if cells else "", f"底稿 {len(texts)} 处" if texts else ""]
        found = "、".join(p for p in parts if p)
        self.summary.setText(f"与现在不同：{found}" if found else "与现在相同。")
        self._enable(cells, texts)

    def _enable(self, cells: list[Difference], texts: list[Difference]) -> None:
        for taking in (self.take_chosen, self.take_all):
            taking.setEnabled(bool(cells))
        self.take_texts.setEnabled(bool(texts))

    def _take(self, *, chosen: bool) -> None:
        wanted = self.table.selected() if chosen else self._cells
        if self._state is None:
            return
        count = self.session.history.take_cells(self._state, wanted)
        self.notice.say(f"已取回 {count} 个单元格。" if count else "请先在表中选中要取回的单元格（公式随数自动计算）。", Tone.GOOD if count else Tone.INFO)
        self._show()

    def _take_texts(self) -> None:
        if (state := self._state) is not None and self.notice.attempt(partial(self.session.history.take_texts, state)):
            self.notice.say("已取回那时的底稿。", Tone.GOOD)
            self._show()
