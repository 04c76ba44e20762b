"""What the preview shows, computed off the GUI thread from one snapshot; and what it says about a figure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from docgen.job.context import ReportContext
from docgen.job.sources import SourceIndex
from docgen.model import FigureSpan, PromptSpan, ReasonSpan, Report, Span
from docgen.report.assembly import Readiness, build_report, readiness
from docgen.report.narrative import Narrative, narrative_of, template_of
from docgen.report.yearly import YearOverview, year_overview
from docgen.writing.plan import PagePlan, page_plan
from gui.paper.sources import figure_lines
from workbook.rules.check import CheckReport


@dataclass(frozen=True)
class Preview:
    """A report with all that is said about it."""

    context: ReportContext
    report: Report
    year: YearOverview
    readiness: Readiness
    sources: SourceIndex
    narrative: Narrative
    plan: PagePlan
    """Where its blocks stand on the pages of the Word file."""

    def is_reason(self, slot: str) -> bool:
        """Whether *slot* is a change reason (else it is another text)."""
        return slot in self.narrative.registry.changes

    def tip(self, span: Span) -> str:
        """What to say about a span, as rich text."""
        if isinstance(span, FigureSpan):
            return f"<p>{'<br>'.join(figure_lines(span.figure, self.sources.of(span.figure)))}</p>"
        if isinstance(span, PromptSpan):
            return f"<p style='white-space:pre'>{escape(span.text.strip('【】'))}<br>点击去填写</p>"
        if isinstance(span, ReasonSpan):
            return f"<p style='white-space:pre'>{'变动原因' if self.is_reason(span.slot) else '底稿中的文字'}，点击去修改</p>"
        return ""


def make_preview(context: ReportContext, checked: CheckReport | None) -> Preview:
    """Everything the page shows.  Raises :class:`~workbook.errors.JuesuanError` when the template is broken."""
    narrative = narrative_of(context)
    report = build_report(context, narrative)
    return Preview(context, report, year_overview(narrative), readiness(report, checked), SourceIndex(context), narrative,
                   page_plan(report.blocks, template_of(context)))
