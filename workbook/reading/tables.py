"""Tables: the amounts of one recognised sheet by the standard names of its rows and columns, every cell traceable."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field
from decimal import Decimal
from typing import NamedTuple

from workbook.amounts import (
    LARGEST,
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
from workbook.pack.layout import SheetLayout
from workbook.reading.structure import Rows, Structure
from workbook.values import cached_property, dataclass

COUNT_PLACE = Decimal(1)
_LARGEST = float(LARGEST)


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
    columns: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    """Column id → row id → value in 万元 (counts as they are)."""
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    text_numbers: list[tuple[str, str]] = field(default_factory=list)
    """Cells whose number is stored as text."""
    layout: SheetLayout = field(init=False)
    code: str = field(init=False)
    """Code of the sheet: ``公开02``."""
    rows: Rows = field(init=False)
    names: Mapping[str, str] = field(init=False)
    label_cells: Mapping[str, tuple[int, int]] = field(init=False)
    first_data_row: int = field(init=False)
    """These as in :class:`Structure`."""

    def __post_init__(self) -> None:
        structure, layout = self.structure, self.structure.layout
        self.__dict__.update(
            layout=layout, code=layout.code, rows=structure.rows, names=structure.names,
            label_cells=structure.label_cells, first_data_row=structure.first_data_row)

    @classmethod
    def read(cls, structure: Structure, sheet: RawSheet, unit: MoneyUnit) -> Table:
        """The table of a *sheet* with this *structure*: all its amount cells are read.

        A number, which nearly all are, is read the short way.
        """
        table = Table(structure, sheet, unit, {column: {} for columns in structure.column_maps for column in columns}, {}, [])
        is_plain = unit is MoneyUnit.WAN
        contents, has_marks, by_column = sheet.rows, bool(sheet.marks.errors or sheet.marks.uncomputed), table.columns
        for row, (r, positions) in structure.rows.items():
            cells = contents[r] if r < len(contents) else ()
            width = len(cells)
            for column, c in positions.items():
                content = cells[c] if c < width else ""
                if type(content) is float and -_LARGEST < content < _LARGEST:
                    value = decimal_of(content)
                    by_column[column][row] = value if is_plain or table.is_count(row, column) else value.scaleb(-4)
                elif content != "" or has_marks:
                    table._take(row, column, (r, c))
        return table

    def _take(self, row: str, column: str, place: tuple[int, int]) -> None:
        """Read one cell of a table in the making, whatever it holds."""
        content, marks, is_count = self.sheet.content(*place), self.sheet.marks, self.is_count(row, column)
        amount = (
            Fault.ERROR_VALUE if place in marks.errors
            else Fault.UNCOMPUTED if place in marks.uncomputed else parse_amount(content))
        if isinstance(amount, Decimal) and (stated := stated_unit(content)) and (stated is not self.unit or is_count):
            amount = Fault.TEXT  # 12 元 in a 万元 sheet: never guessed
        if isinstance(amount, Fault):
            self.faults[row, column] = amount
        elif amount is not None:
            self.columns.setdefault(column, {})[row] = amount if is_count else to_wan(amount, self.unit)
            if isinstance(content, str):
                self.text_numbers.append((row, column))

    def with_cells(self, sheet: RawSheet, keys: Collection[tuple[str, str]]) -> Table:
        """The table with the cells *keys* read again from *sheet*, which differs from the present one only there."""
        edited = {column for _, column in keys}
        table = Table(
            self.structure, sheet, self.unit,
            {c: dict(values) if c in edited else values for c, values in self.columns.items()},
            {key: fault for key, fault in self.faults.items() if key not in keys},
            [key for key in self.text_numbers if key not in keys])
        for row, column in keys:
            table.columns.setdefault(column, {}).pop(row, None)
            if place := table.position(row, column):
                table._take(row, column, place)
        return table

    def scaled(self, exponent: int) -> Table:
        """The table with its amounts (not its counts) times a power of ten, as rounded to 万元."""
        columns = {
            column: {row: value if self.is_count(row, column) else value.scaleb(exponent) for row, value in values.items()}
            for column, values in self.columns.items()
        }
        return Table(self.structure, self.sheet, MoneyUnit.WAN, columns, self.faults, self.text_numbers)

    def moved(self, place: Callable[[int, int], tuple[int, int]]) -> Table:
        """The table as it would be if its amounts stood elsewhere: each read from the *place* that its own leads to."""
        table = Table(self.structure, self.sheet, self.unit, {}, {}, [])
        for row, (r, positions) in self.rows.items():
            for column, c in positions.items():
                table._take(row, column, place(r, c))
        return table

    def value(self, row: str, column: str) -> Decimal | None:
        """Value in 万元, ``None`` when blank, absent or faulty."""
        return self.columns.get(column, {}).get(row)

    def is_count(self, row: str, column: str) -> bool:
        """Whether the cell holds a count, not an amount."""
        return self.layout.has_counts and self.layout.count_unit(row, column) != ""

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
        place = COUNT_PLACE if self.is_count(row, column) else place_of(value, self.unit)
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
        return f"{label}·{column}" if len(self.layout.column_ids) > 1 else label

    def issue_cells(self, keys: Iterable[tuple[str, str]]) -> list[IssueCell]:
        """Cells, by row and column, as an issue names them; those that the sheet does not have are left out."""
        sheet, content, errors = self.sheet, self.sheet.content, self.sheet.marks.errors
        return [
            IssueCell(
                CellRef(sheet.file.name, sheet.name, *place), errors.get(place) or text_of(content(*place)), self.label(*key))
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
        place = self.unit.place
        return not any(
            value % place and not self.is_count(row, column)
            for column, values in self.columns.items() for row, value in values.items())

    def is_empty(self) -> bool:
        """Whether no cell holds a non-zero number."""
        return not self.live_columns and not self.faults

    def total(self, column: str, rows: Iterable[str]) -> Decimal:
        """Sum of a column over *rows*; blanks count as nothing."""
        values = self.columns.get(column, {})
        return sum((values.get(r, ZERO) for r in rows), ZERO)
