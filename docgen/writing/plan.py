"""Where the blocks of a report stand on its pages, as the writer sets and reckons them: for whoever shows the pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from docgen.docx.styles import Metrics
from docgen.model import Block, Paragraph, TableBlock
from docgen.template import Template
from docgen.writing import sections
from docgen.writing.body import CAPTION_STYLE, CHART_STYLE, TABLE_CAPTION_STYLE, Body
from docgen.writing.runs import Spans
from docgen.writing.tables import Look

_FONT = re.compile(r'w:eastAsia="([^"]+)"')


class TablePlan(NamedTuple):
    """How a table is set; points."""

    look: Look
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    """Of its rows."""


class Page(NamedTuple):
    """Size and margins of a page, in points."""

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float


class PagePlan(NamedTuple):
    """The pages of a report."""

    blocks: Sequence[Block]
    """The blocks as they are written (labels of tables are stated again after a page break)."""
    leaves: Sequence[int]
    """Number of the page (0-based) on which each block begins."""
    tops: frozenset[int]
    """Numbers of the blocks that begin a page."""
    pages: Sequence[Page]
    """What the page of each block is like."""
    tables: Mapping[int, TablePlan]
    """By number of the block."""
    contents: Sequence[tuple[str, int, int]]
    """Entries of the table of contents: text, level (0: a part), page number."""
    contents_styles: Sequence[Metrics]
    """How they are set, by level."""
    styles: Mapping[str, Metrics]
    """Sizes of the paragraph styles by name."""
    total: int
    """How many pages there are."""
    fonts: tuple[str, ...]
    """Fonts of Chinese characters that the styles name."""


def page_plan(blocks: Sequence[Block], template: Template) -> PagePlan:
    """The pages of *blocks* written with *template*."""
    body = Body(template, Spans(linked=False, marks={}))
    section = body.pages.first_section
    body.add_all(blocks)
    body.pieces()
    if not body.headings:
        body.pages.reckon(())
    items = body.pages.items
    leaves, tops, pages, before = list[int](), set[int](), list[Page](), -1
    for number, (first, end) in enumerate(zip(body.starts, [*body.starts[1:], len(items)], strict=True)):
        pages.append(_page(section))
        own = [item for item in items[first:end] if item.section is None]
        section = next((item.section for item in items[first:end][::-1] if item.section is not None), section)
        leaf = own[0].leaf if own else max(before, 0)
        if own and leaf > before:
            tops.add(number)
        leaves.append(leaf)
        before = own[-1].last_leaf if own else before
    names = {block.style for block in blocks if isinstance(block, Paragraph | TableBlock)}
    names |= {CHART_STYLE, CAPTION_STYLE, TABLE_CAPTION_STYLE}
    default = Metrics()
    return PagePlan(
        body.written, leaves, frozenset(tops), pages,
        {
            place: TablePlan(look, tuple(width / 20 for width in grid.widths), tuple(heights))
            for place, (look, grid, heights) in body.set_tables.items()},
        [(text, level, item.page) for level, text, item in body.headings],
        [template.metrics.get(style, default) for style in body.contents_styles],
        {name: template.metrics.get(body.styles.id_of(name), default) for name in names},
        max((item.last_leaf for item in items), default=0) + 1,
        tuple(dict.fromkeys(_FONT.findall(template.shell.styles))))


def _page(section: str) -> Page:
    page = sections.page_of(section)
    return Page(*(page[name] / 20 for name in ("w", "h", "top", "right", "bottom", "left")))
