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


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a paragraph stands; lengths in twips."""

    keep: bool = False
    new_page: bool = False
    line: int = LINE
    """Fixed distance of lines; 0: as the font and pictures need."""
    indent: bool = False
    """First line indented by two characters."""
    align: str = "both"
    before: int = 0
    after: int = 0
    level: int | None = None
    right_tab: int = 0
    left: int = 0

    @property
    def xml(self) -> str:
        """Content of ``w:pPr``."""
        exact = f'w:line="{self.line}" w:lineRule="exact"' if self.line else 'w:line="240" w:lineRule="auto"'
        first = 'w:firstLineChars="200" w:firstLine="640"' if self.indent else 'w:firstLineChars="0" w:firstLine="0"'
        left = f'w:left="{self.left}" ' if self.left else ""
        tab = (
            f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{self.right_tab}"/></w:tabs>' if self.right_tab else ""
        )
        return "".join(
            (
                "<w:keepNext/>" if self.keep else "",
                "<w:pageBreakBefore/>" if self.new_page else "",
                f'<w:widowControl/>{tab}<w:spacing w:before="{self.before}" w:after="{self.after}" {exact}/>',
                f'<w:ind {left}{first}/><w:jc w:val="{self.align}"/>',
                f'<w:outlineLvl w:val="{self.level}"/>' if self.level is not None else "",
            )
        )


@dataclass(frozen=True, slots=True)
class Style:
    """A named style."""

    id: str
    name: str
    """As Word stores it (``heading 1`` is shown as 标题 1)."""
    shape: _Shape | None = None
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
        paragraph = f"<w:pPr>{self.shape.xml}</w:pPr>" if self.shape else ""
        run = f"<w:rPr>{self.run}</w:rPr>" if self.run else ""
        return (
            f'<w:style w:type="{self.kind}"{default}{custom} w:styleId="{self.id}"><w:name w:val="{attribute(self.name)}"/>'
            f"{base}{after}{shown}{paragraph}{run}{self.extra}</w:style>"
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
    Style("Normal", "Normal", _Shape(), fonts(BODY_FONT) + size(16), base=""),
    Style("DefaultParagraphFont", "Default Paragraph Font", kind="character", base=""),
    Style(
        "TableNormal", "Normal Table", kind="table", base="",
        extra='<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="57" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="57" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr>",
    ),
    Style("JsBody", "正文文字", _Shape(indent=True)),
    Style("JsCoverTitle", "封面标题", _Shape(line=900, align="center"), fonts(TITLE_FONT) + size(22), following="JsBody"),
    Style("JsCoverText", "封面文字", _Shape(align="center"), size(16)),
    Style("JsCoverDate", "封面日期", _Shape(align="center", before=5600), fonts(SUBHEADING_FONT) + size(16)),
    Style("JsDocumentTitle", "文件标题", _Shape(keep=True, line=700, align="center"), fonts(TITLE_FONT) + size(22),
          following="JsBody"),
    Style("JsContentsTitle", "目录标题", _Shape(keep=True, line=700, align="center", after=280),
          fonts(TITLE_FONT) + size(22)),
    Style("JsPartTitle", "部分标题", _Shape(keep=True, new_page=True, line=700, align="center", after=280, level=0),
          fonts(TITLE_FONT) + size(22), following="JsBody"),
    Style("JsHeading1", "一级标题", _Shape(keep=True, indent=True, level=1), fonts(HEADING_FONT) + size(16),
          following="JsBody"),
    Style("JsHeading2", "二级标题", _Shape(keep=True, indent=True, level=2), fonts(SUBHEADING_FONT) + size(16),
          following="JsBody"),
    Style("JsHeading3", "三级标题", _Shape(keep=True, indent=True, level=3), fonts(BODY_FONT) + _BOLD + size(16),
          following="JsBody"),
    Style("JsChart", "图", _Shape(keep=True, line=0, align="center", before=120), size(10.5)),
    Style("JsChartCaption", "图题", _Shape(align="center", after=120), fonts(HEADING_FONT) + size(14),
          following="JsBody"),
    Style("JsTableCaption", "表题", _Shape(keep=True, align="center", before=120), fonts(HEADING_FONT) + size(14),
          following="JsBody"),
    Style("JsTableTitle", "表标题", _Shape(keep=True, align="center", level=1), fonts(TITLE_FONT) + size(18)),
    Style("JsTableHead", "表头说明", _Shape(keep=True, line=300, align="right", after=40), fonts(TABLE_FONT) + size(10.5)),
    Style("JsTableText", "决算表格", _Shape(line=280, align="center"), fonts(TABLE_FONT) + size(10.5)),
    Style("JsTableNote", "表注", _Shape(line=260, align="left", before=40), fonts(TABLE_FONT) + size(9)),
    Style("JsPrompt", "提示", _Shape(indent=True), size(16) + '<w:highlight w:val="yellow"/>'),
    Style("TOC1", "toc 1", _Shape(right_tab=TEXT_WIDTH, align="left"), fonts(HEADING_FONT) + size(16),
          following="Normal"),
    Style("TOC2", "toc 2", _Shape(right_tab=TEXT_WIDTH, align="left", left=320), size(16), following="Normal"),
    Style("Header", "header", _Shape(line=0, align="center"), size(9)),
    Style("Footer", "footer", _Shape(line=0, align="left"), fonts(TABLE_FONT, TABLE_FONT) + size(14)),
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
