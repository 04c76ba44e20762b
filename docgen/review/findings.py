"""What a review finds on the paragraphs of a Word file, and the making of it.

The rules are records of the pack: how grave a finding is, its name, its basis, its limits and its sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from pathlib import Path

from docgen.docx.paragraphs import DocParagraph
from docgen.job.inputs import Inputs
from docgen.model import Figure
from docgen.report.narrative import Narrative
from docgen.review.expected import Expected
from docgen.review.phrasing import phrasing_of
from docgen.review.report_text import ReportText
from docgen.review.sections import Sections
from docgen.review.text import Stretch
from workbook.amounts import MoneyUnit, text_of
from workbook.issues import Issue, IssueCell, Kind, Severity
from workbook.pack.reasons import Subject
from workbook.values import cached_property, dataclass

_FEWEST = 10
"""A report that states no more numbers than this is judged by what it holds."""
_TOO_FEW = Decimal("0.1")
"""Less than this part of the numbers compared is no review."""
_AROUND = 24
"""So many characters on each side of a finding are quoted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, and the stretch of text that it is about."""

    issue: Issue
    """``paragraph`` is the number of the paragraph (``None``: the report as a whole), ``text`` the statement quoted,
    ``stated`` what the report writes, ``expected`` what it should be, ``cells`` where that comes from."""
    start: int = 0
    """Where in the paragraph's text it begins (``start == end``: the whole paragraph)."""
    end: int = 0
    figure: Figure | None = None
    """The figure that the report should state, when it is about one."""


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A number of the report, right or wrong, of which we know what it states."""

    paragraph: int
    start: int
    end: int
    figure: Figure


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a report's numbers were compared, and why the others were not: what a review did not look at it says."""

    stated: int = 0
    """Numbers in the narrative."""
    compared: int = 0
    """Of them, those compared with the tables or with each other."""
    without_input: int = 0
    """Of them, those known to state something that no input gives (last year's accounts, the budget …)."""
    cells: int = 0
    """Amounts of the attached tables compared."""
    expected: int = 0
    """Numbers that such a report states."""

    @property
    def not_understood(self) -> int:
        """Numbers of the narrative of which nothing is known."""
        return self.stated - self.compared - self.without_input

    @property
    def present(self) -> int:
        """All numbers: in the narrative and in the attached tables."""
        return self.stated + self.cells

    @property
    def all_compared(self) -> int:
        """All that were compared."""
        return self.compared + self.cells

    @property
    def is_too_little(self) -> bool:
        """Whether so little was compared that nothing can be said of the report."""
        return not self.compared or self.compared < _TOO_FEW * min(max(self.stated, _FEWEST), max(self.expected, 1))

    def words(self) -> str:
        """``全文 485 个数，核对 480 个（其中附表 250 个）；未核对：没有资料可比 3 个，没有认出 2 个``."""
        tables = f"（其中附表 {self.cells:,} 个）" if self.cells else ""
        reasons = [f"{why} {count:,} 个" for why, count in (
            ("没有资料可比", self.without_input), ("没有认出说的是什么", self.not_understood)) if count]
        rest = f"；未核对：{'，'.join(reasons)}" if reasons else ""
        return f"全文 {self.present:,} 个数，核对 {self.all_compared:,} 个{tables}{rest}"


@dataclass(frozen=True)
class Review:
    """The outcome of reviewing one report."""

    path: Path
    paragraphs: tuple[DocParagraph, ...]
    findings: tuple[Finding, ...]
    """In the order of the text."""
    coverage: Coverage = field(default_factory=Coverage)
    """How many numbers of the report were compared."""
    sections: Mapping[int, int] = field(default_factory=dict)
    """Paragraph number → section of the narrative."""
    titles: Mapping[int, str] = field(default_factory=dict)
    """Section → its heading in the template."""
    figures: tuple[StatedFigure, ...] = ()
    """The numbers of the narrative that state a figure."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The findings as they are put out."""
        return tuple(finding.issue for finding in self.findings)

    @property
    def compared(self) -> int:
        """How many numbers were compared, those of the attached tables included."""
        return self.coverage.all_compared

    @property
    def has_errors(self) -> bool:
        """Whether there is any 错误."""
        return any(issue.severity is Severity.ERROR for issue in self.issues)


