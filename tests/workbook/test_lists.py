"""Lists and other files as the one writer makes them: what stands in the cells, how they look, where links lead."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from workbook.create.book import Book
from workbook.create.lists import Link, write_list
from workbook.errors import InputError
from workbook.issues import Severity

COLUMNS = (("级别", 8), ("问题", 60), ("金额", 16), ("单元格", 9))


def test_a_list_can_be_read_filtered_printed_and_followed(tmp_path):
    book = tmp_path / "甲 局" / "50%#决算.xlsx"
    rows = [
        (Severity.ERROR, "=cmd|' /C calc'!A0", Decimal("9.12"), Link("C3", book, "'公开01'!C3")), (Severity.NOTICE, "前\x00后", None, Link("D4", "")),
        ("", "错误", Decimal(100), "")]
    write_list(tmp_path / "清单.xlsx", "清单", "标题　共 3 处", COLUMNS, rows)
    sheet = openpyxl.load_workbook(tmp_path / "清单.xlsx").active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["标题　共 3 处", None, None, None, None], ["序号", "级别", "问题", "金额", "单元格"],
        [1, "错误", "=cmd|' /C calc'!A0", 9.12, "C3"], [2, "提示", "前后", None, "D4"], [3, None, "错误", 100, None]]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert (sheet["E3"].hyperlink.target, sheet["E3"].hyperlink.location) == ("甲%20局\\50%25%23决算.xlsx", "'公开01'!C3")
    assert sheet["E4"].hyperlink is None
    red, amber = sheet["B3"].font.color.rgb, sheet["B4"].font.color.rgb
    assert len({red, amber, sheet["C5"].font.color and sheet["C5"].font.color.rgb}) == 3  # only the column that judges is coloured
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C3", "A2:E5")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight, sheet.print_title_rows) == ("landscape", 0, "$2:$2")


def test_a_list_without_rows_has_its_headings(tmp_path):
    write_list(tmp_path / "清单.xlsx", "清单", "没有", COLUMNS, [])
    sheet = openpyxl.load_workbook(tmp_path / "清单.xlsx").active
    assert (sheet.max_row, sheet.auto_filter.ref) == (2, "A2:E2")
    with pytest.raises(InputError, match="文件夹不存在"):
        write_list(tmp_path / "没有" / "清单.xlsx", "清单", "没有", COLUMNS, [])


def test_numbers_are_written_as_they_are_and_a_look_is_made_once():
    book = Book("标题")
    sheet = book.sheet("表")
    for row, number in enumerate((Decimal("9.12"), Decimal("0.9924"), Decimal("123456789012.345"))):
        sheet.put(row, 0, number, "grid amount right")
    assert book.look("grid amount right") is book.look("grid amount right")
    assert book.look("left", indent=1) is not book.look("left", indent=2)
    with zipfile.ZipFile(io.BytesIO(book.to_bytes())) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert [f"<v>{number}</v>" in xml for number in ("9.12", "0.9924", "123456789012.345")] == [True] * 3
