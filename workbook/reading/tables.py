"""Tables: one recognised sheet, its rows and columns by their standard names, every cell traceable; and where they stand in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from typing import NamedTuple

from workbook.amounts import (
    ZERO,
    Fault,
    MoneyUnit,
    decimal_of,
    parse_amount,
    place_of,
    stated_unit,
    text_of,
    to_wan,
)
from workbook.formats.source import RawSheet
from workbook.issues import CellRef, IssueCell
from workbook.pack.layout import TOTAL, SheetKind, SheetLayout
from workbook.values import cached_property, dataclass

COUNT_PLACE = Decimal(1)
_LARGEST = 1e15


Rows = Mapping[str, tuple[int, Mapping[str, int]]]
"""Row id → physical row and, by column id, physical column."""


@dataclass(frozen=True, eq=False)
class Structure:
    """Where the rows of a sheet stand (all positions 0-based).  Sheets of the same form share one."""

    layout: SheetLayout
    rows: Rows = field(default_factory=dict)
    label_cells: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Where a row's code or label stands."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Name printed beside a code."""
    first_data_row: int = 0

    @cached_property
    def column_maps(self) -> tuple[Mapping[str, int], ...]:
        """The different column maps of the rows (rows of one panel share theirs)."""
        return tuple({id(columns): columns for _, columns in self.rows.values()}.values())

    @cached_property
    def column_set(self) -> frozenset[str]:
        """Columns that the sheet has, as a set."""
        return frozenset([column for columns in self.column_maps for column in columns])

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns that the sheet has, in layout order."""
        return tuple([c for c in self.layout.column_ids() if c in self.column_set])

    @cached_property
    def value_columns(self) -> tuple[int, ...]:
        """Physical columns that hold amounts, left to right."""
        return tuple(sorted({c for columns in self.column_maps for c in columns.values()}))

    @cached_property
    def rows_by_column(self) -> Mapping[str, tuple[str, ...]]:
        """Column id → the rows that have it, in sheet order."""
        return {column: tuple([row for row, (_, columns) in self.rows.items() if column in columns]) for column in self.column_set}

    @cached_property
    def absent_rows(self) -> tuple[str, ...]:
        """Fixed rows of the form that the sheet lacks (codes may be absent)."""
        return tuple([row for row in self.layout.fixed_rows if row not in self.rows])

    @cached_property
    def absent_columns(self) -> tuple[str, ...]:
        """Columns of the form that the sheet lacks, optional ones too."""
        return tuple([column for column in self.layout.column_ids() if column not in self.column_set])

    @cached_property
    def last_row(self) -> int:
        """The last physical row with amounts; -1 when there is none."""
        return max([row for row, _ in self.rows.values()], default=-1)

    @cached_property
    def size(self) -> int:
        """Number of amount cells, blank ones too."""
        return sum([len(columns) for _, columns in self.rows.values()])

    def key_at(self, row: int, column: int) -> tuple[str, str] | None:
        """Row and column id of the amount cell at a physical position, or ``None`` when it is none."""
        for row_id in self._rows_at.get(row, ()):
            for column_id, physical in self.rows[row_id][1].items():
                if physical == column:
                    return row_id, column_id
        return None

    @cached_property
    def _rows_at(self) -> dict[int, list[str]]:
        rows: dict[int, list[str]] = {}
        for row_id, (row, _) in self.rows.items():
            rows.setdefault(row, []).append(row_id)
        return rows

    # ------------------------------------------------------------ codes

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes of the rows, in sheet order (for sheets whose rows are codes)."""
        return tuple([row for row in self.rows if row.isdigit()])

    @cached_property
    def superiors(self) -> Mapping[str, str]:
        """For every code that has one, the nearest superior with a row: a code whose superior has none is below the next one above."""
        rows, superiors = self.rows, {}
        for code in self.codes:
            superior = code[:-2] if len(code) % 2 else code[:-1]  # codes have 3, 5 or 7 digits; one lost, its 款 stays
            while superior and superior not in rows:
                superior = superior[:-1]
            if superior:
                superiors[code] = superior
        return superiors

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """For every code that has any, the codes whose nearest superior it is."""
        children: dict[str, list[str]] = {}
        for code, superior in self.superiors.items():
            children.setdefault(superior, []).append(code)
        return {code: tuple(below) for code, below in children.items()}

    @cached_property
    def top(self) -> tuple[str, ...]:
        """Codes without a superior in the sheet."""
        return tuple([code for code in self.codes if code not in self.superiors])


class Amount(NamedTuple):
    """An amount (万元) or count with its provenance."""

    value: Decimal
    table: str
    row: str
    column: str
    ref: CellRef
    raw: str
    unit: MoneyUnit
    place: Decimal
    """Rounding place ``u`` of the value, in 万元 (for counts: 1)."""


