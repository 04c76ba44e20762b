"""What the report should state, statement by statement, and what else it may: amounts by the names of rows and columns."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate

from docgen.model import Change, ChangeText, Direction, Figure, FigureSpan, Paragraph, PromptSpan, ReasonSpan
from docgen.report.narrative import Narrative
from docgen.review.phrasing import Phrasing, alike, pairs
from docgen.review.sections import is_sub_heading
from docgen.review.text import LEVEL, Line, Number, Role
from docgen.template.rendering import PART_STYLES, SECTION_STYLE
from workbook.amounts import round_half_up
from workbook.issues import CellRef
from workbook.pack.layout import TOTAL, SheetKind, normalise
from workbook.pack.words import any_of
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.values import dataclass

_UNKNOWN = {"%": "0%"}
_EMPTY = re.compile(
    r"20\d\d年(?:度)?|(?:本|全)年度?|^其中|支出决算(?:数|额)?(?=(?:为|是)?$)|决算(?:数|额)?"
    r"|\((?:类|款|项)\)|[“”]|(?:共|共计|合计|总额|为|是)+$")
_SHORTEST, _LIKE = 4, 0.4
_BUDGET, _SPENDING = "预算·", "支出"


@dataclass(frozen=True, slots=True)
class Slot:
    """A number that the report should state."""

    section: int
    paragraph: int
    """Index of the expected paragraph (its statements belong together)."""
    number: Number
    """Where it stands in the expected line (its value is that of the figure, or 0 when that is unknown)."""
    figure: Figure
    change: Change | None = None
    """The comparison whose difference, rate or 持平 this is."""
    part: str = ""
    """``difference``, ``rate`` or ``level`` of :attr:`change`."""

    @property
    def is_optional(self) -> bool:
        """Whether a report may leave it out: nothing happened."""
        return self.part == "level" or not self.figure.value


@dataclass(frozen=True, slots=True)
class Share:
    """An amount that a section states together with its share of a whole."""

    name: str
    amount: Figure
    share: Figure


class Expected:
    """All statements of the narrative that the program writes itself."""

    def __init__(self, narrative: Narrative, phrasing: Phrasing) -> None:
        paragraphs = [block for block in narrative.statements if isinstance(block, Paragraph)]
        parts = accumulate(paragraphs, lambda part, p: p.text if p.style in PART_STYLES else part, initial="")
        self.parts = tuple(dict.fromkeys(part for part, p in zip(parts, paragraphs, strict=False) if p.section))
        """Titles of the parts that hold them."""
        self.under = tuple(
            (p.section, p.text) for p in paragraphs
            if p.section and p.style != SECTION_STYLE and is_sub_heading(p.text)
            and not any(isinstance(s, FigureSpan) for s in p.spans))
        """Sub-headings with their sections."""
        self.slots: Mapping[int, list[Slot]] = defaultdict(list)
        """Section → its numbers in order."""
        for index, paragraph in enumerate(p for p in paragraphs if p.section and p.style != SECTION_STYLE):
            self.slots[paragraph.section].extend(_slots(paragraph, index, phrasing))
        self.shares = {section: tuple(_shares(found, phrasing)) for section, found in self.slots.items()}
        """Section → the amounts in it with their shares."""
        self.totals = frozenset(_totals(self.slots.values()))
        """What a share may be of: the amounts that sections begin with, and the wholes of the shares they state."""


def _slots(block: Paragraph, paragraph: int, phrasing: Phrasing) -> list[Slot]:
    """The numbers of a paragraph, which is the one with this index."""
    text = ""
    change: Change | None = None
    # stretches that a figure or the words of a comparison print
    marks: list[tuple[int, int, Figure | None, Change | None]] = []
    free: list[tuple[int, int]] = []
    for span in block.spans:
        start, shown = len(text), span.text
        if isinstance(span, FigureSpan):
            shown = shown if span.figure.is_known else _UNKNOWN.get(span.figure.unit, "0")
            owner = change if change is not None and (span.figure is change.difference or span.figure is change.rate) else None
            marks.append((start, start + len(shown), span.figure, owner))
        elif isinstance(span, ChangeText):
            change = span.change
            marks.append((start, start + len(shown), None, change))
        elif isinstance(span, ReasonSpan | PromptSpan):
            free.append((start, start + len(shown)))
        text += shown
    line = Line(text, phrasing, free=free)
    found: list[Slot] = []
    for number in line.numbers:
        position = line.original(number.start, number.end)[0]
        figure, owner = next(((figure, owner) for begin, end, figure, owner in marks if begin <= position < end), (None, None))
        if figure is not None:
            part = "" if owner is None else "rate" if figure is owner.rate else "difference"
            found.append(Slot(block.section, paragraph, number, figure, owner, part))
        elif owner is not None and (number.unit == LEVEL or owner.direction is Direction.LEVEL) and not any(
            s.change is owner for s in found
        ):
            found.append(Slot(block.section, paragraph, number, owner.difference, owner, "level"))
    return found


def _shares(slots: Sequence[Slot], phrasing: Phrasing) -> Iterator[Share]:
    """Amounts with their shares, as the section states them."""
    amounts = [s for s in slots if s.change is None and s.figure.unit == "万元"]
    word = any_of(phrasing.words.share)
    for slot in slots:
        if slot.change is not None or slot.figure.unit != "%" or not phrasing.share.search(slot.number.before):
            continue
        here = (a for a in reversed(amounts) if a.paragraph == slot.paragraph and a.number.start < slot.number.start)
        amount, operands = next(here, None), slot.figure.operands
        if amount is not None and (operands is None or amount.figure.exact == operands[0]):
            yield Share(word.split(slot.figure.label)[0], amount.figure, slot.figure)


def _totals(sections: Iterable[Sequence[Slot]]) -> Iterator[Decimal]:
    for slots in sections:
        first = next((s.figure.value for s in slots if s.figure.unit == "万元" and s.figure.value is not None), None)
        wholes = (round_half_up(s.figure.operands[1]) for s in slots if s.change is None and s.figure.operands is not None)
        yield from (total for total in (first, *wholes) if total)


# ---------------------------------------------------------------- amounts by name


@dataclass(frozen=True, slots=True)
class Named:
    """What the tables have under one name."""

    label: str
    values: frozenset[Decimal]
    """As printed."""
    sources: tuple[CellRef, ...]


class Names:
    """The rows and columns of a unit's tables by name."""

    def __init__(self, accounts: Accounts, phrasing: Phrasing, unit_name: str) -> None:
        """*unit_name* may stand before any name."""
        self._phrasing, self._unit = phrasing, normalise(unit_name)
        found: dict[str, list[tuple[str, Decimal, CellRef | None]]] = defaultdict(list)
        self._economic: dict[str, set[Decimal]] = defaultdict(set)
        """Amounts by economic items: one may be of any of several budgets."""
        for table in accounts.tables.values():
            kind = table.layout.kind
            for key, label, row, column in _cells(table, phrasing):
                if (value := table.value(row, column)) is None:
                    continue
                if kind is SheetKind.ECONOMIC:
                    self._economic[_plain(accounts.pack.economic.name(row) or key)].add(round_half_up(value))
                    continue
                for name in {key, key if kind is SheetKind.FIXED else key.removesuffix(_SPENDING) + _SPENDING}:
                    found[name].append((label, round_half_up(value), table.ref(row, column)))
        self._printed: dict[Decimal, set[str]] = defaultdict(set)
        for name, values in (*self._economic.items(), *((name, {v for _, v, _ in cells}) for name, cells in found.items())):
            for value in values:
                self._printed[value].add(name)
        self._named: Mapping[str, Named] = {
            key: Named(cells[0][0], frozenset(v for _, v, _ in cells), tuple(ref for _, _, ref in cells if ref is not None))
            for key, cells in found.items() if len(key) >= _SHORTEST}

    def of(self, stated: Number) -> Named | None:
        """What the tables have under the name that the words before a number give it; ``None`` when nothing."""
        clause, kind = stated.item, ""
        if stated.role is Role.BASE:
            clause, kind = self._phrasing.amount_of_base.sub("", clause), _BUDGET
        name = self._bare(clause)
        return self._named.get(kind + name) or self._named.get(kind + self._last(name))

    def _last(self, name: str) -> str:
        """The last of several names written on end, 类款项 as a rule: ``农林水支出农业农村病虫害控制``; empty when it is none."""
        ends = (place for place in range(_SHORTEST, len(name) - _SHORTEST + 1) if name[place:] in self._named)
        return next((name[place:] for place in ends if name[:place] in self._named or self._last(name[:place])), "")

    def is_printed(self, stated: Number) -> bool:
        """Whether the tables have this number anywhere."""
        return bool(stated.value) and round_half_up(stated.value) in self._printed

    def is_alike(self, stated: Number) -> bool:
        """Whether the tables have it under a name like the one that it is given: 年初财政拨款结转和结余 of one budget."""
        own = pairs(self._bare(stated.item))
        return any(alike(own, pairs(name)) >= _LIKE for name in self._printed.get(round_half_up(stated.value), ()))

    def _bare(self, clause: str) -> str:
        return _plain(clause).removeprefix(self._unit)

    def confirm(self, stated: Number) -> bool:
        """Whether the tables have this number under the name that it is given."""
        return ((named := self.of(stated)) is not None and round_half_up(stated.value) in named.values) or (
            round_half_up(stated.value) in self._economic.get(self._bare(stated.item), ()))


def _cells(table: Table, phrasing: Phrasing) -> Iterator[tuple[str, str, str, str]]:
    """The cells that have a name of their own: name, label, row, column."""
    if table.layout.kind is SheetKind.SINGLE:  # each column by what the row says: budget or final account
        for row, (_, columns) in table.rows.items():
            kind = _BUDGET if phrasing.amount_of_base.search(row) else ""
            yield from ((kind + _plain(column), f"{column}{row}", row, column) for column in columns)
        return
    for row, (_, columns) in table.rows.items():
        if row != TOTAL and (amounts := [column for column in columns if not table.is_count(row, column)]):
            name = table.names.get(row) or row
            yield _plain(name), name, row, amounts[0]
    yield from ((_plain(column), column, TOTAL, column) for column in table.rows.get(TOTAL, (0, {}))[1])


def _plain(name: str) -> str:
    return _EMPTY.sub("", _EMPTY.sub("", normalise(name)))
