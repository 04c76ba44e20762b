"""Section 14: 预算绩效, from the 底稿's 绩效自评."""

from __future__ import annotations

from docgen.figures.builder import Builder
from docgen.figures.nodes import Node
from docgen.figures.quantity import Quantity, total
from workbook.companion.model import Companion, Fund, Project
from workbook.entries import Entry
from workbook.pack.layout import TOTAL

_WHAT = "绩效自评"


def _quantity(entry: Entry, how: str) -> Quantity:
    how = f"底稿 {_WHAT} {how}"
    if entry.value is None:
        return Quantity(None, (entry.ref,) if entry.ref else (), how, f"底稿“{_WHAT}”中的{how.split(' ', 2)[2]}")
    return Quantity(entry.value, (entry.ref,) if entry.ref else (), how)


def performance(b: Builder) -> Node:
    """Numbers of projects, amounts covered and shares; each project's score, budget and actual."""
    companion = b.context.companion
    if companion is None:
        return Node(已填=False, 项目=[], 一般公共=Node(), 基金=Node())
    general = _fund(b, companion, Fund.GENERAL, "一般公共", ("公开05", "项目支出"))
    fund = _fund(b, companion, Fund.GOVERNMENT, "基金", ("公开08", "项目支出"))
    node = Node(已填=True, 一般公共=general, 基金=fund)
    projects = companion.performance.projects
    node.put("项目数", b.count("绩效.项目数", "绩效自评项目数", 14, _project_count(companion), "个"))
    node.put("项目", [_project(b, i, p) for i, p in enumerate(projects, start=1)])
    return node


def _project_count(companion: Companion) -> Quantity:
    performance_ = companion.performance
    return total((
        _quantity(performance_.general_second, "一般公共预算二级项目数"), _quantity(performance_.fund_second, "政府性基金二级项目数"),
        _quantity(performance_.general_first, "一般公共预算一级项目数"), _quantity(performance_.fund_first, "政府性基金一级项目数"),
    ))


def _fund(b: Builder, companion: Companion, fund: Fund, name: str, whole_at: tuple[str, str]) -> Node:
    """Counts, amount covered and share of project expenditure of one budget."""
    performance_ = companion.performance
    first, second = (
        (performance_.general_first, performance_.general_second) if fund is Fund.GENERAL
        else (performance_.fund_first, performance_.fund_second))
    label = f"{fund}项目"
    counts = (_quantity(first, f"{fund}一级项目数"), _quantity(second, f"{fund}二级项目数"))
    node = Node(
        项目数=b.count(f"绩效.{name}.项目数", label, 14, total(counts), "个"),
        一级=b.count(f"绩效.{name}.一级", f"{label}：一级", 14, counts[0], "个"),
        二级=b.count(f"绩效.{name}.二级", f"{label}：二级", 14, counts[1], "个"),
    )
    mine = [p for p in performance_.projects if p.fund is fund]
    covered = total((_quantity(p.actual, f"{p.name.text}执行数") for p in mine), f"底稿 {_WHAT} {fund}各项目执行数之和")
    node.put("资金", b.amount(f"绩效.{name}.资金", f"{label}涉及资金", 14, covered))
    whole = b.cells.get(whole_at[0], TOTAL, whole_at[1])
    node.put("占比", b.ratio(f"绩效.{name}.占比", f"{label}资金占项目支出总额", 14, covered, whole))
    return node


def _project(b: Builder, number: int, project: Project) -> Node:
    name = project.name.text
    base = f"绩效.项目{number}"
    actual, budget = _quantity(project.actual, f"{name}执行数"), _quantity(project.adjusted_budget, f"{name}全年预算数")
    node = Node(
        序号=number, 名称=name, 综述名称=name if name.endswith("项目") else f"{name}项目",
        得分=b.count(f"{base}.得分", f"{name}自评得分", 14, _quantity(project.score, f"{name}自评得分"), "分"),
        全年预算数=b.amount(f"{base}.全年预算数", f"{name}全年预算数", 14, budget),
        执行数=b.amount(f"{base}.执行数", f"{name}执行数", 14, actual),
    )
    node.put("完成率", b.ratio(f"{base}.完成率", f"{name}完成预算", 14, actual, budget))
    return node
