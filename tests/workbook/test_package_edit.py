"""Editing cells of a package: exactly those cells change, everything else stays byte for byte."""

import io
import re
import struct
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText
from python_calamine import CalamineWorkbook

from workbook.editing.cells import CellState
from workbook.editing.package_edit import edit_package
from workbook.formats.package import Package, PackageError

pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported")  # openpyxl drops what we keep

CHAIN = b'<?xml version="1.0"?><calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="B5" i="1"/></calcChain>'


def rich_workbook() -> bytes:
    """A workbook with everything that must survive: chart, picture-free drawing, comments, rich text, names …"""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("数据 & 表")
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00", "bg_color": "#FFFF00"})
    sheet.set_column("A:A", 30)
    sheet.set_column("D:D", 12, money)
    sheet.write("A1", "标题", bold)
    sheet.write_rich_string("A2", "普通", bold, "粗体", "尾")
    for row, value in enumerate((10, 20.5, 30), 1):
        sheet.write_number(row, 1, value, money)
    sheet.write_formula("B5", "=SUM(B2:B4)", money, 60.5)
    sheet.write_formula("C2", "=B2*2", None, 20)
    sheet.write_comment("B2", "批注文字")
    sheet.conditional_format("B2:B5", {"type": "data_bar"})
    sheet.data_validation("B2:B4", {"validate": "decimal", "criteria": ">=", "value": 0})
    sheet.merge_range("A7:C7", "合并", bold)
    sheet.set_row(9, 40, bold)
    other = book.add_worksheet("图表")
    other.write_column("A1", [1, 2, 3])
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": "=图表!$A$1:$A$3"})
    other.insert_chart("C2", chart)
    other.insert_textbox("C20", "文本框")
    other.add_sparkline("E1", {"range": "图表!A1:A3"})
    book.define_name("合计数", "='数据 & 表'!$B$5")
    book.close()
    package = Package(stream.getvalue())
    package.write("xl/calcChain.xml", CHAIN)
    rels = package.read("xl/_rels/workbook.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/></Relationships>')
    package.write("xl/_rels/workbook.xml.rels", rels)
    types = package.read("[Content_Types].xml").replace(
        b"</Types>",
        b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>')
    package.write("[Content_Types].xml", types)
    return package.to_bytes()


DATA = rich_workbook()
SHEET = "数据 & 表"
PART = "xl/worksheets/sheet1.xml"


def members(data: bytes) -> dict[str, bytes]:
    """Raw bytes of each member, local header and compressed data as they lie in the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        ends = sorted([*(i.header_offset for i in infos), archive.start_dir])
        return {i.filename: data[i.header_offset : ends[ends.index(i.header_offset) + 1]] for i in infos}


def part(data: bytes, name: str = PART) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def values(data: bytes, sheet: str = SHEET) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def minimal(sheet_xml: str, extra: dict[str, str] | None = None) -> bytes:
    """A package around a hand-written worksheet part."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/s.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')
        archive.writestr("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/xl/workbook.xml"/></Relationships>')
        archive.writestr("xl/workbook.xml", '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/s.xml"/></Relationships>')
        archive.writestr("xl/worksheets/s.xml", sheet_xml)
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return stream.getvalue()


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_of(data: str, head: str = "", tail: str = "") -> bytes:
    return minimal(f'<?xml version="1.0"?><worksheet {MAIN}>{head}<sheetData>{data}</sheetData>{tail}</worksheet>')


# ---------------------------------------------------------------- nothing else changes


def test_no_edit_gives_the_same_bytes():
    assert edit_package(DATA, {}) == DATA
    assert edit_package(DATA, {SHEET: {}}) == DATA


def test_only_the_edited_sheet_part_changes():
    new = edit_package(DATA, {SHEET: {(1, 1): Decimal("12.34")}})
    before, after = members(DATA), members(new)
    assert list(before) == list(after)
    assert [n for n in before if before[n] != after[n]] == [PART]
    assert zipfile.ZipFile(io.BytesIO(new)).testzip() is None


def test_only_the_cell_changes_in_the_part():
    new = part(edit_package(DATA, {SHEET: {(1, 1): Decimal("12.34")}}))
    old = part(DATA)
    cell = re.search(rb'<c r="B2"[^>]*>.*?</c>', old)[0]
    expected = re.sub(rb"<v>.*?</v>", b"<v>12.34</v>", cell)
    assert new == old.replace(cell, expected)


def test_directory_entries_keep_dates_attributes_and_extra_fields():
    new = edit_package(DATA, {SHEET: {(1, 1): Decimal(1)}})
    old_infos, new_infos = (zipfile.ZipFile(io.BytesIO(d)).infolist() for d in (DATA, new))
    for old, other in zip(old_infos, new_infos, strict=True):
        assert (old.filename, old.date_time, old.external_attr, old.create_system, old.comment) == (
            other.filename, other.date_time, other.external_attr, other.create_system, other.comment)


def test_everything_in_the_workbook_survives():
    book = openpyxl.load_workbook(io.BytesIO(edit_package(DATA, {SHEET: {(1, 1): Decimal("12.34"), (9, 3): "新"}})), rich_text=True)
    sheet = book[SHEET]
    assert sheet["B2"].value == 12.34
    assert sheet["B2"].comment.text == "批注文字"
    assert sheet["B2"].number_format == "#,##0.00"
    assert isinstance(sheet["A2"].value, CellRichText)
    assert sheet["B5"].value == "=SUM(B2:B4)"
    assert [str(r) for r in sheet.merged_cells.ranges] == ["A7:C7"]
    assert len(sheet.conditional_formatting) == 1
    assert sheet.data_validations.count == 1
    assert sheet["D10"].value == "新"
    assert book.defined_names["合计数"].attr_text == "'数据 & 表'!$B$5"
    assert len(book["图表"]._charts) == 1


def test_the_other_independent_reader_sees_the_new_values():
    rows = values(edit_package(DATA, {SHEET: {(1, 1): Decimal("-0.10"), (2, 1): None, (20, 4): "远处"}}))
    assert rows[1][1] == -0.1
    assert rows[2][1] == ""
    assert rows[20][4] == "远处"
    assert rows[0][0] == "标题"


# ---------------------------------------------------------------- kinds of values


@pytest.mark.parametrize(("value", "shown"), [
    (Decimal("12.50"), "12.5"), (Decimal(0), "0"), (Decimal("1E+3"), "1000"), (Decimal("-0.000001"), "-0.000001"), (7, "7"),
    (Decimal("123456789.123456"), "123456789.123456"),
])
def test_numbers_are_written_plainly(value, shown):
    assert f"<v>{shown}</v>".encode() in part(edit_package(sheet_of('<row r="1"><c r="A1"/></row>'), {"S": {(0, 0): value}}), "xl/worksheets/s.xml")


@pytest.mark.parametrize("text", [
    "=1+1", "+A1", "@x", "-1", "a&b<c>\"d'", " 前后空格 ", "第一行\n第二行", "_x0041_", "𠮷野家", "#REF!", "1,234.50",
])
def test_text_comes_back_as_it_was(text):
    data = edit_package(DATA, {SHEET: {(3, 0): text}})
    assert values(data)[3][0] == text
    cell = openpyxl.load_workbook(io.BytesIO(data))[SHEET]["A4"]
    assert cell.value == text.replace("_x0041_", "_x005F_x0041_")  # openpyxl does not undo the escape; Excel does
    assert cell.data_type != "f" or not text.startswith("=")


def test_control_characters_and_carriage_returns_do_not_break_the_file():
    assert values(edit_package(DATA, {SHEET: {(3, 0): "a\x00b\x0bc\r\nd"}}))[3][0] == "abc\nd"


def test_blank_keeps_the_style_and_an_unstyled_cell_goes():
    xml = part(edit_package(sheet_of('<row r="1"><c r="A1" s="4"><v>1</v></c><c r="B1"><v>2</v></c></row>'), {"S": {(0, 0): None, (0, 1): ""}}), "xl/worksheets/s.xml")
    assert b'<row r="1"><c r="A1" s="4"/></row>' in xml


def test_blank_of_a_cell_that_is_not_there_changes_nothing():
    data = sheet_of('<row r="1"><c r="A1"/></row>')
    assert part(edit_package(data, {"S": {(0, 5): None, (9, 9): None}}), "xl/worksheets/s.xml") == part(data, "xl/worksheets/s.xml")


@pytest.mark.parametrize("value", [1.5, True, float("nan"), Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_exact_number_is_refused(value):
    with pytest.raises(PackageError):
        edit_package(DATA, {SHEET: {(1, 1): value}})


# ---------------------------------------------------------------- new cells and rows


def test_new_cells_and_rows_stand_in_order():
    data = sheet_of('<row r="2" spans="2:3"><c r="B2"><v>1</v></c><c r="D2"><v>2</v></c></row><row r="5"/>', head='<dimension ref="B2:D2"/>')
    edits = {(1, 0): 1, (1, 2): 2, (1, 9): 3, (0, 0): 4, (3, 1): 5, (4, 1): 6, (8, 0): 7}
    xml = part(edit_package(data, {"S": edits}), "xl/worksheets/s.xml").decode()
    rows = [int(r) for r in re.findall(r'<row r="(\d+)"', xml)]
    assert rows == [1, 2, 4, 5, 9]
    assert re.findall(r'<c r="([A-Z]+2)"', xml) == ["A2", "B2", "C2", "D2", "J2"]
    assert "spans" not in xml  # a hint that would be wrong now
    assert '<dimension ref="A1:J9"/>' in xml


def test_a_new_cell_takes_the_style_of_its_row_or_column():
    data = sheet_of('<row r="1" s="7" customFormat="1"><c r="A1"/></row><row r="2"><c r="A2"/></row>', head='<cols><col min="2" max="3" width="9" style="5"/></cols>')
    xml = part(edit_package(data, {"S": {(0, 1): 1, (1, 1): 2, (2, 2): 3, (1, 4): 4}}), "xl/worksheets/s.xml").decode()
    assert '<c r="B1" s="7">' in xml
    assert '<c r="B2" s="5">' in xml
    assert '<c r="C3" s="5">' in xml
    assert '<c r="E2"><v>' in xml


def test_an_empty_sheet_can_be_filled():
    data = minimal(f"<worksheet {MAIN}><sheetData/></worksheet>")
    assert values(edit_package(data, {"S": {(1, 1): "甲", (0, 0): 1}}), "S") == [[1.0, ""], ["", "甲"]]


def test_rows_and_cells_without_references_are_counted():
    data = sheet_of("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    assert values(edit_package(data, {"S": {(0, 1): 20, (1, 0): 30}}), "S") == [[1.0, 20.0], [30.0, ""]]


def test_prefixed_elements_keep_their_prefix():
    xml = '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    data = edit_package(minimal(xml), {"S": {(0, 0): 5, (0, 1): "乙", (3, 0): 7}})
    assert openpyxl.load_workbook(io.BytesIO(data))["S"]["B1"].value == "乙"
    assert b"<c " not in part(data, "xl/worksheets/s.xml")


def test_comments_and_cdata_in_the_sheet_do_not_mislead():
    data = sheet_of('<!-- <row r="1"><c r="A1"><v>9</v></c></row> --><row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[<c r="B1"></c></row>]]></t></is></c><c r="B1"><v>2</v></c></row>')
    new = part(edit_package(data, {"S": {(0, 1): 3}}), "xl/worksheets/s.xml")
    assert new == part(data, "xl/worksheets/s.xml").replace(b"<v>2</v>", b"<v>3</v>")


def test_a_utf16_part_is_understood():
    xml = f'<?xml version="1.0" encoding="UTF-16"?><worksheet {MAIN}><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    assert values(edit_package(minimal(xml.encode("utf-16")), {"S": {(0, 0): 2}}), "S") == [[2.0]]  # type: ignore[arg-type]


# ---------------------------------------------------------------- formulas


def test_replacing_a_formula_drops_the_calculation_chain():
    new = edit_package(DATA, {SHEET: {(4, 1): Decimal("60.5")}})
    names = zipfile.ZipFile(io.BytesIO(new)).namelist()
    assert "xl/calcChain.xml" not in names
    assert b"calcChain" not in part(new, "[Content_Types].xml") + part(new, "xl/_rels/workbook.xml.rels")
    assert openpyxl.load_workbook(io.BytesIO(new))[SHEET]["B5"].value == 60.5


def test_a_number_elsewhere_keeps_the_calculation_chain():
    assert part(edit_package(DATA, {SHEET: {(1, 1): 3}}), "xl/calcChain.xml") == CHAIN


def test_a_cached_value_keeps_the_formula():
    new = edit_package(DATA, {SHEET: {(1, 1): 100, (4, 1): CellState(Decimal("150.5"), is_formula=True)}})
    assert values(new)[4][1] == 150.5
    assert openpyxl.load_workbook(io.BytesIO(new))[SHEET]["B5"].value == "=SUM(B2:B4)"
    assert part(new, "xl/calcChain.xml") == CHAIN


def test_a_cached_value_keeps_the_marks_of_a_dynamic_array():
    data = sheet_of('<row r="1"><c r="A1" s="2" cm="1"><f t="array" ref="A1">SUM(B1:C1)</f><v>1</v></c></row>')
    new = part(edit_package(data, {"S": {(0, 0): CellState("文字", is_formula=True)}}), "xl/worksheets/s.xml")
    assert b'<c r="A1" s="2" cm="1" t="str"><f t="array" ref="A1">SUM(B1:C1)</f><v>' in new


def test_a_formula_that_comes_to_an_error_or_a_truth_value_shows_that():
    data = sheet_of('<row r="1"><c r="A1"><f>1/B1</f><v>1</v></c><c r="B1"><f>C1=0</f><v>1</v></c></row>')
    book = openpyxl.load_workbook(io.BytesIO(edit_package(data, {"S": {(0, 0): CellState("", "#DIV/0!", is_formula=True), (0, 1): CellState(True, is_formula=True)}})), data_only=True)
    assert [(cell.data_type, cell.value) for cell in book["S"][1]] == [("e", "#DIV/0!"), ("b", True)]


SHARED = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2&amp;"元"</f><v>2</v></c></row>'
    '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/><v>4</v></c></row>'
    '<row r="3"><c r="A3"><v>3</v></c><c r="B3"><f t="shared" si="0"></f><v>6</v></c></row>')


def test_replacing_the_first_of_a_shared_formula_writes_it_out_for_the_others():
    data = edit_package(sheet_of(SHARED), {"S": {(0, 1): 7}})
    sheet = openpyxl.load_workbook(io.BytesIO(data))["S"]
    assert [sheet[f"B{r}"].value for r in (1, 2, 3)] == [7, '=A2*2&"元"', '=A3*2&"元"']


def test_a_cached_value_beside_a_replaced_shared_formula():
    data = edit_package(sheet_of(SHARED), {"S": {(0, 1): 7, (1, 1): CellState(Decimal(9), is_formula=True)}})
    sheet = openpyxl.load_workbook(io.BytesIO(data))["S"]
    assert [sheet[f"B{r}"].value for r in (1, 2, 3)] == [7, '=A2*2&"元"', '=A3*2&"元"']
    assert values(data, "S")[1][1] == 9


def test_replacing_a_dependent_of_a_shared_formula_leaves_the_rest():
    data = edit_package(sheet_of(SHARED), {"S": {(1, 1): None}})
    xml = part(data, "xl/worksheets/s.xml").decode()
    assert 'ref="B1:B3" si="0">A1*2' in xml
    assert "B2" not in xml


ARRAY = '<row r="1"><c r="A1"><f t="array" ref="A1:A2">B1:B2*2</f><v>2</v></c></row><row r="2"><c r="A2"><v>4</v></c></row>'


@pytest.mark.parametrize("position", [(0, 0), (1, 0)])
def test_a_part_of_an_array_formula_is_refused(position):
    with pytest.raises(PackageError, match="数组公式"):
        edit_package(sheet_of(ARRAY), {"S": {position: 1}})


def test_cells_beside_an_array_formula_are_not_refused():
    assert values(edit_package(sheet_of(ARRAY), {"S": {(0, 1): 1, (1, 0): CellState(Decimal(8), is_formula=True)}}), "S") == [[2.0, 1.0], [8.0, ""]]


@pytest.mark.parametrize("calc", ["", "<calcPr/>", '<calcPr calcId="191029"/>', "<calcPr calcId='1' fullCalcOnLoad='0'></calcPr>"])
def test_recalculation_is_asked_for_once_and_in_place(calc):
    data = sheet_of('<row r="1"><c r="A1"><v>1</v></c></row>')
    package = Package(data)
    book = package.read("xl/workbook.xml").decode().replace("</sheets>", '</sheets><definedNames><definedName name="a">S!$A$1</definedName></definedNames>' + calc + "<pivotCaches/><extLst/>")
    package.write("xl/workbook.xml", book.encode())
    new = part(edit_package(package.to_bytes(), {"S": {(0, 0): 2}}, recalculate=True), "xl/workbook.xml").decode()
    assert new.count('fullCalcOnLoad="1"') == 1
    assert new.count("<calcPr") == 1
    assert new.index("</definedNames>") < new.index("<calcPr") < new.index("<pivotCaches")
    again = part(edit_package(package.to_bytes(), {"S": {}}, recalculate=True), "xl/workbook.xml").decode()
    assert again == new


# ---------------------------------------------------------------- what cannot be edited


def test_an_unknown_sheet_is_named():
    with pytest.raises(PackageError, match="不存在的表"):
        edit_package(DATA, {"不存在的表": {(0, 0): 1}})


def test_a_table_header_is_refused_and_its_body_is_not():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("S")
    sheet.add_table("B2:C4", {"columns": [{"header": "甲"}, {"header": "乙"}]})
    book.close()
    with pytest.raises(PackageError, match="C2"):
        edit_package(stream.getvalue(), {"S": {(1, 2): "丙"}})
    assert values(edit_package(stream.getvalue(), {"S": {(2, 2): 5}}), "S")[2][2] == 5


@pytest.mark.parametrize("data", [b"", b"no zip", DATA[:500], DATA[: len(DATA) // 2]])
def test_a_broken_file_is_named(data):
    with pytest.raises(PackageError, match="损坏"):
        edit_package(data, {SHEET: {(0, 0): 1}})


def test_a_doctype_is_refused():
    xml = f'<!DOCTYPE x [<!ENTITY a "b">]><worksheet {MAIN}><sheetData/></worksheet>'
    with pytest.raises(PackageError, match="DOCTYPE"):
        edit_package(minimal(xml), {"S": {(0, 0): 1}})


@pytest.mark.parametrize("position", [(1_048_576, 0), (0, 16_384), (-1, 0)])
def test_positions_outside_the_sheet_are_refused(position):
    with pytest.raises(PackageError, match="超出"):
        edit_package(DATA, {SHEET: {position: 1}})


def test_too_long_a_text_is_refused():
    with pytest.raises(PackageError, match="32767"):
        edit_package(DATA, {SHEET: {(0, 0): "字" * 32_768}})


# ---------------------------------------------------------------- zip details


def test_data_descriptors_stored_members_and_comments_are_kept():
    class Unseekable(io.BytesIO):
        def seekable(self):
            return False

    source = zipfile.ZipFile(io.BytesIO(DATA))
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w") as archive:  # a writer to a pipe: sizes follow the data
        for info in source.infolist():
            archive.writestr(zipfile.ZipInfo(info.filename, (2024, 5, 6, 7, 8, 10)), source.read(info), zipfile.ZIP_STORED if "rels" in info.filename else zipfile.ZIP_DEFLATED)
        archive.comment = "压缩包说明".encode()
    data = stream.getvalue()
    new = edit_package(data, {SHEET: {(1, 1): 3}})
    before, after = members(data), members(new)
    assert [n for n in before if before[n] != after[n]] == [PART]
    archive = zipfile.ZipFile(io.BytesIO(new))
    assert archive.comment == "压缩包说明".encode()
    assert archive.testzip() is None
    assert values(new)[1][1] == 3


def test_large_file_fields_on_small_members():
    stream = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(DATA))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            with archive.open(info.filename, "w", force_zip64=True) as member:
                member.write(source.read(info))
    new = edit_package(stream.getvalue(), {SHEET: {(1, 1): 3}})
    assert zipfile.ZipFile(io.BytesIO(new)).testzip() is None
    assert values(new)[1][1] == 3


def test_directory_with_large_file_fields():
    """A directory entry whose sizes stand in the extra field, as some libraries write for every member."""
    data = DATA
    archive = zipfile.ZipFile(io.BytesIO(data))
    start = archive.start_dir
    entries, position = b"", start
    for _ in archive.infolist():
        fields = list(struct.unpack_from("<4s6H3L5H2L", data, position))
        name = data[position + 46 : position + 46 + fields[10]]
        extra = struct.pack("<HHQQQ", 1, 24, fields[9], fields[8], fields[16])
        size = 46 + fields[10] + fields[11] + fields[12]
        fields[8] = fields[9] = fields[16] = 0xFFFFFFFF
        fields[11], fields[12] = len(extra), 0
        entries += struct.pack("<4s6H3L5H2L", *fields) + name + extra
        position += size
    count = len(archive.infolist())
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), start, 0)
    new = edit_package(data[:start] + entries + end, {SHEET: {(1, 1): 3}})
    assert zipfile.ZipFile(io.BytesIO(new)).testzip() is None
    assert values(new)[1][1] == 3


def test_an_encrypted_zip_is_refused():
    broken = bytearray(DATA)
    entry = zipfile.ZipFile(io.BytesIO(DATA)).start_dir
    broken[entry + 8] |= 1
    with pytest.raises(PackageError, match="加密"):
        edit_package(bytes(broken), {SHEET: {(1, 1): 3}})


# ---------------------------------------------------------------- property


CELLS = st.dictionaries(
    st.tuples(st.integers(0, 12), st.integers(0, 8)),
    st.one_of(
        st.none(), st.decimals(allow_nan=False, allow_infinity=False, min_value=-10**9, max_value=10**9, places=4),
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=8)), max_size=12)


@given(edits=CELLS)
def test_exactly_the_edited_cells_change(edits):
    edits = {p: v for p, v in edits.items() if not (p[0] == 6 and p[1] < 3)}  # the merged range
    before, after = values(DATA), values(edit_package(DATA, {SHEET: edits}))

    def content(rows: list[list[object]], r: int, c: int) -> object:
        return rows[r][c] if r < len(rows) and c < len(rows[r]) else ""

    for r in range(14):
        for c in range(10):
            if (r, c) not in edits:
                assert content(after, r, c) == content(before, r, c)
                continue
            value = edits[r, c]
            expected: object = "" if value is None else float(value) if isinstance(value, Decimal) else value.replace("\r", "\n")
            assert content(after, r, c) == expected
