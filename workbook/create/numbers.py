"""What the amount cells of a new sheet show: given amounts, totals as formulas, and what is left over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from workbook.amounts import MAX_DIGITS, ZERO, MoneyUnit
from workbook.create.plan import Key, Place, Plan
from workbook.pack.catalogue import CLASS_DIGITS
from workbook.pack.layout import TOTAL

CellKey = tuple[str, str, str]
"""Table, row and column id."""


class Numbers:
    """The numbers of one sheet in its own money unit (counts as they are)."""

    def __init__(self, plan: Plan, given: Mapping[Key, Decimal], unit: MoneyUnit) -> None:
        self.plan = plan
        self.given = {key: self._in_unit(key, value, unit) for key, value in given.items()}
        self._shown: dict[Key, Decimal] = {}

    def _in_unit(self, key: Key, value: Decimal, unit: MoneyUnit) -> Decimal:
        if not value.is_finite() or len(value.normalize().as_tuple().digits) > MAX_DIGITS:
            raise ValueError(f"{self.plan.layout.code} {key[0]}·{key[1]} 的数 {value} 超过 Excel 能保存的 {MAX_DIGITS} 位有效数字")
        number = value if key[0] in self.plan.counts else value.scaleb(-unit.exponent)
        return number.normalize() + ZERO

    def shown(self, key: Key) -> Decimal:
        """The number that the cell shows; a total that was not given is the sum of its parts."""
        if key not in self._shown:
            self._shown[key] = self.given[key] if key in self.given else self.result(key)
        return self._shown[key]

    def result(self, key: Key) -> Decimal:
        """What the formula of a total cell gives (0 for other cells)."""
        return sum((self.shown(part) for part in self.plan.totals.get(key, ())), ZERO)

    def is_formula(self, key: Key) -> bool:
        """Whether the cell is a total whose formula gives exactly what was given (or nothing was)."""
        is_total = key in self.plan.totals or (key[0] == TOTAL and bool(self.plan.blank_rows) and key in self.plan.cells)
        return is_total and (key not in self.given or self.given[key] == self.result(key))

    def formula(self, key: Key, first_row: int) -> str:
        """The formula of a total cell; the data start in 0-based *first_row*."""
        from xlsxwriter.utility import xl_range, xl_range_abs

        cells = self.plan.cells
        if key not in self.plan.totals:  # 合计 over code rows that the user has yet to fill
            rows = [cells[row, key[1]][0] + first_row for row in self.plan.blank_rows]
            column = cells[key][1]
            codes, values = xl_range_abs(rows[0], 0, rows[-1], 0), xl_range(rows[0], column, rows[-1], column)
            return f"=SUMPRODUCT((LEN({codes})={CLASS_DIGITS})*{values})"
        areas = runs((cells[part] for part in self.plan.totals[key]), sideways=True)
        return f"=SUM({','.join(xl_range(top + first_row, left, bottom + first_row, right) for top, left, bottom, right in areas)})"

    def left_over(self) -> Iterator[Key]:
        """Given amounts for which the sheet has no cell."""
        return (key for key in self.given if key not in self.plan.cells)


def runs(places: Iterable[Place], *, sideways: bool = False) -> list[tuple[int, int, int, int]]:
    """*places* as areas (first row and column, last row and column) of neighbours below each other, or *sideways* too."""
    found: list[tuple[int, int, int, int]] = []
    for row, column in sorted(places, key=lambda p: (p[1], p[0])):
        top, left, bottom, right = found[-1] if found else (-1, -1, -1, -1)
        below, beside = (bottom, right, left) == (row - 1, column, column), (bottom, right, top) == (row, column - 1, row)
        if below or (sideways and beside):
            found[-1] = (top, left, row, column)
        else:
            found.append((row, column, row, column))
    return found


def by_table(amounts: Mapping[CellKey, Decimal]) -> dict[str, dict[Key, Decimal]]:
    """Amounts grouped by table."""
    grouped: dict[str, dict[Key, Decimal]] = {}
    for (table, row, column), value in amounts.items():
        grouped.setdefault(table, {})[row, column] = value
    return grouped
