"""Carrying the changes of the report over to the document: paragraph by paragraph, table by table, chart by chart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from docgen.docx.importing import Importer, insert_after, remove
from docgen.docx.reading import Document, pieces_of
from docgen.docx.xml import W, value_of
from docgen.refresh import charts
from docgen.refresh.align import align
from docgen.refresh.editing import Editor
from docgen.refresh.hunks import Hunk
from docgen.refresh.items import FIGURE, Bit, ChartItem, Item, TableItem, TextItem, cut, plain, quoted
from docgen.refresh.likeness import KINDS, key, like, like_place
from docgen.refresh.linked_figures import Sweep
from docgen.refresh.model import Unplaced
from docgen.refresh.new_report import Fresh
from docgen.refresh.paragraph_merge import EDITED, GONE, merge
from docgen.refresh.places import CHART, PICTURE, RELATION, TEXT, Place, places
from docgen.refresh.stored import Stored
from docgen.refresh.tables import TablePair, is_untouched, merge_table
from docgen.writing.links import tag_of
from workbook.formats.package import Package

if TYPE_CHECKING:
    from lxml.etree import _Element

_DIGIT = re.compile(r"\d")
NO_LONGER = "本次报告不再有这一处，而它改动过"
NO_PLACE = "没有找到可以放的地方"
PARTS_GONE = "图表已被换掉或删去"


class Merging:
    """The work on one document."""

    def __init__(self, document: Document, package: Package, stored: Stored, fresh: Fresh) -> None:
        self.document, self.package, self.stored, self.fresh = document, package, stored, fresh
        self.body = document.file.body
        self.main = document.file.part
        self.editor = Editor(self.body, document.inline, fresh.figures, fresh.marks)
        self.importer = Importer(document.file, fresh.document.file.styles, self.editor.next_id)
        self.tags = {**{tag_of(key): (FIGURE, key) for key in fresh.figures}, **fresh.stored.tags, **stored.tags}
        self.mine = places(document, self.tags)
        self.base: Sequence[Item] = stored.items or ()
        self.numbers = self.sentences = self.charts = self.kept = 0
        self.found: list[tuple[_Element | None, Unplaced]] = []
        self.gone: list[tuple[frozenset[str], _Element | None, Unplaced]] = []
        """What people took out although it changed, with the figures it is about."""
        self.settled: dict[_Element, frozenset[str]] = {}
        self.rebased: dict[int, Item] = {}
        """Place in the new report → what counts as written there."""
        self.remaining: dict[int, list[Item]] = {}
        """Place in the new report (-1: the beginning) → what is left behind it though the new report has it no more."""
        self.elements: dict[int, _Element] = {}
        """Place in the new report → element of the document."""
        self.edited: set[_Element] = set()
        self.relinked = False

    # ------------------------------------------------------------ the whole

    def run(self) -> None:
        """Do everything."""
        to_new = align(self.base, self.fresh.items, (list(map(key, self.base)), list(map(key, self.fresh.items))), like)
        texts = ([f"{KINDS[type(i)]}{plain(i.text)}" for i in self.base], [f"{p.kind}{p.text}" for p in self.mine])
        to_mine = align(self.base, self.mine, texts, like_place, moved=True)
        self.kept += len(self.mine) - sum(1 for place in to_mine if place is not None)
        last = -1
        for number, item in enumerate(self.base):
            new, mine = to_new[number], to_mine[number]
            place = self.mine[mine] if mine is not None else None
            if new is None:
                if place is not None:
                    self._vanished(item, place, last)
                continue
            last = new
            if place is None:
                self._missing(item, new)
            else:
                self.elements[new] = place.element
                self._one(item, new, place)
        self._insert({n for n in to_new if n is not None}, {m for m in to_mine if m is not None})
        self._sweep()

    @property
    def next_base(self) -> list[Item]:
        """The baseline for the next refresh."""
        items = list(self.remaining.get(-1, ()))
        for number in range(len(self.fresh.items)):
            if number in self.rebased:
                items.append(self.rebased[number])
            items += self.remaining.get(number, ())
        return items

    def report(self, element: _Element | None, text: str, stated: str, expected: str, why: str) -> None:
        """Take down something that could not be placed."""
        self.found.append((element, Unplaced(None, text, stated, expected, why)))

    def _sweep(self) -> None:
        sweep = Sweep(self.body, self.stored, self.fresh, self.editor, self.report, self.settled)
        sweep.values()
        sweep.check_directions(self.edited | sweep.turned)
        self.numbers += sweep.numbers
        current = sweep.current() if self.gone else frozenset()
        # A paragraph that was split or put elsewhere has its figures still.
        self.found += [(element, entry) for keys, element, entry in self.gone if not keys or not keys <= current]
        self.relink()

    def relink(self) -> None:
        """Titles of controls name the cells that figures come from: rows may have moved."""
        titles = {tag: title for control in self.fresh.document.file.body.iter(f"{W}sdtPr") if (tag := value_of(control, "tag"))
                  and (title := value_of(control, "alias"))}
        for control in self.body.iter(f"{W}sdtPr"):
            title, shown = titles.get(value_of(control, "tag") or ""), control.find(f"{W}alias")
            if title is not None and shown is not None and shown.get(f"{W}val") != title:
                shown.set(f"{W}val", title)
                self.relinked = True

    # ------------------------------------------------------------ one item

    def _one(self, item: Item, number: int, place: Place) -> None:
        """Something that is in all three states of the report."""
        new = self.fresh.items[number]
        if isinstance(item, TextItem) and isinstance(new, TextItem):
            self.rebased[number] = self._paragraph(item, new, place)
        elif isinstance(item, TableItem) and isinstance(new, TableItem):
            self.rebased[number] = self._table(item, new, number, place)
        elif isinstance(item, ChartItem) and isinstance(new, ChartItem):
            self.rebased[number] = self._chart(item, new, number, place)

    def _paragraph(self, item: TextItem, new: TextItem, place: Place) -> TextItem:
        if place.text not in (plain(item.text), plain(new.text)):
            self.kept += 1
            self.edited.add(place.element)
        if item.bits == new.bits or (place.text == plain(new.text) and item.keys == new.keys):
            return new
        hidden = self.document.is_hidden(place.number)
        pieces = pieces_of(place.element, self.document.inline, hidden)

        def fits(hunk: Hunk, start: int, end: int) -> bool:
            return self.editor.fits(pieces, start, end, cut(new.bits, hunk.new_start, hunk.new_end), hunk.kind)

        merged = merge(item, new, place.text, fits, self.refused, self.fresh.words)
        for edit in merged.edits:
            self.editor.make(place.element, edit, hidden=hidden)
        self.numbers += merged.figures
        self.sentences += merged.words
        for conflict in merged.conflicts:
            if conflict.is_gone:
                self.gone.append((conflict.keys, place.element, Unplaced(None, place.text, "", conflict.expected, GONE)))
            else:
                self.report(place.element, place.text, conflict.stated, conflict.expected, conflict.why)
        keys = frozenset(key for conflict in merged.conflicts for key in conflict.keys)
        if keys:
            self.settled[place.element] = keys
        return merged.base

    def refused(self, bits: tuple[Bit, ...], old: str) -> str:
        """Why *bits* must not replace *old*: a number is not given up for one that cannot be computed."""
        if _DIGIT.search(old):
            for bit in bits:
                figure = self.fresh.figures.get(bit.key) if bit.kind == FIGURE else None
                if figure is not None and not figure.is_known:
                    return f"缺少{figure.missing}，算不出{figure.label}"
        return ""

    def _table(self, item: TableItem, new: TableItem, number: int, place: Place) -> TableItem:
        source = self.fresh.places[number]
        if source is None:
            return item
        pair = TablePair(item, new, place, source)
        outcome = merge_table(pair, self.fresh, self.editor, self.refused, self._report_cell)
        if outcome.replace:
            copy = self.importer.copy(source.element)
            if copy is None:
                self.report(place.element, "", "", "", NO_PLACE)
                return item
            place.element.addnext(copy)
            remove(place.element)
            self.elements[number] = copy
        self.numbers += outcome.numbers
        self.sentences += outcome.words
        self.kept += outcome.edited
        return outcome.base

    def _report_cell(self, element: _Element | None, text: str, stated: str, expected: str, why: str) -> None:
        self.report(element, text, stated, expected, why)
        if element is not None and element.tag == f"{W}p":
            tags = [e.get(f"{W}val", "") for e in element.iter(f"{W}tag")]
            self.settled[element] = frozenset(self.tags[tag][1] for tag in tags if tag in self.tags)

    def _chart(self, item: ChartItem, new: ChartItem, number: int, place: Place) -> ChartItem:
        source = self.fresh.places[number]
        parts = charts.chart_parts(self.package, self.main, place)
        new_parts = charts.chart_parts(self.fresh.package, self.fresh.document.file.part, source) if source is not None else None
        if item.text == new.text:
            self.kept += parts is None or not charts.is_untouched(self.package, parts, item)
            return ChartItem(new.id, new.alt, new.data, item.part, item.book)
        if parts is None or new_parts is None or source is None:
            self.report(place.element, new.alt, "", "", PARTS_GONE)
            return item
        if not charts.is_untouched(self.package, parts, item):
            self.kept += 1
            if charts.is_current(self.package, parts, new):
                return new
            self.report(place.element, new.alt, "", "；".join(label for _, _, label in new.data), EDITED)
            return item
        part, book = charts.update_chart(self.package, parts, item, self.fresh.package, new_parts)
        charts.set_alt(place, item.alt, new.alt)
        charts.fit_height(place, source)
        self.charts += 1
        return ChartItem(new.id, new.alt, new.data, part, book)

    # ------------------------------------------------------------ what is not in all of them

    def _missing(self, item: Item, number: int) -> None:
        """People took it out."""
        new = self.fresh.items[number]
        self.kept += 1
        self.rebased[number] = new
        if item.text != new.text:
            keys = frozenset(key for kind, key in new.keys if kind == FIGURE) if isinstance(new, TextItem) else frozenset()
            self.gone.append((keys, None, Unplaced(None, quoted(item), "", quoted(new), GONE)))

    def _vanished(self, item: Item, place: Place, last: int) -> None:
        """The new report has it no more."""
        if self._is_untouched(item, place):
            remove(place.element)
            self.sentences += 1
        else:
            self.kept += 1
            self.remaining.setdefault(last, []).append(item)
            self.report(place.element, place.text, place.text if place.kind == TEXT else "", "", NO_LONGER)
            self.settled[place.element] = frozenset(key for kind, key in place.keys if kind == FIGURE)

    def _is_untouched(self, item: Item, place: Place) -> bool:
        if next(place.element.iter(f"{W}commentReference"), None) is not None:
            return False
        if isinstance(item, TableItem):
            return is_untouched(item, place)
        if isinstance(item, ChartItem):
            parts = charts.chart_parts(self.package, self.main, place)
            return parts is not None and charts.is_untouched(self.package, parts, item)
        return place.text == plain(item.text)

    def _insert(self, known: set[int], taken: set[int]) -> None:
        """What only the new report has, each behind its predecessor."""
        free = {f"{p.kind}{p.text}": p for n, p in enumerate(self.mine) if n not in taken}
        last: _Element | None = None
        for number, item in enumerate(self.fresh.items):
            if number in known:
                last = self.elements.get(number, last)
                continue
            present = free.get(f"{KINDS[type(item)]}{plain(item.text)}")
            element = present.element if present is not None else self._new(number, last)
            if element is None:
                self.report(last, quoted(item), "", quoted(item), NO_PLACE)
                continue
            self.sentences += present is None
            self.rebased[number] = item
            last = element

    def _new(self, number: int, last: _Element | None) -> _Element | None:
        """Put in what is at *number* in the new report, behind *last*; its element, ``None`` when that cannot be."""
        source = self.fresh.places[number]
        if source is None or (last is None and not self.mine):
            return None
        copy = self._new_chart(source) if source.kind == PICTURE else self.importer.copy(source.element)
        if copy is not None and last is not None:
            insert_after(last, copy)
        elif copy is not None:
            self.mine[0].element.addprevious(copy)
        return copy

    def _new_chart(self, source: Place) -> _Element | None:
        parts = charts.chart_parts(self.fresh.package, self.fresh.document.file.part, source)
        if parts is None or not parts.book:
            return None
        for chart in source.element.iter(CHART):
            chart.attrib.pop(RELATION, None)
        copy = self.importer.copy(source.element)
        if copy is not None:
            charts.add_chart(self.document.file, copy, self.fresh.package, parts)
        return copy
