"""The named styles of a report in the form of official documents (GB/T 9704).

The pack's ``report.docx`` is made with them; a template in which someone deleted one gets it back when it is
read, so that tables, charts and contents always look as they should.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.docx.styles import stored_name
from docgen.docx.xml import W_URI, W, attribute
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

BODY_FONT, TITLE_FONT, HEADING_FONT, SUBHEADING_FONT = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
TABLE_FONT = "宋体"
LATIN_FONT = "Times New Roman"
LINE = 560  # twentieths of a point: fixed lines of 28 pt


def _shape(  # noqa: PLR0913  # all that a style of ours says about a paragraph
    *, keep: bool = False, new_page: bool | None = None, line: int = LINE, indent: bool = False, align: str = "both", before: int = 0,
    after: int = 0, level: int | None = None, tabs: str = "", left: int = 0,
) -> str:  # fmt: skip
    """How a paragraph stands, as ``w:pPr``; lengths in twips.

    *line*: fixed distance of lines, 0: as the font and pictures need; *indent*: first line indented by two characters;
    *new_page*: begins a page (``None``: says nothing of it).
    """
    page = {None: "", True: "<w:pageBreakBefore/>", False: '<w:pageBreakBefore w:val="0"/>'}[new_page]
    exact = f'w:line="{line}" w:lineRule="exact"' if line else 'w:line="240" w:lineRule="auto"'
    first = 'w:firstLineChars="200" w:firstLine="640"' if indent else 'w:firstLineChars="0" w:firstLine="0"'
    indented = f'w:left="{left}" ' if left else ""
    tab = f"<w:tabs>{tabs}</w:tabs>" if tabs else ""
    outline = f'<w:outlineLvl w:val="{level}"/>' if level is not None else ""
    return (
        f"<w:pPr>{'<w:keepNext/>' * keep}{page}<w:widowControl/>{tab}"
        f'<w:spacing w:before="{before}" w:after="{after}" {exact}/><w:ind {indented}{first}/><w:jc w:val="{align}"/>{outline}</w:pPr>')


@dataclass(frozen=True, slots=True)
class Style:
    """A named style."""

    id: str
    name: str
    """As Word stores it (``heading 1`` is shown as 标题 1)."""
    shape: str = ""
    """``w:pPr``."""
    run: str = ""
    """Content of ``w:rPr``."""
    kind: str = "paragraph"
    base: str = "Normal"
    following: str = ""
    extra: str = ""

    @property
    def xml(self) -> str:
        """The style's definition."""
        default = ' w:default="1"' if self.id in {"Normal", "DefaultParagraphFont", "TableNormal"} else ""
        custom = "" if self.name[0].isascii() else ' w:customStyle="1"'
        base = f'<w:basedOn w:val="{self.base}"/>' if self.base and self.base != self.id else ""
        after = f'<w:next w:val="{self.following}"/>' if self.following else ""
        shown = '<w:uiPriority w:val="1"/><w:qFormat/>' if custom else '<w:uiPriority w:val="99"/>'
        run = f"<w:rPr>{self.run}</w:rPr>" if self.run else ""
        return (
            f'<w:style w:type="{self.kind}"{default}{custom} w:styleId="{self.id}"><w:name w:val="{attribute(self.name)}"/>'
            f"{base}{after}{shown}{self.shape}{run}{self.extra}</w:style>"
        )


def fonts(east_asian: str, latin: str = LATIN_FONT) -> str:
    """Fonts for Chinese characters and for the rest."""
    return f'<w:rFonts w:ascii="{latin}" w:eastAsia="{east_asian}" w:hAnsi="{latin}" w:cs="{latin}"/>'


def size(points: float) -> str:
    """Font size."""
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


TABLE_ID, TABLE_STYLE = "JsTable", "决算表"
STRONG_STYLE = "强调文字"
CELL_MARGIN = 57  # twips between border and text
TEXT_WIDTH = 8845  # twips: 156 mm between the margins of 28 and 26 mm on A4
TABLE_PAGE_WIDTH = 14344  # twips between the margins of a landscape page for tables
_ENTRY = f'<w:tab w:val="right" w:leader="dot" w:pos="{TEXT_WIDTH}"/>'
_FRAME = f'<w:tab w:val="center" w:pos="{TABLE_PAGE_WIDTH // 2}"/><w:tab w:val="right" w:pos="{TABLE_PAGE_WIDTH}"/>'
_BOLD = "<w:b/><w:bCs/>"

