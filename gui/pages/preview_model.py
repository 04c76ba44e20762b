"""What the preview shows, computed off the GUI thread from one snapshot; and what it says about a figure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from docgen.context import ReportContext
from docgen.model import Figure, FigureSpan, PromptSpan, ReasonSpan, Report, Span
from docgen.narrative import Narrative
from docgen.output import Readiness, readiness
from docgen.report import build_report, narrative_of
from docgen.sources import SourceCell, SourceIndex
from docgen.yearly import YearOverview, year_overview
from workbook.check import CheckReport

_SHOWN = 8


@dataclass(frozen=True)
class Preview:
    """A report with all that is said about it."""

    context: ReportContext
    report: Report
    year: YearOverview
    readiness: Readiness
    sources: SourceIndex
    narrative: Narrative

    def is_reason(self, slot: str) -> bool:
        """Whether *slot* is a change reason (else it is another text)."""
        return slot in self.narrative.registry.changes

    def tip(self, span: Span) -> str:
        """What to say about a span, as rich text."""
        if isinstance(span, FigureSpan):
            return self._figure_tip(span.figure)
        if isinstance(span, PromptSpan):
            return f"<p style='white-space:pre'>{escape(_brief(span.text))}<br>点击去填写</p>"
        if isinstance(span, ReasonSpan):
            return f"<p style='white-space:pre'>{'变动原因' if self.is_reason(span.slot) else '底稿中的文字'}，点击去修改</p>"
        return ""

    def _figure_tip(self, figure: Figure) -> str:
        cells = self.sources.of(figure)
        unit = "" if figure.unit == "%" else f" {figure.unit}"
        lines = [f"<b>{escape(figure.label)}　{escape(figure.text)}{escape(unit)}</b>"]
        lines += [escape(cell.words) for cell in cells[:_SHOWN]]
        if len(cells) > _SHOWN:
            lines.append(f"…… 共 {len(cells)} 个单元格")
        if figure.how and not (len(cells) == 1 and figure.how in cells[0].label):
            lines.append(f"算法：{escape(figure.how)}")
        if figure.missing:
            lines.append(f"缺少{escape(figure.missing)}，算不出来")
        if cells:
            lines.append("点击转到单元格" if any(cell.is_here for cell in cells) else "点击查看")
        return f"<p>{'<br>'.join(lines)}</p>"


def make_preview(context: ReportContext, checked: CheckReport | None) -> Preview:
    """Everything the page shows.  Raises :class:`~workbook.errors.JuesuanError` when the template is broken."""
    narrative = narrative_of(context)
    report = build_report(context, narrative)
    return Preview(context, report, year_overview(narrative), readiness(report, checked), SourceIndex(context), narrative)


def _brief(text: str) -> str:
    return text.strip("【】")


def menu_words(cell: SourceCell) -> str:
    """A source as a menu shows it."""
    return cell.words
