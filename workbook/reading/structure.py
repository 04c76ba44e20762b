"""Where the rows and columns of a recognised sheet stand, by their standard names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from workbook.pack.layout import TOTAL, SheetKind, SheetLayout
from workbook.values import cached_property, dataclass

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
        return tuple([c for c in self.layout.column_ids if c in self.column_set])

    @cached_property
    def value_columns(self) -> tuple[int, ...]:
        """Physical columns that hold amounts, left to right."""
        return tuple(sorted({c for columns in self.column_maps for c in columns.values()}))

    @cached_property
    def rows_by_column(self) -> Mapping[str, tuple[str, ...]]:
        """Column id → the rows that have it, in sheet order."""
        return {
            column: tuple([row for row, (_, columns) in self.rows.items() if column in columns])
            for column in self.column_set}

    @cached_property
    def absent_rows(self) -> tuple[str, ...]:
        """Fixed rows of the form that the sheet lacks (codes may be absent)."""
        return tuple([row for row in self.layout.fixed_rows if row not in self.rows])

    @cached_property
    def absent_columns(self) -> tuple[str, ...]:
        """Columns of the form that the sheet lacks, optional ones too."""
        return tuple([column for column in self.layout.column_ids if column not in self.column_set])

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
        """For every code that has one, the nearest superior with a row.

        A code whose superior has none is below the next one above.
        """
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


def is_total(label: str) -> bool:
    """Whether a normalised row label means the total row of a code sheet."""
    return label in (TOTAL, "总计", "本年合计", "合计数")


def is_coded(layout: SheetLayout) -> bool:
    """Whether the sheet's rows are classification codes."""
    return layout.kind in (SheetKind.FUNCTIONAL, SheetKind.ECONOMIC)
