"""A template's Word file, read and checked: everything that is worked out once."""

from __future__ import annotations

import re
from pathlib import Path

from docgen.docx.relations import MAIN_PART, find_main_part, read_relations
from docgen.docx.template_package import Part, parts_of
from docgen.docx.template_styles import read_styles
from docgen.docx.xml import DECLARATION, declarations, parse, start_tag, w
from docgen.template.cleanup import clean
from docgen.template.environment import Environment
from docgen.template.line import shown_text
from docgen.template.projection import Reader, read_body
from docgen.template.shell import Reading, make_shell
from docgen.template.source import Source
from docgen.template.syntax import has_tags
from workbook.errors import InputError


def read(content: bytes, path: Path, environment: Environment) -> Reading:
    """The template in *content*, the bytes of the file *path*.

    Raises:
        InputError: no .docx, or damaged.
        TemplateError: a placeholder or statement is broken; the message quotes its paragraph.
    """
    from lxml import etree

    parts = parts_of(content, path)
    main = find_main_part(parts, path)
    try:
        root = parse(parts[main].read())
        body = root.find(w("body"))
        relations = read_relations(parts, main)
        styles_name = next((target for kind, target in relations.values() if kind == "styles"), "")
        styles_root = parse(parts[styles_name].read()) if styles_name in parts else None
    except (ValueError, KeyError) as error:
        raise InputError(path, f"内容损坏（{error}）", "请用 Word/WPS 打开并另存为 .docx") from None
    if body is None or styles_root is None or main != MAIN_PART or root.tag != w("document"):
        raise InputError(path, "不是标准的 Word 文件", "请用 Word/WPS 打开并另存为 .docx")
    clean(root)
    styles = read_styles(styles_root)
    reader = Reader(path.name, styles, declarations(root))
    _refuse_elsewhere(parts, reader)
    elements = read_body(body, reader)
    source = Source(path.name, environment, elements)
    styles_xml = etree.tostring(styles_root, encoding="unicode").removesuffix("</w:styles>")
    shell = make_shell(parts, start_tag(root), styles_name, DECLARATION + styles_xml)
    return Reading(shell, elements, styles, source.compile(), tuple(source.texts))


def _refuse_elsewhere(parts: dict[str, Part], reader: Reader) -> None:
    """Placeholders in headers, footers and notes are errors: they would be printed as they stand."""
    for name, part in parts.items():
        if re.match(r"word/(header|footer|footnotes|endnotes)\d*\.xml$", name):
            for paragraph in parse(part.read()).iter(w("p")):
                if has_tags(text := shown_text(paragraph)):
                    raise reader.fail(text, "在页眉、页脚或脚注里，程序填不到那里", "请把占位符移到正文里")