@dataclass(frozen=True, eq=False)
class Table:
    """Amounts of one sheet by ``(row id, column id)``; blank cells are absent.

    A value, like the sheet it was read from: an edit makes a new one (:meth:`with_cells`).
    """

    structure: Structure
    sheet: RawSheet
    unit: MoneyUnit
    columns: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    """Column id → row id → value in 万元 (counts as they are)."""
    faults: Mapping[tuple[str, str], Fault] = field(default_factory=dict)
    text_numbers: Sequence[tuple[str, str]] = ()
    """Cells whose number is stored as text."""
    layout: SheetLayout = field(init=False)
    code: str = field(init=False)
    """Code of the sheet: ``公开02``."""
    rows: Rows = field(init=False)
    names: Mapping[str, str] = field(init=False)
    label_cells: Mapping[str, tuple[int, int]] = field(init=False)
    first_data_row: int = field(init=False)
    """These as in :class:`Structure`."""
    counts: frozenset[str] = field(init=False)
    """Rows that hold counts, not amounts."""

    def __post_init__(self) -> None:
        structure, layout = self.structure, self.structure.layout
        self.__dict__.update(
            layout=layout, code=layout.code, counts=layout.counts, rows=structure.rows, names=structure.names,
            label_cells=structure.label_cells, first_data_row=structure.first_data_row)

    @classmethod
    def read(cls, structure: Structure, sheet: RawSheet, unit: MoneyUnit) -> Table:
        """The table of a *sheet* with this *structure*: all its amount cells are read."""
        amounts = _Amounts(structure, sheet, unit)
        amounts.read_all()
        return cls(structure, sheet, unit, amounts.columns, amounts.faults, amounts.text_numbers)

    def with_cells(self, sheet: RawSheet, keys: Collection[tuple[str, str]]) -> Table:
        """The table with the cells *keys* read again from *sheet*, which differs from the present one only there."""
        amounts = _Amounts(self.structure, sheet, self.unit)
        edited = {column for _, column in keys}
        amounts.columns = {c: dict(values) if c in edited else values for c, values in self.columns.items()}  # type: ignore[misc]  # only the copies are changed
        amounts.faults = {key: fault for key, fault in self.faults.items() if key not in keys}
        amounts.text_numbers = [key for key in self.text_numbers if key not in keys]
        for row, column in keys:
            amounts.columns.setdefault(column, {}).pop(row, None)
            if position := self.position(row, column):
                amounts.read(row, column, position)
        return Table(self.structure, sheet, self.unit, amounts.columns, amounts.faults, amounts.text_numbers)

    def scaled(self, exponent: int) -> Table:
        """The table with its amounts (not its counts) times a power of ten, as rounded to 万元."""
        columns = {
            column: {row: value if row in self.counts else value.scaleb(exponent) for row, value in values.items()}
            for column, values in self.columns.items()
        }
        return Table(self.structure, self.sheet, MoneyUnit.WAN, columns, self.faults, self.text_numbers)

    def moved(self, place: Callable[[int, int], tuple[int, int]]) -> Table:
        """The table as it would be if its amounts stood elsewhere: each read from the *place* that its own leads to."""
        amounts = _Amounts(self.structure, self.sheet, self.unit)
        for row, (r, positions) in self.rows.items():
            for column, c in positions.items():
                amounts.read(row, column, place(r, c))
        return Table(self.structure, self.sheet, self.unit, amounts.columns, amounts.faults, amounts.text_numbers)

    def value(self, row: str, column: str) -> Decimal | None:
        """Value in 万元, ``None`` when blank, absent or faulty."""
        return self.columns.get(column, {}).get(row)

    def position(self, row: str, column: str) -> tuple[int, int] | None:
        """Physical 0-based position of the cell, if the sheet has it."""
        found = self.rows.get(row)
        physical = found[1].get(column) if found else None
        return (found[0], physical) if found and physical is not None else None

    def ref(self, row: str, column: str) -> CellRef | None:
        """Reference of the cell, if the sheet has it."""
        position = self.position(row, column)
        return CellRef(self.sheet.file.name, self.sheet.name, *position) if position else None

    def amount(self, row: str, column: str) -> Amount | None:
        """The amount with its provenance; ``None`` when blank, absent or faulty."""
        value, ref = self.value(row, column), self.ref(row, column)
        if value is None or ref is None:
            return None
        place = COUNT_PLACE if row in self.counts else place_of(value, self.unit)
        return Amount(value, self.code, row, column, ref, self.raw(row, column), self.unit, place)

    def raw(self, row: str, column: str) -> str:
        """The cell's content as text, as the file holds it."""
        position = self.position(row, column)
        if position is None:
            return ""
        return self.sheet.marks.errors.get(position) or text_of(self.sheet.content(*position))

    def label(self, row: str, column: str) -> str:
        """The cell in the field's words: ``公开02表 2050299 其他普通教育支出·财政拨款收入``."""
        name = self.names.get(row, "")
        if not name and row.isdigit() and (fixed := self.layout.row(row)):
            name = fixed.label.partition("、")[2]
        label = f"{self.layout.mark} {f'{row} {name}'.strip() if name != row else row}"
        return f"{label}·{column}" if self.layout.has_columns else label

    def issue_cells(self, keys: Iterable[tuple[str, str]]) -> list[IssueCell]:
        """Cells, by row and column, as an issue names them; those that the sheet does not have are left out."""
        sheet, content, errors = self.sheet, self.sheet.content, self.sheet.marks.errors
        return [
            IssueCell(CellRef(sheet.file.name, sheet.name, *place), errors.get(place) or text_of(content(*place)), self.label(*key))
            for key in keys if (place := self.position(*key)) is not None
        ]

    def issue_cell(self, row: str, column: str) -> IssueCell | None:
        """One such cell."""
        return next(iter(self.issue_cells([(row, column)])), None)

    @property
    def is_filled(self) -> bool:
        """Whether it states anything: a sheet of the form always does (blank is nothing), a 底稿 may still be blank."""
        return True

    def codes(self) -> tuple[str, ...]:
        """Codes of the rows, in sheet order (for sheets whose rows are codes)."""
        return self.structure.codes

    def leaves(self, wanted: Callable[[str], bool] = bool) -> tuple[str, ...]:
        """Codes that have none below them, in sheet order; only those *wanted*."""
        superiors = self.structure.children
        return tuple([code for code in self.codes() if code not in superiors and wanted(code)])

    @cached_property
    def live_columns(self) -> frozenset[str]:
        """Columns that hold a non-zero value."""
        return frozenset(column for column, values in self.columns.items() if any(values.values()))

    @cached_property
    def is_rounded(self) -> bool:
        """Whether no amount carries more decimals than the place of the sheet's unit."""
        place, counts = self.unit.place, self.counts
        return not any(value % place for values in self.columns.values() for row, value in values.items() if row not in counts)

    def is_empty(self) -> bool:
        """Whether no cell holds a non-zero number."""
        return not self.live_columns and not self.faults

    def total(self, column: str, rows: Iterable[str]) -> Decimal:
        """Sum of a column over *rows*; blanks count as nothing."""
        values = self.columns.get(column, {})
        return sum((values.get(r, ZERO) for r in rows), ZERO)


