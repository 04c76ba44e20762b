"""The eleven tables of ``tests/naive_unit.py`` as offices lay them out, drawn with openpyxl by an outsider."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from tests.naive_unit import BUDGETS, CLASSES, ECONOMIC_NAMES, INCOME, NAMES, PERSONNEL, Cells, Unit, naive_cells

TITLES = {
    "01": "收入支出决算总表", "02": "收入决算表", "03": "支出决算表", "04": "财政拨款收入支出决算总表", "05": "一般公共预算财政拨款支出决算表",
    "06": "一般公共预算财政拨款基本支出决算明细表", "07": "一般公共预算财政拨款项目支出决算明细表", "08": "政府性基金预算财政拨款收入支出决算表",
    "09": "国有资本经营预算财政拨款收入支出决算表", "10": "财政拨款“三公”经费支出决算表",
    "11": "机关运行经费支出、国有资产占用情况及政府采购支出信息表",
}
HEADS = {
    "02": (("小计", "本年收入合计"), ("财政", "财政拨款收入"), ("上级", "上级补助收入"), ("事业", "事业收入"), ("经营", "经营收入"),
           ("附属", "附属单位上缴收入"), ("其他", "其他收入")),
    "03": (("小计", "本年支出合计"), ("基本", "基本支出"), ("项目", "项目支出"), ("上缴", "上缴上级支出"), ("经营", "经营支出"),
           ("补助", "对附属单位补助支出")),
    "05": (("小计", "合计"), ("基本", "基本支出"), ("项目", "项目支出")),
    "08": (("年初", "年初结转和结余"), ("收入", "本年收入"), ("小计", "本年支出/小计"), ("基本", "/基本支出"), ("项目", "/项目支出"),
           ("年末", "年末结转和结余")),
}
HEADS["09"] = HEADS["08"]
THREE = (("合计", "合计"), ("出国", "因公出国（境）费"), ("车", "小计"), ("购置", "公务用车购置费"), ("运行", "公务用车运行维护费"), ("接待", "公务接待费"))
VEHICLES = ("副部（省）级及以上领导用车", "主要负责人用车", "机要通信用车", "应急保障用车", "执法执勤用车", "特种专业技术用车", "离退休干部服务用车",
            "其他用车")
NUMERALS = "一 二 三 四 五 六 七 八 九 十".split()  # noqa: SIM905  # shorter than ten quoted signs


@dataclass(frozen=True)
class Form:
    money: str = "万元"
    places: int | None = None
    """Amounts rounded to so many places; None: exact."""
    lines: bool = True
    """With 行次."""
    numbers: bool = True
    """With the 栏次 row."""
    code: str = "text"
    """text, number, or split over three columns below one header."""
    total_last: bool = False
    names: str = "title"
    shift: tuple[int, int] = (0, 0)
    half: bool = False
    """Half-width brackets."""
    zero: Any = 0
    flat_cars: bool = False
    """公开10: one header row, 预算数 and 决算数 beside each other per column."""
    nine: bool = False


class Page:
    def __init__(self, sheet: Any, form: Form, cells: Cells, where: dict) -> None:
        self.sheet, self.form, self.cells, self.where = sheet, form, cells, where

    def a1(self, row: int, column: int) -> str:
        return f"{get_column_letter(column + self.form.shift[1])}{row + self.form.shift[0]}"

    def text(self, row: int, column: int, value: object, *, across: int = 1) -> None:
        if isinstance(value, str) and self.form.half:
            value = value.replace("（", "(").replace("）", ")")
        self.sheet[self.a1(row, column)] = value
        if across > 1:
            self.sheet.merge_cells(f"{self.a1(row, column)}:{self.a1(row, column + across - 1)}")

    def amount(self, row: int, column: int, key: tuple[str, str, str]) -> None:
        self.where[key] = self.sheet.title, self.a1(row, column)
        cents, form = self.cells[key], self.form
        value = Decimal(cents) / (100 if form.money == "元" else 1_000_000)
        if form.places is not None:
            value = value.quantize(Decimal(1).scaleb(-form.places), ROUND_HALF_UP)
        self.sheet[self.a1(row, column)] = float(value) if value else form.zero

    def frame(self, unit: Unit, table: str, number: str, width: int) -> None:
        self.text(1, 1, TITLES[table], across=width)
        self.text(2, width, f"公开{number}表")
        self.text(3, 1, f"公开部门：{unit.name}")
        self.text(3, max(2, width // 2), f"{unit.year}年度")
        self.text(3, width, f"单位：{self.form.money}")


def _number(n: int) -> str:
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else "二十") + (NUMERALS[ones - 1] if ones else "")


def _totals(page: Page, unit: Unit, table: str, number: str) -> None:
    """公开01 and 公开04: income at the left, expenditure at the right."""
    grants = [name.removesuffix("收入") for name in INCOME[:3]]
    left: list = [(f"{_number(i)}、{t}", t if table == "01" else f"收入{i - 1}") for i, t in enumerate(
        INCOME if table == "01" else grants, start=1)]
    left += [None] * (26 - len(left)) + [("本年收入合计", "本年收入")]
    right: list = [(f"{_number(i)}、{t}", c) for i, (c, t) in enumerate(CLASSES.items(), start=1)] + [("本年支出合计", "本年支出")]
    if table == "01":
        left += [("使用非财政拨款结余（含专用结余）", "使用结余"), ("年初结转和结余", "年初"), None, ("总计", "总计")]
        right += [("结余分配", "分配"), ("年末结转和结余", "年末"), None, ("总计", "总计")]
    else:
        left += [("年初财政拨款结转和结余", "年初"), *((f"　　{t}", f"年初{i}") for i, t in enumerate(grants)), ("总计", "总计")]
        right += [("年末财政拨款结转和结余", "年末"), None, None, None, ("总计", "总计")]
    keys, heads = (["支"], ["决算数"]) if table == "01" else (["合计", *BUDGETS], ["合计", *grants])
    line = int(page.form.lines)
    start = 3 + line
    page.frame(unit, table, number, start + line + len(heads))
    for column, text in enumerate(["项目", *["行次"] * line, "决算数", "项目", *["行次"] * line, *heads], start=1):
        page.text(5, column, text)
    page.text(4, 1, "收入", across=2 + line)
    page.text(4, start, "支出", across=1 + line + len(heads))
    top = 6 + page.form.numbers
    for column, text in ((1, "栏次"), (2 + line, "1"), (start + line + 1, "2")) if page.form.numbers else ():
        page.text(6, column, text)
    for side, column, columns in ((left, 1, ["收"]), (right, start, keys)):
        for i, item in enumerate(side):
            if line:
                page.text(top + i, column + 1, i + 1 + (len(left) if column > 1 else 0))
            if item:
                page.text(top + i, column, item[0])
                for j, key in enumerate(columns):
                    page.amount(top + i, column + line + 1 + j, (table, item[1], key))


def _coded(page: Page, unit: Unit, table: str, number: str) -> None:
    form, heads = page.form, HEADS[table]
    wide = 3 if form.code == "split" else 1
    page.frame(unit, table, number, wide + 1 + len(heads))
    page.text(4, 1, "项目", across=wide + 1)
    page.text(5, 1, "科目编码", across=wide)
    page.text(5, wide + 1, "科目名称")
    for i, (_, head) in enumerate(heads):
        upper, _, lower = head.rpartition("/")
        page.text(4 if upper or lower == head else 5, wide + 2 + i, upper or lower)
        if upper:
            page.text(5, wide + 2 + i, lower)
    row = 6
    if form.numbers:
        page.text(6, wide + 1, "栏次")
        for i in range(len(heads)):
            page.text(6, wide + 2 + i, str(i + 1))
        row = 7
    codes = sorted({k[1] for k in page.cells if k[0] == table and k[1] != "合计"})
    codes = [c for c in codes if any(page.cells[table, c, key] for key, _ in heads)]
    for code in [*codes, "合计"] if form.total_last else ["合计", *codes]:
        if code == "合计":
            page.text(row, 1, "合计", across=wide + 1)
        else:
            parts = (code[:3], code[3:5], code[5:]) if wide == 3 else (int(code) if form.code == "number" else code,)
            for i, part in enumerate(p for p in parts if p):
                page.text(row, 1 + i, part)
            page.text(row, wide + 1, "　" * (len(code) // 2 - 1) + NAMES[code])
        for i, (key, _) in enumerate(heads):
            page.amount(row, wide + 2 + i, (table, code, key))
        row += 1
    if not codes:
        page.text(row, 1, f"注：本单位{unit.year}年度没有这项预算的收入和支出，本表为空表。")


def _economic(page: Page, unit: Unit, table: str, number: str) -> None:
    codes = [c for c in ECONOMIC_NAMES if (table, c, "数") in page.cells]
    half = [[c for c in codes if c[:3] in PERSONNEL], [c for c in codes if c[:3] not in PERSONNEL]]
    page.frame(unit, table, number, 6)
    for i, part in enumerate(half):
        for j, text in enumerate(("科目编码", "科目名称", "决算数")):
            page.text(5, 3 * i + 1 + j, text)
        for r, code in enumerate(part):
            page.text(6 + r, 3 * i + 1, int(code) if page.form.code == "number" else code)
            page.text(6 + r, 3 * i + 2, ECONOMIC_NAMES[code])
            page.amount(6 + r, 3 * i + 3, (table, code, "数"))
    last = 6 + max(map(len, half))
    for column, text, key in ((1, "人员经费合计", "人员"), (4, "公用经费合计", "公用")) if table == "06" else ((1, "合计", "合计"),):
        page.text(last, column, text)
        page.amount(last, column + 2 if table == "06" else 6, (table, key, "数"))


def _three(page: Page, unit: Unit, table: str, number: str) -> None:
    page.frame(unit, table, number, 12)
    for side, when in enumerate(("预算", "决算")):
        for i, (key, text) in enumerate(THREE):
            flat = page.form.flat_cars
            column = 2 * i + side + 1 if flat else 6 * side + i + 1
            page.text(5, column, f"公务用车购置及运行维护费{text}" if flat and key == "车" else text if flat or key in ("合计", "出国", "接待") else "")
            page.text(6, column, f"{when}数" if flat else "" if key in ("合计", "出国", "接待") else text)
            page.amount(8, column, (table, when, key))
        if not page.form.flat_cars:
            page.text(4, 6 * side + 1, f"{when}数", across=6)
            page.text(5, 6 * side + 3, "公务用车购置及运行维护费", across=3)


def _information(page: Page, unit: Unit, table: str, number: str) -> None:
    money, n = page.form.money, unit.counts
    rows: list[tuple[str, str, str | int | None]] = [
        ("一、“三公”经费支出", "", None), ("（一）支出合计", money, "合计"), ("1.因公出国（境）费", money, "出国"),
        ("2.公务用车购置及运行维护费", money, "车"), ("（1）公务用车购置费", money, "购置"), ("（2）公务用车运行维护费", money, "运行"),
        ("3.公务接待费", money, "接待"), ("（1）国内接待费", money, "国内"), ("其中：外事接待费", money, "外事"), ("（2）国（境）外接待费", money, "国外"),
        ("（二）相关统计数", "", None), ("1.因公出国（境）团组数", "个", n["团组"]), ("2.因公出国（境）人次", "人", n["人次"]),
        ("3.公务用车购置数", "辆", n["购置数"]), ("4.公务用车保有量", "辆", n["保有量"]), ("5.国内公务接待批次", "个", n["国内批次"]),
        ("其中：外事接待批次", "个", n["外事批次"]), ("6.国内公务接待人次", "人", n["国内人次"]), ("其中：外事接待人次", "人", n["外事人次"]),
        ("7.国（境）外公务接待批次", "个", n["国外批次"]), ("8.国（境）外公务接待人次", "人", n["国外人次"]), ("二、机关运行经费", money, "机关运行"),
        ("（一）行政单位", money, "行政"), ("（二）参照公务员法管理事业单位", money, "参公"), ("三、国有资产占用情况", "", None),
        ("（一）车辆数合计", "辆", sum(unit.vehicles)), *((f"{i + 1}.{v}", "辆", unit.vehicles[i]) for i, v in enumerate(VEHICLES)),
        ("（二）单价100万元（含）以上设备（不含车辆）", "台（套）", 4), ("四、政府采购支出信息", "", None), ("（一）政府采购支出合计", money, "采购"),
        ("1.政府采购货物支出", money, "货物"), ("2.政府采购工程支出", money, "工程"), ("3.政府采购服务支出", money, "服务"),
        ("（二）政府采购授予中小企业合同金额", money, "中小"), ("其中：授予小微企业合同金额", money, "小微"),
    ]
    line = int(page.form.lines)
    page.frame(unit, table, number, 3 + line)
    for column, text in enumerate(["项目", *["行次"] * line, "单位", "决算数"], start=1):
        page.text(4, column, text)
    for r, (text, measure, key) in enumerate(rows):
        page.text(5 + r, 1, text)
        page.text(5 + r, 2 + line, measure or "—")
        if line:
            page.text(5 + r, 2, r + 1)
        if isinstance(key, str):
            page.amount(5 + r, 3 + line, (table, key, "数"))
        else:
            page.text(5 + r, 3 + line, "—" if key is None else key)
            page.where[table, text, "数"] = page.sheet.title, page.a1(5 + r, 3 + line)


_DRAW = {"01": _totals, "04": _totals, "06": _economic, "07": _economic, "10": _three, "11": _information}


def draw(unit: Unit, form: Form | None = None, cells: Cells | None = None) -> tuple[openpyxl.Workbook, dict]:
    """The workbook, and where each logical cell stands: (table, row, column) → (sheet, A1)."""
    form = form or Form()
    book, where = openpyxl.Workbook(), {}
    book.remove(book.active)
    for i, table in enumerate(t for t in TITLES if not (form.nine and t in ("07", "11"))):
        number, title = f"{i + 1:02}", TITLES[table]
        name = {"title": title, "mark": f"公开{number}表", "gk": f"GK{number} {title}(公开{number}表)", "plain": f"Sheet{i + 1}"}[form.names][:31]
        page = Page(book.create_sheet(name), form, cells or naive_cells(unit), where)
        _DRAW.get(table, _coded)(page, unit, table, number)
    return book, where


def write(path: Path, unit: Unit, form: Form | None = None, cells: Cells | None = None) -> dict:
    """Write the workbook; returns where each logical cell stands."""
    book, where = draw(unit, form, cells)
    book.save(path)
    return where
