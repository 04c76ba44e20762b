"""Section 8: “三公”经费 (公开10, 11)."""

from __future__ import annotations

from docgen.figures.builder import ADJUSTED, LAST_YEAR, Builder
from docgen.figures.nodes import FigureNode, Node

_ACTUAL, _BUDGET = "决算数", "预算数"
_ALL = "合计"
_KINDS = (("出国", "因公出国（境）费"), ("公车", "公务用车购置及运行维护费"), ("接待", "公务接待费"))
_CARS = (("购置", "公务用车购置费"), ("运行", "公务用车运行维护费"))


def three_public(b: Builder) -> Node:
    """Budget, actual, completion, shares, counts and comparisons of the “三公” expenses."""
    node = Node(
        预算=b.amount("三公.预算", "“三公”经费全年预算", 8, b.cells.get("公开10", _BUDGET, _ALL)),
        决算=_actual(b, "三公.决算", "“三公”经费支出决算", _ALL),
    )
    actual, budget = b.cells.get("公开10", _ACTUAL, _ALL), b.cells.get("公开10", _BUDGET, _ALL)
    node.put("完成率", b.ratio("三公.完成率", "“三公”经费完成预算", 8, actual, budget))
    head: FigureNode = node.决算  # type: ignore[attr-defined]  # set above
    head.put("比预算", b.change("三公.决算.比预算", "“三公”经费", 8, ADJUSTED, actual, budget, head.figure))
    for name, column in _KINDS:
        node.put(name, _kind(b, name, column))
    for name, column in _CARS:
        node.put(name, _compared(b, name, column))
    _counts(b, node)
    return node


def _actual(b: Builder, figure_id: str, label: str, column: str) -> FigureNode:
    return b.amount(figure_id, label, 8, b.cells.get("公开10", _ACTUAL, column))


def _kind(b: Builder, name: str, column: str) -> FigureNode:
    node = _compared(b, name, column)
    actual, budget = b.cells.get("公开10", _ACTUAL, column), b.cells.get("公开10", _BUDGET, column)
    node.put("预算", b.amount(f"三公.{name}.预算", f"{column}全年预算", 8, budget))
    node.put("完成率", b.ratio(f"三公.{name}.完成率", f"{column}完成预算", 8, actual, budget))
    node.put("占比", b.ratio(f"三公.{name}.占比", f"{column}占“三公”经费", 8, actual, b.cells.get("公开10", _ACTUAL, _ALL)))
    return node


def _compared(b: Builder, name: str, column: str) -> FigureNode:
    actual = b.cells.get("公开10", _ACTUAL, column)
    node = b.amount(f"三公.{name}", f"{column}支出", 8, actual)
    base = b.prior.get("公开10", _ACTUAL, column)
    node.put("名称", column)
    node.put("比上年", b.change(f"三公.{name}.比上年", column, 8, LAST_YEAR, actual, base, node.figure))
    return node


def _counts(b: Builder, node: Node) -> None:
    def put(parent: str, name: str, row: str, unit: str) -> None:
        getattr(node, parent).put(name, b.count(f"三公.{parent}.{name}", row, 8, b.cells.get("公开11", row, "数"), unit))

    put("出国", "团组数", "因公出国（境）团组数", "个")
    put("出国", "人次数", "因公出国（境）人次数", "人")
    put("购置", "购置数", "公务用车购置数", "辆")
    put("运行", "保有量", "公务用车保有量", "辆")
    for name, row in (("国内", "国内接待费"), ("外事", "外事接待费"), ("国外", "国（境）外接待费")):
        node.put(f"{name}接待", b.amount(f"三公.{name}接待", row, 8, b.cells.get("公开11", row, "数")))
    for name, batches, persons in (
        ("国内", "国内公务接待批次", "国内公务接待人次"), ("外事", "外事接待批次", "外事接待人次"),
        ("国外", "国（境）外公务接待批次", "国（境）外公务接待人次"),
    ):
        put(f"{name}接待", "批次", batches, "个")
        put(f"{name}接待", "人次", persons, "人")
