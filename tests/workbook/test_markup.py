"""Workbooks that are really web pages (.html, .mht) or Excel 2003 XML, as old systems save them."""

import base64
from datetime import datetime
from pathlib import Path

import pytest

from workbook.errors import InputError
from workbook.formats.source import FileFormat, RawSheet, Source, source_of_bytes


def read(data: bytes | str) -> Source:
    return source_of_bytes(Path("公开表.xls"), data if isinstance(data, bytes) else data.encode())


def only(data: bytes | str) -> RawSheet:
    (sheet,) = read(data).sheets
    assert sheet.alone
    return sheet


def table(*rows: str) -> str:
    return "<html><body><table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table></body></html>"


# ---------------------------------------------------------------- HTML


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta http-equiv=Content-Type content="text/html; charset=gb2312">', "gb18030"),
        ('<meta charset="GBK">', "gbk"),
        ("<meta charset='utf-8'>", "utf-8"),
        ("<meta charset=utf-8>", "utf-8-sig"),
        ("<meta charset=utf-8>", "gbk"),  # a wrong declaration
        ("<meta charset=unheard-of>", "utf-8"),
        ("", "gb18030"),
        ("", "utf-8"),
        ("", "utf-16"),
        ("", "utf-16-le"),
        ("", "utf-16-be"),
        ('<meta charset="utf-16">', "utf-16"),
    ],
)
def test_charsets(head, encoding):
    page = f"<html><head>{head}</head><body><table><tr><td>一般公共预算财政拨款</td><td>1.5</td></tr></table></body></html>"
    source = read(page.encode(encoding))
    assert source.format is FileFormat.HTML
    assert source.sheets[0].rows == [["一般公共预算财政拨款", 1.5]]


def test_spans():
    sheet = only(
        table(
            '<td rowspan="3">项目</td><td colspan="2">决算数</td><td rowspan=2>合计</td>',
            '<td rowspan="2">甲</td><td>乙</td>',
            "<td>丙</td><td>丁</td>",
            "<td>1</td><td>2</td><td>3</td><td>4</td>",
        )
    )
    assert sheet.rows == [
        ["项目", "决算数", "", "合计"],
        ["", "甲", "乙", ""],
        ["", "", "丙", "丁"],
        [1, 2, 3, 4],
    ]
    assert sheet.marks.merged == [(0, 0, 2, 0), (0, 1, 0, 2), (0, 3, 1, 3), (1, 1, 2, 1)]


def test_tags_left_open():
    sheet = only("<table><tr><td>甲<td>乙<tr><th>1<th>2</table>")
    assert sheet.rows == [["甲", "乙"], [1, 2]]
    assert only("<html><table><tr><td>甲<td>乙").rows == [["甲", "乙"]]


@pytest.mark.parametrize(
    ("cell", "content"),
    [
        ("<td>1,234.56</td>", 1234.56),
        ("<td>-12.30</td>", -12.3),
        ("<td>0</td>", 0),
        ("<td>&nbsp;</td>", ""),
        ("<td>—</td>", "—"),
        ("<td>0012</td>", "0012"),
        ("<td>2050299</td>", 2050299),
        ("<td>12345678901234567890</td>", "12345678901234567890"),
        ("<td>(12.30)</td>", "(12.30)"),
        ("<td>1,23</td>", "1,23"),
        ("<td>12.5%</td>", "12.5%"),
        ("<td x:num='1234.5678'>1,234.57</td>", 1234.5678),
        ("<td x:num>1,234.57</td>", 1234.57),
        ("<td x:num='45657'>2024-12-31</td>", "2024-12-31"),
        ("<td x:num='abc'>5</td>", "5"),
        ("<td x:num='0'>-</td>", 0),
        ("<td sdval='1234.5678' sdnum='1033;'>1234.57</td>", 1234.5678),
        ("<td x:str>2050299</td>", "2050299"),
        ("<td style='mso-number-format:\"\\@\"'>2050299</td>", "2050299"),
        ("<td>&nbsp;&nbsp;一、<b>教育</b>支出 </td>", "一、教育支出"),
        ("<td>科目<br>编码</td>", "科目\n编码"),
        ("<td>a &amp; b &lt;c&gt; &#20013;</td>", "a & b <c> 中"),
        ("<td><script>var x = '<td>';</script>甲</td>", "甲"),
    ],
)
def test_cell_contents(cell, content):
    sheet = only(table(f"<td>头</td>{cell}<td>尾</td>"))
    assert sheet.rows == [["头", content, "尾"]]
    assert type(sheet.rows[0][1]) is type(content) or content in (0, 2050299)


