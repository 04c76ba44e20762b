"""The panel beside the sheet: the selected cell, and every formula it takes part in, as a text with links."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from html import escape

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QTextBrowser, QWidget

from gui.session.jobs import Pause
from gui.session.session import Session
from gui.style import theme
from gui.widgets.parts import ContextMenu, Entry
from workbook.formulas.bindings import TermCell
from workbook.formulas.outcomes import USUAL_CAUSES, Outcome, State, as_typed, only_value
from workbook.formulas.wording import both_units, value_text
from workbook.issues import CellRef, Severity
from workbook.pack.formula import Relation

_MOST_OPEN = 6
"""A formula with more cells stays folded."""
_NO_CELL = "选中一个金额，这里列出它参加的全部审核公式，单击可转到另一边的单元格。"
_RELATIONS = {Relation.EQUAL: "＝", Relation.AT_MOST: "≤", Relation.AT_LEAST: "≥", Relation.TOGETHER: "与"}


class LinksPanel(QTextBrowser):
    """Formulas of the selected cell; a click on one opens or folds it, a click on one of its cells goes there."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, openLinks=False)
        self.session = session
        self._ref: CellRef | None = None
        self._outcomes: list[Outcome] = []
        self._wanted = ""
        """The only amount that can be right in the cell, as it is typed."""
        self._turned: set[int] = set()
        """Numbers of the formulas that the user opened or folded."""
        self._asked = -1
        """The one that he turned last: it is explained."""
        self._html = ""
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("单元格的勾稽关系")
        self.anchorClicked.connect(lambda url: self._follow(url.toString()))
        ContextMenu(self, self._entries)
        self._soon = Pause(self, 0, self._show)
        self._show()

    def show_cell(self, ref: CellRef | None) -> None:
        """Show another cell (``None``: no cell)."""
        self._ref, self._turned, self._asked = ref, set(), -1
        self._show()
        self.verticalScrollBar().setValue(0)

    def refresh(self) -> None:
        """Amounts or colours changed: the same cell is shown anew, when all else is up to date."""
        self._soon.start()

    def _show(self) -> None:
        """What is read stays in place."""
        html = self._cell_html()
        if html != self._html:  # most edits change nothing of it
            self._html, below, at = html, self.verticalScrollBar().value(), self.textCursor().position()
            self.setHtml(html)
            cursor = self.textCursor()  # the keys go on from the link where they were
            cursor.setPosition(min(at, self.document().characterCount() - 1), QTextCursor.MoveMode.MoveAnchor)
            self.setTextCursor(cursor)
            self.verticalScrollBar().setValue(below)

    # ------------------------------------------------------------ formulas
    def _formulas(self, ref: CellRef) -> tuple[TermCell | None, list[Outcome]]:
        """An amount's cell (``None``: it is none) with the formulas in which it takes part."""
        editor = self.session.editor
        if editor is None or (place := editor.key(ref)) is None:
            return None, []
        cell = TermCell(editor.accounts.tables[editor.code(ref)], *place, 1)
        return cell, editor.links.outcomes(cell.table, *place)

    def repairs(self, refs: Iterable[CellRef]) -> list[Entry]:
        """For menus: the first of these cells in which only one amount can be right, filled in with it."""
        for ref in refs:
            cell, outcomes = self._formulas(ref)
            if cell is not None and (wanted := _wanted(outcomes, cell)):
                return [(f"{ref.a1} 填入 {wanted}", partial(self._fill_in, ref, wanted))]
        return []

    def _fill_in(self, ref: CellRef, wanted: str) -> None:
        """Put the only amount that can be right into a cell, and show it."""
        if (editor := self.session.editor) is not None:
            self.session.edit_cell(editor.code(ref), ref.row, ref.column, wanted)
            self.session.cell_requested.emit(ref)

    # ------------------------------------------------------------ links
    def _follow(self, link: str) -> None:
        """A link is ``fill``, the number of a formula, or ``formula.cell``."""
        number, _, place = link.partition(".")
        if link == "fill" and self._ref is not None:
            self._fill_in(self._ref, self._wanted)
        elif place:
            cell = self._outcomes[int(number)].cells[int(place)]
            if (ref := cell.table.ref(cell.row, cell.column)) is not None:
                self.session.cell_requested.emit(ref)
        elif link.isdecimal():
            self._turned ^= {int(link)}
            self._asked = int(link)
            self._show()

    def _entries(self, place: QPoint) -> list[Entry]:
        link = self.anchorAt(place)
        entries: list[Entry] = [("复制选中的文字", self.copy)] if self.textCursor().hasSelection() else []
        if not link[:1].isdecimal():
            return entries
        outcome = self._outcomes[int(link.partition(".")[0])]
        words = f"{_about(outcome)}\n{_wording(outcome)}\n{_sides(outcome)}"
        entries.append(("复制公式和两边的数", lambda: QGuiApplication.clipboard().setText(words)))
        return [("转到单元格", lambda: self._follow(link)), *entries] if "." in link else entries

    # ------------------------------------------------------------ what is shown
    def _cell_html(self) -> str:
        ref, self._outcomes, self._wanted = self._ref, [], ""
        if ref is None or self.session.editor is None:
            return _head("没有选中单元格", "", _NO_CELL)
        cell, self._outcomes = self._formulas(ref)
        if cell is None:
            return _head(ref.a1, "", "这个单元格不是金额，不参加审核公式。")
        self._wanted = _wanted(self._outcomes, cell)
        value = cell.table.value(cell.row, cell.column)
        shown = both_units(value, cell) if value is not None else cell.table.raw(cell.row, cell.column) or "空白"
        note = f"{ref.a1}　参加 {len(self._outcomes)} 条公式" if self._outcomes else f"{ref.a1}　没有公式用到这个单元格"
        fill = (
            f"<p style='margin:6px 0 0 0'><a href='fill' title='这个单元格参加的公式都指向这个数'{_link()}>"
            f"<b>填入 {self._wanted}</b></a></p>") if self._wanted else ""
        formulas = (self._formula_html(number, outcome, cell) for number, outcome in enumerate(self._outcomes))
        return f"{_head(cell.table.label(cell.row, cell.column), shown, note)}{fill}{''.join(formulas)}"

    def _formula_html(self, number: int, outcome: Outcome, selected: TermCell) -> str:
        """Sign, wording and sides; opened, its cells, and what there is to know about it."""
        c, cells = theme.colours(), outcome.cells
        is_bad = outcome.state in (State.BROKEN, State.NOTICE)
        ink = {State.BROKEN: c.red, State.NOTICE: c.amber, State.TAIL: c.blue, State.HOLDS: c.green}.get(outcome.state, c.muted)
        opens = (len(cells) <= _MOST_OPEN and (is_bad or len(cells) <= 2)) or (is_bad and not number)
        is_open = opens ^ (number in self._turned)
        sides = ink if is_bad else c.muted
        link = f"<a href='{number}' title='{escape(_about(outcome))}' style='text-decoration:none; color:"
        rows = "".join(_row_html(f"{number}.{i}", cell, selected)
                       for i, cell in enumerate(cells)) if is_open else ""
        more = ""
        if number == self._asked:
            about = escape(_about(outcome)).replace("\n", "<br>")
            more = f"<p style='color:{c.muted}'>{about}<br>常见原因：{USUAL_CAUSES[outcome.formula.kind]}。</p>"
        return (f"<table width='100%' style='margin-top:6px'><tr>"
                f"<td width='18'>{link}{ink}'><b>{outcome.state.sign}</b></a></td>"
                f"<td>{link}{c.text}'>{escape(_wording(outcome))}"
                f" <span style='color:{c.muted}'>{'▾' if is_open else '▸'}</span></a>"
                f"<br>{link}{sides}'>{escape(_sides(outcome))}</a>"
                f"</td></tr></table><table width='100%' cellspacing='0' cellpadding='2'>{rows}</table>{more}")


