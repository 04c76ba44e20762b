"""The panel beside the sheet: the selected cell, and every formula it takes part in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from gui.pages.check.link_words import cell_words, explanation, sides_text, tip, wording
from gui.session.session import Session
from gui.style import theme
from gui.widgets.painting import RIGHT, Elide, write
from gui.widgets.parts import STRETCH, ContextMenu, button, column, label, row
from gui.widgets.parts import Entry as MenuEntry
from workbook.editing.session import EditSession
from workbook.formulas.bindings import TermCell
from workbook.formulas.outcomes import Outcome, Outcomes, State, as_typed, only_value
from workbook.formulas.wording import both_units, value_text
from workbook.issues import CellRef
from workbook.rules.check import CheckReport

Index = QModelIndex | QPersistentModelIndex
OUTCOME, CELL = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
"""Roles of a line: its formula, and (of a line below it) its cell."""
_IS_SELF = Qt.ItemDataRole.UserRole + 2
_MOST_OPEN = 6
"""A formula with more cells stays folded."""
_LOW, _LOW_FOR_HELP = 190, 330
"""Below this height (pixels) the name of the cell has one line."""


class LinksPanel(QWidget):
    """Formulas of the selected cell; a click on a cell goes there."""

    cell_requested = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._ref: CellRef | None = None
        self._known: tuple[CheckReport, Outcomes] | None = None
        self._words = ""
        self._shown: object = None
        """The cell and the formulas in the tree, with all amounts."""
        self._name = label(self, role="heading", wraps=True)
        self._value = label(self, wraps=True, selectable=True)
        self._note = label(self, role="muted", wraps=True)
        self.tree = QTreeWidget(self)
        self.tree.setHeaderHidden(True)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setItemDelegate(_LinksDelegate(self.tree))
        self.tree.setIndentation(14)
        self.tree.setMouseTracking(True)
        self.tree.setAccessibleName("单元格的勾稽关系")
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.clicked.connect(self._clicked)
        self.tree.activated.connect(self._go)
        self.tree.currentItemChanged.connect(lambda *_: self._explain())
        self._fill = button(self, "", self._fill_shown, tip="这个单元格参加的公式都指向这个数")
        self._wanted = ""
        """What the button puts into the cell."""
        self._help = label(self, role="muted", wraps=True, selectable=True)
        ContextMenu(self.tree, self._entries)
        fill = row(None, self._fill, STRETCH)
        column(self, self._name, self._value, self._note, fill, (self.tree, 1), self._help, margins=(theme.GRID, theme.GRID, 0, 0), spacing=4)
        self.show_cell(None)

    def show_cell(self, ref: CellRef | None) -> None:
        """Show another cell (``None``: no cell)."""
        self._ref = ref
        self.refresh()

    def refresh(self) -> None:
        """Amounts changed: show the same cell anew."""
        editor, ref = self.session.editor, self._ref
        if editor is None or ref is None:
            self._say("没有选中单元格", "", "选中一个金额，这里列出它参加的全部审核公式，单击可转到另一边的单元格。", [])
            return
        cell, outcomes = self._formulas(editor, ref)
        if cell is None:
            self._say(str(ref.a1), "", "这个单元格不是金额，不参加审核公式。", [])
            return
        table, place = cell.table, (cell.row, cell.column)
        value = table.value(*place)
        shown = both_units(value, cell) if value is not None else table.raw(*place) or "空白"
        note = f"{ref.a1}　参加 {len(outcomes)} 条公式" if outcomes else f"{ref.a1}　没有公式用到这个单元格"
        self._say(table.label(*place), shown, note, outcomes, cell)

    def _formulas(self, editor: EditSession, ref: CellRef) -> tuple[TermCell | None, list[Outcome]]:
        """An amount's cell (``None``: it is none) with the formulas in which it takes part."""
        if (place := editor.key(ref)) is None:
            return None, []
        cell = TermCell(editor.accounts.tables[editor.code(ref)], *place, 1)
        return cell, self._outcomes().of(cell.table, *place)

    def repairs(self, refs: Iterable[CellRef]) -> list[MenuEntry]:
        """For menus: the first of these cells in which only one amount can be right, filled in with it."""
        if (editor := self.session.editor) is None:
            return []
        for ref in refs:
            cell, outcomes = self._formulas(editor, ref)
            if cell is not None and (wanted := _wanted(outcomes, cell)):
                return [(f"{ref.a1} 填入 {wanted}", partial(self._fill_in, ref, wanted))]
        return []

    def _outcomes(self) -> Outcomes:
        """The outcomes of the present check."""
        editor, report = self.session.editor, self.session.report
        if self._known is None or self._known[0] is not report:
            if editor is None or report is None:
                raise RuntimeError("no workbook is open")
            self._known = (report, Outcomes(editor.links, report.evaluation))
        return self._known[1]

    def _say(
        self, name: str, value: str, note: str, outcomes: list[Outcome], selected: TermCell | None = None
    ) -> None:
        self._words = name
        self._value.setText(value)
        self._value.setVisible(bool(value))
        self._wanted = _wanted(outcomes, selected) if selected is not None else ""
        if self._wanted:
            self._fill.setText(f"填入 {self._wanted}")
        if self._fill.isHidden() is bool(self._wanted):
            self._fill.setVisible(bool(self._wanted))
        self._note.setText(note)
        self._fit()
        shown = [(o.formula.code, o.state, o.left, o.right, o.reason, *((c.table.code, c.row, c.column, c.value) for c in (*o.left_cells, *o.right_cells)))
                 for o in outcomes]
        if (name, shown) == self._shown:
            return  # most edits change nothing of it
        self._shown = name, shown
        self.tree.clear()
        self._help.hide()
        for number, outcome in enumerate(outcomes):
            cells = (*outcome.left_cells, *outcome.right_cells)
            top = QTreeWidgetItem(self.tree, [f"{outcome.state.sign} {wording(outcome)}"])
            top.setToolTip(0, tip(outcome))
            top.setData(0, OUTCOME, outcome)
            for cell in cells:
                self._add_cell(top, outcome, cell, selected)
            is_bad = outcome.state in (State.BROKEN, State.NOTICE)
            top.setExpanded((len(cells) <= _MOST_OPEN and (is_bad or len(cells) <= 2)) or (is_bad and number == 0))

    @staticmethod
    def _add_cell(top: QTreeWidgetItem, outcome: Outcome, cell: TermCell, selected: TermCell | None) -> None:
        line = QTreeWidgetItem(top, [cell_words(cell, selected)])
        line.setToolTip(0, f"{cell.table.label(cell.row, cell.column)}\n单击转到这个单元格")
        line.setData(0, OUTCOME, outcome)
        line.setData(0, CELL, cell)
        line.setData(0, _IS_SELF, selected is not None and cell.table is selected.table
                     and (cell.row, cell.column) == (selected.row, selected.column))

    def _fill_shown(self) -> None:
        if self._ref is not None:
            self._fill_in(self._ref, self._wanted)

    def _fill_in(self, ref: CellRef, wanted: str) -> None:
        """Put the only amount that can be right into a cell, and show it."""
        if (editor := self.session.editor) is not None:
            self.session.edit_cell(editor.code(ref), ref.row, ref.column, wanted)
            self.cell_requested.emit(ref)

    def _explain(self) -> None:
        """What the chosen formula says, on what it rests, and how it usually comes to be broken."""
        outcome: Outcome | None = self.tree.currentIndex().data(OUTCOME)
        is_shown = outcome is not None and self.height() >= _LOW_FOR_HELP
        self._help.setVisible(is_shown)
        if outcome is not None and is_shown:
            self._help.setText(explanation(outcome))

    def _entries(self, place: QPoint) -> list[MenuEntry]:
        index = self.tree.indexAt(place)
        outcome: Outcome | None = index.data(OUTCOME)
        if outcome is None:
            return []
        copy: MenuEntry = ("复制公式和两边的数", lambda: QGuiApplication.clipboard().setText(f"{tip(outcome)}\n{wording(outcome)}\n{sides_text(outcome)}"))
        return [("转到单元格", lambda: self._go(index)), copy] if index.data(CELL) is not None else [copy]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()
        self._explain()

    def _fit(self) -> None:
        """The cell's name wraps; where there is little height it has one line."""
        is_low = self.height() < _LOW
        room = self.width() - theme.GRID
        words = self._name.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideMiddle, room)
        self._name.setWordWrap(not is_low)
        self._name.setText(words if is_low else self._words)
        self._name.setToolTip(self._words)
        self._note.setVisible(not is_low or not self._value.text())

    def _clicked(self, index: Index) -> None:
        if index.data(CELL) is not None:
            self._go(index)
        else:
            self.tree.setExpanded(index, not self.tree.isExpanded(index))

    def _go(self, index: Index) -> None:
        cell: TermCell | None = index.data(CELL)
        if cell is not None and (ref := cell.table.ref(cell.row, cell.column)) is not None:
            self.cell_requested.emit(ref)


