"""Blocks that stand outside the running text: part one, charts, performance tables, glossary."""

from __future__ import annotations

from collections.abc import Sequence

from docgen.figures.nodes import FigureNode
from docgen.job.context import ReportContext
from docgen.model import Block, ChartBlock, Paragraph, PromptSpan, ReasonSpan, TableBlock, TableCell, Text
from workbook.companion.model import Level, OverviewParagraph
from workbook.numerals import chinese_numeral
from workbook.pack.companion_form import NATURE, Part, Role
from workbook.pack.figures import SHARE
from workbook.pack.report import ChartForm

_LEVEL_STYLES = {Level.BODY: "正文", Level.FIRST: "二级标题", Level.SECOND: "三级标题", Level.THIRD: "正文"}


def overview(paragraphs: Sequence[OverviewParagraph], part: Part, sheet: str) -> list[Block]:
    """The paragraphs of one text of part one, or a prompt to fill it in (in the 底稿's *sheet*)."""
    found = [p for p in paragraphs if p.part == part.name and p.text.text.strip()]
    if not found:
        return [Paragraph("正文", (PromptSpan(part.slot, f"【请填写{part.ask}：底稿“{sheet}”】"),))]
    return [
        Paragraph(_LEVEL_STYLES[p.level], (ReasonSpan(part.slot, line.strip()),))
        for p in found for line in p.text.text.splitlines() if line.strip()
    ]


def unit_names(context: ReportContext) -> list[tuple[str, str]]:
    """``(name, nature or remark)`` of the units in the accounts; the unit itself when the 底稿 lists none."""
    companion = context.companion
    listed = [(u.name.text, u.nature.text) for u in companion.units if u.name.text] if companion else []
    remark = context.pack.companion.sheet(Role.UNITS).remark
    return listed or [(context.unit_name, "" if remark else context.nature)]


def unit_table(context: ReportContext) -> TableBlock:
    """The list of units, with 单位性质 or with what the form wants remarked instead."""
    entry, remark = context.pack.companion.entries[NATURE], context.pack.companion.sheet(Role.UNITS).remark
    rows = [_cells("序号", "单位名称", remark or "单位性质")]
    for i, (name, nature) in enumerate(unit_names(context), start=1):
        nature_cell = (
            TableCell((Text(nature),) if nature else ()) if nature or remark
            else TableCell((PromptSpan(entry.slot, f"【请填写{entry.label}：底稿“{entry.sheet}”】"),)))
        rows.append((TableCell((Text(str(i)),)), TableCell((Text(name),)), nature_cell))
    return TableBlock(tuple(rows), widths=(12, 50, 38), alt="决算编制范围的单位")


def _cells(*texts: str) -> tuple[TableCell, ...]:
    return tuple(TableCell((Text(t),)) for t in texts)


def chart(form: ChartForm, parts: object) -> list[Block]:
    """The non-zero *parts* as slices; a sentence when there is nothing to draw."""
    items = [i for i in parts if isinstance(i, FigureNode)] if isinstance(parts, list) else []
    if any(i.figure.value is None for i in items):
        return [Paragraph("正文", (PromptSpan(form.name, f"【{form.ask}】"),))]
    known = [(str(i.child("名称")), i) for i in items if i.figure.value is not None and i.figure.value > 0]
    if not known:
        return [Paragraph("正文", (Text(form.none),))]
    told = (f"{name} {i.figure.text} {i.figure.unit}{f'（{share}）' if (share := i.child(SHARE)) else ''}" for name, i in known)
    return [ChartBlock(form.name, form.caption, tuple((name, i.figure) for name, i in known), f"{form.caption}：{'，'.join(told)}")]


def glossary(context: ReportContext) -> list[Block]:
    """Part three: the terms, numbered."""
    terms = [t for t in (context.companion.glossary if context.companion else ()) if t.term.text.strip()]
    if not terms:
        return [Paragraph("正文", (PromptSpan("名词解释", "【请填写名词解释：底稿“名词解释”】"),))]
    return [
        Paragraph("正文", (Text(f"{chinese_numeral(i)}、{t.term.text.strip()}：", bold=True), ReasonSpan("名词解释", t.explanation.text.strip())))
        for i, t in enumerate(terms, start=1)
    ]
