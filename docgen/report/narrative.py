"""The narrative's tree of names (``{{收支.总计}}`` …), built from the figures, reasons and user texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docgen.figures import general_budget, others, performance, three_public, totals
from docgen.figures.builder import Builder
from docgen.figures.nodes import ChangeNode, FigureNode, Node, ReasonOf, SpansNode
from docgen.figures.registry import Registry
from docgen.job.context import ReportContext
from docgen.model import Change, ChangeText, Direction, FigureSpan, PromptSpan, ReasonSpan, Span, Text
from docgen.reasons.texts import paragraph, texts_node
from workbook.numerals import chinese_numeral
from workbook.values import dataclass

SECTIONS = (
    "收入支出决算总体情况", "收入决算情况", "支出决算情况", "财政拨款收入支出决算总体情况", "一般公共预算财政拨款支出决算情况",
    "一般公共预算财政拨款基本支出决算情况", "一般公共预算财政拨款项目支出决算情况", "财政拨款“三公”经费支出决算情况",
    "政府性基金预算财政拨款支出决算情况", "国有资本经营预算财政拨款支出决算情况", "机关运行经费（公用经费）支出决算情况",
    "政府采购支出决算情况", "国有资产占用情况", "预算绩效情况",
)
UNREASONED = frozenset({"收支.总计.比上年", "三公.公车.比上年"})
"""Comparisons for which the official statements give no reason (the parts below them do)."""


@dataclass(frozen=True)
class Narrative:
    """The names a template may use, and the registry behind them."""

    names: Mapping[str, object]
    registry: Registry

    def changes(self) -> tuple[Change, ...]:
        """All comparisons, in the order of the sections."""
        return tuple(self.registry.changes.values())


def needs_reason(change: Change) -> bool:
    """Whether the narrative has a place for the change's reason (classes of section 5 state only the difference)."""
    if change.id in UNREASONED:
        return False
    parts = change.id.split(".")
    return not (parts[0] == "一般公共" and len(parts[1]) == 3 and len(parts) == 3)


def given_reasons(context: ReportContext, required: Mapping[str, bool] | None = None) -> ReasonOf:
    """Reasons from the 底稿's 变动原因; a missing one becomes a prompt, unless it is not required."""
    companion = context.companion

    def reason_of(change: Change) -> ReasonSpan | PromptSpan | None:
        if not needs_reason(change):
            return None
        row = companion.reason(change.id) if companion else None
        text = row.text.text.strip().rstrip("。．.；;，, ") if row else ""
        if change.direction is Direction.LEVEL:
            return None
        if text:
            return ReasonSpan(change.id, text)
        if required is not None and not required.get(change.id, True):
            return None
        return PromptSpan(change.id, f"【请填写变动原因：{_prompt_words(change)}】")

    return reason_of


def _prompt_words(change: Change) -> str:
    if change.direction is Direction.UNKNOWN:
        return f"{change.label}比{change.against}"
    return f"{change.label}比{change.against}{change.direction} {change.difference.text} 万元"


def build_narrative(context: ReportContext, reason_of: ReasonOf | None = None, level_words: str = "") -> Narrative:
    """Build all names of part two and the texts around it."""
    b = Builder(context, reason_of or given_reasons(context), level_words)
    names: dict[str, object] = {
        "单位": context.unit_name, "年度": context.year, "上年": context.year - 1,
        "收支": totals.overall(b), "收入": totals.income(b), "支出": totals.expenditure(b), "财拨": totals.fiscal(b),
        "一般公共": general_budget.general_budget(b), "基本支出": general_budget.basic(b),
        "项目支出": general_budget.project(b), "三公": three_public.three_public(b),
        "基金": others.funds(b, "基金", "公开08", "政府性基金预算财政拨款", 9),
        "国资": others.funds(b, "国资", "公开09", "国有资本经营预算财政拨款", 10),
        "运行": others.operating(b), "采购": others.procurement(b), "资产": others.assets(b),
        "绩效": performance.performance(b), "文本": texts_node(context),
    }
    _add_sentences(names, context)
    return Narrative(names, b.registry)


