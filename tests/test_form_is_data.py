"""Another region's form is a folder of files: three forms made by editing files only, and every command and page on each."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from cli.main import main
from docgen.job.inputs import load_inputs
from docgen.report.narrative import narrative_of
from docgen.report.slots import reason_slots
from tests.packs import narrative_of_sections, pack_folder, sections_of, smaller, with_template
from workbook.pack.loading import TEMPLATES, Pack, load_pack

SAMPLE = TEMPLATES / "sample"
STEM = "示例市电化教育馆_2024年度决算公开表"


class Form(NamedTuple):
    """A form under test: its pack, and the sample unit in it."""

    pack: Path
    workbook: Path
    gone: tuple[str, ...]
    """What nothing may name or ask for any more: sheets, heads of figures."""


# ---------------------------------------------------------------- the three forms


def fewer_sheets(folder: Path) -> Form:
    """Without 公开07 and 公开11, and without the sections that state them."""
    pack = pack_folder(folder, smaller("公开07", "公开11", without=("中小企业",)))
    dropped = ("项目支出决算情况", "机关运行经费", "政府采购", "国有资产")

    def template(outline: str) -> str:
        found = sections_of(outline)
        kept = {title: text for title, text in found.items() if not any(word in title for word in dropped)}
        assert len(kept) == len(found) - 4
        text = narrative_of_sections(outline, kept.values())
        for pattern in (
            r"，全年出国（境）团组 .*? 人次", r"本年度使用财政拨款购置公务用车 .*?。", r"截至 [^。]*?保有量为 .*?。",
            r"。其中：国内公务接待支出 .*?{{文本.国外接待内容}}",
        ):
            text, times = re.subn(pattern, "", text)
            assert times == 1, pattern
        return text

    with_template(pack, template)
    return Form(pack, sample_unit(folder, without=("公开07", "公开11")), ("公开07", "公开11", "项目支出.", "运行.", "采购.", "资产.", "中小企业"))


def other_sections(folder: Path) -> Form:
    """Sections in another order, one under another name, two merged into one, one left out."""
    pack = pack_folder(folder, {"report.toml": lambda text: text.replace('  { change = "运行.经费.比上年" },\n', "")})

    def template(outline: str) -> str:
        found = list(sections_of(outline).values())
        found.insert(0, found.pop(7))  # 三公 first
        merged = [*found[:8], found[8] + found[9].partition("\n")[2], *found[10:]]
        merged = [text for text in merged if "机关运行经费" not in text.splitlines()[0]]
        merged[0] = merged[0].replace("财政拨款“三公”经费支出决算情况说明", "因公出国、公务用车、公务接待开支情况", 1)
        return narrative_of_sections(outline, merged)

    with_template(pack, template)
    return Form(pack, sample_unit(folder), ("运行.",))


NEW_SHEET = """
[[sheet]]
code = "公开12"
title = "政府购买服务支出情况表"
titles = ["政府购买服务支出情况表"]
kind = "fixed"
notes = ["注：本表反映单位政府购买服务的支出。"]

