r"""A Word template from an outline in plain text: how the pack's ``report.docx`` comes into being.

Each line is ``样式名|文本``.  Besides the named styles there are these words instead of a style:

* ``目录|``: the table of contents on a page of its own, with its title unless a ``目录标题`` stands before it;
* ``分节|``: a section ends here (the last section has page numbers, beginning with 1; earlier ones have none);
  the first 部分标题 after the contents begins the numbered section by itself;
* ``分页|``: the next paragraph begins a new page (a 部分标题 does so anyway);
* ``块|``: a placeholder that stands for whole blocks;
* ``表格|1,3,2``: a table with these relative column widths, its rows following as ``表头|甲|乙`` and ``行|甲|乙``.

``\n`` in a text is a line break, ``**…**`` is bold; ``#`` begins a remark line.
"""

from __future__ import annotations

import re

from docgen.docx.package import content_types_xml, open_word, relations_xml, relationship
from docgen.docx.styles import STANDARD, TABLE_ID, Styles, read_styles
from docgen.docx.xml import A_URI, DECLARATION, R_URI, W_URI, attribute, escape
from docgen.model import CHART_COLOURS
from workbook.formats.archive import make_member, write_archive

BODY_FONT, HEADING_FONT, LATIN_FONT = "仿宋_GB2312", "黑体", "Times New Roman"
TEXT_WIDTH = 8845  # twips: 156 mm between the margins of 28 and 26 mm on A4
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_FONTS = (
    # name, other names, family, pitch, panose
    ("仿宋_GB2312", "仿宋", "modern", "fixed", "02010609030101010101"),
    ("楷体_GB2312", "楷体", "modern", "fixed", "02010609030101010101"),
    ("方正小标宋简体", "方正小标宋_GBK,华文中宋,宋体", "auto", "variable", "02010601030101010101"),
    ("黑体", "SimHei", "modern", "fixed", "02010609060101010101"),
    ("宋体", "SimSun", "auto", "variable", "02010600030101010101"),
    ("Times New Roman", "", "roman", "variable", "02020603050405020304"),
)
# No line may begin with these: closing punctuation as Word has it, and the characters of 万元, so that an
# amount and its unit stay on one line.
NO_LINE_BEGINS_WITH = (
    "!%),.:;>?]}¢¨°·ˇˉ―‖’”…‰′″›℃∶、。〃〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！＂％＇），．：；？］｀｜｝～￠万元个辆台批"
)
NO_LINE_ENDS_WITH = "$([{£¥·‘“〈《「『【〔〖〝﹙﹛﹝＄（．［｛￡￥"


class OutlineError(ValueError):
    """A line of an outline that makes no sense: its number and why."""


def build_template(outline: str) -> bytes:
    """The bytes of a Word template made from *outline*.

    Raises:
        OutlineError: an unknown style, or a row outside of a table.
    """
    body, sections = _body(outline.splitlines())
    body += section(numbered=True)
    document = f'{DECLARATION}<w:document xmlns:w="{W_URI}" xmlns:r="{R_URI}"><w:body>{body}</w:body></w:document>'
    if sections == 0:
        document = document.replace(' w:start="1"', "")
    relations = [
        relationship("rId1", "styles", "styles.xml"),
        relationship("rId2", "settings", "settings.xml"),
        relationship("rId3", "fontTable", "fontTable.xml"),
        relationship("rId4", "footer", "footer1.xml"),
        relationship("rId5", "footer", "footer2.xml"),
        relationship("rId6", "theme", "theme/theme1.xml"),
    ]
    defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
    kinds = {"document": "document.main", "styles": "styles", "settings": "settings", "fontTable": "fontTable"}
    overrides = {f"/word/{name}.xml": f"{_WORD_TYPE}{kind}+xml" for name, kind in kinds.items()}
    overrides["/word/theme/theme1.xml"] = "application/vnd.openxmlformats-officedocument.theme+xml"
    overrides |= {f"/word/footer{number}.xml": f"{_WORD_TYPE}footer+xml" for number in (1, 2)}
    main = relationship("rId1", "officeDocument", "word/document.xml")
    return write_archive(
        make_member(name, content, level=9)
        for name, content in (
            ("[Content_Types].xml", content_types_xml(defaults, {k[1:]: v for k, v in overrides.items()})),
            ("_rels/.rels", relations_xml([main])),
            ("word/document.xml", document),
            ("word/_rels/document.xml.rels", relations_xml(relations)),
            ("word/styles.xml", DECLARATION + _styles()),
            ("word/settings.xml", DECLARATION + _settings()),
            ("word/fontTable.xml", DECLARATION + _font_table()),
            ("word/theme/theme1.xml", DECLARATION + _theme()),
            ("word/footer1.xml", DECLARATION + _footer("Right")),
            ("word/footer2.xml", DECLARATION + _footer("Left")),
        )
    )


