"""Writing the report, and why it could not be published yet: one place for the command line and the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docgen.job.context import ReportContext
from docgen.model import PromptSpan, Report
from docgen.report.assembly import declared_time, template_of
from workbook import __version__
from workbook.issues import Severity
from workbook.rules.check import CheckReport
from workbook.values import dataclass

if TYPE_CHECKING:
    from docgen.writing import ReportMeta

REASON_PROMPT = "【请填写变动原因"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands between a report and its publication."""

    errors: int
    """错误 in the workbook."""
    reasons: tuple[PromptSpan, ...]
    """Reasons that are missing."""
    texts: tuple[PromptSpan, ...]
    """Other texts that are missing."""
    problems: tuple[str, ...]
    """Figures that could not be computed, in words."""

    @property
    def is_clean(self) -> bool:
        """Whether the report can be published as it is."""
        return not (self.errors or self.reasons or self.texts or self.problems)

    def words(self) -> str:
        """``公开表有错误 3 处，待填原因 4 处，缺数 1 个``; empty when clean."""
        counts = (
            (self.errors, "公开表有错误 {} 处"), (len(self.reasons), "变动原因待填 {} 处"), (len(self.texts), "文字待填 {} 处"),
            (len(self.problems), "无法计算的数 {} 个"),
        )
        return "，".join(words.format(count) for count, words in counts if count)


def readiness(report: Report, checked: CheckReport | None = None) -> Readiness:
    """Why *report* (of a workbook with the findings *checked*) is not clean yet."""
    errors = sum(1 for issue in checked.issues if issue.severity is Severity.ERROR) if checked else 0
    reasons = tuple(p for p in report.prompts if p.text.startswith(REASON_PROMPT))
    return Readiness(errors, reasons, tuple(p for p in report.prompts if p not in reasons), report.problems)


def write_word(report: Report, context: ReportContext, output: Path, *, linked: bool) -> None:
    """Write *report* to *output*, with linked figures or (not *linked*) as the version to publish.

    Raises :class:`~workbook.errors.InputError` when the file cannot be written.
    """
    from docgen.writing import write_report

    write_report(report.blocks, template_of(context), output, linked=linked, meta=report_meta(report, context))


def report_meta(report: Report, context: ReportContext) -> ReportMeta:
    """What the Word file says of itself."""
    from docgen.writing import ReportMeta

    return ReportMeta(
        title=report.title, unit_name=report.unit_name, year=report.year, workbook_sha256=context.accounts.source.sha256,
        pack=context.pack.name, version=__version__, created=declared_time(), figures=report.figures,
        marks={
            f"{table.sheet.file.name}/{table.sheet.name}": table.layout.mark
            for tables in (context.prior, context.accounts.tables) for table in tables.values()})