[[sheet.panel]]
id = "购买服务"
header = "项目"
label_width = 34
first_line = 1
columns = [["决算数", ["决算数", "金额"], 15]]
rows = [
  ["公共服务", 1, "公共服务"],
  ["辅助性服务", 2, "政府履职辅助性服务"],
  ["购买服务合计", 3, "合计"],
]
sums = [["购买服务合计", ["公共服务", "辅助性服务"]]]
"""
NEW_FIGURES = (
    "购买.合计,政府购买服务支出,政府购买服务支出,公开12[购买服务合计],万元,,,,上年,\n"
    "购买.公共,公共服务支出,公共服务,公开12[公共服务],万元,,,购买.合计,,\n"
    "购买.辅助,政府履职辅助性服务支出,辅助性服务,公开12[辅助性服务],万元,,,,,\n"
)
NEW_FORMULA = "12-01,表内,错误,公开12[购买服务合计] = Σ公开12[公共服务、辅助性服务],,合计等于两类之和,示例\n"
NEW_DRIVER = "购买.合计.比上年,按服务类别（公开12表）,是,{行},公开12[{行}],,行=公开12[公共服务..辅助性服务],\n"
NEW_SECTION = (
    "一级标题|十五、政府购买服务支出情况说明\n"
    "正文|{{单位}} {{年度}} 年度政府购买服务支出 {{购买.合计}} 万元，其中：公共服务支出 {{购买.公共}} 万元，占 {{购买.公共.占比}}；"
    "政府履职辅助性服务支出 {{购买.辅助}} 万元。与上年决算相比，{{购买.合计.比上年.语句}}{{购买.合计.比上年.原因句}}。\n"
)


def one_sheet_more(folder: Path) -> Form:
    """Another sheet, and three figures of it: one with a share, one compared with last year that asks a reason."""
    pack = pack_folder(folder, {
        "sheets.toml": lambda text: text + NEW_SHEET, "figures.csv": lambda text: text + NEW_FIGURES,
        "check-formulas.csv": lambda text: text + NEW_FORMULA, "drivers.csv": lambda text: text + NEW_DRIVER})
    with_template(pack, lambda outline: narrative_of_sections(outline, [*sections_of(outline).values(), NEW_SECTION]))
    workbook = sample_unit(folder)
    add_sheet(workbook, 2024, 12.5, 7.5)
    add_sheet(workbook.with_name(workbook.name.replace("2024", "2023")), 2023, 4, 6)
    give_reason(workbook, "购买.合计.比上年", "新增委托开展的公共服务项目，公共服务支出增加")
    return Form(pack, workbook, ())


FORMS: Mapping[str, Callable[[Path], Form]] = {"fewer": fewer_sheets, "sections": other_sections, "more": one_sheet_more}


# ---------------------------------------------------------------- the sample unit in them


def sample_unit(folder: Path, *, without: tuple[str, ...] = ()) -> Path:
    """A copy of the sample unit's files; in the workbooks, sheets of the form are left out."""
    unit = folder / "单位"
    unit.mkdir(parents=True)
    for file in SAMPLE.glob("*.xlsx"):
        shutil.copyfile(file, unit / file.name)
        if without and not file.stem.endswith("_底稿"):
            book = openpyxl.load_workbook(file, data_only=True)
            for sheet in [s for s in book.worksheets if s.title.startswith(without)]:
                book.remove(sheet)
            book.save(unit / file.name)
    return unit / f"{STEM}.xlsx"


def add_sheet(workbook: Path, year: int, public: float, auxiliary: float) -> None:
    book = openpyxl.load_workbook(workbook, data_only=True)
    sheet = book.create_sheet("公开12 政府购买服务支出情况表")
    for row in (
        ["政府购买服务支出情况表"], ["", "公开12表"], ["公开部门：示例市电化教育馆", f"{year}年度", "单位：万元"], ["项目", "行次", "决算数"],
        ["栏次", "", "1"], ["公共服务", 1, public], ["政府履职辅助性服务", 2, auxiliary], ["合计", 3, public + auxiliary],
    ):
        sheet.append(row)
    book.save(workbook)


