"""Sheet layouts: what each sheet of a form looks like, as read from the pack's ``sheets.toml``."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from workbook.amounts import MoneyUnit
from workbook.values import cached_property, dataclass

TOTAL = "合计"
MONEY = "金额"


class SheetKind(StrEnum):
    """How the rows of a sheet are found."""

    FIXED = "fixed"
    FUNCTIONAL = "functional"
    ECONOMIC = "economic"
    SINGLE = "single"


@dataclass(frozen=True)
class Column:
    """A value column: its id in formulas and the header paths (top to bottom) that name it."""

    id: str
    paths: tuple[tuple[str, ...], ...]
    width: float
    optional: bool = False
    unit: str = ""
    """Unit of its counts, whatever the row's; :data:`MONEY` where it holds amounts even of what is counted; empty: as
    the rows say."""

    @cached_property
    def aliases(self) -> tuple[tuple[str, ...], ...]:
        """The paths as they are compared: normalised."""
        return tuple(tuple(normalise(part) for part in path) for path in self.paths)


@dataclass(frozen=True, slots=True)
class Row:
    """A fixed row: its id in formulas (empty for a caption), line number (行次) and labels."""

    id: str
    line: int
    label: str
    aliases: tuple[str, ...] = ()
    unit: str = ""
    """Unit of a count (个, 人, 辆, 台（套）); empty for an amount."""
    optional: bool = False
    """Whether it may be absent: a blank form does not print it, and what needs it does not apply without it."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A total (row or column id) and the ids that it adds."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Panel:
    """A block of rows with its own label column; fixed sheets have one or more side by side."""

    id: str
    first_line: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    header: str = ""
    label_width: float = 30
    sums: tuple[Sum, ...] = ()
    column_sums: tuple[Sum, ...] = ()
    units: bool = False

    @cached_property
    def labels(self) -> dict[str, list[tuple[int, Row]]]:
        """Normalised label → the rows that carry it, with their place in the panel; a class also with its code before it."""
        labels: dict[str, list[tuple[int, Row]]] = {}
        for index, row in enumerate(self.rows):
            texts = [normalise(row.label), *(normalise(a) for a in row.aliases)]
            if row.id.isdigit():
                texts += [row.id + text for text in texts]
            for text in dict.fromkeys(texts):
                labels.setdefault(text, []).append((index, row))
        return labels


