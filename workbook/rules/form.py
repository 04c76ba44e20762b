"""Findings of form (规范), and what was examined for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from workbook.amounts import text_of
from workbook.formats.source import RawSheet
from workbook.issues import CellRef, IssueCell
from workbook.pack.rules import Findings, Rule
from workbook.reading.tables import Table


class FormFindings(Findings):
    """Collects the findings of form, and how many sheets, rows, cells … were examined under each rule."""

    blames = False

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        super().__init__(rules)
        self._examined: Counter[str] = Counter()

    def examine(self, things: int, *rules: str) -> None:
        """Note that so many were examined under each of *rules*."""
        for rule in rules:
            self._examined[rule] += things

    def examined(self) -> dict[str, int]:
        """Rule → how many things were examined under it, for the pack's rules that had any."""
        return {rule: count for rule in self.rules if (count := self._examined[rule])}

    def join(self, others: FormFindings) -> None:
        """Note what others found."""
        self.issues.extend(others.issues)
        self._examined.update(others._examined)

    def about(self, table: Table, code: str, case: str = "", /, *cells: IssueCell, **values: Any) -> None:
        """Note the issue about a sheet, if the pack has the rule; without *cells* about the whole of it."""
        self.add(code, case, *(cells or (corner(table.sheet),)), 表=table.layout.mark, sheet=table.code, **values)


def corner(sheet: RawSheet) -> IssueCell:
    """The first cell with content: where the cursor goes when a whole sheet is meant."""
    place = next(((r, c) for r, row in enumerate(sheet.rows) for c, content in enumerate(row) if content != ""), (0, 0))
    return cell_at(sheet, place)


def cell_at(sheet: RawSheet, place: tuple[int, int], label: str = "") -> IssueCell:
    """The cell at a 0-based *place* of a sheet."""
    return IssueCell(CellRef(sheet.file.name, sheet.name, *place), text_of(sheet.content(*place)), label)