def _child(node: object, *path: str) -> object:
    for name in path:
        node = getattr(node, name)
    return node


def _children(node: object, name: str) -> list[FigureNode]:
    found = getattr(node, name, [])
    return list(found) if isinstance(found, list) else []


def _add_sentences(names: dict[str, object], context: ReportContext) -> None:
    """Sentences made of several figures: lists of items, differences, shares."""
    for node in (_child(names["基本支出"], "人员经费"), _child(names["基本支出"], "公用经费"), *_children(names["项目支出"], "各类")):
        if isinstance(node, Node):
            node.put("列表", SpansNode(item_list(_children(node, "各项"))))
    for parent in (names["一般公共"], names["项目支出"]):
        for i, class_node in enumerate(_children(parent, "各类"), start=1):
            class_node.put("序号文字", chinese_numeral(i))
    for class_node in _children(names["一般公共"], "各类"):
        for item in _children(class_node, "各项"):
            item.put("全名", _full_name(item))
            item.put("差异句", SpansNode(_difference_sentence(_child(item, "比年初"))))
    three = _child(names["三公"], "决算", "比预算")
    public = names["三公"]
    if isinstance(three, ChangeNode) and isinstance(public, Node):
        public.put("预算差异句", SpansNode(_budget_sentence(three)))
    procurement = names["采购"]
    if isinstance(procurement, Node):
        procurement.put("中小占比句", SpansNode(_small_share(_children(procurement, "各类"))))
    companion = context.companion
    for node, project in zip(_children(names["绩效"], "项目"), companion.performance.projects if companion else (), strict=False):
        name = project.name.text
        node.put("完成情况", paragraph(f"绩效.{name}.完成情况", project.achievement.text, f"{name}绩效目标完成情况"))
        node.put("主要问题", paragraph(f"绩效.{name}.主要问题", project.problems.text, f"{name}发现的主要问题及原因"))
        node.put("改进措施", paragraph(f"绩效.{name}.改进措施", project.measures.text, f"{name}下一步改进措施"))


def item_list(items: Sequence[FigureNode]) -> list[Span]:
    """``基本工资 142.83 万元、津贴补贴 26.39 万元``."""
    spans: list[Span] = []
    for i, item in enumerate(items):
        spans += [Text(f"{'、' if i else ''}{_child(item, '名称')} "), FigureSpan(item.figure), Text(" 万元")]
    return spans


def _full_name(item: Node) -> str:
    section, name = str(_child(item, "款名")), str(_child(item, "项名"))
    if section and name:
        return f"{section}（款）{name}（项）"
    return f"{section}（款）" if section else str(_child(item, "名称"))


def _difference_sentence(node: object) -> list[Span]:
    """The sentence on the difference from the initial budget of one item."""
    if not isinstance(node, ChangeNode):
        return []
    if node.change.direction is Direction.LEVEL:
        return [Text("决算数与年初预算数"), ChangeText("持平", change=node.change), Text("。")]
    return list(node.spans("差异原因句"))


def _budget_sentence(node: ChangeNode) -> list[Span]:
    reason = node.spans("原因")
    if node.change.direction is Direction.LEVEL:
        return [Text("支出决算与全年预算"), ChangeText("持平", change=node.change), Text("。")]
    return [Text("与预算的差异原因："), *reason, Text("。")] if reason else []


def _small_share(kinds: Sequence[FigureNode]) -> list[Span]:
    """Shares of each kind awarded to small and medium enterprises; kinds without purchases are left out."""
    spans: list[Span] = []
    for kind in kinds:
        share = getattr(kind, "中小企业占比", None)
        if isinstance(share, FigureNode):
            name = _child(kind, "名称")
            lead = "；" if not spans else "，"
            spans += [Text(f"{lead}{name}采购授予中小企业合同金额占{name}支出金额的 "), FigureSpan(share.figure)]
    return spans
