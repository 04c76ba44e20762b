"""A review as bureaus write it down: the pack's checklist."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl
import pytest

from cli.main import main
from docgen.job.inputs import load_inputs
from tests.docgen.review_files import SAMPLE, report_file
from tests.packs import pack_folder
from workbook.errors import PackError
from workbook.pack.loading import TEMPLATES, load_pack


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_file(tmp_path_factory.mktemp("checklist"), load_inputs(SAMPLE), linked=False)


def rows_of(path: Path) -> dict[str, tuple[str, str]]:
    """Item → 符合要求, problems."""
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return {str(row[1]): (row[3] or "", row[4] or "") for row in sheet.iter_rows(min_row=3, values_only=True)}


def test_every_part_section_and_table_of_a_clean_report_meets_the_requirements(report: Path, tmp_path: Path) -> None:
    out = tmp_path / "检查表.xlsx"
    assert main(["review", str(report), str(SAMPLE), "--format", "checklist", "-o", str(out)]) == 0
    rows = rows_of(out)
    assert {"封面", "目录", "第二部分 单位决算情况说明", "八、财政拨款“三公”经费支出决算情况说明", "收入支出决算总表", "其他"} <= rows.keys()
    assert rows.pop("公开及时性") == ("", "没有写明批复日期，请填写后核对")
    assert set(rows.values()) == {("是", "")}


def test_problems_stand_at_their_items_in_words_with_their_place(report: Path, tmp_path: Path) -> None:
    document = docx.Document(str(report))
    for paragraph in document.paragraphs:
        if "收入、支出决算总计均为" in paragraph.text:
            paragraph.text = paragraph.text.replace("98.57", "198.57")
        if paragraph.text.startswith("第三部分"):
            paragraph.text = "附录"
    table = next(t for t in document.tables if t.rows[0].cells[-1].text == "对附属单位补助支出")
    cell = next(c for c in table.rows[-1].cells if "." in c.text)
    cell.paragraphs[0].text = "1.23"
    path, out = tmp_path / "改错.docx", tmp_path / "检查表.xlsx"
    document.save(str(path))
    arguments = ["--approved", "2025-08-01", "--published", "2025-08-20"]
    assert main(["review", str(path), str(SAMPLE), "--format", "checklist", "-o", str(out), *arguments]) == 1
    rows = rows_of(out)
    assert rows["公开及时性"] == ("是", "")
    answer, problem = rows["一、收入支出决算总体情况说明"]
    assert answer == "否"
    assert "【错误】" in problem
    assert "写的是 198.57 万元，应为 98.57 万元" in problem
    assert "段“" in problem
    assert rows["支出决算表"][0] == "否"
    assert rows["第三部分 名词解释"] == ("否", "【错误】没有“第三部分 名词解释”这一部分")
    assert rows["二、收入决算情况说明"] == ("是", "")


@pytest.mark.parametrize(("text", "words"), [
    ("项目,对象,参数,检查内容\n封面,扉页,,看\n", "第 2 行：项目“封面”：对象不能是“扉页”"),
    ("项目,对象,参数,检查内容\n各节,各节,,看\n其他,其他,,看\n", "应写“{名称}”"),
    ("项目,对象,参数,检查内容\n时间,时间,期限=二十,看\n其他,其他,,看\n", "参数“期限=二十”不对"),
    ("项目,对象,参数,检查内容\n封面,封面,,看\n", "缺少“其他”一项"),
])  # fmt: skip
def test_a_wrong_record_is_said_when_the_pack_is_loaded(tmp_path: Path, text: str, words: str) -> None:
    folder = pack_folder(tmp_path, {"checklist.csv": lambda _: text})
    with pytest.raises(PackError) as error:
        load_pack(folder)
    assert words in str(error.value)


def test_a_pack_without_a_checklist_has_that_of_the_default_pack() -> None:
    packs = {load_pack(folder.name).checklist for folder in (TEMPLATES / "neimenggu-2024", TEMPLATES / "shanghai-2024")}
    assert len(packs) == 1
