"""Reading workbooks of every format, by what their bytes say."""

import hashlib
import io
import shutil
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook

from tests.workbook import biff, raw_xlsx, xlsb
from tests.workbook.office_files import check_content, written_book
from workbook.errors import InputError
from workbook.formats.source import FileFormat, RawSheet, Source, open_source, source_of_bytes


def read(data: bytes, name: str = "决算表.xlsx") -> Source:
    return source_of_bytes(Path(name), data)


def rows(data: bytes) -> list[list[object]]:
    return read(data).sheets[0].rows


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with something of everything."""
    return written_book(tmp_path_factory.mktemp("written") / "决算 公开表.xlsx")


def test_xlsx(written):
    source = open_source(written)
    assert source.format is FileFormat.XLSX
    assert len(source.sha256) == 64
    assert not any(sheet.alone for sheet in source.sheets)
    check_content(source)


@pytest.mark.parametrize("name", ["表.xls", "表.xlsx", "表.et", "表.ods", "表.XLSB"])
def test_the_suffix_does_not_matter(written, tmp_path, name):
    source = open_source(Path(shutil.copy(written, tmp_path / name)))
    assert source.format is FileFormat.XLSX
    check_content(source)


def test_openpyxl_file():
    book = Workbook()
    sheet = book.active
    sheet.title = "表"
    sheet["A1"], sheet["B2"] = "项目", 2050299
    sheet["C3"] = "=SUM(B1:B2)"
    sheet.merge_cells("A1:B1")
    output = io.BytesIO()
    book.save(output)
    source = read(output.getvalue())
    assert source.sheets[0].rows == [["项目", "", ""], ["", 2050299, ""], ["", "", ""]]
    assert source.sheets[0].marks.uncomputed == {(2, 2)}
    assert source.sheets[0].alone


def test_xlsb():
    first = xlsb.sheet(
        xlsb.row(0, xlsb.number(0, 1.5), xlsb.string(1, "中文"), xlsb.shared(2, 0))
        + xlsb.row(3, xlsb.blank(0), xlsb.number(1, 5))
    )
    data = xlsb.xlsb({"表一": first, "表二": xlsb.sheet(xlsb.row(1, xlsb.number(0, 1)))}, ("甲",), hidden=("表二",))
    source = read(data, "表.xlsb")
    assert source.format is FileFormat.XLSB
    assert [(s.name, s.visible) for s in source.sheets] == [("表一", True), ("表二", False)]
    assert source.sheets[0].rows == [[1.5, "中文", "甲"], ["", "", ""], ["", "", ""], ["", 5, ""]]
    assert source.sheets[1].rows == [[""], [1]]


def test_chart_sheets_are_passed_over(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("甲")
        sheet.write_column("A1", [1, 2])
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=甲!$A$1:$A$2"})
        book.add_chartsheet("图").set_chart(chart)
        book.add_worksheet("乙").write("B1", "x")
    assert [(sheet.name, sheet.rows) for sheet in open_source(path).sheets] == [("甲", [[1], [2]]), ("乙", [["", "x"]])]


# ---------------------------------------------------------------- odd but correct .xlsx


PLAIN_ROW = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>2</v></c></row>'


def test_prefixed_tags():
    row = '<x:row r="2"><x:c r="B2" t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c><x:c r="C2"><x:v>3</x:v></x:c></x:row>'
    merges = '<x:mergeCells><x:mergeCell ref="A1:C1"/></x:mergeCells>'
    sheet = read(raw_xlsx.xlsx({"表": raw_xlsx.worksheet(row, prefix="x", after=merges)})).sheets[0]
    assert sheet.rows == [["", "", ""], ["", "", 3]]
    assert sheet.marks.errors == {(1, 1): "#DIV/0!"}
    assert sheet.marks.formulas == {(1, 1)}
    assert sheet.marks.merged == [(0, 0, 0, 2)]


def test_cells_without_references():
    xml = (
        "<row><c><v>1</v></c><c/><c t='inlineStr'><is><t>甲</t></is></c></row><row/>"
        '<row hidden="1"><c/><c><f>A1</f></c><c t="e"><v>#N/A</v></c></row>'
    )
    sheet = read(raw_xlsx.xlsx(xml)).sheets[0]
    assert sheet.rows == [[1, "", "甲"], ["", "", ""], ["", "", ""]]
    assert sheet.marks.uncomputed == {(2, 1)}
    assert sheet.marks.errors == {(2, 2): "#N/A"}
    assert sheet.marks.hidden_rows == {2}


def test_inline_and_formatted_strings():
    xml = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>一般</t></r><r><t>公共 &amp; 预算</t></r></is></c>'
        '<c r="B1" t="str"><v>甲&#20057;</v></c></row>'
    )
    assert rows(raw_xlsx.xlsx(xml)) == [["一般公共 & 预算", "甲乙"]]


@pytest.mark.parametrize(
    "options",
    [
        {"target": "/xl/worksheets/sheet{}.xml"},
        {"target": "./worksheets/sheet{}.xml"},
        {"target": "../xl/worksheets/sheet{}.xml"},
        {"target": "worksheets\\sheet{}.xml"},
        {"place": "xl/Worksheets/SHEET{}.xml"},
        {"place": "xl\\worksheets\\sheet{}.xml"},
        {"target": "/data/one{}.xml", "place": "data/one{}.xml"},
        {"book": "xl/workbook2.xml"},
        {"book": "book.xml", "target": "one{}.xml", "place": "one{}.xml", "strings_place": "sharedStrings.xml"},
        {"strings_target": "text/s.xml", "strings_place": "xl/text/s.xml"},
        {"strings_target": "/xl/sharedStrings.xml"},
        {"main": raw_xlsx.STRICT_MAIN, "relations": raw_xlsx.STRICT_RELATIONS},
    ],
)
def test_parts_in_unusual_places(options):
    data = raw_xlsx.xlsx(
        {"甲": raw_xlsx.worksheet(PLAIN_ROW), "乙 &amp; 丙": raw_xlsx.worksheet("")},
        raw_xlsx.shared("字"),
        **options,
    )
    source = read(data)
    assert [sheet.name for sheet in source.sheets] == ["甲", "乙 & 丙"]
    assert source.sheets[0].rows == [["字", 2]]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_encodings(encoding):
    declaration = '<?xml version="1.0" encoding="UTF-8"?>' if encoding == "utf-8-sig" else '<?xml version="1.0"?>'
    sheet = (declaration + raw_xlsx.worksheet(PLAIN_ROW)).encode(encoding)
    strings = (declaration + raw_xlsx.shared("字")).encode(encoding)
    assert rows(raw_xlsx.xlsx({"表": sheet}, strings)) == [["字", 2]]


def test_rows_out_of_order():
    xml = f'<row r="3">{raw_xlsx.cell("A3", 3)}</row><row r="1">{raw_xlsx.cell("B1", 1)}</row>'
    assert rows(raw_xlsx.xlsx(xml)) == [["", 1], ["", ""], [3, ""]]


def test_an_error_value_newer_than_the_reader():
    xml = '<row r="1"><c r="A1" t="e"><v>#SPILL!</v></c><c r="B1"><v>1</v></c></row>'
    sheet = read(raw_xlsx.xlsx(xml)).sheets[0]
    assert sheet.rows == [["", 1]]
    assert sheet.marks.errors == {(0, 0): "#SPILL!"}


def test_a_closing_tag_with_white_space():
    xml = raw_xlsx.worksheet('<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1"><f>1+1</f></c></row>')
    sheet = read(raw_xlsx.xlsx({"表": xml.replace("</sheetData>", "</sheetData >")})).sheets[0]
    assert sheet.marks.errors == {(0, 0): "#REF!"}
    assert sheet.marks.uncomputed == {(0, 1)}


def test_a_million_styled_empty_rows():
    xml = "".join(f'<row r="{n}" s="1" customFormat="1"/>' for n in range(3, 1_048_577))
    data = raw_xlsx.xlsx(f'<row r="2">{raw_xlsx.cell("A2", 7)}</row>{xml}')
    assert rows(data) == [[""], [7]]


def test_styled_empty_cells_far_away():
    empty = "".join(f'<row r="{n}"><c r="XFC{n}" s="1"/><c r="XFD{n}" s="1"/></row>' for n in range(2, 400))
    assert rows(raw_xlsx.xlsx(f'<row r="1">{raw_xlsx.cell("A1", 7)}</row>{empty}')) == [[7]]


# ---------------------------------------------------------------- .xls of other programs


@pytest.mark.parametrize("codepage", [1200, 1252, 936])
def test_xls_strings_are_unicode_whatever_the_codepage(codepage):
    cells = (
        biff.number(0, 0, 1.5) + biff.label(1, 0, "中文") + biff.shared_label(2, 0, 1) + biff.rich_label(3, 0, "部分")
    )
    data = biff.xls({"公开01表": cells}, codepage=codepage, extra=biff.shared_strings("甲", "一般公共预算"))
    sheet = read(data).sheets[0]
    assert sheet.name == "公开01表"
    assert sheet.rows == [[1.5], ["中文"], ["一般公共预算"], ["部分"]]


@pytest.mark.parametrize("is_bare", [False, True])
def test_excel_95_is_refused_in_words(is_bare):
    old = {"version": 0x0500, "codepage": 936}
    sheets = {"公开01表": biff.byte_label(0, 0, "收入支出决算总表".encode("gbk"))}
    with pytest.raises(InputError, match=r"Excel 95 或更早的旧格式.*另存为 \.xlsx"):
        read(biff.stream(sheets, **old) if is_bare else biff.xls(sheets, **old))


def test_a_biff_stream_without_a_container():
    assert rows(biff.stream({"表": biff.number(0, 0, 1.5) + biff.label(0, 1, "字")})) == [[1.5, "字"]]


def test_xls_cells_behind_an_embedded_chart():
    chart = biff.record(0x0809, b"\x00\x06\x20\x00" + bytes(12)) + biff.number(9, 9, 9) + biff.record(0x000A)
    sheet = read(biff.xls({"表": biff.number(0, 0, 1) + chart + biff.merged((0, 0, 0, 1))})).sheets[0]
    assert sheet.rows == [[1]]
    assert sheet.marks.merged == [(0, 0, 0, 1)]


# ---------------------------------------------------------------- files and folders


def test_a_folder_of_files(written, tmp_path):
    for name in ("乙.xlsx", "甲.XLS", "~$甲.xlsx", ".隐藏.xlsx", "公开_底稿.xlsx"):
        shutil.copy(written, tmp_path / name)
    (tmp_path / "说明.txt").write_text("x", "utf-8")
    (tmp_path / "子.xlsx").mkdir()
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "空.xls").write_bytes(b"")
    source = open_source(tmp_path)
    assert source.format is FileFormat.FOLDER
    assert sorted({sheet.file.name for sheet in source.sheets}) == ["乙.xlsx", "甲.XLS"]
    assert [problem.path.name for problem in source.problems] == ["坏.xlsx", "空.xls"]
    assert len(source.sha256) == 64


def test_a_folder_of_single_sheets_keeps_file_names(tmp_path):
    for name in ("公开01表", "公开02表"):
        (tmp_path / f"{name}.xlsx").write_bytes(raw_xlsx.xlsx(PLAIN_ROW, raw_xlsx.shared("字")))
    source = open_source(tmp_path)
    assert [(sheet.file.stem, sheet.alone) for sheet in source.sheets] == [("公开01表", True), ("公开02表", True)]


def test_a_link_is_followed(written, tmp_path):
    link = tmp_path / "链接.xlsx"
    link.symlink_to(written)
    check_content(open_source(link))


def test_nothing_is_left_open_or_written(written, tmp_path):
    path = tmp_path / "表.xlsx"
    shutil.copy(written, path)
    before = path.stat().st_mtime_ns
    open_source(path)
    path.rename(tmp_path / "表2.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["表2.xlsx"]
    assert (tmp_path / "表2.xlsx").stat().st_mtime_ns == before


def test_the_hash_is_of_the_bytes(written):
    assert open_source(written).sha256 == hashlib.sha256(written.read_bytes()).hexdigest()


def test_raw_sheet_content_outside():
    sheet = RawSheet(Path("x"), "表", [["a"]])
    assert [sheet.content(-1, 0), sheet.content(0, 5), sheet.content(0, 0)] == ["", "", "a"]


def test_a_stored_package(written):
    parts = {info.filename: zipfile.ZipFile(written).read(info) for info in zipfile.ZipFile(written).infolist()}
    check_content(read(raw_xlsx.zipped(parts, compress=zipfile.ZIP_STORED)))


def test_same_sheet_names_are_refused():
    sheet = raw_xlsx.worksheet(PLAIN_ROW)
    parts = raw_xlsx.parts({"表": sheet, "表乙": sheet}, raw_xlsx.shared("字"))
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace("表乙", "表")
    with pytest.raises(InputError, match="有两张工作表都叫“表”"):
        read(raw_xlsx.zipped(parts))