class Finder:
    """Makes findings from what all checks look at; a rule that the pack leaves out makes none."""

    def __init__(self, inputs: Inputs, narrative: Narrative, paragraphs: Sequence[DocParagraph]) -> None:
        self.inputs, self.narrative, self.context = inputs, narrative, narrative.context
        self.phrasing = phrasing_of(inputs.pack)
        self.unit_name = inputs.accounts.unit_name or (inputs.companion.unit_name if inputs.companion is not None else "")
        """The unit's name; empty when no input says it."""
        self.expected = Expected(narrative, self.phrasing)
        sections = Sections(paragraphs, narrative.titles, self.expected.parts, self.expected.under)
        units = {frame.money_unit for frame in inputs.accounts.frames.values()} - {None}
        self.has_yuan = units == {MoneyUnit.YUAN}
        """Whether the tables are in 元, all of them."""
        is_exact = self.has_yuan or not all(table.is_rounded for table in inputs.accounts.tables.values())
        self.text = ReportText(paragraphs, sections, self.phrasing, is_exact=is_exact)
        accounts = (inputs.accounts, inputs.prior_accounts)
        self.sheets = {(s.file.name, s.name): s for a in accounts if a is not None for s in a.source.sheets}
        """File and sheet name → sheet, for the contents of the cells that a figure comes from."""

    @cached_property
    def subjects(self) -> Mapping[int, Subject]:
        """The sections of which every figure is one of a subject with sheets of its own: they must speak of nothing else."""
        found: dict[int, Subject] = {}
        for section, title in self.narrative.titles.items():
            slots = self.expected.slots.get(section, ())
            for subject in self.context.pack.reasons.subjects:
                is_own = (
                    all(s.figure.id.startswith(subject.slots) for s in slots) if slots
                    else any(word in title for word in subject.own))
                if subject.sheets and is_own:
                    found.setdefault(section, subject)
        return found

    @cached_property
    def void_sections(self) -> frozenset[int]:
        """Sections of a subject of whose sheets none holds an amount."""
        tables = self.inputs.accounts.tables
        return frozenset(
            s for s, subject in self.subjects.items()
            if all(code in tables and not tables[code].live_columns for code in subject.sheets))

    def on(  # noqa: PLR0913 - a finding has so many parts
        self, rule: str, case: str = "", /, *, at: Stretch, stated: str | None = None, expected: str | None = None,
        figure: Figure | None = None, amounts: tuple[Decimal | None, Decimal | None] = (None, None),
        cells: Iterable[IssueCell] = (), quotes: bool = True, **values: object,
    ) -> list[Finding]:
        """The finding of *rule* about a stretch of the text.

        *amounts*: what the report states and what it should be, for the difference.  *quotes*: whether to quote the text.
        *values* fill the sentence for *case*; 所写 is *stated* and 应为 is *expected* there.
        """
        record = self.inputs.pack.review_rules.get(rule)
        if record is None:
            return []
        paragraph, start, end = at
        left, right = amounts
        issue = Issue(
            rule, Kind.TEXT, record.severity, record.words(case, **{"所写": stated, "应为": expected, **values}),
            (*(self.cells(figure) if figure is not None else ()), *cells), left, right,
            left - right if left is not None and right is not None else None, paragraph=paragraph,
            text=self.quoted(at) if quotes else None, stated=stated, expected=expected)
        return [Finding(issue, start, end, figure)]

    def limit(self, rule: str, name: str) -> int:
        """A number among the parameters of *rule*; 0 when the pack leaves the rule out."""
        return int(self.inputs.pack.review_rules[rule].parameters[name]) if rule in self.inputs.pack.review_rules else 0

    def quoted(self, at: Stretch) -> str | None:
        """The text around a stretch; ``None`` when there is none."""
        text = self.text.texts.get(at[0] or 0, "")
        return _around(text, *at[1:]) if text else None

    def all_of(self, paragraph: int | None) -> Stretch:
        """The whole text of a paragraph."""
        return paragraph, 0, len(self.text.texts.get(paragraph or 0, ""))

    def cells(self, figure: Figure) -> tuple[IssueCell, ...]:
        """The cells that a figure comes from, with their contents."""
        sheets = ((ref, self.sheets.get((ref.file, ref.sheet))) for ref in figure.sources)
        return tuple(IssueCell(ref, text_of(s.content(ref.row, ref.column)) if s is not None else "") for ref, s in sheets)


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
