"""How much the checks say they examined is counted here again, one thing at a time."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl

from tests.units import standard_pack
from workbook.create.workbook import workbook_bytes
from workbook.formats.source import source_of_bytes
from workbook.pack.layout import SheetKind, SheetLayout
from workbook.reading.accounts import Accounts, accounts_of
from workbook.rules.check import check

SMALL = {
    ("公开01", "一般公共预算财政拨款收入", "决算数"): "12.5", ("公开01", "本年收入合计", "决算数"): "12.5",
    ("公开01", "205", "决算数"): "12.5", ("公开01", "本年支出合计", "决算数"): "12.5",
    ("公开01", "收入总计", "决算数"): "12.5", ("公开01", "支出总计", "决算数"): "12.5",
    **{("公开02", row, column): "12.5" for row in ("合计", "205", "20502", "2050299") for column in ("本年收入合计", "财政拨款收入")},
    **{("公开03", row, column): "12.5" for row in ("合计", "205", "20502", "2050299") for column in ("本年支出合计", "基本支出")},
    ("公开06", "301", "决算数"): "12.5", ("公开06", "30101", "决算数"): "12.5", ("公开06", "人员经费合计", "决算数"): "12.5",
    ("公开11", "其他用车", "数"): "2", ("公开11", "车辆数合计", "数"): "2",
}
CODES = {"公开02": 3, "公开03": 3, "公开05": 0, "公开08": 0, "公开09": 0}
"""Code rows of each functional sheet of the small unit, 合计 left out."""


def small_book() -> bytes:
    amounts = {key: Decimal(value) for key, value in SMALL.items()}
    return workbook_bytes(standard_pack(), unit_name="小单位", year=2024, amounts=amounts)


def read(data: bytes) -> Accounts:
    return accounts_of(source_of_bytes(Path("小单位.xlsx"), data), standard_pack())


def form_rows(layout: SheetLayout) -> list[str]:
    """Row ids that the small unit's sheet has, from the form alone."""
    if layout.kind is SheetKind.FUNCTIONAL:
        return ["合计", *("205", "20502", "2050299")[: CODES[layout.code]]]
    if layout.kind is SheetKind.ECONOMIC:
        classes = [c for panel in layout.economic_panels for c in panel]
        codes = [code for c in classes for code in (c, *standard_pack().economic.children(c))]
        return [*codes, *(row.id for row in layout.rows)]
    panels = [row.id for panel in layout.panels for row in panel.rows if row.id]
    return panels or [row.id for row in layout.rows]


def form_cells(layout: SheetLayout) -> list[tuple[str, str]]:
    """Amount cells of the small unit's sheet, from the form alone."""
    if layout.panels:
        return [(row.id, column.id) for p in layout.panels for row in p.rows if row.id for column in p.columns]
    return [(row, column.id) for row in form_rows(layout) for column in layout.columns]


def merged_ranges(data: bytes) -> int:
    return sum(len(sheet.merged_cells.ranges) for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets)


def looked_at(layout: SheetLayout, accounts: Accounts) -> Iterator[str]:
    """The rules of form that look at something in one sheet of the small unit's workbook, once for each thing."""
    yield from ("01", "02", "03", "04", "05", "06", "07", "24", "32", "33")  # the sheet and its frame
    for cell in form_cells(layout):
        yield from ("25", "26", "27")
        if accounts.value(layout.code, *cell) is not None:
            yield from ("21", "23", "24")
    coded = layout.kind in (SheetKind.FUNCTIONAL, SheetKind.ECONOMIC)
    for row in form_rows(layout):
        if coded:
            yield from ("14", "16", *(("11", "12", "15", "17") if row.isdigit() else ()))
        if row == "合计" if layout.kind is SheetKind.FUNCTIONAL else not row.isdigit():
            yield "29"
        if layout.kind is SheetKind.FUNCTIONAL and row.isdigit():
            yield "18"
        if layout.kind is SheetKind.FUNCTIONAL and row in ("20502", "2050299"):
            yield "13"
    columns = {c.id for p in layout.panels for c in p.columns} or {c.id for c in layout.columns if not c.optional}
    yield from ("29" for _ in columns)
    if layout.empty_statement:
        yield "31"


def counted_by_hand(accounts: Accounts, merged: int) -> dict[str, int]:
    """What each rule of form has to look at in the small unit's workbook."""
    things = Counter(rule for layout in standard_pack().sheets.values() for rule in looked_at(layout, accounts))
    things.update({"08": 1, "09": 1, "10": 1, "28": merged, "30": 1})
    return {f"规范-{rule}": count for rule, count in things.items()}


def test_what_each_rule_of_form_examined() -> None:
    data = small_book()
    accounts = read(data)
    report = check(accounts)
    assert dict(report.examined) == counted_by_hand(accounts, merged_ranges(data))
    assert set(report.examined) == set(standard_pack().form_rules)


def test_the_summary_adds_both_kinds() -> None:
    report = check(read(small_book()))
    summary = report.summary()
    assert summary["实例"] == summary["公式实例"] + summary["规范实例"]
    assert summary["公式实例"] == report.evaluation.instances
    assert summary["规范实例"] == sum(report.examined.values())
    assert summary["规范"] == len(standard_pack().form_rules)
    assert report.extent_words() == (
        f"执行公式 {summary['公式']} 条（{summary['公式实例']:,} 处）、填报规范 {summary['规范']} 条（{summary['规范实例']:,} 处）")


def test_a_missing_sheet_is_examined_no_further() -> None:
    book = openpyxl.load_workbook(io.BytesIO(small_book()))
    book.remove(next(sheet for sheet in book.worksheets if sheet["A1"].value == standard_pack().sheets["公开07"].title))
    stream = io.BytesIO()
    book.save(stream)
    whole, less = check(read(small_book())).examined, check(read(stream.getvalue())).examined
    assert less["规范-01"] == 11
    assert less["规范-04"] == 10
    gone = len(form_cells(standard_pack().sheets["公开07"]))
    assert whole["规范-25"] - less["规范-25"] == gone > 100
