"""Assembling the report: names → template → blocks, and the list of figures that it states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from docgen.figures.nodes import Node, SpansNode
from docgen.job.context import ReportContext
from docgen.model import (
    Block,
    ChartBlock,
    Figure,
    FigureSpan,
    Paragraph,
    PromptSpan,
    Report,
    Span,
    TableBlock,
)
from docgen.reasons.thresholds import level_wording, reasons_by_threshold
from docgen.report.blocks import chart, glossary, overview, unit_names, unit_table
from docgen.report.narrative import Narrative, build_narrative
from docgen.report.sheet_tables import sheet_tables
from docgen.template import Template, load_template, render
from workbook.companion.model import Part
from workbook.numerals import DIGITS

TEMPLATE_NAME = "report.docx"
_BLOCKS = ("主要职能", "机构设置", "主要工作", "所属单位表", "图1", "图2", "绩效自评表", "名词解释", "决算表")


def template_of(context: ReportContext) -> Template:
    """The pack's Word template."""
    return load_template(context.pack.folder / TEMPLATE_NAME)


def build_report(context: ReportContext, narrative: Narrative | None = None, template: Template | None = None) -> Report:
    """Make the whole report as blocks.  Raises ``TemplateError`` when the template is broken."""
    narrative = narrative or narrative_of(context)
    blocks = render(template or template_of(context), namespace(context, narrative))
    figures = tuple(stated_figures(blocks))
    prompts = tuple(dict.fromkeys(s for s in spans_of(blocks) if isinstance(s, PromptSpan)))
    problems = tuple(f"{f.label}：缺少{f.missing}" for f in figures if not f.is_known)
    return Report(f"{context.year} 年度{context.unit_name}决算公开报告", context.unit_name, context.year, blocks, figures, prompts, problems)


def narrative_of(context: ReportContext) -> Narrative:
    """The narrative with the 底稿's reasons and its settings."""
    return build_narrative(context, reasons_by_threshold(context), level_wording(context))


def statements(context: ReportContext, narrative: Narrative) -> tuple[Block, ...]:
    """The report's paragraphs without what is set between them (tables, charts, texts of the other parts)."""
    nothing: dict[str, list[Block]] = {name: [] for name in _BLOCKS}
    names = {**narrative.names, "年份文字": "", "单位数": "", "单位列表": "", "块": Node(**nothing)}
    return render(template_of(context), names)


def namespace(context: ReportContext, narrative: Narrative) -> Mapping[str, object]:
    """Everything a template may name."""
    names = dict(narrative.names)
    units = unit_names(context)
    paragraphs = _paragraphs(context)
    names.update({
        "年份文字": f"{_chinese_year(context.year + 1)}年",
        "单位数": SpansNode(()) if not units else str(len(units)),
        "单位列表": "、".join(name for name, _ in units),
        "块": Node(
            主要职能=overview(paragraphs, Part.DUTIES),
            机构设置=overview(paragraphs, Part.ORGANISATION),
            主要工作=overview(paragraphs, Part.WORK),
            所属单位表=[unit_table(context)],
            图1=chart("图1", "图 1　收入决算图", _node(names["收入"]), "收入"),
            图2=chart("图2", "图 2　支出决算图", _node(names["支出"]), "支出"),
            绩效自评表=_performance_tables(context),
            名词解释=glossary(context),
            决算表=sheet_tables(context),
        ),
    })
    return names


def _node(value: object) -> Node:
    if not isinstance(value, Node):
        raise TypeError("not a node")
    return value


def _paragraphs(context: ReportContext) -> tuple[Any, ...]:
    """Texts of part one: from the Word file that the 底稿 names, else from 概况文字."""
    companion = context.companion
    if companion is None:
        return ()
    file = companion.overview_file()
    if file is not None and file.is_file():
        from docgen.imports.overview import read_overview

        return tuple(read_overview(file))
    return companion.overview


def _performance_tables(context: ReportContext) -> list[Block]:
    from docgen.report.performance_tables import performance_tables

    companion = context.companion
    tables = [p.table for p in companion.performance.projects if p.table is not None] if companion else []
    return performance_tables(tables, context.year)


def _chinese_year(year: int) -> str:
    return "".join(DIGITS[int(d)] for d in str(year))


def spans_of(blocks: Iterable[Block]) -> Iterator[Span]:
    """All spans of *blocks*, in order (tables row by row)."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from block.spans
        elif isinstance(block, TableBlock):
            for row in block.rows:
                for cell in row:
                    yield from cell.spans
        elif isinstance(block, ChartBlock):
            yield from (FigureSpan(figure) for _, figure in block.slices)


def stated_figures(blocks: Iterable[Block]) -> Iterator[Figure]:
    """The figures that *blocks* state, each once, in order of first statement."""
    seen: set[str] = set()
    for span in spans_of(blocks):
        if isinstance(span, FigureSpan) and span.figure.id not in seen:
            seen.add(span.figure.id)
            yield span.figure


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
    return folder / f"{context.year}年度{context.unit_name}决算公开报告.docx"


def declared_time() -> dt.datetime:
    """The time written into a report; ``SOURCE_DATE_EPOCH`` fixes it for reproducible output."""
    import os

    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch and epoch.isdigit():
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC)
    return dt.datetime.now(dt.UTC)


__all__ = ["Report", "build_report", "figures_json", "narrative_of", "stated_figures"]
