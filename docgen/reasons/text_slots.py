"""The other texts that the report needs from people, as slots of their own kind."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.figures.nodes import Node, SpansNode
from docgen.job.context import ReportContext
from docgen.model import PromptSpan, ReasonSpan
from docgen.reasons.model import Slot, SlotKind, SlotState
from docgen.reasons.objections import object_to_text
from docgen.report.narrative import SECTIONS, Narrative
from workbook.companion.model import Part
from workbook.numerals import chinese_numeral

_SECTIONS = {
    "结余分配事项": 1, "年末结转事项": 1, "购置开支内容": 8, "国内接待内容": 8, "国外接待内容": 8, "重点评价": 14, "绩效提示": 14,
}
_TITLES = {
    "年末结转事项": "年末结转和结余事项", "购置开支内容": "公务用车购置开支内容", "国内接待内容": "国内公务接待开支内容",
    "国外接待内容": "国（境）外公务接待开支内容", "重点评价": "重点项目绩效评价结果", "绩效提示": "绩效自评",
}
_PROJECT_TEXTS = ("完成情况", "主要问题", "改进措施")
_PERFORMANCE = 14


def text_slots(context: ReportContext, narrative: Narrative) -> Iterator[Slot]:
    """Texts of the narrative, of the first part, the glossary: filled in or not."""
    performance = narrative.names.get("绩效")
    filled = bool(getattr(performance, "已填", False))
    texts = narrative.names.get("文本")
    for name, node in texts.names() if isinstance(texts, Node) else ():
        if name != "绩效提示" or not filled:
            yield from _of_node(context, node, f"文本.{name}", _TITLES.get(name, name), _SECTIONS.get(name, 0))
    for project in getattr(performance, "项目", ()) if filled else ():
        for name in _PROJECT_TEXTS:
            title = f"{getattr(project, '名称', '')}{name}"
            yield from _of_node(context, getattr(project, name, None), "", title, _PERFORMANCE)
    yield from _outside(context)


def _of_node(context: ReportContext, node: object, slot: str, title: str, section: int) -> Iterator[Slot]:
    """The slot of a text of the narrative; a fixed statement needs nothing."""
    spans = node.__spans__() if isinstance(node, SpansNode) else ()
    if not spans:
        return
    first = spans[0]
    if isinstance(first, PromptSpan):
        yield _slot(context, first.slot, title, section, "", required=True)
    elif isinstance(first, ReasonSpan):
        yield _slot(context, first.slot, title, section, first.text, required=True)
    else:
        yield _slot(context, slot, title, section, first.text, required=False)


def _outside(context: ReportContext) -> Iterator[Slot]:
    """Part one and the glossary, which are lists of paragraphs."""
    companion = context.companion
    file = companion.overview_file() if companion is not None else None
    for part in Part:
        lines = [p.text.text for p in companion.paragraphs(part)] if companion is not None else []
        text = "\n".join(lines) if file is None else file.name
        yield _slot(context, f"概况.{part}", str(part), 0, text, required=True, place="第一部分　单位概况")
    terms = companion.glossary if companion is not None else ()
    text = "、".join(t.term.text for t in terms if t.term.text)
    yield _slot(context, "名词解释", "名词解释", 0, text, required=True, place="第三部分　名词解释")


def _slot(
    context: ReportContext, slot: str, title: str, section: int, text: str, *, required: bool, place: str = ""
) -> Slot:
    objections = object_to_text(text, context) if required else ()
    if not required:
        state = SlotState.NOT_NEEDED
    elif not text.strip():
        state = SlotState.OPEN
    else:
        state = SlotState.DOUBTFUL if objections else SlotState.GIVEN
    where = f"{chinese_numeral(section)}、{SECTIONS[section - 1]}" if section else place or "第四部分　决算公开联系方式及信息反馈渠道"
    return Slot(
        id=slot, kind=SlotKind.TEXT, section=section, section_title=where, title=title, sentence=f"{title}：", state=state,
        label=title, required=required, text=text, objections=objections)