class _Amounts:
    """The amounts of a table while they are read."""

    def __init__(self, structure: Structure, sheet: RawSheet, unit: MoneyUnit) -> None:
        self.structure, self.sheet, self.unit = structure, sheet, unit
        self.counts = structure.layout.counts
        self.columns: dict[str, dict[str, Decimal]] = {}
        self.faults: dict[tuple[str, str], Fault] = {}
        self.text_numbers: list[tuple[str, str]] = []

    def read_all(self) -> None:
        """Read every cell; a number, which nearly all are, the short way."""
        contents, marks = self.sheet.rows, self.sheet.marks
        by_column = self.columns = {column: {} for columns in self.structure.column_maps for column in columns}
        has_marks, is_wan = bool(marks.errors or marks.uncomputed), self.unit is MoneyUnit.WAN
        for row, (r, positions) in self.structure.rows.items():
            cells = contents[r] if r < len(contents) else ()
            width, is_plain = len(cells), is_wan or row in self.counts
            for column, c in positions.items():
                content = cells[c] if c < width else ""
                if content == "" and not has_marks:
                    continue
                if type(content) is float and -_LARGEST < content < _LARGEST:
                    value = decimal_of(content)
                    by_column[column][row] = value if is_plain else value.scaleb(-4)
                else:
                    self.read(row, column, (r, c))

    def read(self, row: str, column: str, position: tuple[int, int]) -> None:
        """Read one cell, whatever it holds."""
        content, marks, is_count = self.sheet.content(*position), self.sheet.marks, row in self.counts
        amount: Decimal | Fault | None
        if position in marks.errors:
            amount = Fault.ERROR_VALUE
        elif position in marks.uncomputed:
            amount = Fault.UNCOMPUTED
        else:
            amount = parse_amount(content)
            if isinstance(amount, Decimal) and (stated := stated_unit(content)) and (stated is not self.unit or is_count):
                amount = Fault.TEXT  # 12 元 in a 万元 sheet: never guessed
        if isinstance(amount, Fault):
            self.faults[row, column] = amount
        elif amount is not None:
            self.columns.setdefault(column, {})[row] = amount if is_count else to_wan(amount, self.unit)
            if isinstance(content, str):
                self.text_numbers.append((row, column))


def is_total(label: str) -> bool:
    """Whether a normalised row label means the total row of a code sheet."""
    return label in (TOTAL, "总计", "本年合计", "合计数")


def is_coded(layout: SheetLayout) -> bool:
    """Whether the sheet's rows are classification codes."""
    return layout.kind in (SheetKind.FUNCTIONAL, SheetKind.ECONOMIC)
