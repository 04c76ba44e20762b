"""What the 底稿 states, as tables that formulas, figures and drivers name; their cells stand in several sheets.

``底稿[年初预算总计]`` is a named number, ``年初预算[2050299]`` the year-start budget of a functional code,
``绩效自评[一般公共预算下末级, 执行数]`` an amount of every project of that budget.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbook.amounts import ZERO, MoneyUnit
from workbook.entries import BLANK, Entry
from workbook.formats.source import RawSheet
from workbook.issues import CellRef
from workbook.pack.formula import COMPANION, PROJECTS, is_budget
from workbook.pack.formula_parser import NUMBER, USE
from workbook.pack.layout import Column, Row, SheetKind, SheetLayout
from workbook.reading.structure import Structure
from workbook.reading.tables import Table
from workbook.values import dataclass

if TYPE_CHECKING:
    from workbook.companion.model import BudgetLine

NAME, FUND = "项目名称", "预算类别"
"""Texts of a project that its row gives (:meth:`CompanionTable.raw`)."""


@dataclass(frozen=True, eq=False)
class CompanionTable(Table):
    """Like any table, but each cell may stand in another sheet of the 底稿."""

    entries: Mapping[tuple[str, str], Entry] = field(default_factory=dict)

    def entry(self, row: str, column: str = NUMBER) -> Entry:
        """The cell as the 底稿 holds it; blank when there is none."""
        return self.entries.get((row, column), BLANK)

    def ref(self, row: str, column: str) -> CellRef | None:
        """The 底稿's cell of this amount."""
        return self.entry(row, column).ref

    def raw(self, row: str, column: str) -> str:
        """The cell's content as the 底稿 holds it."""
        return self.entry(row, column).text

    def label(self, row: str, column: str) -> str:
        """``底稿“采购与中小企业” 中小企业货物``, ``底稿“年初预算” 2050299 其他普通教育支出``, ``底稿“绩效自评” 甲项目·执行数``."""
        ref, code, name = self.ref(row, column), self.code, self.names.get(row, "")
        sheet = f"“{ref.sheet}”" if ref else "" if code == COMPANION else f"“{code}”"
        words = row if code == COMPANION else f"{row} {name}".strip() if is_budget(code) else f"{name or row}·{column}"
        return f"{COMPANION}{sheet} {words}"

    def codes(self) -> tuple[str, ...]:
        """The codes of the year-start budget; the rows of the projects."""
        return tuple(self.rows) if self.code == PROJECTS else Table.codes(self)

    def leaves(self, wanted: Callable[[str], bool] = bool) -> tuple[str, ...]:
        """Codes that have none below them; all projects."""
        return tuple(filter(wanted, self.rows)) if self.code == PROJECTS else Table.leaves(self, wanted)

    @property
    def is_filled(self) -> bool:
        """Whether any amount is stated, so that a code without one has none (and was not merely left for later)."""
        return any(entry.value is not None for entry in self.entries.values())


def number_table(
    path: Path, numbers: Mapping[str, Entry], units: Mapping[str, str] = MappingProxyType({}), optional: Collection[str] = (),
) -> CompanionTable:
    """``底稿``: the *numbers* that are filled in, by name; those that have one of the *units* (个) are counts, not amounts."""
    entries = {(row, NUMBER): entry for row, entry in numbers.items() if entry.value is not None}
    return _table(
        path, COMPANION, (NUMBER,), entries, rows=tuple(Row(n, 0, n, (), units.get(n, ""), n in optional) for n in numbers))


def budget_table(path: Path, table_code: str, lines: Iterable[BudgetLine]) -> CompanionTable:
    """``年初预算``: the amount of each of *lines*, and its use; a 类 or 款 without an amount is the sum of what is below it."""
    listed: dict[str, Entry] = {}
    names: dict[str, str] = {}
    uses: dict[tuple[str, str], Entry] = {}
    for line in lines:
        listed.setdefault(line.code, line.amount)
        names.setdefault(line.code, line.name)
        if not line.use.is_blank:
            uses.setdefault((line.code, USE), line.use)
    codes = sorted(listed.keys() | {code[:n] for code in listed for n in (3, 5) if n < len(code)})
    entries = {(code, NUMBER): listed.get(code, BLANK) for code in codes}
    table = replace(
        _table(path, table_code, (NUMBER,), entries, SheetKind.FUNCTIONAL, names=names), entries={**entries, **uses})
    amounts = dict(table.columns[NUMBER])
    for code in table.structure.children:
        if code not in amounts:
            below = (listed[c].value for c in table.leaves() if c.startswith(code))
            amounts[code] = sum((value for value in below if value is not None), ZERO)
    return replace(table, columns={NUMBER: amounts})


def project_table(path: Path, projects: Iterable[tuple[str, Mapping[str, Entry]]]) -> CompanionTable:
    """``绩效自评``: a row for each of the *projects* (budget, entries by column), ``一般公共预算1`` and so on in their order."""
    entries: dict[tuple[str, str], Entry] = {}
    names: dict[str, str] = {}
    columns: dict[str, None] = {}
    for number, (fund, cells) in enumerate(projects, 1):
        row = f"{fund}{number}"
        names[row] = cells[NAME].text
        entries |= {(row, column): entry for column, entry in cells.items()} | {(row, FUND): Entry(fund)}
        columns |= dict.fromkeys(c for c in cells if c != NAME)
    return _table(path, PROJECTS, tuple(columns), entries, names=names)


def _table(
    path: Path, code: str, columns: tuple[str, ...], entries: dict[tuple[str, str], Entry], kind: SheetKind = SheetKind.FIXED,
    rows: tuple[Row, ...] = (), names: Mapping[str, str] = MappingProxyType({}),
) -> CompanionTable:
    layout = SheetLayout(
        code=code, title=code, titles=(code,), kind=kind, panels=(), rows=rows, sums=(),
        columns=tuple(Column(column, ((column,),), 12) for column in columns))
    values: dict[str, dict[str, Decimal]] = {column: {} for column in columns}
    found: dict[str, tuple[int, dict[str, int]]] = {}
    for (row, column), entry in entries.items():
        if column in values:
            ref = entry.ref
            positions = found[row][1] if row in found else {}
            found[row] = (ref.row if ref else 0, {**positions, column: ref.column if ref else 0})
            if entry.value is not None:
                values[column][row] = entry.value
    structure = Structure(layout, found, names=names)
    return CompanionTable(structure, RawSheet(path, code, ()), MoneyUnit.WAN, values, entries=entries)
