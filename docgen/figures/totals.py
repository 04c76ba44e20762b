"""Sections 1-4: totals, income, expenditure, fiscal appropriation (公开01, 03, 04)."""

from __future__ import annotations

from docgen.figures.builder import INITIAL, LAST_YEAR, Builder
from docgen.figures.nodes import FigureNode, Node
from workbook.pack.layout import TOTAL

_INCOME = (
    ("一般公共预算", "一般公共预算财政拨款收入"), ("政府性基金预算", "政府性基金预算财政拨款收入"),
    ("国有资本经营预算", "国有资本经营预算财政拨款收入"), ("上级补助", "上级补助收入"), ("事业", "事业收入"),
    ("经营", "经营收入"), ("附属单位上缴", "附属单位上缴收入"), ("其他", "其他收入"),
)
_EXPENDITURE = (
    ("基本", "基本支出"), ("项目", "项目支出"), ("上缴上级", "上缴上级支出"), ("经营", "经营支出"),
    ("对附属单位补助", "对附属单位补助支出"),
)


def overall(b: Builder) -> Node:
    """Section 1: 收入支出决算总体情况."""
    current = b.cells.get("公开01", "收入总计")
    node = Node(总计=b.amount("收支.总计", "收入、支出决算总计", 1, current))
    head = node.总计  # type: ignore[attr-defined]  # set one line above
    head.put("比年初", b.change(
        "收支.总计.比年初", "收入、支出总计", 1, INITIAL, current, b.of_companion("年初预算总计", "年初预算·收支总计"), head.figure))
    base = b.prior.get("公开01", "收入总计")
    head.put("比上年", b.change("收支.总计.比上年", "收入、支出总计", 1, LAST_YEAR, current, base, head.figure))
    for name, label, row in (
        ("本年收入", "本年收入决算合计", "本年收入合计"), ("使用结余", "使用非财政拨款结余（含专用结余）", "使用非财政拨款结余"),
        ("年初结转", "年初结转和结余", "年初结转和结余"), ("本年支出", "本年支出决算合计", "本年支出合计"),
        ("结余分配", "结余分配", "结余分配"), ("年末结转", "年末结转和结余", "年末结转和结余"),
    ):
        node.put(name, b.compared(f"收支.{name}", label, 1, "公开01", row))
    node.put("支出总计", b.amount("收支.支出总计", "支出决算总计", 1, b.cells.get("公开01", "支出总计")))
    return node


def income(b: Builder) -> Node:
    """Section 2: 收入决算, the eight kinds with their shares."""
    whole = b.cells.get("公开01", "本年收入合计")
    node = Node(合计=b.amount("收入.合计", "本年收入决算合计", 2, whole))
    items: list[FigureNode] = []
    for name, row in _INCOME:
        part = b.cells.get("公开01", row)
        item = b.amount(f"收入.{name}", f"本年{row}", 2, part)
        item.put("名称", row)
        item.put("占比", b.ratio(f"收入.{name}.占比", f"{row}占本年收入合计", 2, part, whole))
        node.put(name, item)
        items.append(item)
    node.put("各项", items)
    return node


def expenditure(b: Builder) -> Node:
    """Section 3: 支出决算, the five kinds with their shares."""
    whole = b.cells.get("公开03", TOTAL, "本年支出合计")
    node = Node(合计=b.amount("支出.合计", "本年支出决算合计", 3, whole))
    items: list[FigureNode] = []
    for name, column in _EXPENDITURE:
        part = b.cells.get("公开03", TOTAL, column)
        item = b.amount(f"支出.{name}", f"本年{column}", 3, part)
        item.put("名称", column)
        item.put("占比", b.ratio(f"支出.{name}.占比", f"{column}占本年支出合计", 3, part, whole))
        node.put(name, item)
        items.append(item)
    node.put("各项", items)
    return node


def fiscal(b: Builder) -> Node:
    """Section 4: 财政拨款收入支出决算总体情况."""
    current = b.cells.get("公开04", "收入总计")
    head = b.amount("财拨.总计", "财政拨款收入、支出决算总计", 4, current)
    budget = b.of_companion("年初预算财政拨款", "年初预算·财政拨款合计")
    head.put("比年初", b.change("财拨.总计.比年初", "财政拨款收入、支出总计", 4, INITIAL, current, budget, head.figure))
    base = b.prior.get("公开04", "收入总计")
    head.put("比上年", b.change("财拨.总计.比上年", "财政拨款收入、支出总计", 4, LAST_YEAR, current, base, head.figure))
    return Node(总计=head)
