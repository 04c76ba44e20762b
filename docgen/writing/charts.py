"""Native Word charts: a pie whose legend states every amount and share, with its data to edit.

However small a slice is, its amount and share stand in the legend; only slices that are wide enough to carry a
number get one beside the pie, so numbers never lie on top of each other.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from docgen.docx.package import content_types_xml, relations_xml, relationship
from docgen.docx.xml import A_URI, C_URI, DECLARATION, R_URI, WP_URI, attribute, escape
from docgen.model import CHART_COLOURS, ChartBlock
from workbook.amounts import round_half_up
from workbook.formats.archive import Member, make_member, write_archive
from workbook.formats.package import relations_part

WIDTH_MM, LEAST_HEIGHT_MM = 154, 50  # a chart that moves to the next page leaves less than a third of this one empty
_ROW_MM = 6.5  # one line of the legend
ChartData: TypeAlias = tuple[tuple[str, Decimal, str], ...]
"""Name, precise amount and legend text of every slice."""
_EMU = 36000  # per mm
SHEET_NAME = "数据"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_LABELLED = Decimal(4)  # per cent: narrower slices have their number in the legend only


def height_mm(block: ChartBlock) -> float:
    """Height of the chart."""
    return max(LEAST_HEIGHT_MM, _ROW_MM * (len(block.slices) + 1))


def chart_data(block: ChartBlock) -> ChartData:
    """Name, precise amount and legend text of every slice."""
    amounts = [(name, figure.exact if figure.exact is not None else figure.value, figure) for name, figure in block.slices]
    known = [(name, amount, figure.text) for name, amount, figure in amounts if amount]
    total = sum((amount for _, amount, _ in known), Decimal(0))
    return tuple((name, amount, f"{name} {text} 万元，{_share(amount, total)}") for name, amount, text in known)


def _share(amount: Decimal, total: Decimal) -> str:
    share = round_half_up(amount * 100 / total) if total else None
    return "—" if share is None else f"{share:f}%" if share else "不足0.01%"


@lru_cache(maxsize=64)
def chart_parts(number: int, data: ChartData) -> tuple[Member, Member, Member]:
    """Chart *number* as parts: the chart, its relationships, its workbook."""
    name, book = f"word/charts/chart{number}.xml", f"embeddings/Microsoft_Excel_Worksheet{number}.xlsx"
    return (
        make_member(name, _chart_xml(data)),
        make_member(relations_part(name), relations_xml([relationship("rId1", "package", f"../{book}")]), level=0),
        make_member(f"word/{book}", _book(data), level=1),
    )


def drawing(block: ChartBlock, relation: str, number: int) -> str:
    """The run that holds the chart in the text."""
    width, height = WIDTH_MM * _EMU, round(height_mm(block) * _EMU)
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{WP_URI}"'
        f' distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="{number}" name="{attribute(block.title)}"'
        f' descr="{attribute(block.alt)}"/><wp:cNvGraphicFramePr/><a:graphic xmlns:a="{A_URI}">'
        f'<a:graphicData uri="{C_URI}"><c:chart xmlns:c="{C_URI}" xmlns:r="{R_URI}" r:id="{relation}"/></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


def _chart_xml(data: ChartData) -> str:
    count = len(data)
    room = max(LEAST_HEIGHT_MM, _ROW_MM * (count + 1))
    total = sum((amount for _, amount, _ in data), Decimal(0))
    points = "".join(
        f'<c:dPt><c:idx val="{place}"/><c:bubble3D val="0"/><c:spPr>'
        f'<a:solidFill><a:srgbClr val="{CHART_COLOURS[place % len(CHART_COLOURS)]}"/>'
        '</a:solidFill><a:ln w="12700"><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></a:ln></c:spPr></c:dPt>'
        for place in range(count)
    )
    hidden = "".join(
        f'<c:dLbl><c:idx val="{place}"/><c:delete val="1"/></c:dLbl>'
        for place, (_, amount, _) in enumerate(data)
        if total and amount * 100 / total < _LABELLED
    )
    names = "".join(f'<c:pt idx="{i}"><c:v>{escape(label)}</c:v></c:pt>' for i, (_, _, label) in enumerate(data))
    values = "".join(f'<c:pt idx="{i}"><c:v>{amount:f}</c:v></c:pt>' for i, (_, amount, _) in enumerate(data))
    return (
        f'{DECLARATION}<c:chartSpace xmlns:c="{C_URI}" xmlns:a="{A_URI}" xmlns:r="{R_URI}"><c:date1904 val="0"/>'
        '<c:lang val="zh-CN"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea>'
        f'{_layout("inner", 0.175 - 0.36 * room / WIDTH_MM, 0.14, 0.72 * room / WIDTH_MM, 0.72)}'
        '<c:pieChart><c:varyColors val="1"/><c:ser><c:idx val="0"/>'
        f'<c:order val="0"/><c:tx><c:strRef><c:f>{SHEET_NAME}!$B$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>金额（万元）</c:v></c:pt></c:strCache></c:strRef></c:tx>{points}'
        f"<c:dLbls>{hidden}{_LABELS}</c:dLbls>"
        f"<c:cat><c:strRef><c:f>{SHEET_NAME}!$A$2:$A${count + 1}</c:f><c:strCache>"
        f'<c:ptCount val="{count}"/>{names}</c:strCache></c:strRef></c:cat>'
        f"<c:val><c:numRef><c:f>{SHEET_NAME}!$B$2:$B${count + 1}</c:f><c:numCache>"
        f'<c:formatCode>#,##0.00</c:formatCode><c:ptCount val="{count}"/>{values}</c:numCache></c:numRef></c:val></c:ser>'
        '<c:firstSliceAng val="0"/></c:pieChart></c:plotArea><c:legend><c:legendPos val="r"/>'
        f'{_layout("", 0.37, 0.5 - 0.5 * _ROW_MM * count / room, 0.63, _ROW_MM * count / room)}<c:overlay val="0"/>'
        f'{_TEXT_STYLE}</c:legend><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        '<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>'
        f'{_TEXT_STYLE}<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _layout(target: str, *places: float) -> str:
    """Where a part of the chart stands: *places* are x, y, width and height as shares of the whole."""
    inner = f'<c:layoutTarget val="{target}"/>' if target else ""
    sizes = "".join(f'<c:{name} val="{value:.4g}"/>' for name, value in zip("xywh", places, strict=True))
    return f'<c:layout><c:manualLayout>{inner}<c:xMode val="edge"/><c:yMode val="edge"/>{sizes}</c:manualLayout></c:layout>'


_TEXT_STYLE = (
    '<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1000"><a:solidFill><a:srgbClr val="000000"/>'
    '</a:solidFill><a:latin typeface="Times New Roman"/><a:ea typeface="宋体"/></a:defRPr></a:pPr>'
    '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>')
_LABELS = (
    '<c:numFmt formatCode="0.00%" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
    + _TEXT_STYLE
    + '<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/>'
    '<c:showSerName val="0"/><c:showPercent val="1"/><c:showBubbleSize val="0"/><c:showLeaderLines val="1"/>'
)


# ------------------------------------------------------------ the workbook inside: what "编辑数据" opens in Word or WPS

_BOOK_STYLES = (
    f'{DECLARATION}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _book(rows: ChartData) -> bytes:
    """A workbook with *rows*; the label is a formula over name and amount, so that editing an amount changes it.

    A minimal package of our own: a general library would take longer than the rest of the report.
    """
    lines = [_row(1, _text("A1", "图例") + _text("B1", "金额（万元）") + _text("C1", "项目"))]
    for number, (name, amount, label) in enumerate(rows, 2):
        share = f"B{number}/SUM(B$2:B${len(rows) + 1})"
        shown = f'IF({share}<0.00005,"不足0.01%",TEXT({share},"0.00%"))'
        formula = f'C{number}&" "&TEXT(B{number},"0.00")&" 万元，"&{shown}'
        lines.append(_row(number, (
            f'<c r="A{number}" t="str"><f>{escape(formula)}</f><v>{escape(label)}</v></c>'
            f'<c r="B{number}" s="1"><v>{amount:f}</v></c>{_text(f"C{number}", name)}')))  # fmt: skip
    columns = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate((48, 14, 34), 1))
    sheet = f'{DECLARATION}<worksheet xmlns="{_MAIN}"><cols>{columns}</cols><sheetData>{"".join(lines)}</sheetData></worksheet>'
    book = (
        f'{DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{R_URI}"><sheets>'
        f'<sheet name="{SHEET_NAME}" sheetId="1" r:id="rId1"/></sheets></workbook>')
    types = content_types_xml(
        {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"},
        {
            "xl/workbook.xml": f"{_SHEET}sheet.main+xml", "xl/worksheets/sheet1.xml": f"{_SHEET}worksheet+xml",
            "xl/styles.xml": f"{_SHEET}styles+xml"})
    links = [relationship("rId1", "worksheet", "worksheets/sheet1.xml"), relationship("rId2", "styles", "styles.xml")]
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": relations_xml([relationship("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": relations_xml(links),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/styles.xml": _BOOK_STYLES,
    }
    return write_archive(make_member(name, content, level=0) for name, content in parts.items())


def _row(number: int, cells: str) -> str:
    return f'<row r="{number}">{cells}</row>'


def _text(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
