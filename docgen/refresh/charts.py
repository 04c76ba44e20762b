"""Charts of the report: their data and the workbook inside, replaced when nobody changed the data."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from docgen.docx.charts import LABELS, VALUES, chart_data
from docgen.docx.package import WordFile
from docgen.docx.relations import declare_types, parse_part, relate
from docgen.docx.xml import WP, C, part_bytes
from docgen.refresh.items import ChartItem
from docgen.refresh.places import CHART as CHART_ELEMENT
from docgen.refresh.places import RELATION, Place
from docgen.writing.writer import CHART_TYPE, XLSX_TYPE
from workbook.formats.package import Package, PackageError, relations_part
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element



@dataclass(frozen=True, slots=True)
class ChartParts:
    """The parts of one chart in a package."""

    part: str
    book: str
    """The workbook inside (empty: there is none)."""


def chart_parts(package: Package, main: str, place: Place) -> ChartParts | None:
    """The parts of the chart at *place*; ``None`` when the file does not hold them."""
    chart = next(place.element.iter(CHART_ELEMENT), None)
    if chart is None:
        return None
    relation = package.relations(main).get(chart.get(RELATION, ""))
    if relation is None or relation.part not in package:
        return None
    books = [r.part for r in package.relations(relation.part).values() if r.kind == "package" and r.part in package]
    return ChartParts(relation.part, books[0] if books else "")


def _shows(root: _Element, item: ChartItem) -> bool:
    """Whether the first series of the chart *root* is the data of *item*."""
    shown = next(chart_data(root), [])
    wanted = [(label, amount) for _, amount, label in item.data]
    return len(shown) == len(wanted) and all(
        a == c and _number(b) == _number(d) for (a, b), (c, d) in zip(shown, wanted, strict=True))


def _number(text: str) -> float | str:
    """A number to compare; Word writes ``528.67510000000004``."""
    try:
        return round(float(text), 6)
    except ValueError:
        return text


def is_untouched(package: Package, parts: ChartParts, base: ChartItem) -> bool:
    """Whether the chart still shows the data that were generated."""
    if zlib.crc32(package.read(parts.part)) == base.part:
        return not parts.book or zlib.crc32(package.read(parts.book)) == base.book
    return _shows(parse_part(package, parts.part), base)


def update_chart(package: Package, parts: ChartParts, base: ChartItem, source: Package, new_parts: ChartParts) -> tuple[int, int]:
    """Give the chart its new data; the checksums of its part and its workbook."""
    content = source.read(new_parts.part)
    if zlib.crc32(package.read(parts.part)) != base.part:  # saved by Word since: only the data change
        content = _with_data(parse_part(package, parts.part), parse_part(source, new_parts.part))
    package.write(parts.part, content)
    book = source.read(new_parts.book) if new_parts.book else b""
    if parts.book and book:
        package.write(parts.book, book)
    return zlib.crc32(content), zlib.crc32(book) if parts.book else 0


def is_current(package: Package, parts: ChartParts, new: ChartItem) -> bool:
    """Whether the chart shows the new data already."""
    return _shows(parse_part(package, parts.part), new)


def _with_data(root: _Element, new: _Element) -> bytes:
    """The chart *root* with the data of *new*, its looks kept."""
    mine, theirs = next(root.iter(f"{C}ser"), None), next(new.iter(f"{C}ser"), None)
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
    points = mine.findall(f"{C}dPt")
    for point in [point for point in points if _index(point) >= count]:
        mine.remove(point)
        points.remove(point)
    known = {_index(point) for point in points}
    for point in theirs.findall(f"{C}dPt"):
        if points and _index(point) not in known:
            points[-1].addnext(point)
            points.append(point)


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


def set_alt(place: Place, old: str, new: str) -> None:
    """The chart's description, when it still is the generated one."""
    for described in place.element.iter(f"{WP}docPr"):
        if described.get("descr") == old:
            described.set("descr", new)


def fit_height(place: Place, fresh: Place) -> None:
    """The size of the new chart, when the width still is the generated one."""
    mine, new = (next(p.element.iter(f"{WP}extent"), None) for p in (place, fresh))
    if mine is not None and new is not None and mine.get("cx") == new.get("cx"):
        mine.set("cy", new.get("cy", ""))


def add_chart(file: WordFile, element: _Element, source: Package, new_parts: ChartParts) -> None:
    """Bring the parts of a chart of the new report into *file*; *element* (a copy of its paragraph) is made to name them."""
    package, folder = file.package, file.part.rpartition("/")[0]
    number = next(n for n in range(1, 10_000) if f"{folder}/charts/chart{n}.xml" not in package.names
                  and f"{folder}/embeddings/Microsoft_Excel_Worksheet{n}.xlsx" not in package.names)
    part, book = f"{folder}/charts/chart{number}.xml", f"{folder}/embeddings/Microsoft_Excel_Worksheet{number}.xlsx"
    package.write(part, source.read(new_parts.part))
    package.write(book, source.read(new_parts.book))
    package.write(relations_part(part), source.read(relations_part(new_parts.part)).replace(
        new_parts.book.rpartition("/")[2].encode(), book.rpartition("/")[2].encode()))
    declare_types(package, {part: CHART_TYPE, book: XLSX_TYPE})
    identifier = relate(file, "chart", part)
    for chart in element.iter(CHART_ELEMENT):
        chart.set(RELATION, identifier)
    used = [int(e.get("id", "0")) for e in file.body.iter(f"{WP}docPr") if e.get("id", "").isdecimal()]
    for described in element.iter(f"{WP}docPr"):
        described.set("id", str(max(used, default=0) + 1))


