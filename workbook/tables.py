"""Tables: one recognised sheet, its rows and columns by their standard names, every cell traceable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from decimal import Decimal
from typing import NamedTuple

from workbook.amounts import ZERO, Fault, MoneyUnit, decimal_of, parse_amount, place_of, stated_unit
from workbook.issues import CellRef, IssueCell
from workbook.layout import TOTAL, SheetKind, SheetLayout
from workbook.source import Content, RawSheet
from workbook.values import dataclass

COUNT_PLACE = Decimal(1)
_LARGEST = 1e15


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


@dataclass(slots=True)
class Table:
    """Amounts of one sheet by ``(row id, column id)``; blank cells are absent."""

    layout: SheetLayout
    sheet: RawSheet
    unit: MoneyUnit
    rows: dict[str, tuple[int, dict[str, int]]] = field(default_factory=dict)
    """Row id → physical row and, by column id, physical column."""
    columns: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    """Column id → row id → value in 万元 (counts as they are)."""
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    text_numbers: list[tuple[str, str]] = field(default_factory=list)
    counts: frozenset[str] = frozenset()
    """Rows that hold counts, not amounts."""
    names: dict[str, str] = field(default_factory=dict)
    """Name printed beside a code."""
    label_cells: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where a row's code or label stands."""
    first_data_row: int = 0
    _children: dict[str, tuple[str, ...]] | None = None
    _superior: dict[str, str] = field(default_factory=dict)
    _top: tuple[str, ...] = ()
    _present: tuple[str, ...] | None = None
    _places: tuple[int, ...] = ()
    _present_set: frozenset[str] = frozenset()

    @property
    def code(self) -> str:
        """Code of the sheet: ``公开02``."""
        return self.layout.code

    def value(self, row: str, column: str) -> Decimal | None:
        """Value in 万元, ``None`` when blank, absent or faulty."""
        return self.columns.get(column, {}).get(row)

    def position(self, row: str, column: str) -> tuple[int, int] | None:
        """Physical 0-based position of the cell, if the sheet has it."""
        found = self.rows.get(row)
        place = found[1].get(column) if found else None
        return (found[0], place) if found and place is not None else None

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
        if not name and (fixed := self.layout.row(row)) and row.isdigit():
            name = fixed.label.partition("、")[2]
        words = f"{row} {name}".strip() if name != row else row
        if len(self.layout.column_ids()) > 1:
            words += f"·{column}"
        return f"{self.layout.mark} {words}"

    def issue_cell(self, row: str, column: str) -> IssueCell | None:
        """The cell as an issue names it."""
        position = self.position(row, column)
        if position is None:
            return None
        ref = CellRef(self.sheet.file.name, self.sheet.name, *position)
        raw = self.sheet.marks.errors.get(position) or text_of(self.sheet.content(*position))
        return IssueCell(ref, raw, self.label(row, column))

    def read_cell(self, row: str, column: str) -> None:
        """(Re)read one cell's content into the table."""
        position = self.position(row, column)
        values = self.columns.setdefault(column, {})
        values.pop(row, None)
        self.faults.pop((row, column), None)
        if (row, column) in self.text_numbers:
            self.text_numbers.remove((row, column))
        if position is not None:
            self._read(row, column, self.sheet.content(*position), position, values)

    def read_all(self) -> None:
        """Read every cell of every row found."""
        rows, has_marks = self.sheet.rows, bool(self.sheet.marks.errors or self.sheet.marks.uncomputed)
        yuan = self.unit is MoneyUnit.YUAN
        by_column: dict[str, dict[str, Decimal]] = {}
        for row_id, (r, positions) in self.rows.items():
            contents = rows[r] if r < len(rows) else []
            width = len(contents)
            plain_unit = not yuan or row_id in self.counts
            for column, c in positions.items():
                values = by_column.get(column)
                if values is None:
                    values = by_column[column] = {}
                content = contents[c] if c < width else ""
                if type(content) is float and -_LARGEST < content < _LARGEST:
                    value = decimal_of(content)
                    values[row_id] = value if plain_unit else value.scaleb(-4)
                elif content != "" or has_marks:
                    self._read(row_id, column, content, (r, c), values)
        self.columns = by_column
        self._children = self._present = None

    def _read(self, row: str, column: str, content: Content, position: tuple[int, int], values: dict[str, Decimal]) -> None:
        marks = self.sheet.marks
        if position in marks.errors:
            self.faults[row, column] = Fault.ERROR_VALUE
            return
        if position in marks.uncomputed:
            self.faults[row, column] = Fault.UNCOMPUTED
            return
        parsed = parse_amount(content)
        if isinstance(parsed, Fault):
            self.faults[row, column] = parsed
        elif parsed is not None:
            if isinstance(content, str):
                if (stated := stated_unit(content)) and (stated is not self.unit or row in self.counts):
                    self.faults[row, column] = Fault.TEXT  # 12 元 in a 万元 sheet: never guessed
                    return
                self.text_numbers.append((row, column))
            values[row] = parsed.scaleb(-4) if self.unit is MoneyUnit.YUAN and row not in self.counts else parsed

    def codes(self) -> tuple[str, ...]:
        """Codes of the rows, in sheet order (for sheets whose rows are codes)."""
        return tuple(r for r in self.rows if r.isdigit())

    def children(self, code: str) -> tuple[str, ...]:
        """Codes whose nearest superior present in the sheet is *code*."""
        self._tree()
        return (self._children or {}).get(code, ())

    def parents(self) -> tuple[str, ...]:
        """Codes that have children in the sheet."""
        self._tree()
        return tuple(self._children or ())

    def superior(self, code: str) -> str:
        """The nearest superior of *code* present in the sheet (empty when there is none)."""
        self._tree()
        return self._superior.get(code, "")

    def top(self) -> tuple[str, ...]:
        """Codes that have no superior in the sheet."""
        self._tree()
        return self._top

    def _tree(self) -> None:
        if self._children is not None:
            return
        self._superior = {}
        children: dict[str, list[str]] = {}
        top: list[str] = []
        rows = self.rows
        for code in rows:
            if not code.isdigit():
                continue
            superior = code[:-2] if len(code) % 2 else code[:-1]  # codes have 3, 5 or 7 digits; one lost, its 款 stays
            while superior and superior not in rows:
                superior = superior[:-1]
            (children.setdefault(superior, []) if superior else top).append(code)
            if superior:
                self._superior[code] = superior
        self._children = {k: tuple(v) for k, v in children.items()}
        self._top = tuple(top)

    def live_columns(self) -> frozenset[str]:
        """Columns that hold a non-zero value."""
        return frozenset(column for column, values in self.columns.items() if any(values.values()))

    def column_maps(self) -> tuple[dict[str, int], ...]:
        """The different column maps of the rows (rows of one panel share theirs)."""
        return tuple({id(positions): positions for _, positions in self.rows.values()}.values())

    def present_columns(self) -> tuple[str, ...]:
        """Columns that the sheet has, in layout order."""
        if self._present is None:
            maps = self.column_maps()
            found = {c for positions in maps for c in positions}
            self._present = tuple(c for c in self.layout.column_ids() if c in found)
            self._present_set = frozenset(found)
            self._places = tuple(sorted({c for positions in maps for c in positions.values()}))
        return self._present

    def present_set(self) -> frozenset[str]:
        """Columns that the sheet has, as a set."""
        self.present_columns()
        return self._present_set

    def value_columns(self) -> tuple[int, ...]:
        """Physical columns that hold amounts, left to right."""
        self.present_columns()
        return self._places

    def is_rounded(self) -> bool:
        """Whether no amount carries more decimals than the place of the sheet's unit."""
        place, counts = self.unit.place, self.counts
        return not any(value % place for values in self.columns.values() for row, value in values.items() if row not in counts)

    def is_empty(self) -> bool:
        """Whether no cell holds a non-zero number."""
        return not any(value for values in self.columns.values() for value in values.values()) and not self.faults

    def total(self, column: str, rows: Iterable[str]) -> Decimal:
        """Sum of a column over *rows*; blanks count as nothing."""
        values = self.columns.get(column, {})
        return sum((values.get(r, ZERO) for r in rows), ZERO)


def text_of(content: Content) -> str:
    """A cell's content as text: whole numbers without ``.0``."""
    if isinstance(content, float):
        return str(decimal_of(content))
    return str(content)


def is_total(label: str) -> bool:
    """Whether a normalised row label means the total row of a code sheet."""
    return label in (TOTAL, "总计", "本年合计", "合计数")


def is_coded(layout: SheetLayout) -> bool:
    """Whether the sheet's rows are classification codes."""
    return layout.kind in (SheetKind.FUNCTIONAL, SheetKind.ECONOMIC)
