"""Templates, values and reports that the tests of templates and Word files share."""

from __future__ import annotations

import datetime as dt
import io
import os
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

from lxml import etree

from docgen.model import Block, Figure, FigureSpan, Span
from docgen.template import Template, load_template
from docgen.writing import ReportMeta
from tools.report_outline import build_template
from workbook.formats.package import Package
from workbook.issues import CellRef

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "\u00a0"  # stands between a figure and its unit
META = ReportMeta(
    "测试报告", unit_name="示例单位", year=2024, created=dt.datetime(2025, 8, 20, 9, 30, tzinfo=dt.UTC),
    workbook_sha256="ab" * 32, pack="neimenggu-2024", version="1.0.0", marks={"决算.xlsx/GK01 收入支出决算总表(公开01表)": "公开01表"},
)  # fmt: skip


class Node:
    """A figure as the template sees it."""

    def __init__(self, figure_id: str, value: str, **others: object) -> None:
        self.figure = figure(figure_id, value)
        self.__dict__.update(others)

    def __spans__(self) -> tuple[Span, ...]:
        return (FigureSpan(self.figure),)

    def __bool__(self) -> bool:
        return bool(self.figure.value)


def figure(figure_id: str, value: str, cell: int = 33) -> Figure:
    """A known figure from a cell of 公开01."""
    source = CellRef("决算.xlsx", "GK01 收入支出决算总表(公开01表)", cell, 2)
    return Figure(figure_id, figure_id.replace(".", " "), Decimal(value), "万元", value, (source,), "直接取数")


def unknown(figure_id: str) -> Figure:
    """A figure that could not be computed."""
    return Figure(figure_id, figure_id, None, "万元", "【缺少上年决算】", missing="上年决算")


def template_file(folder: Path, outline: str, name: str = "report.docx") -> Path:
    """A template made from *outline*."""
    path = folder / name
    path.write_bytes(build_template(outline))
    return path


def template_of(folder: Path, outline: str) -> Template:
    """A template made from *outline*, read."""
    return load_template(template_file(folder, outline))


def template_with_body(folder: Path, body: str, name: str = "report.docx") -> Path:
    """A template whose paragraphs are the given XML."""
    path = template_file(folder, "正文|@@@", name)
    package = Package(path.read_bytes())
    xml = package.read("word/document.xml").decode()
    start, end = xml.index("<w:body>") + 8, xml.index("<w:sectPr")
    package.write("word/document.xml", (xml[:start] + body + xml[end:]).encode())
    path.write_bytes(package.to_bytes())
    return path


def paragraphs_of(blocks: tuple[Block, ...]) -> list[str]:
    """The texts of the paragraphs among *blocks*."""
    return [block.text for block in blocks if hasattr(block, "text")]


def part(content: bytes, name: str) -> etree._Element:
    """A part of a Word file, parsed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(name))


def names(content: bytes) -> list[str]:
    """The parts of a Word file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def shown(element: etree._Element) -> str:
    """The text below *element*, line breaks included."""
    pieces = []
    for child in element.iter():
        if child.tag == f"{W}t":
            pieces.append(child.text or "")
        elif child.tag == f"{W}br":
            pieces.append("\n")
        elif child.tag == f"{W}tab":
            pieces.append("\t")
    return "".join(pieces)


def texts(content: bytes) -> list[str]:
    """The texts of all paragraphs of a Word file that are not empty, in order."""
    document = part(content, "word/document.xml")
    return [text for paragraph in document.iter(f"{W}p") if (text := shown(paragraph))]


FONTS = """<?xml version="1.0"?><fontconfig>
<dir>/usr/share/fonts/opentype/noto</dir><cachedir prefix="xdg">fontconfig</cachedir>
<match target="pattern"><edit name="family" mode="prepend" binding="strong"><string>Noto Sans Mono CJK SC</string></edit></match>
</fontconfig>"""
"""One font for all: a Chinese character one em wide, a digit half an em, as in the fonts of official documents.

Whatever other font stands in for 仿宋 on a machine would break lines and pages elsewhere.
"""


def to_pdf(folder: Path, *files: Path) -> dict[Path, list[str]]:
    """*files* as LibreOffice sets them: the text of each page."""
    profile, fonts = folder / "office-profile", folder / "fonts.conf"
    fonts.write_text(FONTS, encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), *map(str, files)], check=True, capture_output=True, timeout=240,
                   env={**os.environ, "FONTCONFIG_FILE": str(fonts)})
    pages = {}
    for file in files:
        pdf = folder / f"{file.stem}.pdf"
        text = subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
        ).stdout
        pages[file] = text.split("\f")[:-1]
    return pages
