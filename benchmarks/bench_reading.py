"""Reading plus all checks against python-calamine only reading the cells; the evaluation alone; 5,000 rows a sheet.

Bars: at most 4x calamine; all formulas within 20 ms; 5,000 rows per functional sheet within 0.5 s.
"""

from __future__ import annotations

import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from python_calamine import CalamineWorkbook

from benchmarks.timing import measure, show
from workbook.accounts import accounts_of, read_workbook
from workbook.check import check, view_of
from workbook.create import create_workbook
from workbook.evaluate import evaluate
from workbook.pack import TEMPLATES, load_pack
from workbook.source import open_source

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
ROWS = 5000


def read_with_calamine(path: Path) -> int:
    """Only the cells, in calamine's own way."""
    book = CalamineWorkbook.from_path(path)
    return sum(len(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names)


def large_workbook(folder: Path) -> Path:
    """A unit with about 5,000 code rows in each functional sheet (catalogue codes and made-up items below them)."""
    pack = load_pack()
    codes = [c for c in pack.functional.names if c[:3] in pack.class_codes]
    leaves = [c for c in codes if len(c) == 7]
    known = set(codes)
    sections = [c for c in codes if len(c) == 5]
    for section in sections:
        for item in range(100):
            code = f"{section}{item:02}"
            if len(known) >= ROWS:
                break
            if code not in known:
                known.add(code)
                leaves.append(code)
    amounts: dict[tuple[str, str, str], Decimal] = {}
    columns = {"公开02": ("本年收入合计", "财政拨款收入"), "公开03": ("本年支出合计", "基本支出"), "公开05": ("合计", "基本支出")}
    for table, names in columns.items():
        for column in names:
            for code in leaves:
                for row in ("合计", code[:3], code[:5], code):
                    key = (table, row, column)
                    amounts[key] = amounts.get(key, Decimal(0)) + Decimal("1.25")
    _add_totals(amounts)
    path = folder / "大单位.xlsx"
    create_workbook(path, pack, unit_name="大单位", year=2024, amounts=amounts)
    return path


def _add_totals(amounts: dict[tuple[str, str, str], Decimal]) -> None:
    """The fixed sheets that belong to the code sheets, so that every formula holds."""
    total = amounts["公开03", "合计", "本年支出合计"]
    for (table, row, column), value in list(amounts.items()):
        if table == "公开03" and column == "本年支出合计" and len(row) == 3:
            amounts["公开01", row, "决算数"] = value
            amounts["公开04", row, "合计"] = amounts["公开04", row, "一般公共预算财政拨款"] = value
    for row in ("一般公共预算财政拨款收入", "本年收入合计", "收入总计", "本年支出合计", "支出总计"):
        amounts["公开01", row, "决算数"] = total
    for row in ("一般公共预算财政拨款", "本年收入合计", "收入总计"):
        amounts["公开04", row, "决算数"] = total
    for row in ("本年支出合计", "支出总计"):
        amounts["公开04", row, "合计"] = amounts["公开04", row, "一般公共预算财政拨款"] = total
    for row in ("30101", "301", "人员经费合计"):
        amounts["公开06", row, "决算数"] = total


def main() -> None:
    """Print the measurements."""
    pack = load_pack()
    pack.formulas, pack.form_rules  # noqa: B018  # loaded on demand; loading is measured on its own below
    source = open_source(SAMPLE)
    accounts = accounts_of(source, pack)
    view = view_of(accounts, accounts.tables)
    report = check(accounts)
    whole = "读取 + 全部校验（本程序）"
    alone = "只读单元格（python-calamine）"
    show("示例单位：十一张表", [
        (alone, measure(lambda: read_with_calamine(SAMPLE))),
        ("打开（含错误值、公式、合并格扫描）", measure(lambda: open_source(SAMPLE))),
        ("识别表、行、列并取数", measure(lambda: accounts_of(source, pack))),
        ("全部校验", measure(lambda: check(accounts))),
        (whole, measure(lambda: check(read_workbook(SAMPLE, pack)))),
    ], (whole, alone))
    summary = report.summary()
    print(f"  公式 {summary['公式']} 条，{summary['实例']} 处")
    show("只算公式（要求 20 ms 内）", [("全部公式", measure(lambda: evaluate(pack.formulas, view)))])
    show("装载模板包", [("模板包、目录、公式", measure(lambda: (p := load_pack(), p.formulas, p.form_rules)))])
    with tempfile.TemporaryDirectory() as folder:
        large = large_workbook(Path(folder))
        start = time.process_time()
        large_accounts = read_workbook(large, pack)
        read = time.process_time()
        found = check(large_accounts)
        done = time.process_time()
        rows = max(len(t.rows) for t in large_accounts.tables.values())
        print(f"\n每张功能分类表 {rows} 行：读取 {(read - start) * 1000:.0f} ms，校验 {(done - read) * 1000:.0f} ms，"
              f"合计 {(done - start) * 1000:.0f} ms（要求 500 ms 内）；{found.summary()['实例']} 处")
        print(f"  只读单元格（python-calamine）{measure(lambda: read_with_calamine(large), 3, 0)[0]:.0f} ms")


if __name__ == "__main__":
    main()
