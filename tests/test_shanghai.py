"""The Shanghai form is data: its blank tables are the official ones, what it says beyond the home form is read, kept and stated."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cli.main import main
from tests.packs import replaced
from workbook.companion.create import create_companion
from workbook.companion.model import BudgetLine, Companion
from workbook.companion.read import read_companion
from workbook.companion.rollforward import roll_forward
from workbook.companion.update import update_companion
from workbook.create.workbook import create_workbook
from workbook.entries import Entry
from workbook.errors import PackError
from workbook.pack.loading import TEMPLATES, Pack, load_pack
from workbook.reading.accounts import read_workbook

NAME = "shanghai-2024"
SAMPLE = TEMPLATES / "sample" / NAME
WORKBOOK = "上海市示例区民政局_2024年度决算公开表.xlsx"
EXTRA = ("231", "232")
"""Classes that the form does not list and some departments publish."""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(NAME)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("空白")
    assert main(["new", str(folder), "--unit", "某局", "--year", "2024", "--pack", NAME]) == 0
    return next(p for p in folder.glob("*.xlsx") if not p.stem.endswith("_底稿"))


def test_the_blank_tables_are_the_official_ones(blank: Path) -> None:
    sheets = openpyxl.load_workbook(blank).worksheets
    texts = [[[str(cell.value or "").strip() for cell in row] for row in sheet.iter_rows()] for sheet in sheets]
    whole = {text for rows in texts for row in rows for text in row}
    assert whole.isdisjoint({"行次", "栏次", "公开01表"})
    overview = [row[2] for row in texts[0]]
    assert overview[5] == "一、一般公共服务支出"
    assert [t for t in overview if t.startswith("二十")] == [
        "二十、粮油物资储备支出", "二十一、国有资本经营预算支出", "二十二、灾害防治及应急管理支出", "二十三、其他支出", "二十四、抗疫特别国债安排的支出"]
    assert [row[0] for row in texts[4] if row[0] in ("合计", "功能分类科目编码")] == ["功能分类科目编码", "合计"]
    assert texts[4][-2][0] == "合计"  # below the codes; the note is last
    assert not whole & {"31005", "31012", "307", "399"}
    assert [t for t in texts[6][6] if t] == ["预算数", "决算数"] * 6
    assert "说明：某局本年度没有财政拨款“三公”经费支出，故本表无数据。" in str(texts[6])
    assert [sheets[n].title.partition(" ")[2] for n in (6, 7)] == [
        "财政拨款“三公”经费支出决算表", "政府性基金预算财政拨款收入支出决算表"]


def test_a_table_that_lists_more_classes_is_read(pack: Pack, tmp_path: Path) -> None:
    """A published report prints 26 classes where the form has 24."""
    longer = tmp_path / "二十六类"
    shutil.copytree(pack.folder, longer)
    sheets = longer / "sheets.toml"
    text = replaced('unprinted_classes = ["231", "232"]\n', "")(sheets.read_text("utf-8"))
    for line in (25, 26, 27, 28, 29, 30):  # the rows below the classes move down
        text = text.replace(f'", {line}, "', f'", {line + 102}, "')
    sheets.write_text(text.replace(", 12", ", 2").replace(", 13", ", 3"), "utf-8")
    path = tmp_path / "决算.xlsx"
    amounts = {("公开01", code, "决算数"): Decimal(10 + n) for n, code in enumerate(EXTRA)} | {
        ("公开04", code, column): Decimal(10 + n) for n, code in enumerate(EXTRA) for column in ("合计", "一般公共预算财政拨款")}
    create_workbook(path, load_pack(longer), unit_name="某局", year=2024, amounts=amounts)
    accounts = read_workbook(path, pack)
    assert [accounts.value("公开01", code) for code in EXTRA] == [10, 11]
    assert [accounts.value("公开04", code, "一般公共预算财政拨款") for code in EXTRA] == [10, 11]
    assert accounts.tables["公开01"].structure.absent_rows == ()
    assert len([row for row in accounts.tables["公开01"].rows if row.isdigit()]) == 26


def test_the_companion_keeps_what_each_item_is_for(pack: Pack, tmp_path: Path) -> None:
    """Uses and budgets of the items, remarks on units: written, read, changed in place, rolled into the next year."""
    path = tmp_path / WORKBOOK.replace(".xlsx", "_底稿.xlsx")
    shutil.copyfile(SAMPLE / path.name, path)
    companion, issues = read_companion(path, pack)
    assert issues == ()
    fund = companion.budget[-1]
    assert (fund.code, fund.amount.value, fund.fund, fund.use.text) == ("2296002", 285, "政府性基金预算", "社区养老服务设施改造和困境儿童关爱项目")
    assert {b.fund for b in companion.budget[:-1]} == {"一般公共预算"}
    assert companion.units[-1].nature.text == "预算不单列，并入本级"
    tables = companion.tables()
    assert tables["年初预算"].value("2296002", "数") is None
    assert tables["政府性基金预算年初预算"].value("2296002", "数") == 285

    lines = (*companion.budget, BudgetLine("2230105", "国有企业棚户区改造支出", Entry.of(Decimal(3)), Entry.of("改造"), "国有资本经营预算"))
    changed = update_companion(companion, replace(companion, budget=lines), pack)
    assert changed.tables()["国有资本经营预算年初预算"].value("2230105", "数") == 3
    assert changed.budget[-1].use.text == "改造"
    new = roll_forward(changed, None, pack, 2025)
    assert (new.text("上年运行经费").value, new.text("运行经费").value) == (companion.text("运行经费").value, None)
    assert [(b.amount.value, b.use.text, b.fund) for b in new.budget] == [(None, b.use.text, b.fund) for b in changed.budget]


def test_an_item_that_says_nothing_of_its_use_is_asked(pack: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in SAMPLE.glob("*.xlsx"):
        shutil.copyfile(file, tmp_path / file.name)
    path = tmp_path / WORKBOOK.replace(".xlsx", "_底稿.xlsx")
    companion, _ = read_companion(path, pack)
    blank = replace(companion.budget[1], use=Entry())
    update_companion(companion, replace(companion, budget=(companion.budget[0], blank, *companion.budget[2:])), pack)
    assert main(["report", str(tmp_path / WORKBOOK), "-o", str(tmp_path / "报告.docx")]) == 1
    assert "一般行政管理事务主要用于什么" in capsys.readouterr().out


def test_a_unit_without_anything_says_so(pack: Pack, tmp_path: Path) -> None:
    """The sentences of a department that has none; no line for what does not apply."""
    from docgen.job.inputs import load_inputs
    from docgen.report.narrative import narrative_of

    path = tmp_path / "决算.xlsx"
    create_workbook(path, pack, unit_name="某局", year=2024, amounts={("公开01", "收入总计", "决算数"): Decimal(1)})
    entries = {"单位名称": Entry.of("某局"), "年度": Entry.of(2024), "运行经费": Entry.of(0)}
    create_companion(tmp_path / "决算_底稿.xlsx", Companion(tmp_path / "决算_底稿.xlsx", pack.companion, entries), pack)
    said = [getattr(block, "text", "") for block in narrative_of(load_inputs(path)).statements]
    for none in ("“三公”经费财政拨款支出", "政府性基金预算财政拨款收入和支出", "国有资本经营预算财政拨款收入和支出", "机关运行经费支出"):
        assert f"某局2024年度无{none}。" in said
    assert "本年收入合计0万元。" in said
    assert not [text for text in said if "因公出国" in text]


def test_a_fund_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "包"
    shutil.copytree(TEMPLATES / NAME, folder)
    formulas = folder / "check-formulas.csv"
    formulas.write_text(formulas.read_text("utf-8-sig").replace("政府性基金预算年初预算[每上级]", "社保基金年初预算[每上级]"), "utf-8")
    with pytest.raises(PackError, match="没有“社保基金年初预算”这张表"):
        load_pack(folder)
