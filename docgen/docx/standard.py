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
    *, keep: bool = False, new_page: bool = False, line: int = LINE, indent: bool = False, align: str = "both", before: int = 0,
    after: int = 0, level: int | None = None, right_tab: int = 0, left: int = 0,
) -> str:  # fmt: skip
    """How a paragraph stands, as ``w:pPr``; lengths in twips.

    *line*: fixed distance of lines, 0: as the font and pictures need; *indent*: first line indented by two characters.
    """
    exact = f'w:line="{line}" w:lineRule="exact"' if line else 'w:line="240" w:lineRule="auto"'
    first = 'w:firstLineChars="200" w:firstLine="640"' if indent else 'w:firstLineChars="0" w:firstLine="0"'
    indented = f'w:left="{left}" ' if left else ""
    tab = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{right_tab}"/></w:tabs>' if right_tab else ""
    outline = f'<w:outlineLvl w:val="{level}"/>' if level is not None else ""
    return (
        f"<w:pPr>{'<w:keepNext/>' * keep}{'<w:pageBreakBefore/>' * new_page}<w:widowControl/>{tab}"
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


TEXT_WIDTH = 8845  # twips: 156 mm between the margins of 28 and 26 mm on A4
_BOLD = "<w:b/><w:bCs/>"

STYLES: tuple[Style, ...] = (
    Style("Normal", "Normal", _shape(), fonts(BODY_FONT) + size(16), base=""),
    Style("DefaultParagraphFont", "Default Paragraph Font", kind="character", base=""),
    Style(
        "TableNormal", "Normal Table", kind="table", base="",
        extra='<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="57" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="57" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr>",
    ),
    Style("JsBody", "正文文字", _shape(indent=True)),
    Style("JsCoverTitle", "封面标题", _shape(line=900, align="center"), fonts(TITLE_FONT) + size(22), following="JsBody"),
    Style("JsCoverText", "封面文字", _shape(align="center"), size(16)),
    Style("JsCoverDate", "封面日期", _shape(align="center", before=5600), fonts(SUBHEADING_FONT) + size(16)),
    Style("JsDocumentTitle", "文件标题", _shape(keep=True, line=700, align="center"), fonts(TITLE_FONT) + size(22), following="JsBody"),
    Style("JsContentsTitle", "目录标题", _shape(keep=True, line=700, align="center", after=280), fonts(TITLE_FONT) + size(22)),
    Style("JsPartTitle", "部分标题", _shape(keep=True, new_page=True, line=700, align="center", after=280, level=0), fonts(TITLE_FONT) + size(22), following="JsBody"),
    Style("JsHeading1", "一级标题", _shape(keep=True, indent=True, level=1), fonts(HEADING_FONT) + size(16), following="JsBody"),
    Style("JsHeading2", "二级标题", _shape(keep=True, indent=True, level=2), fonts(SUBHEADING_FONT) + size(16), following="JsBody"),
    Style("JsHeading3", "三级标题", _shape(keep=True, indent=True, level=3), fonts(BODY_FONT) + _BOLD + size(16), following="JsBody"),
    Style("JsChart", "图", _shape(keep=True, line=0, align="center", before=120), size(10.5)),
    Style("JsChartCaption", "图题", _shape(align="center", after=120), fonts(HEADING_FONT) + size(14), following="JsBody"),
    Style("JsTableCaption", "表题", _shape(keep=True, align="center", before=120), fonts(HEADING_FONT) + size(14), following="JsBody"),
    Style("JsTableTitle", "表标题", _shape(keep=True, align="center", level=1), fonts(TITLE_FONT) + size(18)),
    Style("JsTableHead", "表头说明", _shape(keep=True, line=300, align="right", after=40), fonts(TABLE_FONT) + size(10.5)),
    Style("JsTableText", "决算表格", _shape(line=280, align="center"), fonts(TABLE_FONT) + size(10.5)),
    Style("JsTableNote", "表注", _shape(line=260, align="left", before=40), fonts(TABLE_FONT) + size(9)),
    Style("JsPrompt", "提示", _shape(indent=True), size(16) + '<w:highlight w:val="yellow"/>'),
    Style("TOC1", "toc 1", _shape(right_tab=TEXT_WIDTH, align="left"), fonts(HEADING_FONT) + size(16), following="Normal"),
    Style("TOC2", "toc 2", _shape(right_tab=TEXT_WIDTH, align="left", left=320), size(16), following="Normal"),
    Style("Header", "header", _shape(line=0, align="center"), size(9)),
    Style("Footer", "footer", _shape(line=0, align="left"), fonts(TABLE_FONT, TABLE_FONT) + size(14)),
    Style(
        "TableGrid", "Table Grid", kind="table", base="TableNormal",
        extra="<w:tblPr><w:tblBorders>"
        + "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
                  for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
        + "</w:tblBorders></w:tblPr>",
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