class _LinksDelegate(QStyledItemDelegate):
    """Two lines for a formula, one for a cell."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  # Qt's name
        """Room for the wording on as many lines as it needs."""
        metrics = QFontMetrics(theme.text_font())
        if index.data(CELL) is not None:
            return QSize(10, metrics.height() + 6)
        view = self.parent()
        width = view.viewport().width() - 44 if isinstance(view, QTreeWidget) else 200
        outcome: Outcome = index.data(OUTCOME)
        words = metrics.boundingRect(QRect(0, 0, width, 1000), _WRAP, wording(outcome))
        sides = metrics.boundingRect(QRect(0, 0, width, 1000), _WRAP, sides_text(outcome))
        return QSize(10, words.height() + sides.height() + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a formula or a cell."""
        rect: QRect = option.rect  # type: ignore[attr-defined]  # missing in the stubs
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]  # likewise
        c = theme.colours()
        painter.save()
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.fillRect(rect, QColor(c.accent_soft))
        cell: TermCell | None = index.data(CELL)
        outcome: Outcome = index.data(OUTCOME)
        if cell is None:
            _paint_outcome(painter, rect, outcome, c)
        else:
            _paint_cell(painter, rect, index, c)
        painter.restore()


def _wanted(outcomes: Iterable[Outcome], cell: TermCell) -> str:
    """The only amount that can be right in a cell, as it is typed; empty where there is none."""
    value = only_value(outcomes, cell)
    return as_typed(value, cell) if value is not None else ""


