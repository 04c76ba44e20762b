"""Reporting as an outsider sees it: the text of the report against other people's tables, and the command line.

The workbooks are drawn by ``tests/naive_workbook.py``, which knows the official forms and nothing of the program.
"""

import json
import re
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl
import pytest

from cli.main import main
from tests.naive_unit import CLASSES, INCOME, NAMES, Unit, naive_cells, naive_unit
from tests.naive_workbook import Form, draw, write


def check(capsys: pytest.CaptureFixture[str], path: Path) -> tuple[int, list[str]]:
    """Exit code, and the codes of the findings of severity 错误."""
    capsys.readouterr()
    code = main(["check", str(path), "--format", "json"])
    return code, [i["code"] for i in json.loads(capsys.readouterr().out)["issues"] if i["severity"] == "错误"]


def companion(folder: Path, capsys: pytest.CaptureFixture[str], unit: Unit, prior: bool = True, **info: str) -> Path:
    """A 底稿 made by ``new`` and filled as in Excel: budget as spent but for 100 万元, all reasons given."""
    main(["new", str(folder / "new"), "--unit", unit.name, "--year", str(unit.year)])
    path = folder / "决算_底稿.xlsx"
    next((folder / "new").glob("*底稿.xlsx")).rename(path)
    book = openpyxl.load_workbook(path)
    facts = {"单位性质": "行政" if unit.agency else "公益一类", "联系人": "张三 & <李四>", "联系电话": "0472", "上年决算表": "上年.xlsx" * prior,
             "结余分配事项": "提取职工福利基金", "年末结转和结余事项": "项目跨年实施", "公务用车购置开支内容": "更新车辆",
             "国内公务接待开支内容": "上级检查", "国（境）外公务接待开支内容": "友好来访", "重点项目绩效评价结果": "无", **info}
    for row in book["单位信息"].iter_rows(min_row=5):
        row[1].value = facts.get(row[0].value, row[1].value)
    budget = book["年初预算"]
    items = {c: v[1] + v[2] for c, v in unit.general.items()}
    for row, (code, cents) in enumerate({"5": sum(items.values()), "6": sum(items.values()), **items}.items(), start=5):
        if row > 6:
            budget.cell(row, 1).value = code
        budget.cell(row, 3).value = max(0, cents - 100_000_000 * (row == 7)) / 1_000_000
    goods = naive_cells(unit)["11", "中小", "数"]
    for row, value in enumerate((min(goods, unit.procurement[0]), 0, goods - min(goods, unit.procurement[0])), start=5):
        book["采购与中小企业"].cell(row, 2).value = value / 1_000_000
    book.save(path)
    main(["check", str(folder / "决算.xlsx"), "--update-companion"])
    book = openpyxl.load_workbook(path)
    for n, row in enumerate(book["变动原因"].iter_rows(min_row=5)):
        row[10].value = f"第{n}项业务据实列支" if row[0].value else None
    book.save(path)
    capsys.readouterr()
    return path


def report(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, dict[str, dict], str]:
    """Exit code, the report's text (blanks as one), its figures by id, and what was printed."""
    capsys.readouterr()
    code = main(["report", str(folder / "决算.xlsx"), "-o", str(folder / "r.docx"), "--figures", str(folder / "f.json"), *more])
    printed = capsys.readouterr().out
    if not (folder / "r.docx").exists():
        return code, "", {}, printed
    xml = zipfile.ZipFile(folder / "r.docx").read("word/document.xml").decode()
    paragraphs = ("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", p)) for p in xml.split("</w:p>"))
    text = "\n".join(paragraphs).replace("\xa0", " ")
    return code, text, {f["id"]: f for f in json.loads((folder / "f.json").read_text(encoding="utf-8"))}, printed


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def wan(value: int) -> Decimal:
    return Decimal(value) / 1_000_000


def words(now: int, before: int) -> str:
    """The comparison as domain.md section 6 has it."""
    change = wan(now) - wan(before)
    if not cents(change):
        return "持平"
    moved, rose = ("增加", "增长") if change > 0 else ("减少", "下降")
    rate = f"，{rose} {cents(abs(change) * 100 / wan(before))}%" if before else "（上年无此项）"
    return f"{moved} {cents(abs(change))} 万元{rate}"


def amount(value: int) -> str:
    return f"{cents(wan(value))}" if value else "0"


