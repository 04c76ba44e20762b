"""Native Word charts: a pie whose legend states every amount and share, with its data to edit.

However small a slice is, its amount and share stand in the legend; only slices that are wide enough to carry a
number get one beside the pie, so numbers never lie on top of each other.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from docgen.docx.relations import relations_xml, relationship
from docgen.docx.xml import A_URI, C_URI, DECLARATION, R_URI, WP_URI, attribute, escape
from docgen.model import CHART_COLOURS, ChartBlock
from docgen.writing.chart_book import SHEET_NAME, chart_book
from workbook.amounts import round_half_up
from workbook.formats.archive import Member, make_member
from workbook.formats.package import relations_part

WIDTH_MM, LEAST_HEIGHT_MM = 154, 66
_ROW_MM = 9.5  # one line of the legend
# Type so small that it adds nothing to the height of the picture's line.
SMALL_TYPE = '<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr>'
ChartData: TypeAlias = tuple[tuple[str, Decimal, str], ...]
"""Name, precise amount and legend text of every slice."""
_EMU = 36000  # per mm
_LABELLED = Decimal(4)  # per cent: narrower slices have their number in the legend only


def height_mm(block: ChartBlock) -> float:
    """Height of the chart."""
    return max(LEAST_HEIGHT_MM, 12 + _ROW_MM * len(block.slices))


def chart_data(block: ChartBlock) -> ChartData:
    """Name, precise amount and legend text of every slice."""
    amounts = [
        (name, figure.exact if figure.exact is not None else figure.value, figure) for name, figure in block.slices
    ]
    known = [(name, amount, figure) for name, amount, figure in amounts if amount is not None and amount != 0]
    total = sum((amount for _, amount, _ in known), Decimal(0))
    return tuple(
        (name, amount, f"{name} {figure.text} 万元，{_share(amount, total)}") for name, amount, figure in known
    )


def _share(amount: Decimal, total: Decimal) -> str:
    if not total:
        return "—"
    share = round_half_up(amount * 100 / total)
    return f"{share:f}%" if share else "不足0.01%"


@lru_cache(maxsize=64)
def chart_parts(number: int, data: ChartData) -> tuple[Member, Member, Member]:
    """Chart *number* as parts: the chart, its relationships, its workbook."""
    name, book = f"word/charts/chart{number}.xml", f"embeddings/Microsoft_Excel_Worksheet{number}.xlsx"
    content = chart_book(list(data), ("项目", "金额（万元）", "图例"))
    return (
        make_member(name, _chart_xml(data)),
        make_member(relations_part(name), relations_xml([relationship("rId1", "package", f"../{book}")])),
        make_member(f"word/{book}", content, level=1),
    )


def drawing(block: ChartBlock, relation: str, number: int) -> str:
    """The run that holds the chart in the text."""
    width, height = WIDTH_MM * _EMU, round(height_mm(block) * _EMU)
    return (
        f'<w:r>{SMALL_TYPE}<w:drawing><wp:inline xmlns:wp="{WP_URI}"'
        f' distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="{number}" name="{attribute(block.title)}"'
        f' descr="{attribute(block.alt)}"/><wp:cNvGraphicFramePr/><a:graphic xmlns:a="{A_URI}">'
        f'<a:graphicData uri="{C_URI}"><c:chart xmlns:c="{C_URI}" xmlns:r="{R_URI}" r:id="{relation}"/></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


def _chart_xml(data: ChartData) -> str:
    count = len(data)
    total = sum((amount for _, amount, _ in data), Decimal(0))
    points = "".join(
        f'<c:dPt><c:idx val="{place}"/><c:bubble3D val="0"/><c:spPr><a:solidFill><a:srgbClr val="{_colour(place)}"/>'
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
        f'{_layout("inner", 0.12, 0.14, 0.26, 0.72)}<c:pieChart><c:varyColors val="1"/><c:ser><c:idx val="0"/>'
        f'<c:order val="0"/><c:tx><c:strRef><c:f>{SHEET_NAME}!$B$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>金额（万元）</c:v></c:pt></c:strCache></c:strRef></c:tx>{points}'
        f"<c:dLbls>{hidden}{_LABELS}</c:dLbls>"
        f"<c:cat><c:strRef><c:f>{SHEET_NAME}!$A$2:$A${count + 1}</c:f><c:strCache>"
        f'<c:ptCount val="{count}"/>{names}</c:strCache></c:strRef></c:cat>'
        f"<c:val><c:numRef><c:f>{SHEET_NAME}!$B$2:$B${count + 1}</c:f><c:numCache>"
        f'<c:formatCode>#,##0.00</c:formatCode><c:ptCount val="{count}"/>{values}</c:numCache></c:numRef></c:val></c:ser>'
        '<c:firstSliceAng val="0"/></c:pieChart></c:plotArea><c:legend><c:legendPos val="r"/>'
        f'{_layout("", 0.47, max(0.02, 0.5 - 0.07 * count), 0.53, min(0.96, 0.14 * count))}<c:overlay val="0"/>'
        f'{_text_style(1000)}</c:legend><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        '<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>'
        f'{_text_style(1000)}<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _colour(place: int) -> str:
    return CHART_COLOURS[place % len(CHART_COLOURS)]


def _layout(target: str, x: float, y: float, width: float, height: float) -> str:
    inner = f'<c:layoutTarget val="{target}"/>' if target else ""
    sizes = "".join(
        f'<c:{name} val="{value:.4g}"/>' for name, value in (("x", x), ("y", y), ("w", width), ("h", height))
    )
    return f'<c:layout><c:manualLayout>{inner}<c:xMode val="edge"/><c:yMode val="edge"/>{sizes}</c:manualLayout></c:layout>'


def _text_style(size: int) -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}"><a:solidFill><a:srgbClr val="000000"/>'
        '</a:solidFill><a:latin typeface="Times New Roman"/><a:ea typeface="宋体"/></a:defRPr></a:pPr>'
        '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


_LABELS = (
    '<c:numFmt formatCode="0.00%" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
    + _text_style(1000)
    + '<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/>'
    '<c:showSerName val="0"/><c:showPercent val="1"/><c:showBubbleSize val="0"/><c:showLeaderLines val="1"/>'
)
