"""What is found beside the values: error values, uncomputed formulas, hidden lines, merged cells."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbook import biff, raw_xlsx, xlsb
from workbook.amounts import parse_amount
from workbook.formats.marks import Marks, column_of
from workbook.formats.package import PackageError
from workbook.formats.sheet_scan import NotPlainError, plain_sheet, scan_plain
from workbook.formats.source import RawSheet, source_of_bytes


def first(data: bytes) -> RawSheet:
    return source_of_bytes(Path("表"), data).sheets[0]


def scanned(xml: str) -> Marks:
    return scan_plain(xml.encode())


def parsed(xml: str | bytes) -> Marks:
    return scan_plain(plain_sheet(xml if isinstance(xml, bytes) else xml.encode()))


def described(marks: Marks) -> tuple[object, ...]:
    return (marks.errors, marks.uncomputed, marks.formulas, marks.hidden_rows, marks.hidden_columns, marks.merged)


# ---------------------------------------------------------------- .xlsx


CELLS = {
    '<c r="B2"><f>A1</f></c>': "uncomputed",
    '<c r="B2" s="3"><f>A1</f><v/></c>': "uncomputed",
    '<c r="B2"><f>A1</f><v></v></c>': "uncomputed",
    '<c r="B2"><f t="shared" si="0"/></c>': "uncomputed",
    '<c r="B2"><f t="shared" ref="B2:B9" si="0">A1</f></c>': "uncomputed",
    '<c r="B2"><f>A1</f><v>0</v></c>': "computed",
    '<c r="B2" t="str"><f>""</f><v></v></c>': "computed",
    '<c r="B2" t="str"><f>""</f><v/></c>': "computed",
    '<c r="B2" t="str"><f>A1</f></c>': "uncomputed",
    '<c r="B2"><f t="shared" si="0"/><v>3</v></c>': "computed",
    '<c r="B2" s="1">\n  <f>A1</f>\n  <v>3</v>\n</c>': "computed",
    '<c r="B2"><f>IF(A1&lt;3,"&gt;","x")</f><v>3</v></c>': "computed",
    '<c r="B2"><f/><v>3</v></c>': "computed",
    '<c r="B2"><v>3</v></c>': "plain",
    '<c r="B2" t="e"><v>#REF!</v></c>': "error",
    '<c r="B2" s="2" t="e"><f>A1</f><v>#REF!</v></c>': "error",
    '<c t="e" r="B2"><v>#REF!</v></c>': "error",
    '<c r="B2" t="inlineStr"><is><t>#REF!</t></is></c>': "plain",
    '<c r="B2" s="1"/>': "plain",
}


@pytest.mark.parametrize(("xml", "kind"), CELLS.items())
@pytest.mark.parametrize("scan", [scanned, parsed])
def test_cells(scan, xml, kind):
    neighbours = raw_xlsx.cell("A2", 1), raw_xlsx.cell("C2", 2)
    sheet = raw_xlsx.worksheet(f'<row r="2">{neighbours[0]}{xml}{neighbours[1]}</row>')
    try:
        marks = scan(sheet)
    except NotPlainError:
        assert scan is scanned
        assert 't="e" r=' in xml
        return
    assert marks.uncomputed == ({(1, 1)} if kind == "uncomputed" else set())
    assert marks.formulas == ({(1, 1)} if "<f" in xml else set())
    assert marks.errors == ({(1, 1): "#REF!"} if kind == "error" else {})


@pytest.mark.parametrize("scan", [scanned, parsed])
def test_hidden_lines_and_merged_cells(scan):
    before = '<cols><col min="2" max="3" width="9" hidden="1"/><col hidden="true" max="6" min="6"/><col min="5" max="5"/></cols>'
    rows = (
        f'<row r="1">{raw_xlsx.cell("A1", 1)}</row><row r="2" ht="0" hidden="1"/><row hidden="true" r="4"/>'
        f'<row r="5" hidden="0">{raw_xlsx.cell("H5", 1)}</row>'
    )
    after = '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="AA10:AB12"/></mergeCells>'
    marks = scan(raw_xlsx.worksheet(rows, before=before, after=after))
    assert marks.hidden_rows == {1, 3}
    assert marks.hidden_columns == {1, 2, 5}
    assert marks.merged == [(0, 0, 0, 2), (9, 26, 11, 27)]


@pytest.mark.parametrize(
    "xml",
    [
        '<!-- <c r="A1" t="e"><v>#REF!</v></c> --><row r="1"><c r="B1"><v>1</v></c></row>',
        '<row r="1"><c r="B1"><v><![CDATA[1]]></v></c></row>',
        "<row r='1'><c r='B1'><v>1</v></c></row>",
        '<row r="1"><c s="1" r="B1"><v>1</v></c></row>',
        '<row r="1"><c\nr="B1"><v>1</v></c></row>',
    ],
)
def test_unusual_xml_goes_through_the_parser(xml):
    with pytest.raises(NotPlainError):
        scanned(raw_xlsx.worksheet(xml))
    sheet = first(raw_xlsx.xlsx(xml))
    assert sheet.rows == [["", 1]]
    assert sheet.marks.errors == {}


def reference_of(character: str) -> str:
    return f"&#{ord(character)};"


@st.composite
def spellings(draw: st.DrawFn, text: str) -> str:
    """*text* as XML content in one of the many ways that mean the same."""
    pieces = []
    for character in text:
        kind = draw(st.integers(0, 11))
        escaped = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(character, character)
        pieces.append({
            0: f"<!-- {draw(st.sampled_from(['', 'x', '<v>9</v>', '12']))} -->{escaped}", 1: f"<?x {draw(st.sampled_from(['', '9']))}?>{escaped}",
            2: reference_of(character), 3: f"&#x{ord(character):x};", 4: f"<![CDATA[{character}]]>"}.get(kind, escaped))
    return "".join(pieces)


@st.composite
def spelled_cells(draw: st.DrawFn) -> tuple[str, str]:
    """One cell B1 with an amount, and the amount: as a number, a text or the result of a formula."""
    amount = draw(st.sampled_from(["77.25", "-0.5", "1234.56", "0", "5e2", "528.6751"]))
    value = f"<v>{draw(spellings(amount))}</v>"
    quote, space = draw(st.sampled_from("\"'")), draw(st.sampled_from(["", " ", "\n"]))
    attributes = [f"r{space}={space}{quote}B1{quote}", f"s={quote}0{quote}"]
    body = draw(st.sampled_from(["number", "formula", "formula", "inline", "shared"]))
    if body == "formula":
        formula = f"<f>{draw(spellings('A1&B1<2'))}</f>"
        value = draw(st.sampled_from([formula + value, value + formula, value + space + formula]))
    elif body == "inline":
        attributes.append(f"t={space}{quote}inlineStr{quote}")
        value = f"<is><t>{draw(spellings(amount))}</t></is>"
    elif body == "shared":
        attributes.append(f"t{space}={quote}s{quote}")
        value = f"<v>{draw(spellings('1'))}</v>"
    row = f"<row r={quote}1{quote}><c {' '.join(draw(st.permutations(attributes)))}>{space}{value}{space}</c></row>"
    return row, "49.42" if body == "shared" else amount


@given(spelled_cells(), spellings("49.42"))
def test_a_cell_is_read_rightly_however_its_xml_is_spelled(cell, text):
    row, amount = cell
    strings = f'<sst xmlns="{raw_xlsx.MAIN}" count="2" uniqueCount="2"><si><t>无</t></si><si><t>{text}</t></si></sst>'
    assert parse_amount(first(raw_xlsx.xlsx(row, strings)).content(0, 1)) == Decimal(amount)


def test_cross_sheet_formulas_are_plain():
    xml = '<row r="1"><c r="A1"><f>\'表 二\'!B2+[1]三!C3</f><v>1</v></c></row>'
    assert scanned(raw_xlsx.worksheet(xml)).formulas == {(0, 0)}


REFERENCES = st.tuples(st.integers(0, 12), st.integers(0, 30))


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """A worksheet with cells of all kinds, as some program may write it."""
    kinds = [xml for xml in CELLS if 't="e" r=' not in xml]
    cells = draw(st.dictionaries(REFERENCES, st.sampled_from(kinds), max_size=12))
    rows = ""
    for row in sorted({row for row, _ in cells} | draw(st.sets(st.integers(0, 12), max_size=3))):
        hidden = draw(st.sampled_from(["", ' hidden="1"', ' spans="1:9" x14ac:dyDescent="0.2"']))
        written = "".join(
            xml.replace('r="B2"', f'r="{letters(column)}{row + 1}"')
            for (r, column), xml in sorted(cells.items())
            if r == row
        )
        rows += f'<row r="{row + 1}"{hidden}>{written}</row>'
    xml = raw_xlsx.worksheet(rows, after='<mergeCells><mergeCell ref="A1:B2"/></mergeCells>')
    return xml.replace("<worksheet ", '<worksheet xmlns:x14ac="urn:x" ')


def letters(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


@given(sheets())
def test_scan_and_parser_agree(xml):
    assert described(scanned(xml)) == described(parsed(xml))


@given(sheets(), st.data())
def test_damage_is_never_scanned_otherwise_than_parsed(xml, data):
    """Where the scan accepts damaged XML that a parser accepts too, both say the same of errors and formulas."""
    place = data.draw(st.integers(0, len(xml) - 1))
    damaged = xml[:place] + data.draw(st.sampled_from(["", "<", "!", "c", "'", ">"])) + xml[place + 1 :]
    try:
        expected = parsed(damaged)
    except (PackageError, NotPlainError):
        return
    try:
        found = scanned(damaged)
    except NotPlainError:
        return
    assert found.errors == expected.errors
    assert found.formulas == expected.formulas


def test_marked_cells_lie_within_the_rows():
    sheet = first(raw_xlsx.xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="C3"><f>A1</f></c></row>'))
    assert sheet.rows == [[1, "", ""], ["", "", ""], ["", "", ""]]
    assert sheet.marks.uncomputed == {(2, 2)}


def test_hidden_lines_outside_the_used_area_are_forgotten():
    before = '<cols><col min="1" max="16384" hidden="1"/></cols>'
    rows = f'<row r="1">{raw_xlsx.cell("B1", 1)}</row>' + "".join(f'<row r="{n}" hidden="1"/>' for n in range(2, 2000))
    sheet = first(raw_xlsx.xlsx({"表": raw_xlsx.worksheet(rows, before=before)}))
    assert sheet.marks.hidden_rows == set()
    assert sheet.marks.hidden_columns == {0, 1}
    assert (sheet.marks.extent.rows, sheet.marks.extent.columns) == (1, 2)


# ---------------------------------------------------------------- .xls


def test_xls():
    cells = (
        biff.row_info(1, hidden=True)
        + biff.row_info(2, hidden=False)
        + biff.column_info(1, 2, hidden=True)
        + biff.column_info(4, 256, hidden=False)
        + biff.number(0, 3, 1)
        + biff.error(1, 0, 0x07)
        + biff.formula(2, 0, biff.error_result(0x17))
        + biff.formula(2, 1, biff.STRING_RESULT)
        + biff.string_value("字")
        + biff.formula(2, 2, biff.BLANK_RESULT)
        + biff.formula(2, 3, biff.number(0, 0, 2.5)[-8:])
        + biff.formula(3, 0, b"\x01\x00\x01\x00\x00\x00\xff\xff")
        + biff.merged((0, 0, 0, 3), (4, 5, 1, 1))
    )
    sheet = first(biff.xls({"表": cells}))
    assert sheet.rows == [["", "", "", 1], ["", "", "", ""], ["", "字", "", 2.5], [True, "", "", ""]]
    assert sheet.marks.errors == {(1, 0): "#DIV/0!", (2, 0): "#REF!"}
    assert sheet.marks.formulas == {(2, 0), (2, 1), (2, 2), (2, 3), (3, 0)}
    assert sheet.marks.uncomputed == set()
    assert sheet.marks.hidden_rows == {1}
    assert sheet.marks.hidden_columns == {1, 2}
    assert sheet.marks.merged == [(0, 0, 0, 3), (4, 1, 5, 1)]


def test_xls_of_a_program_that_cannot_calculate():
    cells = biff.number(0, 0, 1) + biff.formula(1, 0, biff.BLANK_RESULT) + biff.formula(2, 0, biff.BLANK_RESULT)
    assert first(biff.xls({"表": cells})).marks.uncomputed == {(1, 0), (2, 0)}
    excel = biff.record(0x01C1, bytes(8))  # Excel's own mark that it has calculated
    assert first(biff.xls({"表": cells}, extra=excel)).marks.uncomputed == set()


def test_xls_unknown_error_code():
    sheet = first(biff.xls({"表": biff.error(0, 0, 0x99) + biff.number(0, 1, 1)}))
    assert sheet.rows == [["", 1]]
    assert sheet.marks.errors == {(0, 0): "#N/A"}


def test_xls_strings_across_continuations():
    texts = [f"第{n}行" + "字" * (n % 90) for n in range(300)] + ["长" * 9000]
    pieces = [len(texts).to_bytes(4, "little") * 2]
    for text in texts:
        raw = biff.unicode_string(text)
        if len(pieces[-1]) + 3 > 8000:
            pieces.append(b"")
        while len(pieces[-1]) + len(raw) > 8000:  # cut between characters; the rest begins with its own flag
            cut = 3 + (8000 - len(pieces[-1]) - 3) // 2 * 2 if len(raw) % 2 else (8000 - len(pieces[-1])) // 2 * 2
            pieces[-1] += raw[:cut]
            pieces.append(b"\x01")
            raw = raw[cut:]
        pieces[-1] += raw
    assert len(pieces) > 4
    records = b"".join(biff.record(0x003C if n else 0x00FC, piece) for n, piece in enumerate(pieces))
    cells = b"".join(biff.shared_label(n, 0, n) for n in range(len(texts)))
    assert [row[0] for row in first(biff.xls({"表": cells}, extra=records)).rows] == texts


# ---------------------------------------------------------------- .xlsb


def test_xlsb():
    rows = (
        xlsb.row(0, xlsb.number(0, 1), xlsb.error(1, 0x17))
        + xlsb.row(1, xlsb.formula(0, 2), xlsb.formula_error(1, 0x2A), hidden=True)
        + xlsb.row(2, xlsb.number(4, 1))
    )
    content = xlsb.sheet(rows, xlsb.columns(2, 3, hidden=True), xlsb.merged((0, 1, 0, 2), (5, 5, 1, 2)))
    marks = first(xlsb.xlsb({"表": content})).marks
    assert marks.errors == {(0, 1): "#REF!", (1, 1): "#N/A"}
    assert marks.formulas == {(1, 0), (1, 1)}
    assert marks.hidden_rows == {1}
    assert marks.hidden_columns == {2, 3}
    assert marks.merged == [(0, 0, 1, 2), (5, 1, 5, 2)]


# ---------------------------------------------------------------- .ods


_SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }.items()
)


def ods(table: str) -> bytes:
    content = f'<office:document-content {_SPACES}><office:body><office:spreadsheet><table:table table:name="表">{table}</table:table></office:spreadsheet></office:body></office:document-content>'
    return raw_xlsx.zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest:manifest xmlns:manifest='urn:m'/>",
            "content.xml": content,
        }
    )


def ods_row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods_cell(attributes: str, text: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


@pytest.mark.parametrize("text", ["7<!-- 9 -->7.25", "7<?x 9?>7.25", "<![CDATA[77]]>.25", "77&#46;25", "&#x37;7.25"])
def test_texts_of_ods_however_their_xml_is_spelled(text):
    assert parse_amount(first(ods(ods_row(ods_cell('office:value-type="string"', text)))).content(0, 0)) == Decimal("77.25")


def test_ods():
    one = 'office:value-type="float" office:value="1"'
    table = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
        + ods_row(
            ods_cell(f'{one} table:number-columns-spanned="2" table:number-rows-spanned="3"', "1"),
            "<table:covered-table-cell/>",
            ods_cell(one, "1"),
            ods_cell(one, "1"),
        )
        + ods_row(attributes='table:number-rows-repeated="2" table:visibility="filter"')
        + ods_row(
            ods_cell(
                'table:formula="of:=[.X1]" office:value-type="string" office:string-value="" calcext:value-type="error"',
                "#REF!",
            ),
            ods_cell('table:formula="of:=1/0" office:value-type="float" office:value="0"', "#DIV/0!"),
            ods_cell('table:formula="of:=1+" office:value-type="string" office:string-value=""', "Err:509"),
        )
        + ods_row(
            ods_cell('table:number-columns-repeated="2" table:formula="of:=1"'),
            ods_cell('table:formula="of:=2" office:value-type="float" office:value="2"', "2"),
            ods_cell('office:value-type="string"', "#REF!"),
        )
    )
    sheet = first(ods(table))
    assert sheet.rows[0] == [1, "", 1, 1]
    assert sheet.rows[3] == ["", "", "", ""]
    assert sheet.rows[4] == ["", "", 2, "#REF!"]
    assert sheet.marks.errors == {(3, 0): "#REF!", (3, 1): "#DIV/0!", (3, 2): "Err:509"}
    assert sheet.marks.uncomputed == {(4, 0), (4, 1)}
    assert sheet.marks.formulas == {(3, 0), (3, 1), (3, 2), (4, 0), (4, 1), (4, 2)}
    assert sheet.marks.hidden_rows == {1, 2}
    assert sheet.marks.hidden_columns == {2, 3}
    assert sheet.marks.merged == [(0, 0, 2, 1)]


@pytest.mark.parametrize(("text", "index"), [(b"A", 0), (b"Z", 25), (b"AA", 26), (b"XFD", 16383)])
def test_column_of(text, index):
    assert column_of(text) == index