def _row_html(link: str, cell: TermCell, selected: TermCell) -> str:
    """A cell of a formula: its side, its name as a link, its amount."""
    c, value = theme.colours(), cell.table.value(cell.row, cell.column)
    is_self = cell.table is selected.table and (cell.row, cell.column) == (selected.row, selected.column)
    tip = f"{escape(cell.table.label(cell.row, cell.column))}\n单击转到这个单元格"
    name = f"<span style='color:{c.muted}'>本单元格</span>" if is_self else (
        f"<a href='{link}' title='{tip}'{_link()}>{escape(_name(cell, selected))}</a>")
    amount = "空" if value is None else value_text(value, (cell,)).removesuffix(" 万元").removesuffix(" 元")
    return (f"<tr><td width='36' align='right' style='color:{c.muted}'>{'左' if cell.side == 1 else '右'}</td>"
            f"<td>{name}</td><td align='right' style='white-space:nowrap'>{amount}</td></tr>")


def _head(name: str, value: str, note: str) -> str:
    amount = f"<p style='margin:0'>{escape(value)}</p>" if value else ""
    return (f"<p style='margin:0; font-size:11.5pt; font-weight:600'>{escape(name)}</p>{amount}"
            f"<p style='margin:0; color:{theme.colours().muted}; white-space:pre-wrap'>{escape(note)}</p>")


def _link() -> str:
    return f" style='text-decoration:none; color:{theme.colours().accent}'"


def _wanted(outcomes: Iterable[Outcome], cell: TermCell) -> str:
    """The only amount that can be right in a cell, as it is typed; empty where there is none."""
    value = only_value(outcomes, cell)
    return as_typed(value, cell) if value is not None else ""


def _about(outcome: Outcome) -> str:
    """Everything about a formula: code, outcome, text, basis."""
    formula = outcome.formula
    head = f"{formula.code}　{formula.kind}　{outcome.state}"
    return "\n".join(filter(None, (head, outcome.reason, formula.text, f"依据：{formula.basis or '表样'}")))


def _wording(outcome: Outcome) -> str:
    """What the formula says.  A 提示 is worded for the case that it does not hold; when it does, its text says more."""
    formula = outcome.formula
    return formula.text if outcome.state is State.HOLDS and formula.severity is Severity.NOTICE else formula.wording


def _sides(outcome: Outcome) -> str:
    """Both sides with their values, and the difference when there is one."""
    if outcome.state in (State.SKIPPED, State.NOT_APPLICABLE):
        return outcome.reason
    left = value_text(outcome.left, outcome.side(1)).removesuffix(" 万元")
    right = value_text(outcome.right, outcome.side(-1) or outcome.side(1))
    relation = outcome.formula.comparison.relation
    if outcome.state is State.HOLDS or relation is Relation.TOGETHER:
        return f"{left} {_RELATIONS[relation]} {right}"
    difference = value_text(abs(outcome.difference), outcome.cells)
    return f"左边 {left}，右边 {right.removesuffix(' 万元')}，相差 {difference}"


def _name(cell: TermCell, seen_from: TermCell) -> str:
    """A cell as seen from the selected one: what both have in common is left out."""
    label = cell.table.label(cell.row, cell.column)
    if cell.table is not seen_from.table:
        return label
    words = label.removeprefix(f"{cell.table.layout.mark} ")
    if cell.column == seen_from.column:
        return words.removesuffix(f"·{cell.column}")
    return cell.column if cell.row == seen_from.row else words
