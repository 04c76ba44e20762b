"""The tables of the final accounts in the report: notes, statements, separators, widths, pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from docgen.docx.styles import CELL_MARGIN
from docgen.job.inputs import load_inputs
from docgen.model import BreakBlock, FigureSpan, Paragraph, TableBlock, TableCell, Text
from docgen.report.assembly import build_report
from docgen.report.tables import sheet_tables
from docgen.template import load_template, render
from docgen.writing import report_bytes
from docgen.writing.linebreaks import count_lines
from docgen.writing.tables import Measure, fitted, grid, table_grid
from docgen.writing.widths import column_widths, content_widths
from tests.docgen.word_files import META, W, part, template_file
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES, load_pack

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"


def below(path: Path, title: str, pack: Path | None = None) -> list[str]:
    """The lines below the table under the heading *title*."""
    blocks = sheet_tables(load_inputs(path, pack=load_pack(pack or TEMPLATES / DEFAULT_PACK)))
    start = next(n for n, b in enumerate(blocks) if isinstance(b, Paragraph) and b.style == "表标题" and title in b.text)
    end = next((n for n in range(start + 1, len(blocks)) if isinstance(blocks[n], BreakBlock)), len(blocks))
    return [b.text for b in blocks[start:end] if isinstance(b, Paragraph) and b.style == "表注"]


def edited(folder: Path, number: int, edit: Callable[[Worksheet, int], None]) -> Path:
    """A copy of the sample in which *edit* has changed a sheet, of which it learns the row of the note."""
    book = openpyxl.load_workbook(SAMPLE)
    sheet = book.worksheets[number - 1]
    row = next(cell.row for line in sheet.iter_rows() for cell in line if str(cell.value or "").startswith("注：") and cell.row > 4)
    edit(sheet, row)
    book.save(folder / SAMPLE.name)
    return folder / SAMPLE.name


def own_pack(folder: Path, file: str, old: str, new: str) -> Path:
    """The home form with one setting changed."""
    pack = shutil.copytree(TEMPLATES / DEFAULT_PACK, folder / "自己的")
    text = (pack / file).read_text("utf-8")
    assert old in text
    (pack / file).write_text(text.replace(old, new, 1), "utf-8")
    return pack


def test_the_workbooks_own_note_goes_before_the_forms(tmp_path: Path) -> None:
    def edit(sheet: Worksheet, row: int) -> None:
        sheet.cell(row, 1).value = "注：1.本单位自己的说明。"
        sheet.cell(row + 1, 1).value = "　　2.还有一句。"
        sheet.cell(row + 2, 1).value = "填表人：张三　　联系电话：0000-7654321"

    assert below(edited(tmp_path, 2, edit), "收入决算表") == ["注：1.本单位自己的说明。", "　　2.还有一句。"]


def test_without_one_the_forms_note_is_printed(tmp_path: Path) -> None:
    def edit(sheet: Worksheet, row: int) -> None:
        sheet.cell(row, 1).value = None

    assert below(edited(tmp_path, 3, edit), "支出决算表") == ["注：本表反映部门（单位）本年度各项支出情况。"]


def test_an_empty_table_has_its_statement_once(tmp_path: Path) -> None:
    lines = below(SAMPLE, "政府性基金")
    assert sum("本表为空表" in line for line in lines) == 1

    def edit(sheet: Worksheet, row: int) -> None:
        sheet.cell(row, 1).value = "注：我单位没有政府性基金预算收支，故本表无数据。"

    assert below(edited(tmp_path, 8, edit), "政府性基金") == ["注：我单位没有政府性基金预算收支，故本表无数据。"]


@pytest.mark.parametrize(("setting", "shown"), [("true", "12,345.60"), ("false", "12345.60")])
def test_thousands_are_separated_as_the_pack_says(tmp_path: Path, setting: str, shown: str) -> None:
    pack = own_pack(tmp_path, "report.toml", "thousands = true", f"thousands = {setting}")
    book = openpyxl.load_workbook(SAMPLE)
    sheet = book.worksheets[1]
    cell = next(c for line in sheet.iter_rows() for c in line if isinstance(c.value, float) and c.value > 1)
    cell.value = 12345.6
    book.save(tmp_path / "决算.xlsx")
    texts = {
        span.text for block in sheet_tables(load_inputs(tmp_path / "决算.xlsx", pack=load_pack(pack)))
        if isinstance(block, TableBlock) for row in block.rows for c in row for span in c.spans if isinstance(span, FigureSpan)}
    assert shown in texts


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('zero = "0"', 'zero = "0.00"', "2．结余分配 0.00 万元。"),
        ('zero_items = "列示"', 'zero_items = "省略"', "本年其他收入 21.39 万元，占 3.89%。"),
    ],
)
def test_nought_is_written_or_left_out_as_the_pack_says(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    pack = own_pack(tmp_path, "settings.toml", old, new)
    texts = [b.text for b in build_report(load_inputs(SAMPLE, pack=load_pack(pack))).blocks if isinstance(b, Paragraph)]
    assert any(text.startswith(sentence) for text in texts)
    listed = [text for text in texts if text.startswith("本年事业收入")]
    assert listed == ([] if "列示" in old else ["本年事业收入 0.00 万元，占 0.00%；"])


@pytest.mark.parametrize("rows", range(46, 130, 7))
def test_the_last_rows_of_a_long_table_do_not_stand_alone(rows: int) -> None:
    cells = tuple(TableCell((Text("内容"),)) for _ in range(4))
    block = TableBlock((cells,) * rows, header_rows=1)
    table = table_grid(block, 14344, 9)
    look, heights = fitted(Measure(table, 9), 9, 400, 476, table.headers)
    pages, left = [0], 390.0
    for height in heights:
        if height > left:
            pages.append(0)
            left = 476 - heights[0]
        left -= height
        pages[-1] += 1
    assert pages[-1] >= 3
    assert look.size >= 7.5


def test_codes_and_amounts_have_room_and_long_names_give_way() -> None:
    rows = [[(TableCell((Text(text),)), column, False) for column, text in enumerate(("2080505", "机关事业单位基本养老保险缴费支出" * 3, "1,234,567.89"))]]
    wanted, least = content_widths(rows, 3, 0)
    block = TableBlock((tuple(cell for cell, _, _ in rows[0]),), widths=wanted, least=least)
    for width in (4000, 6000, 9000):
        widths = column_widths(block, 3, width, rows, 9)
        assert sum(widths) == width
        assert widths[0] >= 7 * 90
        assert widths[2] >= 12 * 90
        assert widths[1] >= 8 * 90


def test_merged_labels_are_stated_again_where_a_page_begins(tmp_path: Path) -> None:
    template = load_template(template_file(tmp_path, "目录|\n部分标题|第一部分\n正文|{{块}}"))
    label = TableCell((Text("产出指标"),), rows=60)
    rows = [(label, TableCell((Text("1"),)))] + [(TableCell((Text(str(n)),)),) for n in range(2, 61)]
    content = report_bytes(
        render(template, {"块": [TableBlock((tuple(TableCell((Text(t),)) for t in ("指标", "值")), *rows), font_size=9)]}), template, linked=True, meta=META)
    document = part(content, "word/document.xml")
    texts = ["".join(t.text or "" for t in cell.iter(f"{W}t")) for cell in document.iter(f"{W}tc")]
    assert texts.count("产出指标") == 1
    assert texts.count("产出指标（续）") >= 1
    again = texts.index("产出指标（续）")
    assert 20 < int(texts[again + 1]) < 60
    assert "产出指标（续）" in "".join(part(content, "customXml/item2.xml").itertext())


@pytest.mark.parametrize("size", [7.5, 8, 9])
def test_no_heading_leaves_its_last_character_alone(size: float) -> None:
    heads = ("项目", "对附属单位补助支出", "附属单位上缴收入", "上缴上级支出", "偏差原因分析及改进措施")
    row = tuple(TableCell((Text(text),)) for text in heads)
    for width in range(7000, 9000, 50):
        block = TableBlock((row, row), widths=(40, 13, 13, 12, 13), least=(18, 9, 9, 9, 9))
        widths = column_widths(block, 5, width, grid(block.rows), size)
        assert sum(widths) == width
        rooms = [(column - 2 * CELL_MARGIN) / 20 for column in widths[1:]]
        whole, shorter = ([count_lines(text[:end], size, room) for text, room in zip(heads[1:], rooms, strict=True)] for end in (None, -1))
        assert whole == shorter
