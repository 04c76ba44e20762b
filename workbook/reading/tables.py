"""Tables: one recognised sheet, its rows and columns by their standard names, every cell traceable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from decimal import Decimal
from typing import NamedTuple

from workbook.amounts import ZERO, Fault, MoneyUnit, decimal_of, parse_amount, place_of, stated_unit
from workbook.formats.source import Content, RawSheet
from workbook.issues import CellRef, IssueCell
from workbook.pack.layout import TOTAL, SheetKind, SheetLayout
from workbook.reading.structure import Form, Shape, Tree, column_maps, shape_of, tree_of
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
    rows: dict[str, tuple[int, Mapping[str, int]]] = field(default_factory=dict)
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
    _kept_shape: Shape | None = None
    _kept_tree: Tree | None = None

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
        return f"{self._row_label(row)}·{column}" if len(self.layout.column_ids()) > 1 else self._row_label(row)

    def _row_label(self, row: str) -> str:
        name = self.names.get(row, "")
        if not name and row.isdigit() and (fixed := self.layout.row(row)):
            name = fixed.label.partition("、")[2]
        return f"{self.layout.mark} {f'{row} {name}'.strip() if name != row else row}"

    def issue_cells(self, keys: Iterable[tuple[str, str]]) -> list[IssueCell]:
        """Cells, by row and column, as an issue names them; those that the sheet does not have are left out."""
        file, name, errors = self.sheet.file.name, self.sheet.name, self.sheet.marks.errors
        labels: dict[str, str] = {}
        many = len(self.layout.column_ids()) > 1
        cells = []
        for row, column in keys:
            position = self.position(row, column)
            if position is not None:
                label = labels.get(row) or labels.setdefault(row, self._row_label(row))
                raw = errors.get(position) or text_of(self.sheet.content(*position))
                cells.append(IssueCell(CellRef(file, name, *position), raw, f"{label}·{column}" if many else label))
        return cells

    def issue_cell(self, row: str, column: str) -> IssueCell | None:
        """One such cell."""
        return next(iter(self.issue_cells([(row, column)])), None)

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

    def read_form(self, form: Form) -> None:
        """Take the rows of *form* and read all their cells."""
        self.rows, self.label_cells, self.names = dict(form.rows), dict(form.label_cells), dict(form.names)
        self.read_all()
        self._kept_shape, self._kept_tree = form.shape, form.tree

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
        self._kept_shape = self._kept_tree = None

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
        return tuple([r for r in self.rows if r.isdigit()])

    def children(self, code: str) -> tuple[str, ...]:
        """Codes whose nearest superior present in the sheet is *code*."""
        return self._tree().children.get(code, ())

    def parents(self) -> tuple[str, ...]:
        """Codes that have children in the sheet."""
        return tuple(self._tree().children)

    def leaves(self, wanted: Callable[[str], bool] = bool) -> tuple[str, ...]:
        """Codes that have none below them, in sheet order; only those *wanted*."""
        superiors = self._tree().children
        return tuple([code for code in self.codes() if code not in superiors and wanted(code)])

    def superior(self, code: str) -> str:
        """The nearest superior of *code* present in the sheet (empty when there is none)."""
        return self.superiors().get(code, "")

    def superiors(self) -> Mapping[str, str]:
        """For every code that has one, the nearest superior present in the sheet."""
        return self._tree().superiors

    def top(self) -> tuple[str, ...]:
        """Codes that have no superior in the sheet."""
        return self._tree().top

    def _tree(self) -> Tree:
        if self._kept_tree is None:
            self._kept_tree = tree_of(self.rows)
        return self._kept_tree

    def live_columns(self) -> frozenset[str]:
        """Columns that hold a non-zero value."""
        return frozenset(column for column, values in self.columns.items() if any(values.values()))

    def column_maps(self) -> tuple[Mapping[str, int], ...]:
        """The different column maps of the rows (rows of one panel share theirs)."""
        return column_maps(self.rows)

    def present_columns(self) -> tuple[str, ...]:
        """Columns that the sheet has, in layout order."""
        return self._shape().columns

    def present_set(self) -> frozenset[str]:
        """Columns that the sheet has, as a set."""
        return self._shape().column_set

    def value_columns(self) -> tuple[int, ...]:
        """Physical columns that hold amounts, left to right."""
        return self._shape().places

    @property
    def size(self) -> int:
        """Number of amount cells, blank ones too."""
        return self._shape().size

    def _shape(self) -> Shape:
        if self._kept_shape is None:
            self._kept_shape = shape_of(self.layout, self.rows)
        return self._kept_shape

    def absent_rows(self) -> tuple[str, ...]:
        """Fixed rows of the form that the sheet lacks (codes may be absent)."""
        return tuple([row for row in self.layout.fixed_rows if row not in self.rows])

    def absent_columns(self) -> tuple[str, ...]:
        """Columns of the form that the sheet lacks, optional ones too."""
        present = self.present_set()
        return tuple([c for c in self.layout.column_ids() if c not in present])

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