def test_marks():
    sheet = only(
        "<table><col width=9><col style='display:none' span=2><tr style='display:none'><td>甲</td><td>乙</td></tr>"
        "<tr><td>#REF!</td><td x:fmla='=A1'>3</td><td x:fmla='=A2'></td></tr></table>"
    )
    assert sheet.rows == [["甲", "乙", ""], ["", 3, ""]]
    assert sheet.marks.errors == {(1, 0): "#REF!"}
    assert sheet.marks.formulas == {(1, 1), (1, 2)}
    assert sheet.marks.uncomputed == {(1, 2)}
    assert sheet.marks.hidden_rows == {0}
    assert sheet.marks.hidden_columns == {1, 2}


def test_several_tables_and_their_names():
    source = read(
        "<html><head><title>报表</title></head><body><h2>收入支出决算总表</h2><p>单位：万元</p><table><tr><td>1</table>"
        "<table><caption>收入决算表</caption><tr><td>2</table><table><tr><td> </table>"
        "<p>支出决算表</p><table><tr><td>3</table><table><tr><td>4</table></body></html>"
    )
    assert [sheet.name for sheet in source.sheets] == ["收入支出决算总表", "收入决算表", "支出决算表", "表4"]
    assert source.sheets[0].rows == [["收入支出决算总表"], ["单位：万元"], [1]]
    assert source.sheets[2].rows == [["支出决算表"], [3]]
    assert not any(sheet.alone for sheet in source.sheets)


def test_pages_one_behind_the_other():
    page = "<html><body><h2>{}</h2><table><tr><td>{}</td></tr></table>合计</body></html>\n"
    source = read(page.format("收入决算表", 1) + page.format("支出决算表", 2))
    assert [(sheet.name, sheet.rows) for sheet in source.sheets] == [
        ("收入决算表", [["收入决算表"], [1]]), ("支出决算表", [["支出决算表"], [2]])]  # fmt: skip


def test_the_same_name_twice():
    page = "<html>" + "<h1>表</h1><table><tr><td>1</table>" * 2
    assert [sheet.name for sheet in read(page).sheets] == ["表", "表（2）"]


def test_the_title_names_a_table_that_has_no_other_name():
    assert only("<html><title>公开01表</title><table><tr><td>1</table>").name == "公开01表"
    assert only(table("<td>1</td>")).name == "表1"


def test_excel_names_its_sheet():
    names = "<!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets><x:ExcelWorksheet><x:Name>公开 01表</x:Name></x:ExcelWorksheet></x:ExcelWorksheets></x:ExcelWorkbook></xml><![endif]-->"
    assert only(f"<html><head>{names}</head><body><h1>别的</h1><table><tr><td>1</table>").name == "公开 01表"


def test_a_table_in_a_table():
    source = read("<table><tr><td>外<table><tr><td>内</table><td>尾</table>")
    assert sorted(sheet.rows for sheet in source.sheets) == [[["内"]], [["外", "尾"]]]


def test_a_page_without_tables():
    with pytest.raises(InputError, match="没有表格"):
        read("<html><frameset><frame src='sheet001.htm'></frameset></html>")


# ---------------------------------------------------------------- MIME archives


def archive(*pages: tuple[str, str, str]) -> bytes:
    """A .mht file of pages: place, charset, text."""
    parts = ['MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_X"\r\n\r\n前言\r\n']
    for place, charset, text in pages:
        body = base64.encodebytes(text.encode(charset)).decode()
        parts.append(
            f"------=_X\r\nContent-Location: file:///C:/{place}\r\nContent-Transfer-Encoding: base64\r\n"
            f'Content-Type: text/html; charset="{charset}"\r\n\r\n{body}\r\n'
        )
    return "".join([*parts, "------=_X--\r\n"]).encode("gbk")


def test_an_archive_of_one_page():
    sheet = only(archive(("a.htm", "gb2312", table("<td>甲</td><td>1.5</td>"))))
    assert sheet.rows == [["甲", 1.5]]


def test_an_archive_as_excel_saves_it():
    def entry(name: str, place: str) -> str:
        return (
            f'<x:ExcelWorksheet><x:Name>{name}</x:Name><x:WorksheetSource HRef="表.files/{place}"/></x:ExcelWorksheet>'
        )

    book = f"<html><xml><x:ExcelWorkbook>{entry('公开01表', 'sheet001.htm')}{entry('公开02表', 'sheet002.htm')}</x:ExcelWorkbook></xml></html>"
    source = read(
        archive(
            ("表.htm", "gb2312", book),
            ("表.files/sheet002.htm", "utf-8", table("<td>乙</td>")),
            ("表.files/sheet001.htm", "gb2312", table("<td>甲</td>")),
            ("表.files/tabstrip.htm", "gb2312", table("<td>公开01表</td>")),
        )
    )
    assert [(sheet.name, sheet.rows) for sheet in source.sheets] == [("公开01表", [["甲"]]), ("公开02表", [["乙"]])]


# ---------------------------------------------------------------- Excel 2003 XML