def give_reason(workbook: Path, slot: str, reason: str) -> None:
    """Fill in one reason as people do: a row of the 底稿's 变动原因."""
    path = workbook.with_name(f"{workbook.stem}_底稿.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["变动原因"]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "编号" for cell in row))
    columns = {cell.value: cell.column for cell in header}
    row = sheet.max_row + 1
    sheet.cell(row, columns["编号"], slot)
    sheet.cell(row, columns["变动原因"], reason)
    book.save(path)


@pytest.fixture(scope="module", params=list(FORMS))
def form(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Form:
    return FORMS[request.param](tmp_path_factory.mktemp(request.param))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main([str(a) for a in arguments])
    return code, capsys.readouterr().out


def pack_of(form: Form) -> Pack:
    return load_pack(form.pack)


# ---------------------------------------------------------------- every command


def test_new_check_report_and_review(form: Form, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = pack_of(form)
    code, _ = run(capsys, "new", tmp_path / "新年", "--unit", "某单位", "--year", 2025, "--pack", form.pack, "--from", form.workbook)
    assert code == 0
    made = sorted((tmp_path / "新年").glob("*.xlsx"))
    assert len(made) == 2
    assert set(load_inputs(next(p for p in made if not p.stem.endswith("_底稿")), pack=pack).accounts.tables) == set(pack.sheets)

    checked = tmp_path / "check.json"
    code, _ = run(capsys, "check", form.workbook, "--pack", form.pack, "--format", "json", "-o", checked)
    found = json.loads(checked.read_text("utf-8"))
    assert code == 0, [i for i in found["issues"] if i["severity"] == "错误"]
    assert {s["code"] for s in found["sheets"]} == set(pack.sheets)

    report, figures = tmp_path / "报告.docx", tmp_path / "figures.json"
    code, out = run(capsys, "report", form.workbook, "--pack", form.pack, "-o", report, "--figures", figures)
    assert code == 0, out
    stated = json.loads(figures.read_text("utf-8"))
    assert len(stated) > 200
    assert [f for f in stated if f["value"] is None or f.get("missing")] == []
    assert [f["id"] for f in stated if f["id"].startswith(form.gone)] == []

    reviewed = tmp_path / "review.json"
    code, _ = run(capsys, "review", report, form.workbook, "--pack", form.pack, "--format", "json", "-o", reviewed)
    review = json.loads(reviewed.read_text("utf-8"))
    assert (code, review["issues"]) == (0, [])
    assert review["summary"]["核对数字"] > 150


def test_nothing_of_the_home_form_is_asked_for(form: Form) -> None:
    inputs = load_inputs(form.workbook, pack=pack_of(form))
    bare = replace(inputs, companion=None)
    slots = [slot.id for slot in reason_slots(bare)]
    assert [s for s in slots if s.startswith(form.gone)] == []
    template = narrative_of(inputs)
    assert list(template.titles) == list(range(1, len(template.titles) + 1))
    assert set(template.reasons) == {s.id for s in reason_slots(inputs) if s.change is not None}


def test_the_companion_lists_just_these_reasons(form: Form, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unit = tmp_path / "单位"
    shutil.copytree(form.workbook.parent, unit)
    workbook = unit / form.workbook.name
    workbook.with_name(f"{workbook.stem}_底稿.xlsx").unlink()
    run(capsys, "check", workbook, "--pack", form.pack, "--update-companion", "--prior", unit / form.workbook.name.replace("2024", "2023"))
    book = openpyxl.load_workbook(workbook.with_name(f"{workbook.stem}_底稿.xlsx"))
    listed = [str(row[0].value) for row in book["变动原因"].iter_rows() if re.match(r"\w+\.\S+\.比", str(row[0].value))]
    assert listed
    assert [slot for slot in listed if slot.startswith(form.gone)] == []
    assert [s.title for s in book.worksheets if any(word in s.title for word in form.gone)] == []


def test_refresh(form: Form, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unit = tmp_path / "单位"
    shutil.copytree(form.workbook.parent, unit)
    workbook, report = unit / form.workbook.name, tmp_path / "报告.docx"
    assert run(capsys, "report", workbook, "--pack", form.pack, "-o", report)[0] == 0
    book = openpyxl.load_workbook(workbook, data_only=True)
    sheet = next(s for s in book.worksheets if s.title.startswith("公开10"))
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, float) and cell.value == 2.5:
                cell.value = 2.6
    book.save(workbook)
    refreshed = tmp_path / "新报告.docx"
    code, out = run(capsys, "refresh", report, workbook, "--pack", form.pack, "-o", refreshed)
    assert refreshed.is_file(), out
    code, out = run(capsys, "review", refreshed, workbook, "--pack", form.pack)
    assert code == 0, out


def test_batch(form: Form, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "batch", form.workbook.parent, "-o", tmp_path / "结果", "--pack", form.pack, "--workers", 1)
    assert code == 0, out
    assert len(list((tmp_path / "结果").rglob("*决算公开报告.docx"))) == 1


# ---------------------------------------------------------------- what is new


def test_the_new_figures_are_computed_shared_compared_and_explained(tmp_path: Path) -> None:
    form = one_sheet_more(tmp_path)
    narrative = narrative_of(load_inputs(form.workbook, pack=pack_of(form)))
    named: Callable[[str], Any] = narrative.named
    assert named("购买.合计").figure.exact == Decimal(20)
    assert str(named("购买.公共.占比")) == "62.50%"
    change = named("购买.合计.比上年").change
    assert (change.base.exact, change.signed) == (Decimal(10), Decimal(10))
    assert "购买.合计.比上年" in narrative.reasons
    (slot,) = [s for s in reason_slots(narrative.context, narrative) if s.id == "购买.合计.比上年"]
    assert [(d.name, d.amount) for d in slot.drivers.main.moves] == [("公共服务", Decimal("8.5")), ("辅助性服务", Decimal("1.5"))]  # type: ignore[union-attr]
    assert slot.section_title == "十五、政府购买服务支出情况"


def test_a_broken_amount_of_the_new_sheet_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form = one_sheet_more(tmp_path)
    book = openpyxl.load_workbook(form.workbook, data_only=True)
    book["公开12 政府购买服务支出情况表"]["C8"] = 21
    book.save(form.workbook)
    code, out = run(capsys, "check", form.workbook, "--pack", form.pack)
    assert code == 1
    assert "12-01" in out
