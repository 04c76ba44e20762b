"""The page 公式库: every check formula, how it stands on this workbook, and its basis."""

from __future__ import annotations

from html import escape
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gui.pages.base import Page
from gui.session.session import Session
from gui.style import theme
from gui.widgets.fit import ElidedLabel
from gui.widgets.parts import Entry, button, column, label, row
from gui.widgets.rows import NONE_FIT, Column, FindingsList, Index, RowModel, muted
from workbook.formulas.outcomes import FormulaState, State, formula_states

_NARROW = 820
"""Below this width (pixels) severity and formula are not listed: the field below the list says them too."""
_CHOICES: dict[str | None, frozenset[State]] = {
    None: frozenset(), "不平": frozenset({State.BROKEN, State.NOTICE}), "尾差": frozenset({State.TAIL}),
    "成立": frozenset({State.HOLDS}), "未执行": frozenset({State.SKIPPED, State.NOT_APPLICABLE}),
}


def _state_ink(found: FormulaState) -> str | None:
    c = theme.colours()
    inks = {None: None, State.BROKEN: c.red, State.NOTICE: c.amber, State.TAIL: c.blue, State.HOLDS: c.green}
    return inks.get(found.state, c.muted)


_COLUMNS: tuple[Column[FormulaState], ...] = (
    Column("编号", lambda s: s.formula.code, 74), Column("类别", lambda s: str(s.formula.kind), 54, ink=muted),
    Column("级别", lambda s: str(s.formula.severity), 54, ink=muted, narrow=_NARROW),
    Column("在本工作簿", lambda s: f"{s.state.sign} {s.words}" if s.state else "", 190, ink=_state_ink),
    Column("说明", lambda s: s.formula.wording, 300), Column("公式", lambda s: s.formula.text, 420, narrow=_NARROW),
)
_WORDING, _TEXT = 4, 5


class FormulaList(FindingsList):
    """The formulas with their states, filtered by state and by words."""

    cell_requested = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            RowModel(None, _COLUMNS), (_WORDING, _TEXT), "审核公式", parent, look_for="查找编号、科目、说明或依据", choices=tuple(_CHOICES))
        self.search.setMinimumWidth(160)
        self.search.setMaximumWidth(260)
        self.title = ElidedLabel(self, Qt.TextElideMode.ElideRight)
        self.title.setProperty("role", "muted")
        self.filters.row.insertWidget(0, label(self, "审核公式", "heading"))
        self.filters.row.insertWidget(1, self.title)
        self.filters.row.insertStretch(2, 1)
        self.filters.add(self.search, 2)
        self.empty.setText(NONE_FIT)
        self.table.activated.connect(lambda _: self.go())
        column(self, self.filters, (self.table, 1), (self.empty, 1))

    def show_states(self, states: list[FormulaState]) -> None:
        """Show these; the formula chosen stays so."""
        chosen = self.current
        self.model.set_records(states)
        for choice, made in self.buttons.items():
            made.setText(f"{choice or '全部'} {sum(not _CHOICES[choice] or s.state in _CHOICES[choice] for s in states)}")
        self.filter_changed()
        row = next((r for r in range(self.filter.rowCount()) if chosen and self.filter.record(r).formula == chosen.formula), -1)
        self.table.selectRow(row)

    def entries(self, record: FormulaState) -> list[Entry]:
        return [("转到单元格", self.go)] if record.first is not None else []

    def go(self) -> None:
        """To the first cell of the formula chosen."""
        if (chosen := self.current) is not None and chosen.first is not None:
            self.cell_requested.emit(chosen.first)

    def fits(self, finding: Any) -> bool:
        found, f = finding, finding.formula
        states = next(_CHOICES[choice] for choice, made in self.buttons.items() if made.isChecked())
        text = f"{f.code} {f.kind} {f.severity} {f.wording} {f.text} {f.basis}".lower()
        return (not states or found.state in states) and all(w in text for w in self.search.text().lower().split())

    def show_state(self) -> None:
        self.table.setVisible(self.filter.rowCount() > 0)
        self.empty.setVisible(self.filter.rowCount() == 0)


class LibraryPage(Page):
    """All formulas."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.list = FormulaList(self)
        self.first = self.list.table
        self.list.table.selectionModel().currentRowChanged.connect(self._describe)
        self.list.cell_requested.connect(session.cell_requested)
        self._detail = QFrame(self)
        self._detail.setProperty("role", "card")
        self._words = label(self._detail, wraps=True, selectable=True)
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._goto = button(self._detail, "转到单元格", self.list.go, picture="goto")
        layout = row(self._detail, (self._words, 1), margins=(theme.GRID * 2, theme.GRID, theme.GRID * 2, theme.GRID))
        layout.addWidget(self._goto, 0, Qt.AlignmentFlag.AlignTop)
        self._detail.hide()
        column(self, (self.list, 1), self._detail, margins=(theme.GRID * 2, theme.GRID, theme.GRID * 2, theme.GRID * 2))
        self.follow(session.checked, session.closed)

    # ------------------------------------------------------------ contents
    def activate(self) -> None:
        """Load on first sight, refresh afterwards."""
        pack = self.session.accounts.pack if self.session.is_open else self.session.opener.ready_pack()
        self.list.title.set_whole(pack.title)
        report = self.session.report
        self.list.show_states(formula_states(pack.formulas, report.evaluation if report else None))

    def _describe(self, index: Index) -> None:
        state: FormulaState | None = self.list.filter.record(index.row()) if index.isValid() else None
        self._detail.setVisible(state is not None)
        if state is None:
            return
        f = state.formula
        lines = [f"<b>{f.code}</b>　{f.kind}　{f.severity}　{escape(f.wording)}", escape(f.text), f"依据：{escape(f.basis)}"]
        if state.words:
            lines.insert(2, f"本工作簿：{escape(state.words)}")
        self._words.setText("<br>".join(lines))
        self._goto.setVisible(state.first is not None)
