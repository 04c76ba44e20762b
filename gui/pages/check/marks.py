"""Which cells the findings mark, and how strongly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workbook.issues import Issue, Severity

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
    """All marks of a workbook."""

    sheets: dict[tuple[str, str], SheetMarks] = field(default_factory=lambda: defaultdict(lambda: defaultdict(CellMark)))
    """By names of file and sheet."""
    counts: Counter[tuple[str, str, Severity]] = field(default_factory=Counter)
    """How many findings of a severity start in a sheet."""

    def of(self, file: str, sheet: str) -> SheetMarks:
        """The marks of one sheet."""
        return self.sheets.get((file, sheet), {})


def marks_of(issues: Iterable[Issue], *, with_tails: bool) -> Marks:
    """The marks that *issues* leave."""
    marks = Marks()
    for issue in issues:
        if not issue.cells or (issue.severity is Severity.TAIL and not with_tails):
            continue
        first, *others = (cell.ref for cell in issue.cells)
        marks.counts[first.file, first.sheet, issue.severity] += 1
        mark = marks.sheets[first.file, first.sheet][first.row, first.column]
        if mark.severity is None or issue.severity.rank < mark.severity.rank:
            mark.severity = issue.severity
        mark.issues.append(issue)
        for ref in others if len(issue.cells) <= _MANY_CELLS and issue.severity is not Severity.TAIL else ():
            mark = marks.sheets[ref.file, ref.sheet][ref.row, ref.column]
            mark.is_involved = True
            if issue not in mark.issues:
                mark.issues.append(issue)
    return marks


def tip(issues: Sequence[Issue], most: int = 4) -> str:
    """The findings of a cell as a tooltip."""
    lines = [f"{i.severity.sign} {i.severity}：{i.message}" for i in issues[:most]]
    if len(issues) > most:
        lines.append(f"另有 {len(issues) - most} 条")
    return "\n".join(lines)
