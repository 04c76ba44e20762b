"""Reading plus all checks against python-calamine only reading the cells; the checks alone; 5,000 rows a sheet.

Measured on the sample unit read again and again, and, because a program may remember what it has seen, on different
units, each of which is opened once.

Bars: at most 4x calamine; all checks within 20 ms; 5,000 rows per functional sheet within 0.5 s.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from python_calamine import CalamineWorkbook

from benchmarks.timing import measure, show
from tests.units import random_unit
from workbook.amounts import MoneyUnit
from workbook.create.workbook import create_workbook
from workbook.formats.source import open_source
from workbook.formulas.evaluate import evaluate
from workbook.pack.loading import TEMPLATES, Pack, load_pack
from workbook.reading.accounts import Accounts, accounts_of, read_workbook
from workbook.rules.check import CheckReport, check, view_of
from workbook.rules.form import FormFindings
from workbook.rules.sheets import form_issues

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
ROWS = 5000
UNITS = 60
WHOLE = "读取 + 全部校验（本程序）"
ALONE = "只读单元格（python-calamine）"


def read_with_calamine(path: Path) -> int:
    """Only the cells, in calamine's own way."""
    book = CalamineWorkbook.from_path(path)
    return sum(len(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names)


def read_and_check(path: Path, pack: Pack) -> CheckReport:
    """The whole way from the file to the findings."""
    return check(read_workbook(path, pack))


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


def different_units(folder: Path, pack: Pack) -> list[Path]:
    """Workbooks of made-up units: names, codes and amounts differ, half of them in 元."""
    files = []
    for number in range(UNITS):
        rng = random.Random(number)
        file = folder / f"单位{number}.xlsx"
        money_unit = MoneyUnit.WAN if number % 2 else MoneyUnit.YUAN
        create_workbook(file, pack, unit_name=f"第{number}号单位", year=2024, money_unit=money_unit,
                        amounts=random_unit(rng, funds=number % 3 == 0))
        files.append(file)
    return files


def once(work: Callable[[], object]) -> float:
    """CPU time of *work*, run once, in milliseconds."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    work()
    spent = time.process_time() - start
    gc.enable()
    return spent * 1000


def show_different_units(pack: Pack) -> None:
    """Each of the different workbooks opened once, by both in turn."""
    with tempfile.TemporaryDirectory() as folder:
        times: dict[str, list[float]] = {ALONE: [], WHOLE: []}
        for number, file in enumerate(different_units(Path(folder), pack)):
            works = [(ALONE, partial(read_with_calamine, file)), (WHOLE, partial(read_and_check, file, pack))]
            for name, work in works if number % 2 else reversed(works):
                times[name].append(once(work))
    print(f"\n{UNITS} 个不同单位的工作簿，各打开一次{'最快 ms':>33}{'中位 ms':>10}")
    for name, spent in times.items():
        print(f"  {name:<44}{min(spent):>10.2f}{statistics.median(spent):>10.2f}")
    ratios = [ours / theirs for ours, theirs in zip(times[WHOLE], times[ALONE], strict=True)]
    print(f"  比值：合计 {sum(times[WHOLE]) / sum(times[ALONE]):.2f}，中位 {statistics.median(ratios):.2f}（要求 4 以内）")


def show_large(pack: Pack) -> None:
    """A unit with thousands of rows, opened and checked once."""
    with tempfile.TemporaryDirectory() as folder:
        large = large_workbook(Path(folder))
        alone = once(lambda: read_with_calamine(large))
        read: list[Accounts] = []
        checked: list[CheckReport] = []
        spent = once(lambda: read.append(read_workbook(large, pack))), once(lambda: checked.append(check(read[0])))
    rows, report = max(len(t.rows) for t in read[0].tables.values()), checked[0]
    print(f"\n每张功能分类表 {rows} 行：读取 {spent[0]:.0f} ms，校验 {spent[1]:.0f} ms，合计 {sum(spent):.0f} ms（要求 500 ms 内）；"
          f"{ALONE} {alone:.0f} ms")
    print(f"  {report.extent_words()}，共 {report.summary()['实例']:,} 处")


def main() -> None:
    """Print the measurements."""
    pack = load_pack()
    pack.formulas, pack.form_rules  # noqa: B018  # loaded on demand; loading is measured on its own below
    first = once(lambda: read_with_calamine(SAMPLE)), once(lambda: read_and_check(SAMPLE, pack))
    print(f"进程中的第一个文件（连同首次装入的模块）：{ALONE} {first[0]:.1f} ms，{WHOLE} {first[1]:.1f} ms")
    source = open_source(SAMPLE)
    accounts = accounts_of(source, pack)
    view = view_of(accounts, accounts.tables)
    show("示例单位：十一张表", [
        (ALONE, measure(lambda: read_with_calamine(SAMPLE), 50)),
        ("打开（含错误值、公式、合并格扫描）", measure(lambda: open_source(SAMPLE), 50)),
        ("识别表、行、列并取数", measure(lambda: accounts_of(source, pack), 50)),
        ("全部校验", measure(lambda: check(accounts), 50)),
        (WHOLE, measure(lambda: read_and_check(SAMPLE, pack), 50)),
    ], (WHOLE, ALONE))
    show_different_units(pack)
    summary = check(accounts, view).summary()
    show("读取之后的校验（要求 20 ms 内）", [
        (f"审核公式 {summary['公式']} 条，{summary['公式实例']:,} 处", measure(lambda: evaluate(pack.formulas, view))),
        (f"填报规范 {summary['规范']} 条，{summary['规范实例']:,} 处",
         measure(lambda: form_issues(accounts, FormFindings(pack.form_rules)))),
        (f"合计 {summary['实例']:,} 处，定位、归并、排序在内", measure(lambda: check(accounts, view))),
    ])
    show("装载模板包", [("模板包、目录、公式", measure(lambda: (p := load_pack(), p.formulas, p.form_rules)))])
    show_large(pack)


if __name__ == "__main__":
    main()