def spreadsheet(*sheets: str, encoding: str = "utf-8", prefix: str = "") -> bytes:
    p = f"{prefix}:" if prefix else ""
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    names = f'xmlns="{space}" xmlns:ss="{space}" xmlns:x="urn:schemas-microsoft-com:office:excel"'
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        f"<{p}Workbook {names}>{''.join(sheets)}</{p}Workbook>"
    )
    return text.encode(encoding)


def sheet_xml(name: str, content: str, after: str = "") -> str:
    return f'<Worksheet ss:Name="{name}"><Table>{content}</Table>{after}</Worksheet>'


def data(kind: str, text: str, attributes: str = "") -> str:
    return f'<Cell {attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gbk", "GB18030", "utf-16", "utf-8-sig"])
def test_spreadsheetml(encoding):
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    xml = spreadsheet(
        sheet_xml("公开01表", f"<Row>{data('String', '项目')}{data('Number', '1234.5678')}</Row>"),
        sheet_xml(
            "附表",
            f"<Row>{data('Boolean', '1')}</Row>",
            "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>",
        ),
        encoding=declared,
    )
    source = read(b"\xef\xbb\xbf" + xml if encoding == "utf-8-sig" else xml)
    assert source.format is FileFormat.XML2003
    assert [(sheet.name, sheet.visible) for sheet in source.sheets] == [("公开01表", True), ("附表", False)]
    assert source.sheets[0].rows == [["项目", 1234.5678]]
    assert source.sheets[1].rows == [[True]]


def test_spreadsheetml_places_and_marks():
    title = data("String", "标题", 'ss:MergeAcross="2" ss:MergeDown="1"')
    broken, computed = data("Error", "#REF!", 'ss:Formula="=A1"'), data("Number", "3", 'ss:Formula="=A3"')
    day, nine = data("DateTime", "2024-12-31T00:00:00.000"), data("Number", "9")
    two = data("Number", "2", 'ss:Index="4"')
    rows = (
        '<Column ss:Index="2" ss:Hidden="1" ss:Span="1"/><Column/><Column ss:Hidden="1"/>'
        f'<Row ss:Index="2">{title}{data("Number", "1")}</Row>'
        f'<Row ss:Hidden="1">{two}</Row>'
        f'<Row ss:Index="6">{broken}<Cell ss:Formula="=A2"/>{computed}{day}'
        f"<Cell><Comment><Data>批注</Data></Comment></Cell>{nine}</Row>"
    )
    sheet = only(spreadsheet(sheet_xml("表", rows)))
    assert sheet.rows == [
        ["", "", "", "", "", ""],
        ["标题", "", "", 1, "", ""],
        ["", "", "", 2, "", ""],
        ["", "", "", "", "", ""],
        ["", "", "", "", "", ""],
        ["", "", 3, datetime(2024, 12, 31), "", 9],  # noqa: DTZ001 - cells know no time zone
    ]
    marks = sheet.marks
    assert marks.errors == {(5, 0): "#REF!"}
    assert marks.uncomputed == {(5, 1)}
    assert marks.formulas == {(5, 0), (5, 1), (5, 2)}
    assert marks.merged == [(1, 0, 2, 2)]
    assert marks.hidden_rows == {2}
    assert marks.hidden_columns == {1, 2, 4}


def test_spreadsheetml_text_with_markup():
    sheet = only(spreadsheet(sheet_xml("表", f"<Row>{data('String', '一般<B>公共</B>&amp;&#10;预算')}</Row>")))
    assert sheet.rows == [["一般公共&\n预算"]]


def test_spreadsheetml_with_a_prefix():
    xml = spreadsheet(prefix="ss").replace(
        b"</ss:Workbook>",
        '<ss:Worksheet ss:Name="表"><ss:Table><ss:Row><ss:Cell><ss:Data ss:Type="Number">1</ss:Data></ss:Cell></ss:Row></ss:Table></ss:Worksheet></ss:Workbook>'.encode(),
    )
    assert only(xml).rows == [[1]]


@pytest.mark.parametrize(
    "xml",
    [
        spreadsheet(sheet_xml("表", f"<Row>{data('Number', '一')}</Row>")),
        spreadsheet(sheet_xml("表", f"<Row>{data('DateTime', '昨天')}</Row>")),
        spreadsheet(sheet_xml("表", '<Row ss:Index="0"/>')),
        spreadsheet(sheet_xml("表", '<Row ss:Index="x"/>')),
        spreadsheet(f"<Row>{data('Number', '1')}</Row>"),
        spreadsheet(sheet_xml("表", "<Row>"))[:-30],
        spreadsheet(sheet_xml("表", "")).replace(b'encoding="utf-8"', b'encoding="unheard-of"'),
        spreadsheet(sheet_xml("表", "")).replace(b'encoding="utf-8"?>', b'encoding="gbk"  '),
    ],
)
def test_broken_spreadsheetml(xml):
    with pytest.raises(InputError, match=r"损坏|没有工作表"):
        read(xml)


def test_a_spreadsheet_without_sheets():
    with pytest.raises(InputError, match="没有工作表"):
        read(spreadsheet())
