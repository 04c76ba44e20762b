"""The page 公式库: every check formula, how it stands on this workbook, and its basis."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from gui.pages.base import Page
from gui.session.session import Session
from gui.style import theme
from gui.widgets.findings import FindingsList, Listing
from gui.widgets.fit import ElidedLabel
from gui.widgets.parts import button, column, label, row
from gui.widgets.rows import Column, muted
from workbook.formulas.outcomes import FormulaState, State, formula_states

_NARROW = 820
"""Below this width (pixels) severity and formula are not listed: the field below the list says them too."""
_CHOICES = {
    State.BROKEN: "不平", State.NOTICE: "不平", State.TAIL: "尾差", State.HOLDS: "成立",
    State.SKIPPED: "未执行", State.NOT_APPLICABLE: "未执行"}


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


def _said(found: FormulaState) -> str:
    f = found.formula
    return f"{f.code} {f.kind} {f.severity} {f.wording} {f.text} {f.basis}"


_FORMULAS = Listing(
    "审核公式", _COLUMNS, (_WORDING, _TEXT), choice=lambda s: _CHOICES[s.state] if s.state else None,
    said=_said, key=lambda s: s.formula,
    choices=tuple(dict.fromkeys(_CHOICES.values())), noun="公式", look_for="查找编号、科目、说明或依据")


class LibraryPage(Page):
    """All formulas, filtered by state and by words, and below them the one chosen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.list = FindingsList(_FORMULAS, self)
        self.list.entries = lambda found: [("转到单元格", self._go)] if found.first is not None else []
        self.list.table.activated.connect(lambda _: self._go())
        self.list.described.connect(self._describe)
        self.first = self.list.table
        self._title = ElidedLabel(self, Qt.TextElideMode.ElideRight, role="muted")
        self.list.search.setMinimumWidth(160)
        self.list.search.setMaximumWidth(260)
        filters = self.list.filters
        filters.row.insertWidget(0, label(self, "审核公式", "heading"))
        filters.row.insertWidget(1, self._title)
        filters.row.insertStretch(2, 1)
        filters.add(self.list.search, 2)
        column(self.list, filters, (self.list.table, 1), (self.list.empty, 1))
        self._detail = QFrame(self)
        self._detail.setProperty("role", "card")
        self._words = label(self._detail, wraps=True, selectable=True, form=Qt.TextFormat.RichText)
        self._goto = button(self._detail, "转到单元格", self._go, picture="goto")
        layout = row(self._detail, (self._words, 1), margins=(theme.GRID * 2, theme.GRID, theme.GRID * 2, theme.GRID))
        layout.addWidget(self._goto, 0, Qt.AlignmentFlag.AlignTop)
        self._detail.hide()
        column(self, (self.list, 1), self._detail, margins=(theme.GRID * 2, theme.GRID, theme.GRID * 2, theme.GRID * 2))
        self.follow(session.checked, session.closed)

    def activate(self) -> None:
        """Load on first sight, refresh afterwards."""
        pack = self.session.accounts.pack if self.session.is_open else self.session.opener.ready_pack()
        self._title.set_whole(pack.title)
        report = self.session.report
        self.list.show_records(formula_states(pack.formulas, report.evaluation if report else None))

    def _go(self) -> None:
        """To the first cell of the formula chosen."""
        if (chosen := self.list.current) is not None and chosen.first is not None:
            self.session.cell_requested.emit(chosen.first)

    def _describe(self, state: FormulaState | None) -> None:
        self._detail.setVisible(state is not None)
        if state is None:
            return
        f = state.formula
        lines = [f"<b>{f.code}</b>　{f.kind}　{f.severity}　{escape(f.wording)}", escape(f.text), f"依据：{escape(f.basis)}"]
        if state.words:
            lines.insert(2, f"本工作簿：{escape(state.words)}")
        self._words.setText("<br>".join(lines))
        self._goto.setVisible(state.first is not None)
