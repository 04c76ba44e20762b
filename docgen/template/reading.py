"""A template's Word file, read and checked: everything that is worked out once.

What editing leaves in a template and no report should carry is removed: tracked changes are accepted, comments and proofing
marks dropped, revision ids forgotten, so a placeholder that Word cut into pieces for such reasons becomes one piece again.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.package import MAIN_PART, parse_part, related_part, word_of
from docgen.docx.styles import add_standard_styles, read_styles, style_metrics
from docgen.docx.xml import DECLARATION, W, declarations, start_tag
from docgen.template.projection import Reader, read_body, shown_text
from docgen.template.shell import Template, make_shell
from docgen.template.syntax import compiled
from workbook.errors import InputError
from workbook.formats.package import PackageError

if TYPE_CHECKING:
    from lxml.etree import _Element

_DROP = tuple(
    f"{W}{name}"
    for name in (
        "del", "moveFrom", "delText", "delInstrText", "proofErr", "permStart", "permEnd", "lastRenderedPageBreak",
        "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef",
        "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
        "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "trPrChange", "tcPrChange",
        "numberingChange", "cellIns", "cellDel", "cellMerge", "smartTagPr", "customXmlPr",
        *(f"customXml{change}Range{end}" for change in ("Ins", "Del", "MoveFrom", "MoveTo") for end in ("Start", "End")),
    )
)  # fmt: skip
_UNWRAP = tuple(f"{W}{name}" for name in ("ins", "moveTo", "smartTag", "customXml", "dir", "bdo"))
_BOOKMARKS = (f"{W}bookmarkStart", f"{W}bookmarkEnd")


def clean(root: _Element) -> None:
    """Remove from the tree below *root* what no reader of the report needs."""
    from lxml import etree

    etree.strip_tags(root, etree.Comment, etree.PI)
    for deleted in [row for row in root.iter(f"{W}tr") if row.find(f"{W}trPr/{W}del") is not None]:
        _remove(deleted)
    last_place = {item.get(f"{W}id") for item in root.iter(_BOOKMARKS[0]) if item.get(f"{W}name") == "_GoBack"}
    for bookmark in [mark for mark in root.iter(*_BOOKMARKS) if mark.get(f"{W}id") in last_place]:
        _remove(bookmark)
    etree.strip_elements(root, *_DROP)
    etree.strip_tags(root, *_UNWRAP)
    for element in root.iter():
        for name in [str(name) for name in element.attrib]:
            if name.startswith(f"{W}rsid") or ("word/2010/wordml" in name and name.endswith(("}paraId", "}textId"))):
                del element.attrib[name]


def _remove(element: _Element) -> None:
    if (parent := element.getparent()) is not None:
        parent.remove(element)


def read(content: bytes, path: Path) -> Template:
    """The template in *content*, the bytes of the file *path*.

    Raises:
        InputError: no .docx, one with macros, or damaged.
        TemplateError: a placeholder or statement is broken; the message quotes its paragraph.
    """
    from lxml import etree

    file = word_of(content, path)
    package, root = file.package, file.body.getparent()
    if file.part != MAIN_PART or file.styles is None or root is None:
        raise InputError(path, "不是标准的 Word 文件", "请用 Word/WPS 打开并另存为 .docx")
    try:
        if b"macroEnabled" in package.read("[Content_Types].xml"):
            raise InputError(path, "是带宏的 Word 文件", "请另存为不带宏的 .docx")
        clean(root)
        add_standard_styles(file.styles)
        styles = read_styles(file.styles)
        reader = Reader(str(path), styles, declarations(root))
        for name in package.names:  # there they would be printed as they stand
            if re.match(r"word/(header|footer|footnotes|endnotes)\d*\.xml$", name):
                for paragraph in parse_part(package, name).iter(f"{W}p"):
                    reader.refuse(shown_text(paragraph), "在页眉、页脚或脚注里", "正文里")
        elements = read_body(file.body, reader)
        code, lines = compiled(str(path), elements)
        styles_xml = etree.tostring(file.styles, encoding="unicode").removesuffix("</w:styles>")
        styles_part = related_part(package, MAIN_PART, "styles")
        shell = make_shell(package, start_tag(root), styles_part, DECLARATION + styles_xml)
    except PackageError as error:
        raise InputError(path, str(error).removesuffix("，不能直接修改"), "请用 Word/WPS 打开并另存为 .docx") from None
    except ValueError as error:  # a part that is no XML
        raise InputError(path, "文件已损坏，无法读取", "请用 Word/WPS 打开并另存为 .docx") from error
    return Template(str(path), shell, elements, styles, style_metrics(file.styles), code, lines)