_WRAP = int(Qt.TextFlag.TextWordWrap)
"""Between Chinese characters too; never within a number."""


def _paint_outcome(painter: QPainter, rect: QRect, outcome: Outcome, c: theme.Colours) -> None:
    colour = {
        State.BROKEN: c.red, State.NOTICE: c.amber, State.TAIL: c.blue, State.HOLDS: c.green,
    }.get(outcome.state, c.muted)
    painter.setPen(QColor(colour))
    painter.setFont(theme.text_font(bold=True))
    painter.drawText(rect.adjusted(2, 4, 0, 0), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), outcome.state.sign)
    painter.setFont(theme.text_font())
    painter.setPen(QColor(c.text))
    inner = rect.adjusted(20, 4, -6, 0)
    used = painter.boundingRect(inner, _WRAP, wording(outcome))
    painter.drawText(inner, _WRAP, wording(outcome))
    painter.setPen(QColor(colour if outcome.state in (State.BROKEN, State.NOTICE) else c.muted))
    painter.drawText(inner.adjusted(0, used.height() + 2, 0, 0), _WRAP, sides_text(outcome))


def _paint_cell(painter: QPainter, rect: QRect, index: Index, c: theme.Colours) -> None:
    cell, is_self = index.data(CELL), index.data(_IS_SELF)
    value = cell.table.value(cell.row, cell.column)
    text = "空" if value is None else value_text(value, (cell,)).removesuffix(" 万元").removesuffix(" 元")
    inner = rect.adjusted(4, 0, -6, 0)
    write(painter, inner, "左" if cell in index.data(OUTCOME).left_cells else "右", c.muted)
    width = write(painter, inner, text, c.text, theme.figure_font(), RIGHT)
    write(painter, inner.adjusted(20, 0, -round(width) - 10, 0), "本单元格" if is_self else index.data(),
          c.muted if is_self else c.accent, elide=Elide.ElideMiddle)
