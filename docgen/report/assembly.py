"""Assembling the report: names → template → blocks, and the list of figures that it states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from docgen.figures.nodes import Node, SpansNode
from docgen.job.context import ReportContext
from docgen.model import Block, Figure, PromptSpan, Report
from docgen.report.blocks import chart, glossary, overview, unit_names, unit_table
from docgen.report.narrative import Narrative, narrative_of, spans_of, stated_figures, template_of
from docgen.report.sheet_tables import sheet_tables
from docgen.template import render
from workbook.numerals import DIGITS
from workbook.pack.companion_form import Role


def build_report(context: ReportContext, narrative: Narrative | None = None) -> Report:
    """Make the whole report as blocks.

    Raises ``TemplateError`` when the template is broken, ``InputError`` when the year is not known.
    """
    year = context.needed_year()
    narrative = narrative or narrative_of(context)
    blocks = render(narrative.template, namespace(context, narrative))
    figures = tuple(stated_figures(blocks))
    prompts = tuple(dict.fromkeys(s for s, _ in spans_of(blocks) if isinstance(s, PromptSpan)))
    problems = tuple(f"{f.label}：缺少{f.missing}" for f in figures if not f.is_known)
    return Report(f"{year} 年度{context.unit_name}决算公开报告", context.unit_name, year, blocks, figures, prompts, problems)


def namespace(context: ReportContext, narrative: Narrative) -> Mapping[str, object]:
    """Everything a template may name."""
    names = dict(narrative.names)
    units = unit_names(context)
    paragraphs, form = _paragraphs(context), context.pack.companion
    names.update({
        "年份文字": f"{_chinese_year(context.needed_year() + 1)}年",
        "单位数": SpansNode(()) if not units else str(len(units)),
        "单位列表": "、".join(name for name, _ in units),
        "块": Node({
            **{part.block: overview(paragraphs, part, form.name(Role.OVERVIEW)) for part in form.parts},
            "所属单位表": [unit_table(context)],
            **{drawn.name: chart(drawn, narrative.tree.named(drawn.parts)) for drawn in context.pack.report.charts},
            "绩效自评表": _performance_tables(context),
            "名词解释": glossary(context),
            "决算表": sheet_tables(context),
        }),
    })
    return names


def _paragraphs(context: ReportContext) -> tuple[Any, ...]:
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
    from docgen.report.performance_tables import performance_tables

    companion = context.companion
    tables = [p.table for p in companion.projects if p.table is not None] if companion else []
    return performance_tables(tables, context.needed_year())


def _chinese_year(year: int) -> str:
    return "".join(DIGITS[int(d)] for d in str(year))


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


__all__ = ["Report", "build_report", "default_name", "figures_json", "namespace", "narrative_of", "stated_figures", "template_of"]
