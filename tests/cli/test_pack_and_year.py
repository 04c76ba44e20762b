"""Which form a workbook is of is found by its tables, and said; its year is never assumed."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from cli.main import main
from docgen.job.inputs import chosen_pack, load_inputs, user_packs
from docgen.report.form_choice import choose_for_report
from docgen.template import load_template
from docgen.template.rendering import headings_of
from tests.packs import pack_folder, replaced
from tests.units import random_unit
from tests.variant_sheets import write_variant
from tests.variants import Variant
from tests.yearless import SAMPLE, without_year
from tools.compose_accounts import in_form
from workbook.amounts import MoneyUnit
from workbook.create.workbook import create_workbook
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES, available_packs, load_pack

BUILT_IN = [folder.name for folder in available_packs()]


@pytest.fixture
def own(tmp_path: Path):
    """Puts a copy of the default pack among the user's own, with other titles of some tables."""
    folder = user_packs()
    shutil.rmtree(folder, ignore_errors=True)

    def make(name: str, **titles: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        edited = pack_folder(tmp_path / name, {"sheets.toml": lambda text: _reworded(text, titles)})
        return Path(shutil.move(edited, folder / name))

    yield make
    shutil.rmtree(folder, ignore_errors=True)


def _reworded(text: str, titles: dict[str, str]) -> str:
    for old, new in titles.items():
        text = replaced(f'title = "{old}"', f'title = "{new}"')(replaced(f'titles = ["{old}"', f'titles = ["{new}"')(text))
    return text


def blank(path: Path, pack: str | Path, year: int = 2024) -> Path:
    create_workbook(path, load_pack(pack), unit_name="某单位", year=year, amounts={})
    return path


def checked(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    capsys.readouterr()
    main(["check", *map(str, arguments), "--format", "json"])
    return json.loads(capsys.readouterr().out)


# ---------------------------------------------------------------- the pack


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("edit", ["no codes or names", "one table missing"])
def test_a_workbook_of_each_built_in_form_is_known_by_its_tables(tmp_path: Path, capsys, name: str, edit: str) -> None:
    path = blank(tmp_path / "表.xlsx", name)
    book = openpyxl.load_workbook(path)
    if edit == "one table missing":
        del book[book.sheetnames[1]]
    for number, sheet in enumerate(book, 1):
        if edit == "no codes or names":
            sheet.title = f"Sheet{number}"
        for cell in (c for row in sheet.iter_rows(max_row=6) for c in row) if edit == "no codes or names" else ():
            if isinstance(cell.value, str) and cell.value.startswith("公开") and cell.value.endswith("表"):
                cell.value = None
    book.save(path)
    found = checked(capsys, path)["pack"]
    assert (found["name"], found["chosen"], found["notes"]) == (name, "按表样选用", [])


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_workbook_without_titles_is_known_by_codes_and_headers(tmp_path: Path, name: str) -> None:
    rng, pack = random.Random(17), load_pack(name)
    variant = replace(Variant.random(rng), names="mark", title_inside=False, nine=False)
    path = tmp_path / ("表" if variant.folder else "表.xlsx")
    write_variant(path, pack, in_form(random_unit(rng, funds=True), pack), variant, MoneyUnit.WAN)
    assert load_inputs(path).pack.name == name


def test_the_choice_is_one_line_and_the_option_overrides_it(capsys) -> None:
    main(["check", str(SAMPLE)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "模板包：内蒙古自治区部门决算公开（neimenggu-2024，按表样选用）。"
    other = next(name for name in BUILT_IN if name != DEFAULT_PACK)
    main(["check", str(SAMPLE), "--pack", other])
    assert f"{other}，指定" in capsys.readouterr().out.splitlines()[1]


def test_a_pack_of_the_users_own_is_chosen_by_its_tables(own, tmp_path: Path, capsys) -> None:
    titles = {"收入决算表": "各项收入明细表", "支出决算表": "各项支出明细表", "收入支出决算总表": "年度收支总览"}
    mine = own("某市", **titles)
    path = blank(tmp_path / "表.xlsx", mine)
    found = load_inputs(path).accounts
    assert (found.pack.folder, found.choice.folder) == (mine, mine)
    assert load_inputs(SAMPLE).pack.name == DEFAULT_PACK
    (mine / "sheets.toml").write_text("[[sheet]\n", "utf-8")
    assert load_inputs(SAMPLE).pack.name == DEFAULT_PACK, "a broken pack is not chosen, and stops nothing"


@pytest.mark.parametrize("names", ["mark", "digits"])
def test_tables_without_titles_are_known_by_their_labels_however_they_are_called(names: str, tmp_path: Path) -> None:
    amounts = random_unit(random.Random(19), funds=True)
    variant = Variant(names=names, labels="alias", title_inside=False, codes="split-sparse", totals="last")
    write_variant(tmp_path / "表.xlsx", load_pack(), amounts, variant, MoneyUnit.WAN)
    assert load_inputs(tmp_path / "表.xlsx").pack.name == DEFAULT_PACK


def test_of_packs_that_fit_alike_the_built_in_one_is_taken_and_the_others_are_named(own, capsys) -> None:
    mine = own("副本")
    assert checked(capsys, SAMPLE)["pack"]["notes"] == [f"同样适合的还有{mine}，可用 --pack 指定"]


def test_of_packs_that_fit_alike_the_one_is_taken_that_the_companion_was_made_with(own, tmp_path: Path, capsys) -> None:
    mine = own("副本 & 一份")
    assert main(["new", str(tmp_path), "--unit", "某单位", "--year", "2024", "--pack", str(mine)]) == 0
    made = next(path for path in tmp_path.glob("*.xlsx") if not path.stem.endswith("_底稿"))
    assert load_inputs(made).pack.folder == mine
    capsys.readouterr()
    main(["check", str(made)])
    assert f"（{mine}，与底稿相同）。" in capsys.readouterr().out


def test_refresh_uses_the_pack_of_the_report(own, tmp_path: Path, capsys) -> None:
    folder = shutil.copytree(TEMPLATES / "sample", tmp_path / "单位")
    mine = own("副本")
    sheets = mine / "sheets.toml"
    sheets.write_text(sheets.read_text("utf-8").replace('pack = "neimenggu-2024"', 'pack = "副本"'), "utf-8")
    workbook, report = folder / SAMPLE.name, tmp_path / "报告.docx"
    assert main(["report", str(workbook), "--pack", str(mine), "-o", str(report)]) == 0
    capsys.readouterr()
    assert main(["refresh", str(report), str(workbook), "-o", str(tmp_path / "新.docx")]) == 0
    assert f"（{mine}，与报告相同）。" in capsys.readouterr().out


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_report_without_tables_is_known_by_its_headings(name: str) -> None:
    headings = [heading.replace("{{年度}}", "2024") for heading in headings_of(load_template(load_pack(name).file("report.docx")))]
    some = [heading for number, heading in enumerate(headings) if number % 4]
    assert choose_for_report([], some).folder.name == name
    assert choose_for_report([], ["一、总则", "二、附则"]).how == "默认"


def test_a_folder_of_units_of_several_forms(tmp_path: Path, capsys) -> None:
    for name in BUILT_IN:
        (tmp_path / "各单位" / name).mkdir(parents=True)
        blank(tmp_path / "各单位" / name / "表.xlsx", name)
    main(["batch", str(tmp_path / "各单位"), "-o", str(tmp_path / "结果"), "--workers", "1"])
    rows = list(openpyxl.load_workbook(tmp_path / "结果" / "summary.xlsx")["汇总"].iter_rows(min_row=3, values_only=True))
    column = rows[0].index("模板包")
    assert [row[column] for row in rows[1:]] == BUILT_IN


# ---------------------------------------------------------------- the year


@pytest.mark.parametrize("year", [2023, 2025])
def test_a_year_without_catalogue_says_which_one_is_used(tmp_path: Path, capsys, year: int) -> None:
    found = checked(capsys, blank(tmp_path / "表.xlsx", DEFAULT_PACK, year))
    assert (found["year"], found["pack"]["catalogue"]) == (year, 2024)
    assert found["pack"]["notes"] == [f"没有 {year} 年度的科目目录，按 2024 年度的核对"]


def test_a_pack_with_catalogues_of_two_years_takes_the_one_of_the_workbook(tmp_path: Path) -> None:
    pack = pack_folder(tmp_path)
    catalogue = (TEMPLATES / "catalogues" / "functional-2024.csv").read_text("utf-8")
    (pack / "functional-2024.csv").write_text(catalogue, "utf-8")
    (pack / "functional-2025.csv").write_text(catalogue.replace("一般行政管理事务", "一般管理事务"), "utf-8")
    for name in ("economic-2024.csv", "aliases.csv"):
        shutil.copy(TEMPLATES / "catalogues" / name, pack / name)
    shutil.copy(pack / "economic-2024.csv", pack / "economic-2025.csv")
    for year in (2024, 2025, 2026):
        inputs = load_inputs(blank(tmp_path / f"{year}.xlsx", pack, year), pack=chosen_pack(pack))
        assert inputs.pack.catalogue_year == min(year, 2025)
        assert (inputs.pack.functional != load_pack(pack, year=2024).functional) == (year > 2024)


def test_a_workbook_without_a_year_is_checked_and_reviewed_without_one(tmp_path: Path, capsys) -> None:
    path = without_year(tmp_path)
    found = checked(capsys, path)
    assert found["year"] is None
    assert found["pack"]["notes"] == ["公开表和底稿没有写明年度，与年度有关的没有核对，可用 --year 写明"]
    assert found["summary"]["错误"] == 0
    report = tmp_path / "报告.docx"
    assert main(["report", str(path), "-o", str(report), "--force"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "--year" in error
    assert not report.exists()
    main(["report", str(path), "-o", str(report), "--force", "--year", "2024"])
    capsys.readouterr()
    main(["review", str(report), str(path), "--format", "json"])
    reviewed = json.loads(capsys.readouterr().out)
    assert [i for i in reviewed["issues"] if i["severity"] == "错误" and i["code"] != "表文-16"] == []
    assert reviewed["summary"]["核对数字"] > 100


def test_the_year_may_be_given_or_stand_in_the_companion(tmp_path: Path, capsys) -> None:
    alone, beside = tmp_path / "无底稿", tmp_path / "有底稿"
    for folder in (alone, beside):
        folder.mkdir()
    assert checked(capsys, without_year(alone), "--year", 2023)["year"] == 2023
    path = without_year(beside, companion=True)
    assert checked(capsys, path)["year"] == 2024
    assert main(["report", str(path), "-o", str(tmp_path / "报告.docx")]) == 0


@pytest.mark.parametrize(("year", "words"), [("2023", "写的是 2024 年度，不是 2023 年度"), ("24", "应是四位的年份"), ("二〇二四", "应是四位的年份")])
def test_a_year_that_cannot_be_is_one_line(capsys, year: str, words: str) -> None:
    try:
        code = main(["check", str(SAMPLE), "--year", year])
    except SystemExit as stop:
        code = stop.code
    error = capsys.readouterr().err
    assert (code, error.count("\n")) == (2, 1)
    assert words in error


def test_an_own_pack_that_cannot_be_read_is_named(tmp_path, capsys, own):
    """It takes no part in the choice; nobody is left wondering why."""
    (own("坏的") / "sheets.toml").write_text("years = [2024\nname = 1\n", "utf-8")
    found = checked(capsys, blank(tmp_path / "表.xlsx", "shanghai-2024"))["pack"]
    assert found["name"] == "shanghai-2024"
    assert "自己的模板包“坏的”有错误，没有参加选用：sheets.toml 第 2 行" in "".join(found["notes"])
    assert "坏的" not in "".join(checked(capsys, tmp_path / "表.xlsx", "--pack", "shanghai-2024")["pack"]["notes"])
