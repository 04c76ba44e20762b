"""The page 公式库: every check formula, how it stands on this workbook, and its basis."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QWidget

from gui.pages.base import Page
from gui.session.session import Session
from gui.style import theme
from gui.widgets.fit import ElidedLabel
from gui.widgets.parts import SearchBox, button, column, label, row
from gui.widgets.rows import Column, Index, RowFilter, RowModel, RowTable, muted
from workbook.formulas.outcomes import FormulaState, State, formula_states
from workbook.pack.loading import Pack

_NARROW = 820
"""Below this width (pixels) severity and formula are not listed."""
_CHOICES: tuple[tuple[str, frozenset[State]], ...] = (
    ("全部公式", frozenset()), ("不平的", frozenset({State.BROKEN, State.NOTICE})), ("有尾差的", frozenset({State.TAIL})),
    ("成立的", frozenset({State.HOLDS})), ("未执行或不适用的", frozenset({State.SKIPPED, State.NOT_APPLICABLE})),
)


def _state_ink(found: FormulaState) -> str | None:
    c = theme.colours()
    inks = {None: None, State.BROKEN: c.red, State.NOTICE: c.amber, State.TAIL: c.blue, State.HOLDS: c.green}
    return inks.get(found.state, c.muted)


_COLUMNS: tuple[Column[FormulaState], ...] = (
    Column("编号", lambda s: s.formula.code, 74), Column("类别", lambda s: str(s.formula.kind), 54, ink=muted),
    Column("级别", lambda s: str(s.formula.severity), 54, ink=muted),
    Column("在本工作簿", lambda s: f"{s.state.sign} {s.words}" if s.state else "", 190, ink=_state_ink),
    Column("说明", lambda s: s.formula.wording, 300), Column("公式", lambda s: s.formula.text, 420),
)
_SEVERITY, _STATE, _WORDING, _TEXT = 2, 3, 4, 5


class LibraryModel(RowModel[FormulaState]):
    """The formulas with their states."""

    columns = _COLUMNS

    def set_records(self, records: Sequence[FormulaState]) -> None:
        """New states; the same formulas keep their rows and selection."""
        if records and [s.formula for s in records] == [s.formula for s in self.records]:
            self.records = records
            self.dataChanged.emit(self.index(0, 0), self.index(len(records) - 1, len(_COLUMNS) - 1))
        else:
            super().set_records(records)

    def tip(self, row: int, column: int) -> str:
        """What the row may have cut."""
        return self.text(row, column) if column >= _STATE else ""


class LibraryPage(Page):
    """All formulas."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = LibraryModel(self)
        self.filter = RowFilter(self.model, self._fits, self)
        self._pack: Pack | None = None
        self._is_shown = False
        self.search = SearchBox("查找编号、科目、说明或依据", self, least=160, most=260)
        self._choice, self._count = QComboBox(self), ElidedLabel(self, Qt.TextElideMode.ElideRight)
        self.table = self.first = RowTable(self.filter, _COLUMNS, (_WORDING, _TEXT), self)
        self.table.setAccessibleName("审核公式")
        self.table.selectionModel().currentRowChanged.connect(self._describe)
        self.table.activated.connect(self._go)
        self._detail = self._make_detail()
        column(self, self._make_head(), (self.table, 1), self._detail,
               margins=(theme.GRID * 2, theme.GRID, theme.GRID * 2, theme.GRID * 2))
        QWidget.setTabOrder(self._choice, self.search)
        session.checked.connect(self._changed)
        session.closed.connect(self._changed)

    def _make_head(self) -> QHBoxLayout:
        self._count.setProperty("role", "muted")
        self._choice.addItems([words for words, _ in _CHOICES])
        self._choice.currentIndexChanged.connect(self._filter)
        self._choice.setAccessibleName("显示哪些公式")
        self.search.textChanged.connect(self._filter)
        self.search.left.connect(self.table.setFocus)
        return row(None, label(self, "审核公式", "heading"), (self._count, 1), self._choice, (self.search, 1))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """On a small screen the wording has the room of what the field below the list says too."""
        super().resizeEvent(event)
        for number in (_SEVERITY, _TEXT):
            self.table.setColumnHidden(number, self.width() < _NARROW)

    def _make_detail(self) -> QFrame:
        card = QFrame(self)
        card.setProperty("role", "card")
        self._words = label(card, wraps=True, selectable=True)
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._goto = button(card, "转到单元格", lambda: self._go(self.table.currentIndex()), picture="goto")
        layout = row(card, (self._words, 1), margins=(theme.GRID * 2, theme.GRID, theme.GRID * 2, theme.GRID))
        layout.addWidget(self._goto, 0, Qt.AlignmentFlag.AlignTop)
        card.hide()
        return card

    # ------------------------------------------------------------ contents
    def activate(self) -> None:
        """Load on first sight, refresh afterwards."""
        self._is_shown = True
        self._fill()

    def _changed(self) -> None:
        if self._is_shown and self.isVisible():
            self._fill()

    def _fill(self) -> None:
        self._pack = self.session.accounts.pack if self.session.is_open else self.session.opener.ready_pack()
        self.model.set_records(formula_states(self._pack.formulas, report.evaluation if (report := self.session.report) else None))
        self._filter()
        self._describe(self.table.currentIndex())

    def _fits(self, found: FormulaState) -> bool:
        """Whether it has all the words, and one of the states that are asked for."""
        f, states = found.formula, _CHOICES[self._choice.currentIndex()][1]
        text = f"{f.code} {f.kind} {f.severity} {f.wording} {f.text} {f.basis}".lower()
        return (not states or found.state in states) and all(w in text for w in self.search.text().lower().split())

    def _filter(self) -> None:
        self.filter.invalidate()
        shown, total = self.filter.rowCount(), self.model.rowCount()
        pack = f"　{self._pack.title}" if self._pack else ""
        self._count.set_whole(f"{total} 条{pack}" if shown == total else f"{shown} / {total} 条{pack}")

    def _describe(self, index: Index) -> None:
        state = self.filter.record(index.row()) if index.isValid() else None
        self._detail.setVisible(state is not None)
        if state is None:
            return
        f = state.formula
        lines = [f"<b>{f.code}</b>　{f.kind}　{f.severity}　{escape(f.wording)}", escape(f.text), f"依据：{escape(f.basis)}"]
        if state.words:
            lines.insert(2, f"本工作簿：{escape(state.words)}")
        self._words.setText("<br>".join(lines))
        self._goto.setVisible(state.first is not None)

    def _go(self, index: Index) -> None:
        state = self.filter.record(index.row()) if index.isValid() else None
        if state is not None and state.first is not None:
            self.session.cell_requested.emit(state.first)
