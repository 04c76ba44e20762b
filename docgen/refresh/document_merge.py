"""Carrying the changes of the report over to the document: paragraph by paragraph, table by table, chart by chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from docgen.docx.importing import Importer, insert_after, remove
from docgen.docx.paragraphs import DocCell
from docgen.docx.reading import Document
from docgen.docx.xml import W, value_of
from docgen.refresh.charts import add_chart, chart_at, fit
from docgen.refresh.editing import Editor
from docgen.refresh.linked_figures import Sweep
from docgen.refresh.paragraph_merge import EDITED, GONE, Merged
from docgen.refresh.places import Place, align_items, find_places, places, plain, quoted
from docgen.refresh.reports import Fresh, Stored
from docgen.refresh.tables import merge_cells, same_shape
from docgen.writing.baseline import FIGURE, TEXT, ChartItem, Item, TableItem, TextItem
from docgen.writing.runs import tag_of

if TYPE_CHECKING:
    from lxml.etree import _Element

Note: TypeAlias = "tuple[_Element | None, str, str, str, str]"
"""What could not be placed: the element, the text of the paragraph (empty: what it has in the end), what stands there,
what should, and why it was left."""
NO_LONGER = "本次报告不再有这一处，而它改动过"
NO_PLACE = "没有找到可以放的地方"
RESHAPED = "表的行列变了，而这张表改动过"
NO_RECORD = "报告里没有生成时的记录（由较早的版本生成，或已损坏），只更新了带链接的数，其他文字、图表和新列示的数请对照重新生成的报告核对"
PARTS_GONE = "图表已被换掉或删去"


class Merging:
    """The work on one document."""

    def __init__(self, document: Document, stored: Stored, fresh: Fresh) -> None:
        self.document, self.stored, self.fresh = document, stored, fresh
        self.body = document.file.body
        self.editor = Editor(document, fresh.figures, fresh.marks)
        self.importer = Importer(document.file, fresh.document.file.styles, self.editor.next_id)
        self.tags = {**{tag_of(key): (FIGURE, key) for key in fresh.figures}, **fresh.stored.tags, **stored.tags}
        self.mine = places(document, self.tags)
        self.base: Sequence[Item] = stored.items or ()
        self.numbers = self.sentences = self.charts = self.kept = 0
        self.found: list[Note] = []
        self.gone: list[tuple[frozenset[str], Note]] = []
        """What people took out although it changed, with the figures it is about."""
        self.settled: dict[_Element, frozenset[str]] = {}
        self.written: dict[int, list[Item]] = defaultdict(list)
        """Place in the new report (-1: the beginning) → what counts as written there, and what is left behind it though
        the new report has it no more."""
        self.elements: dict[int, _Element] = {}
        """Place in the new report → element of the document."""
        self.edited: set[_Element] = set()
        self.relinked = False
        self.sweep = Sweep(self)

    # ------------------------------------------------------------ the whole

    def run(self) -> None:
        """Do everything; where it is not known what was written, only the linked figures."""
        if self.stored.items is None:
            self._sweep()
            self.sentences += len(self.sweep.turned)
            self.report(None, "", "", "", NO_RECORD)
            return
        to_new, to_mine = align_items(self.base, self.fresh.items), find_places(self.base, self.mine)
        self.kept += len(self.mine) - sum(1 for place in to_mine if place is not None)
        last = -1
        for item, new, place in zip(self.base, to_new, to_mine, strict=True):
            if new is not None:
                last = new
                self.written[new].append(self._one(item, new, place) if place is not None else self._missing(item, new))
            elif place is not None:
                self._vanished(item, place, last)
        self._insert({*to_new}, {*to_mine})
        self._sweep()

    @property
    def next_base(self) -> list[Item]:
        """The baseline for the next refresh."""
        return [item for number in sorted(self.written) for item in self.written[number]]

    def report(self, element: _Element | None, text: str, stated: str, expected: str, why: str) -> None:
        """Take down something that could not be placed."""
        self.found.append((element, text, stated, expected, why))

    def report_cell(self, cell: DocCell, label: str, expected: str, why: str) -> None:
        """The same of a cell: nothing more is said about its figures."""
        element = self.document.elements[cell.numbers[0] - 1] if cell.numbers else None
        self.report(element, label, cell.text, expected, why)
        if element is not None:
            tags = [e.get(f"{W}val", "") for e in element.iter(f"{W}tag")]
            self.settled[element] = frozenset(self.tags[tag][1] for tag in tags if tag in self.tags)

    def _sweep(self) -> None:
        sweep = self.sweep
        sweep.values()
        sweep.check_directions(self.edited | sweep.turned)
        current = sweep.current() if self.gone else frozenset()
        # A paragraph that was split or put elsewhere has its figures still.
        self.found += [note for keys, note in self.gone if not keys or not keys <= current]
        # Titles of controls name the cells that figures come from: rows may have moved.
        titles = {tag: title for control in self.fresh.document.file.body.iter(f"{W}sdtPr") if (tag := value_of(control, "tag"))
                  and (title := value_of(control, "alias"))}
        for control in self.body.iter(f"{W}sdtPr"):
            title, shown = titles.get(value_of(control, "tag") or ""), control.find(f"{W}alias")
            if title is not None and shown is not None and shown.get(f"{W}val") != title:
                shown.set(f"{W}val", title)
                self.relinked = True

    # ------------------------------------------------------------ one item

    def _one(self, item: Item, number: int, place: Place) -> Item:
        """Bring up to date what is in all three states of the report; what then counts as written."""
        self.elements[number] = place.element
        new, source = self.fresh.items[number], self.fresh.places[number]
        if isinstance(item, TextItem) and isinstance(new, TextItem):
            return self._paragraph(item, new, place)
        if isinstance(item, ChartItem) and isinstance(new, ChartItem):
            return self._chart(item, new, place, source)
        if isinstance(item, TableItem) and isinstance(new, TableItem) and source is not None:
            return self._table(item, new, number, place, source)
        return item

    def _paragraph(self, item: TextItem, new: TextItem, place: Place) -> TextItem:
        if place.text not in (plain(item.text), plain(new.text)):
            self.kept += 1
            self.edited.add(place.element)
        if item.bits == new.bits or (place.text == plain(new.text) and item.keys == new.keys):
            return new
        merged = self.merge_text(place.element, item, new, place.text)
        self.sentences += merged.words
        # Where the controls still stand, whatever the words around them, the sweep gives them their values.
        open_ = [c for c in merged.conflicts if c.is_gone or not (c.is_same and self.sweep.can_follow(place.element, c.keys))]
        for conflict in open_:
            if conflict.is_gone:
                self.gone.append((conflict.keys, (place.element, place.text, "", conflict.expected, GONE)))
            else:
                self.report(place.element, place.text, conflict.stated, conflict.expected, conflict.why)
        keys = frozenset(key for conflict in open_ for key in conflict.keys)
        if keys:
            self.settled[place.element] = keys
        return merged.base

    def merge_text(self, element: _Element, item: TextItem, new: TextItem, text: str) -> Merged:
        """Carry the changes from *item* to *new* over to the paragraph *element*, which is *text* now."""
        pieces = self.document.pieces(element)
        merged = Merged(
            item, new, text, lambda hunk, start, end: self.editor.fits(pieces, start, end, hunk.new, hunk.kind),
            self.fresh.refused, self.fresh.words)
        for edit in merged.edits:
            self.editor.make(element, edit)
        self.numbers += merged.figures
        return merged

    def _table(self, item: TableItem, new: TableItem, number: int, place: Place, source: Place) -> TableItem:
        is_edited = place.text != plain(item.text)
        self.kept += is_edited
        if item.text == new.text:
            return new
        if is_edited or same_shape(item, new, place, source):
            merged = merge_cells(self, item, new, place, source)
            if merged is not None:
                return merged
        copy = self.importer.copy(source.element) if not is_edited else None
        if copy is None:
            self.report(place.element, quoted(place) if is_edited else "", "", "", RESHAPED if is_edited else NO_PLACE)
            return item
        place.element.addnext(copy)
        remove(place.element)
        self.elements[number] = copy
        self.sentences += 1
        return new

    def _chart(self, item: ChartItem, new: ChartItem, place: Place, source: Place | None) -> ChartItem:
        chart = chart_at(self.document.file, place)
        fresh = chart_at(self.fresh.document.file, source) if source is not None else None
        untouched = chart is not None and chart.is_untouched(item)
        self.kept += not untouched and (item.text == new.text or (chart is not None and fresh is not None))
        if item.text == new.text:
            return replace(new, part=item.part, book=item.book)
        if chart is None or fresh is None or source is None:
            self.report(place.element, new.alt, "", "", PARTS_GONE)
            return item
        if untouched:
            part, book = chart.update(item, fresh)
            fit(place, source, item.alt, new.alt)
            self.charts += 1
            return replace(new, part=part, book=book)
        if chart.shows(new):
            return new
        self.report(place.element, new.alt, "", "；".join(label for _, _, label in new.data), EDITED)
        return item

    # ------------------------------------------------------------ what is not in all of them

    def _missing(self, item: Item, number: int) -> Item:
        """People took it out."""
        new = self.fresh.items[number]
        self.kept += 1
        if item.text != new.text:
            keys = frozenset(key for kind, key in new.keys if kind == FIGURE) if isinstance(new, TextItem) else frozenset()
            self.gone.append((keys, (None, quoted(item), "", quoted(new), GONE)))
        return new

    def _vanished(self, item: Item, place: Place, last: int) -> None:
        """The new report has it no more."""
        if self._is_untouched(item, place):
            remove(place.element)
            self.sentences += 1
        else:
            self.kept += 1
            self.written[last].append(item)
            self.report(place.element, place.text, place.text if place.kind == TEXT else "", "", NO_LONGER)
            self.settled[place.element] = frozenset(key for kind, key in place.keys if kind == FIGURE)

    def _is_untouched(self, item: Item, place: Place) -> bool:
        if next(place.element.iter(f"{W}commentReference"), None) is not None:
            return False
        if isinstance(item, ChartItem):
            chart = chart_at(self.document.file, place)
            return chart is not None and chart.is_untouched(item)
        return place.text == plain(item.text)

    def _insert(self, known: set[int | None], taken: set[Place | None]) -> None:
        """What only the new report has, each behind its predecessor."""
        free = {f"{place.kind}{place.text}": place for place in self.mine if place not in taken}
        last: _Element | None = None
        for number, item in enumerate(self.fresh.items):
            if number in known:
                last = self.elements.get(number, last)
                continue
            present = free.get(f"{item.kind}{plain(item.text)}")
            element = present.element if present is not None else self._new(number, last)
            if element is None:
                self.report(last, quoted(item), "", quoted(item), NO_PLACE)
                continue
            self.sentences += present is None
            self.written[number].append(item)
            last = element

    def _new(self, number: int, last: _Element | None) -> _Element | None:
        """Put in what is at *number* in the new report, behind *last*; its element, ``None`` when that cannot be."""
        source = self.fresh.places[number]
        if source is None or (last is None and not self.mine):
            return None
        if isinstance(self.fresh.items[number], ChartItem):
            chart = chart_at(self.fresh.document.file, source)
            copy = add_chart(self.document.file, self.importer, source, chart) if chart is not None and chart.book else None
        else:
            copy = self.importer.copy(source.element)
        if copy is not None and last is not None:
            insert_after(last, copy)
        elif copy is not None:
            self.mine[0].element.addprevious(copy)
        return copy
