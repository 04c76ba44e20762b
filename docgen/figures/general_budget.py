"""Sections 5-7: general public budget by functional code, basic and project expenditure by economic code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from docgen.figures.builder import INITIAL, Builder
from docgen.figures.nodes import FigureNode, Node
from docgen.figures.quantity import Quantity, total
from workbook.pack.layout import TOTAL
from workbook.reading.tables import Table

_PERSONNEL = ("301", "303")


def general_budget(b: Builder) -> Node:
    """Section 5: 一般公共预算财政拨款支出 against the initial budget, per class and per item."""
    current = b.cells.get("公开05", TOTAL, "合计")
    node = Node(合计=b.amount("一般公共.合计", "一般公共预算财政拨款支出决算", 5, current))
    codes = _leaf_codes(b)
    budget = total((_initial(b, c) for c in codes), "底稿 年初预算各科目之和") if codes or _has_totals(b) else _no_budget()
    node.put("年初预算", b.amount("一般公共.年初预算", "一般公共预算财政拨款年初预算", 5, budget))
    node.put("完成率", b.ratio("一般公共.完成率", "完成年初预算", 5, current, budget))
    classes = dict.fromkeys(c[:3] for c in codes)
    node.put("各类", [_class_node(b, code, [c for c in codes if c.startswith(code)]) for code in classes])
    return node


def _has_totals(b: Builder) -> bool:
    """Whether the 底稿 states the initial budget in total: without any code, the general budget then has none."""
    companion = b.context.companion
    return companion is not None and companion.budget.fiscal.value is not None


def _no_budget() -> Quantity:
    return Quantity(None, (), "底稿 年初预算", "底稿“年初预算”")


def _leaf_codes(b: Builder) -> list[str]:
    """Lowest codes with an amount in 公开05 or with an initial budget, in code order."""
    table = b.cells.tables.get("公开05")
    codes = {c for c in table.codes() if not table.children(c) and stands_for_something(table, c, "合计")} if table else set()
    companion = b.context.companion
    if companion is not None:
        codes |= {line.code for line in companion.budget.leaves() if line.amount.value}
    ordered = sorted(codes)  # what is below a code follows it directly
    return [c for i, c in enumerate(ordered) if not any(after.startswith(c) for after in ordered[i + 1 : i + 2])]


def _initial(b: Builder, code: str) -> Quantity:
    """Initial budget of a code: a code that the 底稿 does not list has none."""
    companion = b.context.companion
    if companion is None or not any(line.amount.value is not None for line in companion.budget.lines):
        return _no_budget()  # nothing filled in: missing, not zero
    name = b.context.pack.functional.name(code) or ""
    how = f"底稿 年初预算 {code} {name}".strip()
    amount = companion.budget.amount(code)
    if amount is None or amount.value is None:
        return Quantity(total(()).value, (), f"{how}（底稿没有这个科目，按 0）")
    return Quantity(amount.value, (amount.ref,) if amount.ref else (), how)


def _name(b: Builder, code: str) -> str:
    table = b.cells.tables.get("公开05")
    return b.context.pack.functional.name(code) or (table.names.get(code) if table else "") or code


def _class_node(b: Builder, code: str, leaves: list[str]) -> FigureNode:
    name = _name(b, code)
    current = b.cells.get("公开05", code, "合计")
    node = b.amount(f"一般公共.{code}", f"{name}（类）决算数", 5, current)
    budget = total((_initial(b, c) for c in leaves), f"底稿 {name}各科目年初预算之和")
    node.put("名称", name)
    node.put("编码", code)
    node.put("比年初", b.change(f"一般公共.{code}.比年初", f"{name}（类）", 5, INITIAL, current, budget, node.figure))
    node.put("各项", [_item_node(b, c) for c in leaves])
    return node


def _item_node(b: Builder, code: str) -> FigureNode:
    name = _name(b, code)
    current, budget = b.cells.get("公开05", code, "合计"), _initial(b, code)
    base = f"一般公共.{code}"
    if base in b.registry.figures:  # a class without sections: its own leaf
        base = f"{base}.项"
    node = b.amount(base, f"{name}支出决算", 5, current)
    node.put("编码", code)
    node.put("名称", name)
    node.put("款名", _name(b, code[:5]) if len(code) >= 5 else "")
    node.put("项名", name if len(code) > 5 else "")
    node.put("年初预算", b.amount(f"{base}.年初预算", f"{name}年初预算", 5, budget))
    node.put("完成率", b.ratio(f"{base}.完成率", f"{name}完成年初预算", 5, current, budget))
    node.put("比年初", b.change(f"{base}.比年初", name, 5, INITIAL, current, budget, node.figure))
    return node


def basic(b: Builder) -> Node:
    """Section 6: 基本支出, personnel and operating costs with their non-zero items."""
    node = Node(合计=b.amount("基本支出.合计", "一般公共预算财政拨款基本支出决算", 6, b.cells.get("公开05", TOTAL, "基本支出")))
    for name, row in (("人员经费", "人员经费合计"), ("公用经费", "公用经费合计")):
        part = b.amount(f"基本支出.{name}", name, 6, b.cells.get("公开06", row))
        is_wanted = _is_personnel if name == "人员经费" else _is_operating
        part.put("各项", _economic_items(b, "公开06", "基本支出", 6, is_wanted))
        node.put(name, part)
    return node


def project(b: Builder) -> Node:
    """Section 7: 项目支出 per economic class and its non-zero items."""
    node = Node(合计=b.amount("项目支出.合计", "一般公共预算财政拨款项目支出决算", 7, b.cells.get("公开05", TOTAL, "项目支出")))
    table = b.cells.tables.get("公开07")
    classes: list[FigureNode] = []
    for code in sorted(c for c in table.codes() if len(c) == 3 and stands_for_something(table, c)) if table else ():
        name = b.context.pack.economic.name(code) or table.names.get(code, code) if table else code
        item = b.amount(f"项目支出.{code}", name, 7, b.cells.get("公开07", code))
        item.put("名称", name)
        item.put("各项", _economic_items(b, "公开07", "项目支出", 7, partial(_is_below, code)))
        classes.append(item)
    node.put("各类", classes)
    return node


def stands_for_something(table: Table, code: str, column: str = "决算数") -> bool:
    """Whether a code has an amount, or a cell that cannot be read (which is never left out as if it were zero)."""
    return bool(table.value(code, column)) or (code, column) in table.faults


def _is_personnel(code: str) -> bool:
    return code[:3] in _PERSONNEL


def _is_operating(code: str) -> bool:
    return not _is_personnel(code)


def _is_below(superior: str, code: str) -> bool:
    return code.startswith(superior)


def _economic_items(b: Builder, table_code: str, prefix: str, section: int, wanted: Callable[[str], bool]) -> list[FigureNode]:
    """Non-zero items (款) of an economic sheet, in code order of the official list (301, 303, 302, …)."""
    table = b.cells.tables.get(table_code)
    if table is None:
        return []
    items: list[FigureNode] = []
    leaves = [c for c in table.codes() if not table.children(c) and len(c) > 3 and wanted(c) and stands_for_something(table, c)]
    for code in sorted(leaves):
        name = b.context.pack.economic.name(code) or table.names.get(code, code)
        item = b.amount(f"{prefix}.{code}", name, section, b.cells.get(table_code, code))
        item.put("名称", name)
        items.append(item)
    return items