STYLES: tuple[Style, ...] = (
    Style("Normal", "Normal", _shape(), fonts(BODY_FONT) + size(16), base=""),
    Style("DefaultParagraphFont", "Default Paragraph Font", kind="character", base=""),
    Style("JsStrong", STRONG_STYLE, run=_BOLD, kind="character", base="DefaultParagraphFont"),
    Style(
        "TableNormal", "Normal Table", kind="table", base="",
        extra='<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="57" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="57" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr>",
    ),
    Style("JsBody", "正文文字", _shape(indent=True)),
    Style("JsCoverFirst", "封面首行", _shape(line=900, align="center", before=2400), base="JsCoverTitle", following="JsCoverTitle"),
    Style("JsCoverTitle", "封面标题", _shape(line=900, align="center"), fonts(TITLE_FONT) + size(22), following="JsBody"),
    Style("JsCoverText", "封面文字", _shape(align="center"), size(16)),
    Style("JsCoverDate", "封面日期", _shape(align="center", before=5600), fonts(SUBHEADING_FONT) + size(16)),
    Style("JsDocumentTitle", "文件标题", _shape(keep=True, line=700, align="center"), fonts(TITLE_FONT) + size(22), following="JsBody"),
    Style("JsContentsTitle", "目录标题", _shape(keep=True, new_page=True, line=700, align="center", after=280), fonts(TITLE_FONT) + size(22)),
    Style("JsPartTitle", "部分标题", _shape(keep=True, new_page=True, line=700, align="center", after=280, level=0), fonts(TITLE_FONT) + size(22), following="JsBody"),
    Style("JsPartFollowing", "接排部分标题", _shape(keep=True, new_page=False, line=700, align="center", before=560, after=280, level=0), base="JsPartTitle", following="JsBody"),
    Style("JsHeading1", "一级标题", _shape(keep=True, indent=True, level=1), fonts(HEADING_FONT) + size(16), following="JsBody"),
    Style("JsHeading2", "二级标题", _shape(keep=True, indent=True, level=2), fonts(SUBHEADING_FONT) + size(16), following="JsBody"),
    Style("JsHeading3", "三级标题", _shape(keep=True, indent=True, level=3), fonts(BODY_FONT) + _BOLD + size(16), following="JsBody"),
    Style("JsChart", "图", _shape(keep=True, line=0, align="center", before=120), size(1)),
    Style("JsChartCaption", "图题", _shape(line=400, align="center", after=120), fonts(HEADING_FONT) + size(14), following="JsBody"),
    Style("JsTableCaption", "表题", _shape(keep=True, align="center", before=120), fonts(HEADING_FONT) + size(14), following="JsBody"),
    Style("JsTableTitle", "表标题", _shape(keep=True, line=480, align="center", level=1), fonts(TITLE_FONT) + size(18)),
    Style("JsTableMark", "表号", _shape(keep=True, line=260, align="right"), fonts(TABLE_FONT) + size(10.5)),
    Style("JsTableHead", "表头说明", _shape(keep=True, line=280, align="left", after=20, tabs=_FRAME), fonts(TABLE_FONT) + size(10.5)),
    Style("JsTableText", "决算表格", _shape(line=280, align="center"), fonts(TABLE_FONT) + size(10.5)),
    Style("JsTableNote", "表注", _shape(line=260, align="left", before=20), fonts(TABLE_FONT) + size(9)),
    Style("JsGap", "间隔", _shape(line=20), size(1)),
    Style("JsPrompt", "提示", _shape(indent=True), size(16) + '<w:shd w:val="clear" w:color="auto" w:fill="FFFF00"/>'),
    # Some 35 lines: parts, sections and tables of a report are listed on one page.
    Style("TOC1", "toc 1", _shape(line=340, tabs=_ENTRY, align="left"), fonts(HEADING_FONT) + size(12), following="Normal"),
    Style("TOC2", "toc 2", _shape(line=340, tabs=_ENTRY, align="left", left=240), size(12), following="Normal"),
    Style("Header", "header", _shape(line=0, align="center"), size(9)),
    Style("Footer", "footer", _shape(line=0, align="left"), fonts(TABLE_FONT, TABLE_FONT) + size(14)),
    Style("JsFooterLeft", "左页脚", '<w:pPr><w:ind w:leftChars="100" w:left="280"/></w:pPr>', base="Footer"),
    Style("JsFooterRight", "右页脚", '<w:pPr><w:ind w:rightChars="100" w:right="280"/><w:jc w:val="right"/></w:pPr>', base="Footer"),
    Style(
        TABLE_ID, TABLE_STYLE, kind="table", base="TableNormal",
        extra='<w:tblPr><w:jc w:val="center"/><w:tblBorders>'
        + "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
                  for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
        + f'</w:tblBorders><w:tblCellMar><w:left w:w="{CELL_MARGIN}" w:type="dxa"/><w:right w:w="{CELL_MARGIN}" w:type="dxa"/></w:tblCellMar>'
        '</w:tblPr><w:tcPr><w:vAlign w:val="center"/></w:tcPr>',
    ),
)  # fmt: skip


def add_standard_styles(root: _Element) -> None:
    """Put into the ``w:styles`` element *root* the standard styles that it lacks."""
    from lxml import etree

    styles = list(root.iter(f"{W}style"))
    taken, bases = {style.get(f"{W}styleId") for style in styles}, {stored_name(style): style.get(f"{W}styleId", "") for style in styles}
    present = {name.lower() for name in bases}
    for standard in STYLES:
        if standard.name.lower() in present or standard.id in taken:
            continue
        xml = standard.xml.replace("<w:style ", f'<w:style xmlns:w="{W_URI}" ', 1)
        for ours, name in (("Normal", "Normal"), ("TableNormal", "Normal Table")):  # a Chinese Word calls them a, a1
            xml = xml.replace(f'<w:basedOn w:val="{ours}"/>', f'<w:basedOn w:val="{bases.get(name, ours)}"/>')
        root.append(etree.fromstring(xml))