@pytest.mark.parametrize(("agency", "form"), [(False, Form()), (True, Form(money="元")), (False, Form(money="元", code="split"))])
def test_the_report_says_what_the_tables_say(agency, form, tmp_path, capsys):
    unit, last = naive_unit(41, agency=agency, funds=agency), naive_unit(42, agency=agency, year=2023, own=agency)
    write(tmp_path / "决算.xlsx", unit, form)
    write(tmp_path / "上年.xlsx", last, Form(code="number"))
    companion(tmp_path, capsys, unit)
    _, text, figures, _ = report(tmp_path, capsys)
    now, before = naive_cells(unit), naive_cells(last)
    for label, key in (("本年收入决算合计", ("01", "本年收入", "收")), ("本年支出决算合计", ("01", "本年支出", "支")),
                       ("年初结转和结余", ("01", "年初", "收"))):
        assert f"{label} {amount(now[key])} 万元。与上年决算相比，{words(now[key], before[key])}" in text
    whole = now["01", "本年收入", "收"]
    for name in INCOME:
        value = now["01", name, "收"]
        share = f"{cents(Decimal(value) * 100 / whole)}" if value else "0"
        assert f"本年{name} {amount(value)} 万元，占 {share}%" in text
    for key in ("出国", "购置", "运行", "接待"):
        assert f"与上年决算相比，{words(now['10', '决算', key], before['10', '决算', key])}" in text
    name, key = ("机关运行经费", ("11", "机关运行", "数")) if agency else ("公用经费", ("06", "公用", "数"))
    assert f"2024 年度{name}支出决算 {amount(now[key])} 万元，与上年决算相比，{words(now[key], before[key])}" in text
    assert ("本年度无政府性基金预算财政拨款收入、支出及结转结余。" in text) is (not agency)
    for code in unit.general:
        found = figures.get(f"一般公共.{code}")
        assert found is not None
        assert Decimal(found["value"]) == cents(wan(now["05", code, "小计"]))
        assert f"{NAMES[code]}（项）。年初预算" in text
    for code in {c[:3] for c in unit.general}:
        assert f"{CLASSES[code]}（类）决算数为 {amount(now['05', code, '小计'])} 万元" in text
    assert "张三 &amp; &lt;李四&gt;" in text


def test_a_difference_that_prints_as_nothing_is_level(tmp_path, capsys):
    unit, last = naive_unit(41), naive_unit(41, year=2023)
    for item in ("30101", "30201"):  # 0.003 万元 more for pay, less for the office
        last.basic[item] += 3_000 * (1 if item == "30101" else -1)
    write(tmp_path / "决算.xlsx", unit)
    write(tmp_path / "上年.xlsx", last)
    companion(tmp_path, capsys, unit)
    _, text, figures, _ = report(tmp_path, capsys)
    assert f"公用经费支出决算 {amount(unit.operating)} 万元，与上年决算相比，持平" in text
    assert "0.00 万元" not in text.partition("第三部分")[0].rpartition("第二部分")[2]
    assert "运行.经费.比上年.增减额" not in figures


def test_a_text_that_contradicts_the_amount_is_not_printed(tmp_path, capsys):
    unit = naive_unit(41, own=False)
    write(tmp_path / "决算.xlsx", unit)
    companion(tmp_path, capsys, unit, prior=False, 年末结转和结余事项="本年度无年末结转和结余")
    code, text, _, printed = report(tmp_path, capsys)
    assert code == 1
    assert "结余分配 0 万元。结余分配事项：本年度无结余分配事项。" in text  # the 底稿 speaks of 提取职工福利基金
    assert f"【请填写年末结转和结余事项：本年有 {amount(naive_cells(unit)['01', '年末', '支'])} 万元" in printed


def test_a_unit_without_general_budget_has_zeros_and_nothing_missing(tmp_path, capsys):
    unit = naive_unit(41)
    unit.general, unit.basic, unit.project, unit.counts = {}, {}, {}, dict.fromkeys(unit.counts, 0)
    unit.opening = (0, unit.opening[1])
    write(tmp_path / "决算.xlsx", unit)
    write(tmp_path / "上年.xlsx", naive_unit(42, year=2023))
    companion(tmp_path, capsys, unit)
    _, text, figures, printed = report(tmp_path, capsys)
    assert "一般公共预算财政拨款支出决算 0 万元。年初预算 0 万元。" in text
    assert [i for i, f in figures.items() if f["value"] is None and not i.startswith("绩效")] == [], printed


