"""The rules of review as records of the pack, and the making of findings.

A record says how grave a finding is, its name, its basis, its limits and its sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from docgen.job.inputs import Inputs
from docgen.model import Figure
from docgen.review.model import Finding
from docgen.review.text import ReportText, Stretch
from workbook.formats.source import RawSheet
from workbook.issues import CellRef, Issue, IssueCell, Kind
from workbook.pack.rules import Rule
from workbook.reading.tables import text_of
from workbook.values import dataclass

_AROUND = 24
"""So many characters on each side of a finding are quoted."""


@dataclass(frozen=True)
class Finder:
    """Makes findings; a rule that the pack leaves out makes none."""

    rules: Mapping[str, Rule]
    sheets: Mapping[tuple[str, str], RawSheet]
    """File and sheet name → sheet, for the contents of the cells that a figure comes from."""
    text: ReportText

    @classmethod
    def of(cls, inputs: Inputs, text: ReportText) -> Finder:
        """What makes the findings on *text*."""
        accounts = [inputs.accounts, *([inputs.prior_accounts] if inputs.prior_accounts else [])]
        return cls(inputs.pack.review_rules, {(s.file.name, s.name): s for a in accounts for s in a.source.sheets}, text)

    def on(  # noqa: PLR0913 - a finding has so many parts
        self, rule: str, case: str = "", /, *, at: Stretch, stated: str | None = None, expected: str | None = None,
        figure: Figure | None = None, amounts: tuple[Decimal | None, Decimal | None] = (None, None),
        cells: Iterable[IssueCell] = (), quotes: bool = True, **values: object,
    ) -> list[Finding]:
        """The finding of *rule* about a stretch of the text.

        *amounts*: what the report states and what it should be, for the difference.  *quotes*: whether to quote the text.
        *values* fill the sentence for *case*; 所写 is *stated* and 应为 is *expected* there.
        """
        record = self.rules.get(rule)
        if record is None:
            return []
        paragraph, start, end = at
        left, right = amounts
        difference = left - right if left is not None and right is not None else None
        issue = Issue(
            rule, Kind.TEXT, record.severity, record.words(case, **{"所写": stated, "应为": expected, **values}),
            (*(self.cells(figure) if figure is not None else ()), *cells), left, right, difference, paragraph=paragraph,
            text=self.quoted(at) if quotes else None, stated=stated, expected=expected)
        return [Finding(issue, start, end, figure)]

    def limit(self, rule: str, name: str) -> int:
        """A number among the parameters of *rule*; 0 when the pack leaves the rule out."""
        return int(self.rules[rule].parameters[name]) if rule in self.rules else 0

    def quoted(self, at: Stretch) -> str | None:
        """The text around a stretch; ``None`` when there is none."""
        text = self.text.texts.get(at[0] or 0, "")
        return _around(text, *at[1:]) if text else None

    def all_of(self, paragraph: int | None) -> Stretch:
        """The whole text of a paragraph."""
        return paragraph, 0, len(self.text.texts.get(paragraph or 0, ""))

    def cells(self, figure: Figure) -> tuple[IssueCell, ...]:
        """The cells that a figure comes from, with their contents."""
        return tuple(IssueCell(ref, self._content(ref)) for ref in figure.sources)

    def _content(self, ref: CellRef) -> str:
        sheet = self.sheets.get((ref.file, ref.sheet))
        return text_of(sheet.content(ref.row, ref.column)) if sheet is not None else ""


def _around(text: str, start: int, end: int) -> str:
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
