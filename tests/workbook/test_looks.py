"""How sheets look: number formats, widths, alignment; and other formats turned into .xlsx."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Alignment, Font

from workbook.create.book import xlsx_bytes
from workbook.formats.looks import BookLooks, format_number, plain_look
from workbook.formats.marks import Marks
from workbook.formats.source import RawSheet, open_source
from workbook.numerals import content_width


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("1234.5", "#,##0.00", "1,234.50"), ("-1234.5", "#,##0.00", "-1,234.50"), ("-0.001", "#,##0.00", "0.00"),
        ("0.005", "0.00", "0.01"), ("0", "#,##0.00;-#,##0.00;", ""), ("0", '#,##0.00;-#,##0.00;"-"', "-"),
        ("0", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"), ("-12.345", "#,##0.00_ ", "-12.35"),
        ("-3", "#,##0.00;[Red]-#,##0.00", "-3.00"), ("-3", "#,##0.00;(#,##0.00)", "(3.00)"), ("0.5", "0.00%", "50.00%"),
        ("1234567", "#,##0.00,", "1,234.57"), ("2.5", "0.##", "2.5"), ("2", "0.##", "2"), ("5", "General", "5"),
        ("5.10", "General", "5.1"), ("2050299", "@", "2050299"), ("12.5", '0.00"万元"', "12.50万元"), ("45000", "yyyy-mm-dd", "45000"),
        ("3", "0\\辆", "3辆"),
    ],
)
def test_numbers_look_as_in_excel(value, code, text):
    assert format_number(Decimal(value), code) == text


def test_looks_are_read_from_the_file(tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    sheet["A1"] = "标题"
    sheet["A1"].font = Font(bold=True, size=18)
    sheet["A1"].alignment = Alignment(horizontal="center", wrap_text=True)
    sheet["B3"] = 1234.5
    sheet["B3"].number_format = "#,##0.00_ "
    sheet["B3"].alignment = Alignment(horizontal="right", indent=1)
    sheet.column_dimensions["B"].width = 30
    sheet.row_dimensions[1].height = 33
    sheet.freeze_panes = "B3"
    path = tmp_path / "样.xlsx"
    book.save(path)
    look = BookLooks(path.read_bytes()).of(open_source(path).sheets[0])
    assert (look.at(0, 0).is_bold, look.at(0, 0).size, look.at(0, 0).align, look.at(0, 0).is_wrapped) == (True, 18, "center", True)
    assert (look.at(2, 1).number_format, look.at(2, 1).align, look.at(2, 1).indent) == ("#,##0.00_ ", "right", 1)
    assert look.widths[1] == pytest.approx(30, abs=1)
    assert look.heights[0] == 33
    assert (look.frozen_rows, look.frozen_columns) == (2, 1)
    assert look.at(99, 99).align == ""


@pytest.mark.parametrize("data", [None, b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 xls"])
def test_a_file_without_looks_gets_plain_ones(data):
    sheet = RawSheet(Path("x.xls"), "表", [["一个很长的标题", ""], ["", 12.5]], Marks(merged=[(0, 0, 0, 1)]))
    look = BookLooks(data).of(sheet)
    assert look.at(0, 0).align == "center"
    assert look.widths[1] >= 8
    assert plain_look(sheet).widths == look.widths


def test_widths_count_chinese_characters_twice():
    assert content_width("合计A") == 5
    assert content_width(1234.5) == len("1,234.50")
    assert content_width("一\n二三") == 4


def test_any_sheet_becomes_an_xlsx_that_reads_the_same(tmp_path: Path):
    rows = [
        ["标题", "", ""], ["=1+1", "http://x", "@a"], [12.5, True, datetime.fromisoformat("2024-01-02")], ["文字", date(2024, 5, 6), ""], ["", 2050299.0, ""],
    ]
    marks = Marks(merged=[(0, 0, 0, 2)], errors={(4, 0): "#REF!"}, hidden_rows={3}, hidden_columns={2})
    sheets = [RawSheet(Path("旧.xls"), "表[1]", rows, marks), RawSheet(Path("旧.xls"), "表_1_", [["x"]], Marks(), visible=False)]
    path = tmp_path / "新.xlsx"
    path.write_bytes(xlsx_bytes(sheets))
    first, second = open_source(path).sheets
    assert (first.name, second.name) == ("表_1_", "表_1_(2)")
    assert not second.visible
    assert first.content(1, 0) == "=1+1"
    assert first.content(2, 0) == 12.5
    assert first.content(4, 1) == 2050299.0
    assert first.marks.merged == [(0, 0, 0, 2)]
    assert 3 in first.marks.hidden_rows
    assert 2 in first.marks.hidden_columns
    assert not first.marks.formulas
