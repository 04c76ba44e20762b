"""Which cells the findings mark, and how strongly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbook.issues import Issue, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MANY_CELLS = 14
"""A finding over more cells marks only its first: one fault must not drown the reader."""


@dataclass(slots=True)
class CellMark:
    """The findings at one cell."""

    severity: Severity | None = None
    """The worst finding that starts at this cell."""
    is_involved: bool = False
    """Part of a finding that starts elsewhere."""
    issues: list[Issue] = field(default_factory=list)


SheetMarks = dict[tuple[int, int], CellMark]


@dataclass(slots=True)
class Marks:
    """All marks of a workbook, by file and sheet."""

    sheets: dict[tuple[str, str], SheetMarks] = field(default_factory=lambda: defaultdict(dict))
    counts: dict[tuple[str, str], dict[Severity, int]] = field(default_factory=dict)
    """Findings that start in a sheet."""

    def of(self, file: str, sheet: str) -> SheetMarks:
        """The marks of one sheet."""
        return self.sheets.get((file, sheet), {})

    def count(self, file: str, sheet: str, severity: Severity) -> int:
        """How many findings of that severity start in a sheet."""
        return self.counts.get((file, sheet), {}).get(severity, 0)


def marks_of(issues: Iterable[Issue], *, with_tails: bool) -> Marks:
    """The marks that *issues* leave."""
    marks = Marks()
    for issue in issues:
        if not issue.cells or (issue.severity is Severity.TAIL and not with_tails):
            continue
        first = issue.cells[0].ref
        place = (first.file, first.sheet)
        counts = marks.counts.setdefault(place, dict.fromkeys(Severity, 0))
        counts[issue.severity] += 1
        mark = _mark(marks, place, (first.row, first.column))
        if mark.severity is None or issue.severity.rank < mark.severity.rank:
            mark.severity = issue.severity
        mark.issues.append(issue)
        if 1 < len(issue.cells) <= _MANY_CELLS and issue.severity is not Severity.TAIL:
            _mark_others(marks, issue)
    return marks


def _mark_others(marks: Marks, issue: Issue) -> None:
    for cell in issue.cells[1:]:
        mark = _mark(marks, (cell.ref.file, cell.ref.sheet), (cell.ref.row, cell.ref.column))
        mark.is_involved = True
        if issue not in mark.issues:
            mark.issues.append(issue)


def _mark(marks: Marks, place: tuple[str, str], cell: tuple[int, int]) -> CellMark:
    sheet = marks.sheets[place]
    if cell not in sheet:
        sheet[cell] = CellMark()
    return sheet[cell]


def tip(issues: Sequence[Issue], most: int = 4) -> str:
    """The findings of a cell as a tooltip."""
    lines = [f"{i.severity.sign} {i.severity}：{i.message}" for i in issues[:most]]
    if len(issues) > most:
        lines.append(f"…… 另有 {len(issues) - most} 条")
    return "\n".join(lines)
