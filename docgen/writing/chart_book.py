"""The workbook inside a chart: what "编辑数据" opens in Word or WPS.

A minimal package of our own: a general library would take longer than the rest of the report.
"""

from __future__ import annotations

from decimal import Decimal

from docgen.docx.relations import content_types_xml, relations_xml, relationship
from docgen.docx.xml import DECLARATION, R_URI, escape
from workbook.formats.archive import make_member, write_archive

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
SHEET_NAME = "数据"
LABELS, VALUES = "A", "B"
"""Columns of the labels shown in the chart and of the amounts."""

_STYLES = (
    f'{DECLARATION}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def chart_book(rows: list[tuple[str, Decimal, str]], header: tuple[str, str, str]) -> bytes:
    """A workbook with *rows* of name, amount (万元) and the label shown in the chart.

    The label is a formula over name and amount, so that editing an amount changes it.
    """
    last = len(rows) + 1
    lines = [_row(1, [_text("A1", header[2]), _text("B1", header[1]), _text("C1", header[0])])]
    for number, (name, amount, label) in enumerate(rows, 2):
        share = f"B{number}/SUM(B$2:B${last})"
        shown = f'IF({share}<0.00005,"不足0.01%",TEXT({share},"0.00%"))'
        formula = f'C{number}&" "&TEXT(B{number},"0.00")&" 万元，"&{shown}'
        cells = [
            f'<c r="A{number}" t="str"><f>{escape(formula)}</f><v>{escape(label)}</v></c>',
            f'<c r="B{number}" s="1"><v>{amount:f}</v></c>',
            _text(f"C{number}", name),
        ]
        lines.append(_row(number, cells))
    sheet = (
        f'{DECLARATION}<worksheet xmlns="{_MAIN}"><cols><col min="1" max="1" width="48" customWidth="1"/>'
        '<col min="2" max="2" width="14" customWidth="1"/><col min="3" max="3" width="34" customWidth="1"/></cols>'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )
    book = (
        f'{DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{R_URI}"><sheets><sheet name="{SHEET_NAME}" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>"
    )
    types = content_types_xml(
        {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"},
        {
            "xl/workbook.xml": f"{_SHEET}sheet.main+xml",
            "xl/worksheets/sheet1.xml": f"{_SHEET}worksheet+xml",
            "xl/styles.xml": f"{_SHEET}styles+xml",
        },
    )
    links = [relationship("rId1", "worksheet", "worksheets/sheet1.xml"), relationship("rId2", "styles", "styles.xml")]
    return write_archive(
        make_member(name, content, level=1)
        for name, content in (
            ("[Content_Types].xml", types),
            ("_rels/.rels", relations_xml([relationship("rId1", "officeDocument", "xl/workbook.xml")])),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", relations_xml(links)),
            ("xl/worksheets/sheet1.xml", sheet),
            ("xl/styles.xml", _STYLES),
        )
    )


def _row(number: int, cells: list[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
