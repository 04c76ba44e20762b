"""The document part: blocks, one after the other, as WordprocessingML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial

from docgen.docx.styles import TABLE_ID, TABLE_STYLE, Metrics
from docgen.docx.xml import attribute
from docgen.model import Block, BreakBlock, ChartBlock, Paragraph, TableBlock, TemplateBlock, Text
from docgen.template import Template
from docgen.template.elements import Element, Role, TableElement
from docgen.writing import charts, tables
from docgen.writing.paging import Item, Pages
from docgen.writing.runs import Spans, kept
from docgen.writing.sections import Sections, bookmarked, deepest_level, field_code, text_width, write_contents
from docgen.writing.tables import Grid, Look, Measure

CHART_STYLE, CAPTION_STYLE, TABLE_CAPTION_STYLE, TABLE_NOTE_STYLE, GAP_STYLE = "图", "图题", "表题", "表注", "间隔"
_KEEPS = re.compile(r"<w:pPr>(?:<w:pStyle [^>]*/>)?(?:<w:keepNext[^>]*/>)?(?:<w:keepLines[^>]*/>)?")
_BETWEEN = 24.0  # points between the tables of a page, at least
FIRST_DRAWING = 7100  # ids of charts
_BOOKMARKS = re.compile(r"<w:bookmark(?:Start|End) [^>]*/>")


class Body:
    """Collects the document's content; :meth:`pieces` gives it, contents filled in."""

    def __init__(self, template: Template, spans: Spans) -> None:
        self.template, self.styles, self.spans = template, template.styles, spans
        self.charts: list[tuple[str, ChartBlock]] = []
        """Relationship id and block of every chart."""
        self._out: list[str] = []
        self._last: tuple[str, str] | None = None  # head and tail of the paragraph that came last
        self._after_table = False
        self._new_page = False
        own = [element for element in template.elements if isinstance(element, Element)]
        finals = [element.tail for element in own if element.role is Role.SECTION]
        self._sections = Sections([*filter(None, (element.section for element in own)), *(finals[-1:] or ["<w:sectPr/>"])])
        self._turning: bool | None = None  # to landscape, to portrait: as soon as something follows
        self._shared = False  # the page has several tables
        self.written: list[Block] = []
        """The blocks as they are set: with labels again where a page begins."""
        self._blocks: Sequence[Block] = ()
        self._place = 0  # of the block being written
        self._grids: dict[int, tuple[Grid, Measure, float, tuple[Look, list[float]]]] = {}
        self._gap = f'<w:p><w:pPr><w:pStyle w:val="{self.styles.id_of(GAP_STYLE)}"/>'
        self._table_styles: dict[tuple[str, int, str, bool], tuple[str, str]] = {}
        self.headings: list[tuple[int, str, Item]] = []
        """Level, text and place of what the contents lists."""
        self.starts: list[int] = []
        """Number of the first item of each block on the pages."""
        self.set_tables: dict[int, tuple[Look, Grid, Sequence[float]]] = {}
        """How each table is set, by number of its block; with the heights of its rows."""
        self._contents: tuple[int, Element] | None = None
        self._seen: set[int] = set()
        self._level = next((deepest_level(field_code(e.tail)) for e in own if e.role is Role.CONTENTS), -1)
        self.pages = Pages(template.metrics, self._sections.current)

    def add_all(self, blocks: Iterable[Block]) -> None:
        """Write *blocks*."""
        self._blocks = tuple(blocks)
        for place, block in enumerate(self._blocks):
            self._place = place
            if not isinstance(block, BreakBlock):
                self._turn()
            self.written.append(block)
            self.starts.append(len(self.pages.items))
            if isinstance(block, BreakBlock):
                self._break(block)
            elif isinstance(block, Paragraph):
                self._paragraph(block)
            elif isinstance(block, TableBlock):
                self._table(block)
            elif isinstance(block, ChartBlock):
                self._chart(block)
            else:
                self._copied(block)

    @property
    def table_styles(self) -> tuple[str, ...]:
        """Definitions of the paragraph styles that tables asked for, one per font size and alignment."""
        return tuple(xml for _, xml in sorted(self._table_styles.values()))

    @property
    def contents_styles(self) -> list[str]:
        """Ids of the paragraph styles of the contents, by level."""
        return [self.styles.id_of(f"toc {level}") for level in range(1, self._level + 2)]

    def pieces(self) -> list[str]:
        """The whole content of ``w:body``, in pieces."""
        if self._after_table:
            self._emit_paragraph(f"{self._gap}</w:pPr>", "</w:p>")
        if self._contents is not None:
            place, element = self._contents
            styles = self.contents_styles
            self.pages.reckon([(styles[level], text) for level, text, _ in self.headings])
            headings = [(level, text, item.page) for level, text, item in self.headings]
            self._out[place] = write_contents(field_code(element.tail), headings, styles)
        return [*self._out, self._sections.current]

    # ------------------------------------------------------------ blocks

    def _paragraph(self, block: Paragraph) -> None:
        element = self._element(block.source)
        if element is None:
            head = f'<w:p><w:pPr><w:pStyle w:val="{self.styles.id_of(block.style)}"/></w:pPr>'
            content = self.spans.xml(block.spans)
        elif element.role is Role.COPIED and block.text == element.text:
            head, content = element.head, self._once(element).removesuffix("</w:p>")
        else:
            head, content = element.head, self.spans.xml(block.spans, tables.formats_of(element.line, block))
        head = self._on_new_page(head)
        content = self._marked(block, head, content)
        if element is not None and element.section:
            head = self._section_end(head, element)
        self._emit_paragraph(head, f"{content}</w:p>")

    def _marked(self, block: Paragraph, head: str, content: str) -> str:
        """*content* with a bookmark when the paragraph is a heading that the contents lists."""
        style_id, text = self.styles.id_of(block.style), block.text
        item = self.pages.paragraph(style_id, kept(text), head if block.source >= 0 else "")
        level = (self.styles.get(style_id).level or 10) - 1
        if level > self._level or self._contents is None or not (text := text.strip()):
            return content
        self.headings.append((level, text, item))
        return bookmarked(len(self.headings) - 1, content)

    def _table(self, block: TableBlock) -> None:
        if block.caption:
            self._paragraph(Paragraph(TABLE_CAPTION_STYLE, (Text(block.caption),)))
        if self._new_page or self._after_table:
            self._emit_paragraph(self._on_new_page(f"{self._gap}</w:pPr>"), "</w:p>")
        table, measure, size, natural = self._grid(block)
        element = self.template.elements[block.source] if block.source >= 0 else None
        if not isinstance(element, TableElement):
            is_merged = not block.landscape and any(cell.rows > 1 for row in block.rows[table.headers :] for cell in row)
            look, heights = (
                self._look(table, measure, size, natural) if self._sections.is_landscape
                else tables.easy(measure, size, is_merged=True) if is_merged and block.together < len(block.rows) else natural)
            if is_merged:
                again = tables.with_labels_again(block, table, self.pages.breaks(heights, table.headers, table.together))
                if again is not block:
                    block, table = again, table._replace(rows=tables.grid(again.rows))
                    self.written[-1] = block
            style, style_of = self.styles.others.get(TABLE_STYLE, TABLE_ID), partial(self._table_style, block.style)
            tables.write_table(table, look, style, style_of, self.spans, self._out, block.alt)
        else:
            look = Look(size, self._metrics(block.style).line_height)
            heights = measure.heights(look)
            if element.role is Role.COPIED:
                self._out.append(element.xml)
            else:
                tables.fill_table(element, block, self.spans, self._out)
        self.set_tables[self._place] = look, table, heights
        self.pages.table(heights, table.headers, table.together)
        self._last, self._after_table = None, True

    def _metrics(self, style: str) -> Metrics:
        return self.template.metrics.get(self.styles.id_of(style), Metrics())

    def _grid(self, block: TableBlock) -> tuple[Grid, Measure, float, tuple[Look, list[float]]]:
        """A table as it is set on the pages of this section, its measure, the size of its letters.

        And how it is set where there is room.
        """
        if id(block) not in self._grids:
            size = block.font_size or self._metrics(block.style).size
            table = tables.table_grid(block, text_width(self._sections.current), size)
            measure = Measure(table, size)
            self._grids[id(block)] = table, measure, size, tables.easy(measure, size)
        return self._grids[id(block)]

    def _look(self, table: Grid, measure: Measure, size: float, natural: tuple[Look, list[float]]) -> tuple[Look, list[float]]:
        """How a table is set on a landscape page, which it fills or shares, and the heights of its rows."""
        below, end = self._height(self._place + 1)
        room, height = self.pages.room() - below, sum(natural[1])
        following = self._blocks[end] if end < len(self._blocks) else None
        may_share = isinstance(following, BreakBlock) and following.if_needed
        self._shared = self._shared or (may_share and height + self._height(end + 1)[0] + _BETWEEN <= room)
        if self._shared and height <= room:
            return natural
        return tables.fitted(measure, size, room, self.pages.height, table.headers)

    def _height(self, start: int) -> tuple[float, int]:
        """The height of the blocks from *start* up to the next break, tables not pressed, and where that stands."""
        height = 0.0
        while start < len(self._blocks):
            block = self._blocks[start]
            if isinstance(block, TableBlock):
                height += sum(self._grid(block)[3][1])
            elif isinstance(block, Paragraph) and block.source < 0:
                height += self.pages.height_of(self.styles.id_of(block.style), block.text)
            else:
                break
            start += 1
        return height, start

    def _chart(self, block: ChartBlock) -> None:
        relation, style_id = f"rIdChart{len(self.charts) + 1}", self.styles.id_of(CHART_STYLE)
        self.charts.append((relation, block))
        head = self._on_new_page(f'<w:p><w:pPr><w:pStyle w:val="{style_id}"/></w:pPr>')
        self.pages.chart(charts.height_mm(block) / 25.4 * 72, style_id)
        self._emit_paragraph(head, f"{charts.drawing(block, relation, FIRST_DRAWING + len(self.charts))}</w:p>")
        self._paragraph(Paragraph(CAPTION_STYLE, (Text(block.title),)))

    def _copied(self, block: TemplateBlock) -> None:
        element = self.template.elements[block.source]
        if isinstance(element, TableElement):
            self._out.append(element.xml)
            self._last, self._after_table = None, True
        elif element.role is Role.CONTENTS:
            self._contents = (len(self._out), element)
            self.pages.contents()
            self._out.append("")
            self._last, self._after_table = None, False
        elif element.head:
            head = element.head
            if element.section:
                head = self._section_end(head, element)
            else:
                self.pages.paragraph(self.styles.id_of(element.style), "", head, page_break='w:type="page"' in element.tail)
            self._emit_paragraph(head, self._once(element))
        elif element.role is not Role.SECTION:
            self._out.append(element.tail)

    # ------------------------------------------------------------ sections

    def _break(self, block: BreakBlock) -> None:
        if block.kind != "page":
            self._turning = block.kind == "landscape"
        elif block.if_needed and self._sections.is_landscape and self._shared and (
            self._height(self._place + 1)[0] + _BETWEEN <= self.pages.room()
        ):
            self._paragraph(Paragraph(TABLE_NOTE_STYLE, ()))
        else:
            self._new_page, self._shared = True, False

    def _turn(self) -> None:
        """Begin the section of landscape or portrait pages that is due."""
        turning, self._turning = self._turning, None
        if turning is None or turning == self._sections.is_landscape:
            return
        section = self._sections.current
        if self._last is not None and "<w:sectPr" not in self._last[0]:  # the section ends in the paragraph before
            head, tail = self._last
            self._out[-1] = _with_properties(head).removesuffix("</w:pPr>") + f"{section}</w:pPr>{tail}"
        else:
            self._out.append(f"{self._gap}{section}</w:pPr></w:p>")
        self._last, self._after_table, self._new_page, self._shared = None, False, False, False
        self.pages.section(self._sections.turn(landscape=turning))

    def _section_end(self, head: str, element: Element) -> str:
        """The head of a template paragraph in which a section ends, its properties as they are now."""
        head = head.replace(element.section, self._sections.current)
        self.pages.section(self._sections.end(element.section))
        return head

    # ------------------------------------------------------------ helpers

    def _once(self, element: Element) -> str:
        """What stands in a template paragraph; bookmarks only the first time."""
        tail = _BOOKMARKS.sub("", element.tail) if element.index in self._seen else element.tail
        self._seen.add(element.index)
        return tail

    def _on_new_page(self, head: str) -> str:
        """The start of a paragraph, which begins a new page when one is due."""
        if not self._new_page:
            return head
        self._new_page = False
        self.pages.new_page()
        if "<w:pageBreakBefore" in head:
            return head
        return _KEEPS.sub(lambda match: f"{match[0]}<w:pageBreakBefore/>", _with_properties(head), count=1)

    def _table_style(self, name: str, look: Look, align: str, keep: bool) -> str:
        """The id of a hidden style for cells: *name* in another size, aligned; made on first use."""
        half, line = round(look.size * 2), round(look.line * 20)
        key = (name, half, align, keep)
        if key not in self._table_styles:
            base = self.styles.id_of(name)
            kept = " kept" * keep
            style_id = f"{base}{half}{align.capitalize()}{kept.strip().capitalize()}"
            self._table_styles[key] = style_id, (
                f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{style_id}">'
                f'<w:name w:val="{attribute(name)} {half / 2:g} {align}{kept}"/><w:basedOn w:val="{base}"/><w:semiHidden/>'
                f'<w:pPr>{"<w:keepNext/>" if keep else ""}<w:spacing w:line="{line}" w:lineRule="exact"/>'
                f'<w:jc w:val="{align}"/></w:pPr>'
                f'<w:rPr><w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr></w:style>')
        return self._table_styles[key][0]

    def _emit_paragraph(self, head: str, tail: str) -> None:
        self._out.append(head + tail)
        self._last, self._after_table = (head, tail), False

    def _element(self, source: int) -> Element | None:
        element = self.template.elements[source] if 0 <= source < len(self.template.elements) else None
        return element if isinstance(element, Element) and element.head else None


def _with_properties(head: str) -> str:
    """The start of a paragraph with a ``w:pPr`` that has a start and an end tag."""
    if head.endswith("</w:pPr>"):
        return head
    return re.sub(r"<w:pPr\s*/>$", "", head) + "<w:pPr></w:pPr>"
