"""Sections 9-13: government funds, state capital, operating costs, procurement, state assets."""

from __future__ import annotations

from docgen.figures.builder import LAST_YEAR, Builder
from docgen.figures.nodes import FigureNode, Node
from workbook.pack.layout import TOTAL

AGENCY_NATURES = frozenset({"行政单位", "参照公务员法管理事业单位"})
_PROCUREMENT = ("货物", "工程", "服务")
_VEHICLES = (
    "副部（省）级及以上领导用车", "主要负责人用车", "机要通信用车", "应急保障用车", "执法执勤用车",
    "特种专业技术用车", "离退休干部服务用车", "其他用车",
)


def funds(b: Builder, name: str, table: str, label: str, section: int) -> Node:
    """Sections 9 and 10: expenditure of a budget that most units do not have."""
    node = Node(支出=b.compared(f"{name}.支出", f"{label}支出决算", section, table, TOTAL, "本年支出"))
    found = b.context.accounts.tables.get(table)
    node.put("为空", found is not None and found.is_empty())
    return node


def operating(b: Builder) -> Node:
    """Section 11: 机关运行经费 of agencies, 公用经费 of other units; same source last year."""
    is_agency = (b.context.nature or b.context.accounts.implied_nature) in AGENCY_NATURES
    table, row, column, name = (
        ("公开11", "机关运行经费合计", "数", "机关运行经费") if is_agency else ("公开06", "公用经费合计", "决算数", "公用经费"))
    current = b.cells.get(table, row, column)
    figure = b.amount("运行.经费", f"{name}支出决算", 11, current)
    base = b.prior.get(table, row, column)
    figure.put("比上年", b.change("运行.经费.比上年", name, 11, LAST_YEAR, current, base, figure.figure))
    return Node(名称=name, 经费=figure, 为机关=is_agency)


def procurement(b: Builder) -> Node:
    """Section 12: 政府采购, its three kinds and what went to small and medium enterprises."""
    whole = b.cells.get("公开11", "政府采购支出合计", "数")
    node = Node(合计=b.amount("采购.合计", "政府采购支出总额", 12, whole))
    parts = {}
    for kind in _PROCUREMENT:
        parts[kind] = b.cells.get("公开11", f"政府采购{kind}支出", "数")
        node.put(kind, b.amount(f"采购.{kind}", f"政府采购{kind}支出", 12, parts[kind]))
    for name, row in (("中小企业", "授予中小企业合同金额"), ("小微企业", "授予小微企业合同金额")):
        part = b.cells.get("公开11", row, "数")
        item = b.amount(f"采购.{name}", row, 12, part)
        item.put("占比", b.ratio(f"采购.{name}.占比", f"{row}占政府采购支出总额", 12, part, whole))
        node.put(name, item)
    for kind in _PROCUREMENT:
        if parts[kind].value == 0:  # no purchase of the kind: nothing to share, and nothing to ask in the 底稿
            continue
        small = b.of_companion(f"中小企业{kind}", f"采购与中小企业·{kind}")
        item = getattr(node, kind)
        item.put("中小企业占比", b.ratio(
            f"采购.{kind}.中小企业占比", f"{kind}采购授予中小企业合同金额占{kind}支出金额", 12, small, parts[kind]))
    node.put("各类", [_kind_node(node, kind) for kind in _PROCUREMENT])
    return node


def _kind_node(node: Node, kind: str) -> FigureNode:
    item: FigureNode = getattr(node, kind)
    item.put("名称", kind)
    if not hasattr(item, "中小企业占比"):
        item.put("中小企业占比", "")
    return item


def assets(b: Builder) -> Node:
    """Section 13: vehicles by kind and large equipment on 31 December."""
    node = Node(车辆=b.count("资产.车辆", "车辆数合计", 13, b.cells.get("公开11", "车辆数合计", "数"), "辆"))
    kinds = []
    for i, row in enumerate(_VEHICLES, start=1):
        item = b.count(f"资产.车辆{i}", row, 13, b.cells.get("公开11", row, "数"), "辆")
        item.put("名称", row)
        kinds.append(item)
    node.put("各类", kinds)
    node.put("设备", b.count(
        "资产.设备", "单价100万元（含）以上的设备（不含车辆）", 13, b.cells.get("公开11", "单价100万元（含）以上设备", "数"), "台（套）"))
    return node
