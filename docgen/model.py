"""The values that pass between the parts of docgen: figures, changes, and the report as blocks.

A figure knows what it is, how it was computed and from which cells.  The narrative is a list of blocks;
Word, HTML, plain text and the review all read the same list.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from workbook.issues import CellRef
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that the report states."""

    id: str
    """Stable id, dotted: ``收支.总计.比上年.增减额``."""
    label: str
    value: Decimal | None
    """The number as printed (rounded half-up once); ``None`` when it cannot be computed."""
    unit: str
    """``万元``, ``%``, ``个``, ``人``, ``辆``, ``台（套）``, ``分`` …"""
    text: str
    """What is printed (a percentage includes its sign: ``30.68%``); a prompt when not computable."""
    sources: tuple[CellRef, ...] = ()
    how: str = ""
    """How it was computed, in words an accountant reads: ``公开01 收入总计 − 上年公开01 收入总计``."""
    missing: str = ""
    """Which input is missing (empty: computed)."""
    exact: Decimal | None = None
    """The precise value before rounding."""
    operands: tuple[Decimal, Decimal] | None = None
    """Of a percentage: the precise part and whole it was computed from."""
    section: int = 0
    """Section of the narrative that states it first (0: none, or not yet known)."""

    @property
    def is_known(self) -> bool:
        """Whether the figure could be computed."""
        return self.value is not None

    def stated_in(self, section: int) -> Figure:
        """The figure as *section* of the narrative states it first."""
        return Figure(
            self.id, self.label, self.value, self.unit, self.text, self.sources, self.how, self.missing, self.exact,
            self.operands, section)


class Direction(StrEnum):
    """Direction of a change; the words always follow the sign."""

    UP = "增加"
    DOWN = "减少"
    LEVEL = "持平"
    UNKNOWN = "未知"


@dataclass(frozen=True, slots=True)
class Change:
    """A comparison of an amount with last year's, or with the budget."""

    id: str
    """``收支.总计.比上年``."""
    label: str
    against: str
    """``上年决算`` / ``年初预算`` / ``全年预算``."""
    current: Figure
    base: Figure
    difference: Figure
    """Absolute difference as printed; the sign is in :attr:`direction`."""
    rate: Figure | None
    """Absolute percentage; ``None`` when the base is zero (上年无此项)."""
    direction: Direction

    @property
    def signed(self) -> Decimal | None:
        """Precise signed difference (current - base) in 万元."""
        if self.current.exact is None or self.base.exact is None:
            return None
        return self.current.exact - self.base.exact


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text of a span."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class ChangeText(Text):
    """Words of a comparison that follow its sign: ``增加 ``, `` 万元，下降 ``, ``持平``, ``（上年无此项）``."""

    change: Change | None = None


@dataclass(frozen=True, slots=True)
class PlaceText(Text):
    """What the program states in a place for people's words that needs none here (``本年度无结余分配事项``)."""

    slot: str = ""


@dataclass(frozen=True, slots=True)
class FigureSpan:
    """A figure printed in the text."""

    figure: Figure

    @property
    def text(self) -> str:
        """What is printed."""
        return self.figure.text


@dataclass(frozen=True, slots=True)
class ReasonSpan:
    """A change reason (or another user text) that fills a slot."""

    slot: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptSpan:
    """Something the user must still provide; highlighted, and makes ``report`` exit 1."""

    slot: str
    text: str
    """Whole text as printed: ``【请填写变动原因：…】``."""


Span: TypeAlias = Text | FigureSpan | ReasonSpan | PromptSpan


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: named style of the template and its spans."""

    style: str
    spans: tuple[Span, ...]
    section: int = 0
    """Section of part two it belongs to (0: none)."""
    source: int = -1
    """Index of the template element it comes from (-1: made by the program)."""
    formats: tuple[int, ...] = ()
    """For each span the number of its run formatting in that element."""

    @property
    def text(self) -> str:
        """The paragraph as plain text."""
        return "".join([span.text for span in self.spans])


@dataclass(frozen=True, slots=True)
class TableCell:
    """A table cell: spans, how many columns/rows it covers, alignment (left, center, right)."""

    spans: tuple[Span, ...]
    columns: int = 1
    rows: int = 1
    align: str = "center"
    formats: tuple[int, ...] = ()
    """Of a cell of a template's table, for each span the number of its run formatting there."""

    @property
    def text(self) -> str:
        """The cell as plain text."""
        return "".join([span.text for span in self.spans])


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; covered cells are left out of the rows (as in HTML)."""

    rows: tuple[tuple[TableCell, ...], ...]
    header_rows: int = 1
    widths: tuple[float, ...] = ()
    """Widths that the columns would like to have, in half-width characters."""
    least: tuple[float, ...] = ()
    """Widths below which columns break what must stay whole (codes, amounts); empty: *widths* are but relative."""
    style: str = "决算表格"
    landscape: bool = False
    font_size: float = 0
    """Point size (0: the style's)."""
    caption: str = ""
    alt: str = ""
    """What the table shows, for readers who hear it."""
    together: int = 0
    """Rows at its beginning that stay on one page, with the caption above them (0: the headings and the first below)."""
    source: int = -1
    """Index of the template element that it is (-1: made by the program); its rows may have been repeated or left out."""
    row_sources: tuple[int, ...] = ()
    """For each row that element's row that it was made from."""


CHART_COLOURS = ("2F5D8A", "E08E2B", "5B9A68", "B5484B", "7B6AA8", "3FA3A8", "A67C52", "8C8C8C")
"""Distinguishable also in grey and by colour-blind readers; the first two are what nearly every unit needs."""


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A native chart: slices with their figures; zero slices are already left out."""

    id: str
    title: str
    """Caption, e.g. ``图1 收入决算图``."""
    slices: tuple[tuple[str, Figure], ...]
    alt: str


@dataclass(frozen=True, slots=True)
class TemplateBlock:
    """Template content copied as it is (fields, contents, pictures, section breaks)."""

    source: int


@dataclass(frozen=True, slots=True)
class BreakBlock:
    """A page break, or the start of a landscape / portrait section."""

    kind: str
    """``page``, ``landscape`` or ``portrait``; where nothing follows, it has no effect."""
    if_needed: bool = False
    """Whether what comes next (up to the next break) may stay on the page when all of it has room there."""


Block: TypeAlias = Paragraph | TableBlock | ChartBlock | TemplateBlock | BreakBlock


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report as blocks, with the figures it states in order."""

    title: str
    unit_name: str
    year: int
    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]
    """All figures of the registry, in the order of the report."""
    prompts: tuple[PromptSpan, ...] = ()
    problems: tuple[str, ...] = ()
    """Figures that could not be computed, in words."""
