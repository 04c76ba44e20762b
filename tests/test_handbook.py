"""The worked example of docs/模板包.md is a pack: made from the page alone, it goes from empty folder to reviewed report."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cli.main import main
from tests.packs import pack_folder
from tools.report_outline import build_template
from workbook.amounts import MoneyUnit
from workbook.create.workbook import workbook_bytes
from workbook.formats.source import source_of_bytes
from workbook.pack.layout import SheetKind
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES, load_pack, read_pack
from workbook.reading.accounts import accounts_of
from workbook.reading.identify import choose_for

PAGE = Path(__file__).parents[1] / "docs" / "模板包.md"
_BLOCK = re.compile(r"^`([\w.-]+)`：[^\n]*\n\n```\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    example = PAGE.read_text("utf-8").split("## 例子：从空文件夹到报告")[1]
    folder = tmp_path / "示例协会"
    folder.mkdir()
    files = dict(_BLOCK.findall(example))
    for name, text in files.items():
        if name == "report.docx":
            (folder / name).write_bytes(build_template(text))
        else:
            (folder / name).write_text(f"{text}\n", "utf-8")
    assert len(files) == 8
    return folder


def filled(workbook: Path, amounts: dict[str, float], items: dict[str, tuple[str, float]]) -> None:
    """Fill in the blank form as an accountant does."""
    book = openpyxl.load_workbook(workbook)
    first, second, third = book.worksheets
    for row in first.iter_rows():
        if row[0].value in amounts:
            row[2].value = amounts[str(row[0].value)]
    third["D6"], third["D7"], third["E7"], third["D8"] = 8, 2, 45.5, 120.5
    start = next(row[0].row for row in second.iter_rows() if row[0].value == "合计")
    second.cell(start, 3, sum(amount for code, (_, amount) in items.items() if len(code) == 3))
    for number, (code, (name, amount)) in enumerate(items.items(), start + 1):
        for column, value in enumerate((code, name, amount), 1):
            second.cell(number, column, value)
    book.save(workbook)


ITEMS = {"205": ("教育支出", 60.0), "20502": ("普通教育", 60.0), "2050299": ("其他普通教育支出", 60.0)}


def test_from_empty_folder_to_reviewed_report(pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: object) -> int:
        return main([str(a) for a in arguments])

    last = tmp_path / "资料"
    assert run("new", last, "--unit", "某协会", "--year", 2023, "--pack", pack) == 0
    before = last / "某协会_2023年度决算公开表.xlsx"
    filled(before, {"一、会费收入": 30, "二、财政拨款收入": 20, "收入合计": 50, "支出合计": 60}, ITEMS)
    unit = last
    assert run("new", unit, "--unit", "某协会", "--year", 2024, "--pack", pack, "--from", before) == 0
    workbook = unit / "某协会_2024年度决算公开表.xlsx"
    filled(workbook, {"一、会费收入": 45, "二、财政拨款收入": 20, "收入合计": 65, "支出合计": 60}, ITEMS)
    options = ("--pack", pack, "--prior", before)
    capsys.readouterr()
    assert run("check", workbook, *options, "--update-companion") == 1
    told = capsys.readouterr().out
    assert "收入合计与上年决算相比" in told  # the reason that the template prints is asked for
    assert "没有填写“单位名称”" not in told
    companion = openpyxl.load_workbook(workbook.with_name(f"{workbook.stem}_底稿.xlsx"))
    sheet = companion["变动原因"]
    rows = [row for row in sheet.iter_rows() if any(cell.value for cell in row)][-1:]
    columns = {cell.value: cell.column for row in sheet.iter_rows() for cell in row if cell.value in ("编号", "变动原因", "主要构成")}
    assert str(rows[0][columns["编号"] - 1].value) == "收入.合计.比上年"
    assert "会费" in str(rows[0][columns["主要构成"] - 1].value)
    rows[0][columns["变动原因"] - 1].value = "会员单位增加，会费收入增加"
    companion.save(workbook.with_name(f"{workbook.stem}_底稿.xlsx"))
    assert run("check", workbook, *options) == 0, capsys.readouterr().out
    report, figures = tmp_path / "报告.docx", tmp_path / "数.json"
    assert run("report", workbook, *options, "-o", report, "--figures", figures) == 0, capsys.readouterr().out
    assert {f["id"]: f["text"] for f in json.loads(figures.read_text("utf-8"))} == {
        "收入.合计": "65.00", "收入.会费": "45.00", "收入.会费.占比": "69.23%", "收入.合计.比上年.增减额": "15.00",
        "收入.合计.比上年.增减率": "30.00%", "支出.2050299": "60.00", "支出.人均": "7.50", "车辆.数量": "2", "车辆.原值": "45.50", "房屋.面积": "120.50"}
    capsys.readouterr()
    assert run("review", report, workbook, *options) == 0, capsys.readouterr().out


def test_amounts_beside_counts_follow_the_money_unit(pack: Path, tmp_path: Path) -> None:
    form, stated = load_pack(pack), {("协03", "车辆", "数量"): Decimal(3), ("协03", "车辆", "原值"): Decimal("45.5"), ("协03", "房屋", "数量"): Decimal("120.5")}
    data = workbook_bytes(form, unit_name="某协会", year=2024, amounts=stated, money_unit=MoneyUnit.YUAN)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[2]
    assert [sheet[cell].value for cell in ("D7", "E7", "D8")] == [3, 455000, 120.5]
    assert [sheet[cell].number_format for cell in ("D7", "D8")] == ["0", sheet["E7"].number_format]
    kinds = {place: rule.type for rule in sheet.data_validations.dataValidation for place in str(rule.sqref).split()}
    assert {kinds["D8"], kinds[next(place for place in kinds if place.startswith("D6"))]} == {"decimal", "whole"}
    source = source_of_bytes(tmp_path / "某协会.xlsx", data)
    assert choose_for(source.sheets, pack.parent).folder == pack  # a pack of one's own is chosen by its sheets
    table = accounts_of(source, form).tables["协03"]
    assert {key: table.value(*key[1:]) for key in stated} == stated


def test_the_other_examples_of_the_page_load(tmp_path: Path) -> None:
    """Every kind of sheet, and the files that state only what is otherwise: as the page has them, in a copy of the default pack."""
    blocks = re.findall(r"^```\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    begin = {"form-rules.csv": "编号,级别,名称,依据", "settings.toml": "[wording]", "report.toml": "[tables]"}
    folder = pack_folder(tmp_path)
    for name, words in begin.items():
        (folder / name).write_text(next(block for block in blocks if block.startswith(words)), "utf-8")
    own = load_pack(folder)
    assert "规范-32" not in own.form_rules
    assert own.report.charts[0].name == "收入结构图"
    kinds = next(block for block in blocks if block.startswith("[[sheet]]"))
    head = (pack_folder(tmp_path / "表") / "sheets.toml").read_text("utf-8").split("[[sheet]]")[0]
    (form := tmp_path / "表样").mkdir()
    (form / "sheets.toml").write_text(head + kinds, "utf-8")
    economic = (TEMPLATES / "catalogues" / "economic-2024.csv").read_text("utf-8")
    (form / "economic-2024.csv").write_text(f"{economic}501,机关工资福利支出\n", "utf-8")  # its own, the other one as it is built in
    pack = read_pack(form)
    assert pack.economic.name("501")
    assert pack.functional.name("201")
    assert [layout.kind for layout in pack.sheets.values()] == [SheetKind.FUNCTIONAL, SheetKind.ECONOMIC, SheetKind.SINGLE]


def test_every_file_and_column_of_the_pack_is_told() -> None:
    page = PAGE.read_text("utf-8")
    for path in sorted((TEMPLATES / DEFAULT_PACK).iterdir()):
        if path.name != "report.outline.txt":
            assert f"`{path.name}`" in page, path.name
        if path.suffix == ".csv":
            for column in path.read_text("utf-8-sig").splitlines()[0].split(","):
                assert column in page, f"{path.name}: {column}"


def test_the_built_in_packs_load_whole() -> None:
    for path in TEMPLATES.glob("*/sheets.toml"):
        load_pack(path.parent).read_all()
