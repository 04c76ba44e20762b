"""The rules of review as records of the pack, and the making of remarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from docgen.model import Figure
from docgen.review.model import Remark
from workbook.formats.source import RawSheet
from workbook.issues import CellRef, Issue, IssueCell, Kind, Severity
from workbook.pack.rules import Rule
from workbook.reading.tables import text_of
from workbook.values import dataclass

_AROUND = 24
"""So many characters on each side of a finding are quoted."""


@dataclass(frozen=True)
class Remarks:
    """Makes remarks; a rule that the pack leaves out makes none."""

    rules: Mapping[str, Rule]
    sheets: Mapping[tuple[str, str], RawSheet]
    """File and sheet name → sheet, for the contents of the cells that a figure comes from."""

    def on(  # noqa: PLR0913 - a finding has so many parts
        self, rule: str, message: str, paragraph: int | None, text: str = "", span: tuple[int, int] = (0, 0), *,
        stated: str | None = None, expected: str | None = None, figure: Figure | None = None,
        amounts: tuple[Decimal | None, Decimal | None] = (None, None), cells: Iterable[IssueCell] = (),
        severity: Severity | None = None,
    ) -> list[Remark]:
        """The remark of *rule* about the span of paragraph number *paragraph* whose whole text is *text*.

        *amounts*: what the report states and what it should be, for the difference.
        """
        record = self.rules.get(rule)
        if record is None:
            return []
        left, right = amounts
        difference = left - right if left is not None and right is not None else None
        issue = Issue(
            rule, Kind.TEXT, severity or record.severity, message,
            (*(self.cells(figure) if figure is not None else ()), *cells), left, right, difference,
            paragraph=paragraph, text=quoted(text, *span) if text else None, stated=stated, expected=expected)
        return [Remark(issue, *span, figure)]

    def cells(self, figure: Figure) -> tuple[IssueCell, ...]:
        """The cells that a figure comes from, with their contents."""
        return tuple(IssueCell(ref, self._content(ref)) for ref in figure.sources)

    def _content(self, ref: CellRef) -> str:
        sheet = self.sheets.get((ref.file, ref.sheet))
        return text_of(sheet.content(ref.row, ref.column)) if sheet is not None else ""


def quoted(text: str, start: int, end: int) -> str:
    """The stretch of *text* around a finding, cut at sentence ends where that is near."""
    if end <= start:
        return text if len(text) <= 2 * _AROUND else f"{text[: 2 * _AROUND]}…"
    first = max(start - _AROUND, 0)
    cut = max(text.rfind(mark, first, start) for mark in "。；\n")
    first = cut + 1 if cut >= 0 else first
    last = min(end + _AROUND // 2, len(text))
    stop = min((p for mark in "。；，\n" if (p := text.find(mark, end, last)) >= 0), default=last)
    head = "…" if first and cut < 0 else ""
    tail = "…" if stop == last < len(text) else ""
    return f"{head}{text[first:stop].strip()}{tail}"
