"""The page 公式库: every check formula, how it stands on this workbook, and its basis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.pages.base import Page
from gui.pages.library.model import COLUMNS, SEVERITY_COLUMN, TEXT_COLUMN, WORDING_COLUMN, LibraryFilter, LibraryModel
from gui.style import theme
from gui.style.icon import icon
from gui.widgets.fit import ElidedLabel
from gui.widgets.rows import Index, RowTable
from gui.widgets.search import SearchBox
from workbook.formulas.outcomes import FormulaState, State, formula_states

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from gui.session.session import Session
    from workbook.pack.loading import Pack

_NARROW = 820
"""Below this width (pixels) severity and formula are not listed."""
_CHOICES: tuple[tuple[str, frozenset[State]], ...] = (
    ("全部公式", frozenset()), ("不平的", frozenset({State.BROKEN, State.NOTICE})), ("有尾差的", frozenset({State.TAIL})),
    ("成立的", frozenset({State.HOLDS})), ("未执行或不适用的", frozenset({State.SKIPPED, State.NOT_APPLICABLE})),
)


class LibraryPage(Page):
    """All formulas."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model, self.filter = LibraryModel(self), LibraryFilter(self)
        self.filter.setSourceModel(self.model)
        self._pack: Pack | None = None
        self._is_shown = False
        self.search = SearchBox("查找编号、科目、说明或依据", self, least=160, most=260)
        self._choice, self._count = QComboBox(self), ElidedLabel(self, Qt.TextElideMode.ElideRight)
        self.table = self._make_table()
        self._detail = self._make_detail()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID * 2, theme.GRID, theme.GRID * 2, theme.GRID * 2)
        layout.setSpacing(theme.GRID)
        layout.addLayout(self._make_head())
        layout.addWidget(self.table, 1)
        layout.addWidget(self._detail)
        self.first = self.table
        QWidget.setTabOrder(self._choice, self.search)
        session.checked.connect(self._changed)
        session.closed.connect(self._changed)

    def _make_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        title = QLabel("审核公式", self)
        title.setProperty("role", "heading")
        self._count.setProperty("role", "muted")
        for words, _ in _CHOICES:
            self._choice.addItem(words)
        self._choice.currentIndexChanged.connect(self._filter)
        self._choice.setAccessibleName("显示哪些公式")
        self.search.textChanged.connect(self._filter)
        self.search.left.connect(self.table.setFocus)
        row.addWidget(title)
        row.addWidget(self._count, 1)
        row.addWidget(self._choice)
        row.addWidget(self.search, 1)
        return row

    def _make_table(self) -> RowTable:
        table = RowTable(self.filter, COLUMNS, (WORDING_COLUMN, TEXT_COLUMN), self)
        table.setAccessibleName("审核公式")
        table.selectionModel().currentRowChanged.connect(self._describe)
        table.activated.connect(self._go)
        return table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """On a small screen the wording has the room of what the field below the list says too."""
        super().resizeEvent(event)
        for column in (SEVERITY_COLUMN, TEXT_COLUMN):
            self.table.setColumnHidden(column, self.width() < _NARROW)

    def _make_detail(self) -> QFrame:
        card = QFrame(self)
        card.setProperty("role", "card")
        layout = QHBoxLayout(card)
        layout.setContentsMargins(theme.GRID * 2, theme.GRID, theme.GRID * 2, theme.GRID)
        self._words = QLabel(card)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._goto = QPushButton("转到单元格", card)
        self._goto.setIcon(icon("goto"))
        self._goto.clicked.connect(lambda: self._go(self.table.currentIndex()))
        layout.addWidget(self._words, 1)
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

    def _filter(self) -> None:
        self.filter.choose(self.search.text(), _CHOICES[self._choice.currentIndex()][1])
        shown, total = self.filter.rowCount(), self.model.rowCount()
        pack = f"　{self._pack.title}" if self._pack else ""
        self._count.set_whole(f"{total} 条{pack}" if shown == total else f"{shown} / {total} 条{pack}")

    def _describe(self, index: Index) -> None:
        state: FormulaState | None = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        self._detail.setVisible(state is not None)
        if state is None:
            return
        f = state.formula
        lines = [f"<b>{f.code}</b>　{f.kind}　{f.severity}　{_escaped(f.wording)}", _escaped(f.text), f"依据：{_escaped(f.basis)}"]
        if state.words:
            lines.insert(2, f"本工作簿：{_escaped(state.words)}")
        self._words.setText("<br>".join(lines))
        self._goto.setVisible(state.first is not None)

    def _go(self, index: Index) -> None:
        state: FormulaState | None = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        if state is not None and state.first is not None:
            self.session.cell_requested.emit(state.first)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
