"""Assembling the report: names → template → blocks, with the list of figures that it states; writing it; why it could not be published yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.job.context import ReportContext
from docgen.model import Block, Figure, Paragraph, PromptSpan, Report
from docgen.report.blocks import chart, glossary, overview, unit_table
from docgen.report.narrative import Narrative, narrative_of, placed_block, spans_of, stated_figures, template_of
from docgen.report.tables import performance_tables, sheet_tables
from workbook import __version__
from workbook.companion.model import OverviewParagraph
from workbook.issues import Severity
from workbook.pack.companion_form import CompanionForm, Part, Role
from workbook.pack.report import ChartForm
from workbook.rules.check import CheckReport
from workbook.values import dataclass

if TYPE_CHECKING:
    from docgen.writing import ReportMeta

def build_report(context: ReportContext, narrative: Narrative | None = None) -> Report:
    """Make the whole report as blocks.

    Raises ``TemplateError`` when the template is broken, ``InputError`` when the year is not known.
    """
    year = context.needed_year()
    narrative = narrative or narrative_of(context)
    blocks = tuple(_filled(narrative.rendered, _blocks(context, narrative)))
    spans = spans_of(blocks)
    figures = stated_figures(spans)
    prompts = tuple(dict.fromkeys(span for span, _ in spans if isinstance(span, PromptSpan)))
    problems = tuple(f"{f.label}：缺少{f.missing}" for f in figures if not f.is_known)
    return Report(f"{year} 年度{context.unit_name}决算公开报告", context.unit_name, year, blocks, figures, prompts, problems)


def _filled(rendered: Iterable[Block], blocks: Mapping[str, Callable[[], Iterable[Block]]]) -> Iterator[Block]:
    """The report with what stands between its paragraphs put in the place of its marks."""
    for block in rendered:
        if (name := placed_block(block)) is None:
            yield block
            continue
        section = block.section if isinstance(block, Paragraph) else 0
        for inner in blocks[name]():
            yield replace(inner, section=section) if section and isinstance(inner, Paragraph) else inner


def _blocks(context: ReportContext, narrative: Narrative) -> Mapping[str, Callable[[], Iterable[Block]]]:
    """What makes the blocks that a template may place between its paragraphs, by name."""
    paragraphs, form = lru_cache(partial(_paragraphs, context)), context.pack.companion
    return {
        **{part.block: partial(_overview, paragraphs, part, form) for part in form.parts},
        "所属单位表": lambda: [unit_table(context)],
        **{drawn.name: partial(_chart, drawn, narrative) for drawn in context.pack.report.charts},
        "绩效自评表": partial(_performance_tables, context),
        "名词解释": partial(glossary, context),
        "决算表": partial(sheet_tables, context),
    }


def _overview(paragraphs: Callable[[], tuple[OverviewParagraph, ...]], part: Part, form: CompanionForm) -> list[Block]:
    return overview(paragraphs(), part, form.name(Role.OVERVIEW))


def _chart(form: ChartForm, narrative: Narrative) -> list[Block]:
    return chart(form, narrative.named(form.parts))


def _paragraphs(context: ReportContext) -> tuple[OverviewParagraph, ...]:
    """Texts of part one: from the Word file that the 底稿 names, else from 概况文字."""
    companion = context.companion
    if companion is None:
        return ()
    file = companion.overview_file()
    if file is not None and file.is_file():
        from docgen.imports.overview import import_overview

        return import_overview(file, context.pack.companion.parts).paragraphs
    return companion.overview


def _performance_tables(context: ReportContext) -> list[Block]:
    companion = context.companion
    tables = [p.table for p in companion.projects if p.table is not None] if companion else []
    return performance_tables(tables, context.needed_year())


def figures_json(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """``--figures`` of design.md section 3."""
    return [
        {
            "id": f.id, "label": f.label, "section": f.section,
            "value": None if f.value is None else f"{f.value:f}", "unit": f.unit, "text": f.text,
            "sources": [{"sheet": s.sheet, "cell": s.a1} for s in f.sources], "how": f.how,
            **({"missing": f.missing} if f.missing else {}),
        }
        for f in figures
    ]


def default_name(context: ReportContext, folder: Path) -> Path:
    """Where a report goes when nobody says: ``<年度>年度<单位>决算公开报告.docx``."""
    return folder / f"{context.needed_year()}年度{context.unit_name}决算公开报告.docx"


def declared_time() -> dt.datetime:
    """The time written into a report; ``SOURCE_DATE_EPOCH`` fixes it for reproducible output."""
    import os

    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch and epoch.isdigit():
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC)
    return dt.datetime.now(dt.UTC)


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
