"""Finding a cell by what the user types: a reference, a formula's code, a code or name, an amount."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gui.pages.check.sheet_tabs import SheetTab
from gui.session.session import Session
from workbook.amounts import text_of
from workbook.issues import CellRef
from workbook.numerals import column_index
from workbook.pack.layout import SheetCodes

_REFERENCE = re.compile(r"(?:(\w+?)表?\s*[!！ ])?\s*([A-Za-z]{1,2})(\d{1,5})")
_FORMULA = re.compile(r"\d{2}-\d{2}")


def find_cell(
    session: Session, tabs: Sequence[SheetTab], words: str, shown: tuple[str, str] | None, after: tuple[int, int]
) -> CellRef | None:
    """The next cell that fits *words*, from the cell *after* of the sheet *shown* on, round the end."""
    start = next((i for i, t in enumerate(tabs) if (t.sheet.file.name, t.sheet.name) == shown), 0)
    match, codes = _REFERENCE.fullmatch(words), session.accounts.pack.codes
    if match and (not match[1] or match[1].isdecimal() or codes.is_mark(match[1])):
        return _by_reference(codes, tabs, match, start)
    if _FORMULA.fullmatch(words):
        return _by_formula(session, words)
    return _by_content(session, tabs, words, start, after)


def _by_reference(codes: SheetCodes, tabs: Sequence[SheetTab], match: re.Match[str], start: int) -> CellRef | None:
    if named := match[1]:
        code = codes.by_number.get(int(named)) if named.isdecimal() else codes.named(named)
        tab = next((t for t in tabs if t.code == code), None)
    else:
        tab = tabs[start] if tabs else None
    if tab is None:
        return None
    return CellRef(tab.sheet.file.name, tab.sheet.name, int(match[3]) - 1, column_index(match[2]))


def _by_formula(session: Session, code: str) -> CellRef | None:
    """The first cell of a formula: of its first finding when it is broken."""
    for issue in session.findings.issues:
        if issue.code == code and issue.cells:
            return issue.cells[0].ref
    from workbook.formulas.bindings import instance_cells, instances

    editor = session.editor
    formula = next((f for f in session.accounts.pack.formulas if f.code == code), None)
    if editor is None or formula is None:
        return None
    for _, row, column in instances(formula, editor.view):
        for cell in instance_cells(formula.comparison, editor.view, row, column):
            return cell.table.ref(cell.row, cell.column)
    return None


def _by_content(
    session: Session, tabs: Sequence[SheetTab], words: str, start: int, after: tuple[int, int]
) -> CellRef | None:
    wanted = words.replace(",", "").replace("，", "").lower()
    order = [*range(start, len(tabs)), *range(start + 1)]
    for turn, number in enumerate(order):
        sheet = session.editor.current(tabs[number].sheet) if session.editor else tabs[number].sheet
        for r, row in enumerate(sheet.rows):
            for c, content in enumerate(row):
                if turn == 0 and (r, c) <= after:
                    continue
                if content != "" and wanted in text_of(content).replace(",", "").lower():
                    return CellRef(sheet.file.name, sheet.name, r, c)
    return None