class _Builder:
    """Turns lines into the body's XML."""

    def __init__(self) -> None:
        self.styles = Styles(ids=read_styles(open_word(STANDARD).styles).ids)  # no default: an unknown style is an error
        self.out: list[str] = []
        self.sections = 0
        self._table: tuple[list[int], list[str]] | None = None
        self._new_page = False
        self._contents_titled = False

    def add(self, number: int, line: str) -> None:
        """Add line *number* of the outline."""
        word, bar, text = line.partition("|")
        word = word.strip()
        if not bar:
            raise OutlineError(f"第 {number} 行没有“|”：{line}")
        if word in {"行", "表头"}:
            if self._table is None:
                raise OutlineError(f"第 {number} 行的表格行不在表格里：{line}")
            widths, rows = self._table
            rows.append(_row(text.split("|"), widths, header=word == "表头", style=self.styles.id_of("决算表格")))
            return
        self.end_table()
        if word == "表格":
            self._table = (_widths(text), [])
        elif word == "分页":
            self._new_page = True
        elif word == "分节":
            self._end_section()
        elif word == "目录":
            self._add_contents()
        elif style := self.styles.id_of("正文" if word == "块" else word):
            self._add_paragraph(word, style, text)
        else:
            raise OutlineError(f"第 {number} 行用了没有的样式“{word}”")

    def end_table(self) -> None:
        """End the table that is being written, if any."""
        if self._table is not None:
            widths, rows = self._table
            self.out.append(_table(widths, rows))
            self._table = None

    def _add_paragraph(self, word: str, style: str, text: str) -> None:
        if word == "部分标题":  # the style begins a new page; before the first, the pages without number end
            if self.sections == 0 and self._contents_titled:
                self._end_section()
            self._new_page = False
        self._contents_titled |= word == "目录标题"
        if word == "封面标题" and not self.out:  # the title stands in the upper half of its page
            style = self.styles.id_of("封面首行")
        self.out.append(_paragraph(style, text, new_page=self._new_page and word != "目录标题"))
        self._new_page = False

    def _add_contents(self) -> None:
        if not self._contents_titled:
            self._add_paragraph("目录标题", self.styles.id_of("目录标题"), "目　录")
        self.out.append(_contents())

    def _end_section(self) -> None:
        self.sections += 1
        self._new_page = False
        self.out.append(f"<w:p><w:pPr>{section(numbered=False)}</w:pPr></w:p>")


def _body(lines: list[str]) -> tuple[str, int]:
    """The body's content and the number of sections that end in it."""
    builder = _Builder()
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            builder.add(number, line)
    builder.end_table()
    return "".join(builder.out), builder.sections


def _paragraph(style: str, text: str, *, new_page: bool = False) -> str:
    page = "<w:pageBreakBefore/>" if new_page else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{page}</w:pPr>{_runs(text)}</w:p>'


def _runs(text: str) -> str:
    out = []
    for place, piece in enumerate(text.split("**")):
        if not piece:
            continue
        hint = '<w:rFonts w:hint="eastAsia"/>'
        strong = '<w:rStyle w:val="JsStrong"/>' if place % 2 else ""
        properties = f"<w:rPr>{strong}{hint}</w:rPr>"
        lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in piece.split("\\n"))
        out.append(f"<w:r>{properties}{lines}</w:r>")
    return "".join(out)


def _widths(text: str) -> list[int]:
    shares = [float(part) for part in re.split("[,，]", text) if part.strip()]
    return [round(TEXT_WIDTH * share / sum(shares)) for share in shares]


