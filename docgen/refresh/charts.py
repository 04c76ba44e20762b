"""Charts of the report: their data and the workbook inside, replaced when nobody changed the data."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from docgen.docx.importing import Importer
from docgen.docx.package import LABELS, VALUES, WordFile, chart_data, declare_types, parse_part, relate
from docgen.docx.xml import WP, C, part_bytes
from docgen.refresh.places import CHART, RELATION, Place
from docgen.writing.baseline import ChartItem
from docgen.writing.writer import CHART_TYPE, XLSX_TYPE
from workbook.formats.package import Package, PackageError, relations_part

if TYPE_CHECKING:
    from lxml.etree import _Element


class Chart(NamedTuple):
    """A chart in a package: its part, and that of the workbook inside (empty: there is none)."""

    package: Package
    part: str
    book: str

    def shows(self, item: ChartItem) -> bool:
        """Whether the first series is the data of *item*."""
        shown = next(chart_data(parse_part(self.package, self.part)), [])
        wanted = [(label, amount) for _, amount, label in item.data]
        return len(shown) == len(wanted) and all(
            a == c and _number(b) == _number(d) for (a, b), (c, d) in zip(shown, wanted, strict=True))

    def is_untouched(self, base: ChartItem) -> bool:
        """Whether the chart still shows the data that were generated."""
        if zlib.crc32(self.package.read(self.part)) == base.part:
            return not self.book or zlib.crc32(self.package.read(self.book)) == base.book
        return self.shows(base)

    def update(self, base: ChartItem, new: Chart) -> tuple[int, int]:
        """Give it the data of *new*; the checksums of its part and its workbook."""
        content = new.package.read(new.part)
        if zlib.crc32(self.package.read(self.part)) != base.part:  # saved by Word since: only the data change
            content = _with_data(parse_part(self.package, self.part), parse_part(new.package, new.part))
        self.package.write(self.part, content)
        book = new.package.read(new.book) if new.book else b""
        if self.book and book:
            self.package.write(self.book, book)
        return zlib.crc32(content), zlib.crc32(book) if self.book else 0


def chart_at(file: WordFile, place: Place) -> Chart | None:
    """The chart at *place* of *file*; ``None`` when the file does not hold its part."""
    chart, package = next(place.element.iter(CHART), None), file.package
    relation = package.relations(file.part).get(chart.get(RELATION, "")) if chart is not None else None
    if relation is None or relation.part not in package:
        return None
    books = (r.part for r in package.relations(relation.part).values() if r.kind == "package" and r.part in package)
    return Chart(package, relation.part, next(books, ""))


def _number(text: str) -> float | str:
    """A number to compare; Word writes ``528.67510000000004``."""
    try:
        return round(float(text), 6)
    except ValueError:
        return text


def _with_data(root: _Element, new: _Element) -> bytes:
    """The chart *root* with the data of *new*, its looks kept."""
    mine, theirs = (next(tree.iter(f"{C}ser"), None) for tree in (root, new))
    if mine is None or theirs is None:
        raise PackageError("图表中没有数据系列")
    for name in (LABELS, VALUES):
        old, now = mine.find(f"{C}{name}"), theirs.find(f"{C}{name}")
        if old is not None and now is not None:
            mine.replace(old, now)
    _paint(mine, theirs)
    _hide_small(mine, theirs)
    return part_bytes(root)


def _paint(mine: _Element, theirs: _Element) -> None:
    """Colours for slices that are new, none for those that are gone."""
    count = len(mine.findall(f"{C}val//{C}pt"))
    points = {_index(point): point for point in mine.findall(f"{C}dPt")}
    for index in [index for index in points if index >= count]:
        mine.remove(points.pop(index))
    last = [*points.values()][-1:]
    for point in theirs.findall(f"{C}dPt"):
        if last and _index(point) not in points:
            last[0].addnext(point)
            last = [point]


def _index(element: _Element) -> int:
    """Which slice a point or label is about."""
    found = element.find(f"{C}idx")
    text = found.get("val", "") if found is not None else ""
    return int(text) if text.isdecimal() else 0


def _hide_small(mine: _Element, theirs: _Element) -> None:
    """Slices too small for a number of their own beside the pie, as the new chart has them."""
    labels, wanted = mine.find(f"{C}dLbls"), theirs.find(f"{C}dLbls")
    if labels is None or wanted is None:
        return
    for label in labels.findall(f"{C}dLbl"):
        if label.find(f"{C}delete") is not None:
            labels.remove(label)
    others = {_index(label) for label in labels.findall(f"{C}dLbl")}
    for label in reversed(wanted.findall(f"{C}dLbl")):
        if label.find(f"{C}delete") is not None and _index(label) not in others:
            labels.insert(0, label)


def fit(place: Place, fresh: Place, old: str, new: str) -> None:
    """The description and height of the new chart, where description (*old*) and width still are the generated ones."""
    for described in place.element.iter(f"{WP}docPr"):
        if described.get("descr") == old:
            described.set("descr", new)
    mine, wanted = (next(p.element.iter(f"{WP}extent"), None) for p in (place, fresh))
    if mine is not None and wanted is not None and mine.get("cx") == wanted.get("cx"):
        mine.set("cy", wanted.get("cy", ""))


def add_chart(file: WordFile, importer: Importer, source: Place, new: Chart) -> _Element | None:
    """Bring a chart of the new report into *file*; a copy of its paragraph for there, ``None`` when that cannot be."""
    for chart in source.element.iter(CHART):
        chart.attrib.pop(RELATION, None)
    element = importer.copy(source.element)
    if element is None:
        return None
    package, folder = file.package, file.part.rpartition("/")[0]
    number = next(n for n in range(1, 10_000) if f"{folder}/charts/chart{n}.xml" not in package.names
                  and f"{folder}/embeddings/Microsoft_Excel_Worksheet{n}.xlsx" not in package.names)
    part, book = f"{folder}/charts/chart{number}.xml", f"{folder}/embeddings/Microsoft_Excel_Worksheet{number}.xlsx"
    package.write(part, new.package.read(new.part))
    package.write(book, new.package.read(new.book))
    package.write(relations_part(part), new.package.read(relations_part(new.part)).replace(
        new.book.rpartition("/")[2].encode(), book.rpartition("/")[2].encode()))
    declare_types(package, {part: CHART_TYPE, book: XLSX_TYPE})
    identifier = relate(file, "chart", part)
    for chart in element.iter(CHART):
        chart.set(RELATION, identifier)
    used = [int(e.get("id", "0")) for e in file.body.iter(f"{WP}docPr") if e.get("id", "").isdecimal()]
    for described in element.iter(f"{WP}docPr"):
        described.set("id", str(max(used, default=0) + 1))
    return element
