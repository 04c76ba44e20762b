"""A template's Word file, read and checked: everything that is worked out once."""

from __future__ import annotations

import re
from pathlib import Path

from docgen.docx.metrics import style_metrics
from docgen.docx.package import MAIN_PART, parse_part, related_part, word_of
from docgen.docx.standard import add_standard_styles
from docgen.docx.styles import read_styles
from docgen.docx.xml import DECLARATION, W, declarations, start_tag
from docgen.template.cleanup import clean
from docgen.template.line import shown_text
from docgen.template.projection import Reader, read_body
from docgen.template.shell import Template, make_shell
from docgen.template.source import compiled
from workbook.errors import InputError
from workbook.formats.package import Package, PackageError


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
        reader = Reader(path.name, styles, declarations(root))
        _refuse_elsewhere(package, reader)
        elements = read_body(file.body, reader)
        code, lines = compiled(path.name, elements)
        styles_xml = etree.tostring(file.styles, encoding="unicode").removesuffix("</w:styles>")
        styles_part = related_part(package, MAIN_PART, "styles")
        shell = make_shell(package, start_tag(root), styles_part, DECLARATION + styles_xml)
    except PackageError as error:
        raise InputError(path, str(error).removesuffix("，不能直接修改"), "请用 Word/WPS 打开并另存为 .docx") from None
    except ValueError as error:  # a part that is no XML
        raise InputError(path, "文件已损坏，无法读取", "请用 Word/WPS 打开并另存为 .docx") from error
    return Template(path.name, shell, elements, styles, style_metrics(file.styles), code, lines)


def _refuse_elsewhere(package: Package, reader: Reader) -> None:
    """Placeholders in headers, footers and notes are errors: they would be printed as they stand."""
    for name in package.names:
        if re.match(r"word/(header|footer|footnotes|endnotes)\d*\.xml$", name):
            for paragraph in parse_part(package, name).iter(f"{W}p"):
                reader.refuse(shown_text(paragraph), "在页眉、页脚或脚注里", "正文里")