def _row(texts: list[str], widths: list[int], *, header: bool, style: str) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(style, text)}</w:tc>'
        for width, text in zip(widths, texts, strict=False)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if header else ''}</w:trPr>{cells}</w:tr>"


def _table(widths: list[int], rows: list[str]) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{TABLE_ID}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{''.join(rows)}</w:tbl>"
    )


def _contents() -> str:
    """A contents field that is filled when a report is written."""
    return (
        '<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>（生成报告时填写目录）</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def section(*, numbered: bool) -> str:
    """Properties of a portrait A4 section with the margins of official documents (37, 35, 28, 26 mm)."""
    footers = '<w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>'
    start = '<w:pgNumType w:start="1"/>'
    return (
        f'<w:sectPr>{footers if numbered else ""}<w:type w:val="nextPage"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587" w:header="851" w:footer="1304" w:gutter="0"/>'
        f'{start if numbered else ""}<w:cols w:space="425"/></w:sectPr>'
    )


def _footer(side: str) -> str:
    """A page number between dashes at the outer edge, one character in."""
    hint = '<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
    return (
        f'<w:ftr xmlns:w="{W_URI}"><w:p><w:pPr><w:pStyle w:val="JsFooter{side}"/></w:pPr>'
        f'<w:r>{hint}<w:t xml:space="preserve">— </w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        f'<w:r>{hint}<w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
    )


def _settings() -> str:
    word = "http://schemas.microsoft.com/office/word"
    modes = {"compatibilityMode": 15, "overrideTableStyleFontSizeAndJustification": 1, "enableOpenTypeFeatures": 1}
    compat = "".join(f'<w:compatSetting w:name="{name}" w:uri="{word}" w:val="{val}"/>' for name, val in modes.items())
    return (
        f'<w:settings xmlns:w="{W_URI}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        f'<w:noLineBreaksAfter w:lang="zh-CN" w:val="{attribute(NO_LINE_ENDS_WITH)}"/>'
        f'<w:noLineBreaksBefore w:lang="zh-CN" w:val="{attribute(NO_LINE_BEGINS_WITH)}"/>'
        f"<w:compat><w:doNotExpandShiftReturn/><w:useFELayout/>{compat}</w:compat>"
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/>'
        "</w:settings>"
    )


def _font_table() -> str:
    fonts = []
    for name, others, family, pitch, panose in _FONTS:
        other = f'<w:altName w:val="{others}"/>' if others else ""
        charset = "00" if name == "Times New Roman" else "86"
        fonts.append(
            f'<w:font w:name="{name}">{other}<w:panose1 w:val="{panose}"/><w:charset w:val="{charset}"/>'
            f'<w:family w:val="{family}"/><w:pitch w:val="{pitch}"/></w:font>'
        )
    return f'<w:fonts xmlns:w="{W_URI}">{"".join(fonts)}</w:fonts>'


def _theme() -> str:
    """The theme: its fonts are those of the body text, for what people insert; its colours and fills are plain."""
    names = ["dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink"]
    values = ("000000", "FFFFFF", "44546A", "E7E6E6", *CHART_COLOURS[:6], "0563C1", "954F72")
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in zip(names, values, strict=True))
    font = f'<a:latin typeface="{LATIN_FONT}"/><a:ea typeface="{{}}"/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="6350">{fill}<a:prstDash val="solid"/></a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'<a:theme xmlns:a="{A_URI}" name="公文"><a:themeElements><a:clrScheme name="公文">{colours}</a:clrScheme>'
        f'<a:fontScheme name="公文"><a:majorFont>{font.format(HEADING_FONT)}</a:majorFont><a:minorFont>{font.format(BODY_FONT)}</a:minorFont></a:fontScheme>'
        f'<a:fmtScheme name="公文"><a:fillStyleLst>{fill * 3}</a:fillStyleLst><a:lnStyleLst>{line * 3}</a:lnStyleLst>'
        f"<a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


def _styles() -> str:
    """``word/styles.xml`` of the built-in template: its styles are edited there, in Word or WPS."""
    return open_word(STANDARD).package.read("word/styles.xml").decode().removeprefix(DECLARATION)
