"""A unit's files that change, its report, and what people do to the report in Word."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

from lxml import etree

from docgen.docx.reading import read_document
from docgen.job.inputs import Inputs, load_inputs
from docgen.refresh import Refreshed, refresh_report
from docgen.report.assembly import build_report, write_word
from tests.units import standard_pack
from workbook.editing.package_edit import edit_package
from workbook.formats.package import Package
from workbook.issues import CellRef
from workbook.pack.loading import TEMPLATES

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SAMPLE = TEMPLATES / "sample"
YEAR = "示例市电化教育馆_2024年度决算公开表.xlsx"
COMPANION = "示例市电化教育馆_2024年度决算公开表_底稿.xlsx"


class Unit:
    """The sample unit in a folder of its own: change its files, write its report, refresh it."""

    def __init__(self, folder: Path, source: Path = SAMPLE, cells: dict[str, CellRef] | None = None) -> None:
        self.folder = folder
        for file in source.iterdir():
            if file.suffix in (".xlsx", ".docx"):
                shutil.copyfile(file, folder / file.name)
        self.workbook, self.companion = folder / YEAR, folder / COMPANION
        self.report = folder / "报告.docx"
        self.cells = cells or {f.id: f.sources[0] for f in build_report(self.inputs).figures if len(f.sources) == 1}
        """The one cell that a figure comes from."""

    @property
    def inputs(self) -> Inputs:
        """What stands in the files now."""
        return load_inputs(self.workbook, pack=standard_pack())

    def write(self, path: Path | None = None) -> Path:
        """Write the report anew."""
        context = self.inputs
        write_word(build_report(context), context, path or self.report, linked=True)
        return path or self.report

    def copy(self, folder: Path) -> Unit:
        """The same in another folder."""
        folder.mkdir(parents=True, exist_ok=True)
        return Unit(folder, self.folder, self.cells)

    def fresh_texts(self) -> list[str]:
        """The texts of a report written anew."""
        return texts(self.write(self.folder / "新写.docx"))

    def refresh(self, out: Path | None = None) -> Refreshed:
        """Refresh the report into *out*."""
        return refresh_report(self.report, self.inputs, out or self.folder / "刷新.docx")

    @property
    def refreshed(self) -> Path:
        """Where the refreshed report stands."""
        return self.folder / "刷新.docx"

    def set(self, values: Mapping[tuple[str, str, str], str | None]) -> None:
        """Type amounts (in the workbook's unit) into cells, named by table, row and column."""
        accounts = self.inputs.accounts
        edits: dict[str, dict[tuple[int, int], Decimal | None]] = {}
        for (table, row, column), value in values.items():
            ref = accounts.tables[table].ref(row, column)
            assert ref is not None, (table, row, column)
            edits.setdefault(ref.sheet, {})[ref.row, ref.column] = None if value is None else Decimal(value)
        self.workbook.write_bytes(edit_package(self.workbook.read_bytes(), edits))

    def set_figure(self, figure_id: str, value: str) -> None:
        """Type an amount into the one cell that a figure comes from."""
        ref = self.cells[figure_id]
        path = self.folder / ref.file
        path.write_bytes(edit_package(path.read_bytes(), {ref.sheet: {(ref.row, ref.column): Decimal(value)}}))

    def set_reason(self, slot: str, text: str) -> None:
        """Write another reason into the 底稿."""
        companion = self.inputs.companion
        assert companion is not None
        row = companion.reason(slot)
        assert row is not None
        assert row.text.ref is not None
        ref = row.text.ref
        self.companion.write_bytes(edit_package(self.companion.read_bytes(), {ref.sheet: {(ref.row, ref.column): text}}))

    def edit(self, change: Callable[[etree._Element], None]) -> None:
        """Change the report's XML as an editing person makes Word change it."""
        edit_xml(self.report, "word/document.xml", change)


def edit_xml(path: Path, part: str, change: Callable[[etree._Element], None]) -> None:
    """Change one part of a Word file, all others stay."""
    package = Package(path.read_bytes())
    root = etree.fromstring(package.read(part))
    change(root)
    package.write(part, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
    path.write_bytes(package.to_bytes())


def texts(path: Path) -> list[str]:
    """The texts of a report as they are read, without its contents."""
    return [p.text.replace("\u00a0", " ") for p in read_document(path).paragraphs if p.text and p.style not in ("目录1", "目录2")]


def paragraph_with(root: etree._Element, words: str) -> etree._Element:
    """The paragraph of the text (not of the contents) in which *words* stand."""
    found = [p for p in root.iter(f"{W}p") if words in shown(p) and p.find(f".//{W}hyperlink") is None]
    assert found, words
    return found[0]


def shown(element: etree._Element) -> str:
    """The text below *element*."""
    return "".join(t.text or "" for t in element.iter(f"{W}t")).replace("\u00a0", " ")


def control(root: etree._Element, tag: str) -> etree._Element:
    """The first content control with this *tag*."""
    return next(e for e in root.iter(f"{W}sdt") if (t := e.find(f"{W}sdtPr/{W}tag")) is not None and t.get(f"{W}val") == tag)


def controls(path: Path) -> list[tuple[str, str]]:
    """Tag and text of every content control."""
    root = etree.fromstring(Package(path.read_bytes()).read("word/document.xml"))
    found = []
    for element in root.iter(f"{W}sdt"):
        tag = element.find(f"{W}sdtPr/{W}tag")
        if tag is not None:
            found.append((tag.get(f"{W}val", ""), shown(element)))
    return found


def say(element: etree._Element, text: str) -> None:
    """Type *text* over what *element* says."""
    first, *others = element.iter(f"{W}t")
    first.text = text
    first.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    for other in others:
        other.getparent().getparent().remove(other.getparent())


def replace_in(root: etree._Element, words: str, old: str, new: str) -> None:
    """In the paragraph with *words*, type *new* over *old*, which stands in one run."""
    paragraph = paragraph_with(root, words)
    for element in paragraph.iter(f"{W}t"):
        plain = (element.text or "").replace("\u00a0", " ")
        if old in plain:
            element.text = plain.replace(old, new, 1)
            element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            return
    raise AssertionError(f"{old} stands in no one run")


def run_of(text: str, properties: str = "") -> etree._Element:
    """A run."""
    return etree.fromstring(
        f'<w:r xmlns:w="{W[1:-1]}">{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{text}</w:t></w:r>')
