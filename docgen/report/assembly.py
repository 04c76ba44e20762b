"""Assembling the report: names → template → blocks, with the list of figures that it states.

And writing it, and why it could not be published yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.figures.nodes import FigureNode
from docgen.job.inputs import Inputs
from docgen.model import (
    Block,
    ChartBlock,
    Figure,
    Paragraph,
    PromptSpan,
    ReasonSpan,
    Report,
    TableBlock,
    TableCell,
    Text,
)
from docgen.report.narrative import (
    Narrative,
    narrative_of,
    placed_block,
    spans_of,
    stated_figures,
    template_of,
    unit_names,
)
from docgen.report.tables import performance_tables, sheet_tables
from workbook import __version__
from workbook.companion.model import Level, OverviewParagraph
from workbook.issues import Severity
from workbook.numerals import chinese_numeral
from workbook.pack.companion_form import NATURE, Part, Role
from workbook.pack.figures import SHARE
from workbook.pack.report import ChartForm
from workbook.rules.check import CheckReport
from workbook.values import dataclass

if TYPE_CHECKING:
    from docgen.writing import ReportMeta

_LEVEL_STYLES = {Level.BODY: "正文", Level.FIRST: "二级标题", Level.SECOND: "三级标题", Level.THIRD: "正文"}
REASON_PROMPT = "【请填写变动原因"


def build_report(context: Inputs, narrative: Narrative | None = None) -> Report:
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


def _blocks(context: Inputs, narrative: Narrative) -> Mapping[str, Callable[[], Iterable[Block]]]:
    """What makes the blocks that a template may place between its paragraphs, by name."""
    pack, companion, paragraphs = context.pack, context.companion, lru_cache(partial(_paragraphs, context))
    projects = companion.projects if companion is not None else ()
    return {
        **{
            part.block: partial(_overview, paragraphs, part, pack.companion.name(Role.OVERVIEW))
            for part in pack.companion.parts},
        "所属单位表": lambda: [_unit_table(context)],
        **{form.name: partial(_chart, form, narrative) for form in pack.report.charts},
        "绩效自评表": lambda: performance_tables([p.table for p in projects if p.table is not None], context.needed_year()),
        "名词解释": partial(_glossary, context),
        "决算表": partial(sheet_tables, context),
    }


def _paragraphs(context: Inputs) -> tuple[OverviewParagraph, ...]:
    """Texts of part one: from the Word file that the 底稿 names, else from 概况文字."""
    companion = context.companion
    if companion is None:
        return ()
    file = companion.overview_file()
    if file is not None and file.is_file():
        from docgen.imports.overview import import_overview

        return import_overview(file, context.pack.companion.parts).paragraphs
    return companion.overview


def _overview(paragraphs: Callable[[], tuple[OverviewParagraph, ...]], part: Part, sheet: str) -> list[Block]:
    """The paragraphs of one text of part one, or a prompt to fill it in (in the 底稿's *sheet*)."""
    found = [p for p in paragraphs() if p.part == part.name and p.text.text.strip()]
    if not found:
        return [Paragraph("正文", (PromptSpan(part.slot, f"【请填写{part.ask}：底稿“{sheet}”】"),))]
    return [
        Paragraph(_LEVEL_STYLES[p.level], (ReasonSpan(part.slot, line.strip()),))
        for p in found for line in p.text.text.splitlines() if line.strip()
    ]


def _unit_table(context: Inputs) -> TableBlock:
    """The list of units, with 单位性质 or with what the form wants remarked instead."""
    entry, remark = context.pack.companion.entries[NATURE], context.pack.companion.sheet(Role.UNITS).remark
    rows = [tuple(TableCell((Text(text),)) for text in ("序号", "单位名称", remark or "单位性质"))]
    for i, (name, nature) in enumerate(unit_names(context), start=1):
        last = Text(nature) if nature or remark else PromptSpan(entry.slot, f"【请填写{entry.label}：底稿“{entry.sheet}”】")
        rows.append((TableCell((Text(str(i)),)), TableCell((Text(name),)), TableCell((last,) if last.text else ())))
    return TableBlock(tuple(rows), widths=(12, 50, 38), alt="决算编制范围的单位")


def _chart(form: ChartForm, narrative: Narrative) -> list[Block]:
    """The non-zero parts as slices; a sentence when there is nothing to draw."""
    parts = narrative.named(form.parts)
    items = [i for i in parts if isinstance(i, FigureNode)] if isinstance(parts, list) else []
    if any(i.figure.value is None for i in items):
        return [Paragraph("正文", (PromptSpan(form.name, f"【{form.ask}】"),))]
    known = [(str(i.child("名称")), i) for i in items if i.figure.value is not None and i.figure.value > 0]
    if not known:
        return [Paragraph("正文", (Text(form.none),))]
    told = (f"{name} {i.figure.text} {i.figure.unit}{f'（{share}）' if (share := i.child(SHARE)) else ''}" for name, i in known)
    figures = tuple((name, i.figure) for name, i in known)
    return [ChartBlock(form.name, form.caption, figures, f"{form.caption}：{'，'.join(told)}")]


def _glossary(context: Inputs) -> list[Block]:
    """Part three: the terms, numbered."""
    terms = [t for t in (context.companion.glossary if context.companion else ()) if t.term.text.strip()]
    if not terms:
        return [Paragraph("正文", (PromptSpan("名词解释", "【请填写名词解释：底稿“名词解释”】"),))]
    return [
        Paragraph("正文", (
            Text(f"{chinese_numeral(i)}、{t.term.text.strip()}：", bold=True),
            ReasonSpan("名词解释", t.explanation.text.strip())))
        for i, t in enumerate(terms, start=1)
    ]


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


def default_name(context: Inputs, folder: Path) -> Path:
    """Where a report goes when nobody says: ``<年度>年度<单位>决算公开报告.docx``."""
    return folder / f"{context.needed_year()}年度{context.unit_name}决算公开报告.docx"


def declared_time() -> dt.datetime:
    """The time written into a report; ``SOURCE_DATE_EPOCH`` fixes it for reproducible output."""
    import os

    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch and epoch.isdigit():
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC)
    return dt.datetime.now(dt.UTC)


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


def write_word(report: Report, context: Inputs, output: Path, *, linked: bool) -> None:
    """Write *report* to *output*, with linked figures or (not *linked*) as the version to publish.

    Raises :class:`~workbook.errors.InputError` when the file cannot be written.
    """
    from docgen.writing import write_report

    write_report(report.blocks, template_of(context), output, linked=linked, meta=report_meta(report, context))


def report_meta(report: Report, context: Inputs) -> ReportMeta:
    """What the Word file says of itself."""
    from docgen.writing import ReportMeta

    return ReportMeta(
        title=report.title, unit_name=report.unit_name, year=report.year, workbook_sha256=context.accounts.source.sha256,
        pack=context.pack.name, version=__version__, created=declared_time(), figures=report.figures,
        marks={
            f"{table.sheet.file.name}/{table.sheet.name}": table.layout.mark
            for tables in (context.prior, context.accounts.tables) for table in tables.values()})