@dataclass(frozen=True, eq=False)
class SheetLayout:
    """One sheet of a form."""

    code: str
    title: str
    titles: tuple[str, ...]
    kind: SheetKind
    panels: tuple[Panel, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    """Fixed rows of a non-panel sheet: totals of an economic sheet, data rows of a single-row sheet."""
    sums: tuple[Sum, ...]
    economic_panels: tuple[tuple[str, ...], ...] = ()
    panel_headers: tuple[str, ...] = ()
    total_panels: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    empty_statement: str = ""
    """What must be said below the sheet when it is empty; a sheet without it is never empty."""
    statement_last: bool = False
    """Whether that stands below the notes."""
    rows_vary: bool = False
    """Whether units leave out rows that do not concern them."""
    whole: tuple[str, ...] = ()
    """Row and column of the unit's total for the year, of the one sheet that has it."""
    tab: str = ""
    """What stands on its tab in the window, instead of the beginning of its title."""
    unprinted_codes: frozenset[str] = frozenset()
    """Codes below the economic classes that the form does not list."""
    total_last: bool = False
    """Whether the 合计 row of a functional sheet stands below the codes."""
    row_headers_below: bool = False
    """Whether the rows of a single-row sheet (预算数, 决算数) stand side by side below each column's header."""

    measures: frozenset[str] = frozenset()
    """Units of what is measured, not counted (平方米): it may have decimals."""

    @cached_property
    def number(self) -> str:
        """The digits at the end of its code: ``02`` of ``公开02``."""
        return self.code[len(self.code.rstrip("0123456789")) :]

    @cached_property
    def mark(self) -> str:
        """``公开02表``, as printed at the sheet's top right; a code like ``附表2`` as it is."""
        return self.code if "表" in self.code else f"{self.code}表"

    def statement(self, unit_name: str = "本单位") -> str:
        """What a unit says below the sheet when it is empty."""
        return self.empty_statement.format(单位名称=unit_name)

    @cached_property
    def column_ids(self) -> tuple[str, ...]:
        """Ids of all value columns (of every panel)."""
        columns = [c for p in self.panels for c in p.columns] if self.panels else list(self.columns)
        return tuple(dict.fromkeys(c.id for c in columns))

    @cached_property
    def row_ids(self) -> tuple[str, ...]:
        """Ids of all fixed rows (captions left out)."""
        return tuple(self._rows_by_id)

    @cached_property
    def fixed_rows(self) -> tuple[str, ...]:
        """Rows that every such sheet must have (classification codes may be absent)."""
        if self.kind is SheetKind.FUNCTIONAL:
            return (TOTAL,)
        return tuple(row for row in self._rows_by_id if not row.isdigit())

    def row(self, row_id: str) -> Row | None:
        return self._rows_by_id.get(row_id)

    @cached_property
    def has_counts(self) -> bool:
        """Whether any of its cells hold counts."""
        return bool(self._column_units) or any(row.unit for row in self._rows_by_id.values())

    def count_unit(self, row: str, column: str) -> str:
        """Unit of the count that a cell holds (vehicles, visits …); empty where it is an amount."""
        unit = self._column_units.get(column) or (self._rows_by_id[row].unit if row in self._rows_by_id else "")
        return unit if unit != MONEY else ""

    @cached_property
    def _column_units(self) -> dict[str, str]:
        return {c.id: c.unit for columns in (self.columns, *(p.columns for p in self.panels)) for c in columns if c.unit}

    @cached_property
    def optional_columns(self) -> frozenset[str]:
        """Columns that a sheet may lack."""
        return frozenset(c.id for c in self.columns if c.optional)

    @cached_property
    def header_words(self) -> frozenset[str]:
        """All normalised texts that may stand in the header of a value column."""
        return frozenset(part for c in self.columns for alias in c.aliases for part in alias)

    @cached_property
    def words(self) -> frozenset[str]:
        """All normalised texts that may stand above or beside an amount, of a layout without panels."""
        return self.header_words.union(self.row_labels)

    @cached_property
    def row_labels(self) -> dict[str, str]:
        """Normalised label → row id, of the rows that belong to no panel."""
        return {normalise(text): row.id for row in self.rows for text in (row.label, *row.aliases)}

    @cached_property
    def _rows_by_id(self) -> dict[str, Row]:
        rows = [r for p in self.panels for r in p.rows] if self.panels else list(self.rows)
        return {r.id: r for r in rows if r.id}


@dataclass(frozen=True, slots=True)
class Printed:
    """Fixed words of the form, as blank sheets and the report's own tables print them."""

    item: str
    """Header over codes and names, and over the labels of fixed rows."""
    code: str
    economic_code: str
    name: str
    unit_name: str
    year: str
    money_unit: str
    line: str = ""
    """Header of the line numbers; empty: the form has none."""
    unit: str = ""
    number: str = ""
    """Label of the row of column numbers; empty: the form has none."""
    mark: str = "{编号}表"
    """What stands at a sheet's top right: ``公开01表``."""

    def frame(self, unit_name: str, year: int, money_unit: MoneyUnit) -> tuple[str, str, str]:
        """Unit, year and money unit as the frame of a sheet states them."""
        values = {"单位名称": unit_name, "年度": year, "金额单位": money_unit}
        return self.unit_name.format_map(values), self.year.format_map(values), self.money_unit.format_map(values)


_NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、)](?!\d)|其中[::]|其中|[减加][::])"
)
_UNIT_TAIL = re.compile(r"\((?:个|人|辆|台|套|台/套|台、套|台\(套\)|元|万元|批次|人次|批|次)\)$")
_QUOTES = str.maketrans("", "", "“”\"'‘’`＂「」*★")
_BRACKETS = str.maketrans("〔〕[]【】", "()()()")


@lru_cache(maxsize=50_000)
def normalise(text: str) -> str:
    """*text* of a label or header in the form in which such texts are compared.

    Full-width forms, spaces, quotes, numbering (``一、`` ``（一）`` ``1.`` ``其中：``), a unit in brackets at the
    end, a colon there, and the 和 of 结转和结余 do not matter.
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(text.split()).translate(_QUOTES).translate(_BRACKETS).rstrip(":")
    while (match := _NUMBERING.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    return _UNIT_TAIL.sub("", text).replace("结转和结余", "结转结余")


class SheetCodes:
    """Finds a sheet by its code or by the number in it."""

    def __init__(self, layouts: Iterable[SheetLayout]) -> None:
        numbered = [layout for layout in layouts if layout.number]
        times = Counter(int(layout.number) for layout in numbered)  # two series in one form (甲01, 乙01) have no numbers
        self.by_number = {number: layout.code for layout in numbered if times[number := int(layout.number)] == 1}
        heads = {layout.code.removesuffix(layout.number) for layout in numbered}
        self.heads = "|".join(sorted(map(re.escape, heads), reverse=True))
        """What stands before the number, as alternatives of a pattern."""
        self._mark = re.compile(rf"(?:{self.heads})0?(\d{{1,2}})表?")

    def is_mark(self, text: str) -> bool:
        """Whether *text* is written as a code of the form, of one of its sheets or of none."""
        return self._mark.fullmatch(text) is not None

    def named(self, text: str) -> str:
        """The code of the sheet that *text* names; empty when it names none of the form."""
        match = self._mark.fullmatch(text)
        return self.by_number.get(int(match[1]), "") if match else ""
