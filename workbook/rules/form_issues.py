"""Making the issues of form (规范) from the pack's records, and counting what was examined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from workbook.formats.source import RawSheet
from workbook.issues import CellRef, Issue, IssueCell, Kind, Severity
from workbook.pack.rules import Rule
from workbook.reading.tables import Table, text_of


class FormIssues:
    """Makes the issues of form; a rule that the pack leaves out makes none."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self.rules = rules
        self._examined: defaultdict[str, int] = defaultdict(int)

    def examine(self, things: int, *rules: str) -> None:
        """Note that so many sheets, rows, cells … were examined under each of *rules*."""
        for rule in rules:
            self._examined[rule] += things

    def examined(self) -> dict[str, int]:
        """Rule → how many things were examined under it, for the pack's rules that had any."""
        return {rule: count for rule in self.rules if (count := self._examined.get(rule, 0))}

    def issue(  # what an issue has, all but the rule by name
        self, code: str, case: str = "", /, *, cells: Iterable[IssueCell] = (), sheet: str = "", milder: str = "",
        culprit: CellRef | None = None, **values: object,
    ) -> Iterator[Issue]:
        """The issue of rule *code*, its sentence for *case* filled with *values*.

        *milder* names a parameter of the rule: the severity in place of its own.
        """
        rule = self.rules.get(code)
        if rule is not None:
            level: Severity = rule.parameters[milder] if milder else rule.severity
            yield Issue(code, Kind.FORM, level, rule.words(case, **values), tuple(cells), sheet=sheet, culprit=culprit)

    def about(self, table: Table, code: str, case: str = "", /, *, cells: Sequence[IssueCell] = (), **values: Any) -> Iterator[Issue]:
        """The same about a sheet; without *cells* about the whole of it."""
        cells = cells or (corner(table.sheet),)
        return self.issue(code, case, 表=table.layout.mark, cells=cells, sheet=table.code, **values)


def corner(sheet: RawSheet) -> IssueCell:
    """The first cell with content: where the cursor goes when a whole sheet is meant."""
    place = next(((r, c) for r, row in enumerate(sheet.rows) for c, content in enumerate(row) if content != ""), (0, 0))
    return cell_at(sheet, place)


def cell_at(sheet: RawSheet, place: tuple[int, int], label: str = "") -> IssueCell:
    """The cell at a 0-based *place* of a sheet."""
    return IssueCell(CellRef(sheet.file.name, sheet.name, *place), text_of(sheet.content(*place)), label)