def test_an_amount_that_cannot_be_read_is_named_and_never_left_out(tmp_path, capsys):
    unit = naive_unit(41)
    book, where = draw(unit)
    sheet, a1 = where["06", "30101", "数"]
    book[sheet][a1] = "#REF!"
    book.save(tmp_path / "决算.xlsx")
    companion(tmp_path, capsys, unit, prior=False)
    assert report(tmp_path, capsys)[0] == 1
    assert not (tmp_path / "r.docx").exists()
    code, text, figures, _ = report(tmp_path, capsys, "--force")
    assert code == 1
    assert f"基本工资 【缺少公开06 {sheet}!{a1}" in text
    assert figures["基本支出.30101"]["value"] is None


@pytest.mark.parametrize(("year", "info", "rule"), [(2022, {}, "上年-01"), (2023, {"年度": "2023"}, "底稿-11")])
def test_another_years_files_are_refused(year, info, rule, tmp_path, capsys):
    unit = naive_unit(41)
    write(tmp_path / "决算.xlsx", unit)
    write(tmp_path / "上年.xlsx", naive_unit(42, year=year))
    path = companion(tmp_path, capsys, unit)
    if info:
        book = openpyxl.load_workbook(path)
        next(r for r in book["单位信息"].iter_rows() if r[0].value == "年度")[1].value = 2023
        book.save(path)
    code, errors = check(capsys, tmp_path / "决算.xlsx")
    assert code == 1
    assert rule in errors
    assert report(tmp_path, capsys)[0] == 1


# ------------------------------------------------------------------ the command line

def test_nothing_is_written_over_what_is_read(tmp_path, capsys):
    path = tmp_path / "决算.xlsx"
    write(path, naive_unit(5, funds=True))
    before = path.read_bytes()
    for arguments in (["check", str(path), "--format", "json", "-o", str(path)], ["report", str(path), "-o", str(path)],
                      ["report", str(path), "-o", str(tmp_path / "r.docx"), "--figures", str(path)]):
        assert main(arguments) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert path.read_bytes() == before
    assert not (tmp_path / "r.docx").exists()


def test_an_issue_list_that_people_wrote_into_stays(tmp_path, capsys):
    write(tmp_path / "决算.xlsx", naive_unit(5, funds=True))
    for name in ("决算_审核结果.xlsx", "决算_审核结果（2）.xlsx"):
        assert main(["check", str(tmp_path / "决算.xlsx"), "--format", "xlsx"]) == 0
        assert (tmp_path / name).exists()


@pytest.mark.parametrize("arguments", [
    ["check"], ["check", "a", "--format", "yaml"], ["check", "a", "--nothing"], ["frob"], ["new", "d", "--unit", "甲", "--year", "abc"]])
def test_wrong_usage_is_told_in_chinese(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert not re.search(r"required|invalid|unrecognized|argument", told)


@pytest.mark.parametrize("arguments", [
    ["check", ""], ["new", "{}", "--unit", " ", "--year", "2024"], ["new", "{}", "--unit", "甲", "--year", "1800"],
    ["new", "{}/决算.xlsx", "--unit", "甲", "--year", "2025"], ["new", "{}/n", "--unit", "甲", "--year", "2026", "--from", "{}/决算.xlsx"],
    ["check", "{}/决算.xlsx", "--companion", "{}/决算.xlsx"], ["report", "{}/决算.xlsx", "-o", "{}/r.txt"]])
def test_unusable_input_is_one_chinese_line(arguments, tmp_path, capsys):
    write(tmp_path / "决算.xlsx", naive_unit(5, funds=True))
    assert main([a.format(tmp_path) for a in arguments]) == 2
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert "意外错误" not in told.err
    assert not re.search(r"File exists|No such|directory", told.err)


def test_a_blank_workbook_is_checked_and_is_no_report(tmp_path, capsys):
    main(["new", str(tmp_path), "--unit", "甲", "--year", "2024"])
    path = next(tmp_path.glob("*公开表.xlsx"))
    assert check(capsys, path) == (1, ["规范-30"])
    assert main(["report", str(path), "-o", str(tmp_path / "r.docx")]) == 1
    assert not (tmp_path / "r.docx").exists()
