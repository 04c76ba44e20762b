"""Last year's tables under this year's codes: renamed or moved classification codes are matched, and said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias, TypeVar

from workbook.amounts import ZERO
from workbook.issues import CellRef, Issue, IssueCell, Kind
from workbook.pack.catalogue import CLASS_DIGITS, LEVEL_DIGITS, Alias, Catalogue
from workbook.pack.findings import Findings
from workbook.pack.layout import SheetKind, normalise
from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table

_T = TypeVar("_T")
_Remarks: TypeAlias = "dict[tuple[str, str], tuple[str, dict[str, str], list[IssueCell]]]"
"""Old and new code → the rule's case, what its sentence is filled with, cells."""


def prior_tables(accounts: Accounts, pack: Pack) -> tuple[Mapping[str, Table], tuple[Issue, ...]]:
    """Last year's tables under this year's codes, and a remark (跨年, 提示) for each code that was matched.

    A moved code takes its amounts along: the 类 and 款 that it left are reduced, those it went to are
    increased, so that last year compares with this year code by code.
    """
    remarks: _Remarks = {}
    catalogues = {SheetKind.FUNCTIONAL: pack.functional, SheetKind.ECONOMIC: pack.economic}
    tables = {
        code: _Succession(table, catalogue, remarks).table() if (catalogue := catalogues.get(table.layout.kind)) else table
        for code, table in accounts.tables.items()}
    found = Findings(pack.companion_rules, Kind.PRIOR)
    for case, values, cells in remarks.values():
        found.add("跨年-科目", case, *cells, **values)
    return tables, tuple(found.issues)


class _Succession:
    """Re-keys one table of codes."""

    def __init__(self, table: Table, catalogue: Catalogue, remarks: _Remarks) -> None:
        self.old, self.catalogue, self.remarks = table, catalogue, remarks
        self.moves = {code: alias for code in table.codes() if (alias := self._move(code)) is not None}
        self.moved = {code: alias.new_code for code, alias in self.moves.items()}
        self.rows, self.label_cells = self._rekeyed(table.rows), self._rekeyed(table.label_cells)
        self.names = {code: name for code, name in table.names.items() if code not in self.moves}
        self.columns: dict[str, dict[str, Decimal]] = {}

    def _rekeyed(self, cells: Mapping[str, _T]) -> dict[str, _T]:
        """What stands in the rows under their new codes; where rows become one, in that which had the code before."""
        found = {row: cell for row, cell in cells.items() if row not in self.moved}
        return {self.moved[code]: cells[code] for code in reversed(self.moved) if code in cells} | found

    def _remark(self, case: str, old: str, new: str, **values: str) -> None:
        """Note in the words of *case* that the code *old* is matched with *new*: once, however many tables hold it."""
        *_, cells = self.remarks.setdefault((old, new), (case, {"编码": old, **values}, []))
        table, place = self.old, self.old.label_cells.get(old)
        if place is not None and old in table.rows and (columns := table.rows[old][1]):
            cells.append(IssueCell(CellRef(table.sheet.file.name, table.sheet.name, *place), old, table.label(old, next(iter(columns)))))

    def table(self) -> Table:
        """The table under this year's codes (the same object when nothing was renamed or moved)."""
        renamed = self._renamed()
        if not self.moves and not renamed:
            return self.old
        self.names |= renamed
        self._name_moves()
        for column, values in self.old.columns.items():
            own = self.columns[column] = {}
            for row, value in values.items():
                code = self.moved.get(row, row)
                own[code] = own.get(code, ZERO) + value
        for code, new in self.moved.items():
            if not any(code != other and code.startswith(other) for other in self.moved):
                self._shift(code, new)
        if self.moved:
            self.rows = dict(sorted(self.rows.items(), key=lambda item: (item[0].isdigit(), item[0])))
        structure = replace(self.old.structure, rows=self.rows, names=self.names, label_cells=self.label_cells)
        faults = {(self.moved.get(row, row), column): fault for (row, column), fault in self.old.faults.items()}
        return replace(self.old, structure=structure, columns=self.columns, faults=faults)

    def _renamed(self) -> dict[str, str]:
        """Codes whose name last year was an older official one: this year's names."""
        renamed = {}
        for code in self.old.codes():
            printed = normalise(self.old.names.get(code, ""))
            name = self.catalogue.name(code)
            if name is None or not printed or normalise(name) == printed:
                continue
            if any(a.old_code == a.new_code == code and normalise(a.old_name) == printed for a in self.catalogue.aliases):
                renamed[code] = name
                self._remark("改称", code, code, 名称=self.old.names[code], 新名称=name)
        return renamed

    def _move(self, code: str) -> Alias | None:
        """The alias that moves *code*, unless the code still stands for what it is called."""
        fits = [a for a in self.catalogue.aliases if a.old_code == code and a.new_code != code]
        if not fits:
            return None
        printed = normalise(self.old.names.get(code, ""))
        if self.catalogue.name(code) is not None and printed not in {normalise(a.old_name) for a in fits}:
            return None
        if len(fits) > 1:
            names = "、".join(f"{a.new_code} {a.new_name}" for a in fits)
            self._remark("分开", code, "", 名称=fits[0].old_name, 各科目=names)
            return None
        return fits[0]

    def _name_moves(self) -> None:
        """Names of the new codes; a remark for each."""
        taken = {row for row in self.old.rows if row not in self.moves}
        for code, alias in self.moves.items():
            new = alias.new_code
            self._remark(
                "合并" if new in taken else "改为", code, new, 名称=alias.old_name, 新编码=new, 新名称=alias.new_name, 说明=alias.remark)
            self.names[new] = alias.new_name
            taken.add(new)

    def _shift(self, code: str, new: str) -> None:
        """Take the amounts of *code* from the superiors it left to those it went to."""
        for superior in _superiors(code):
            if superior in self.rows and not new.startswith(superior):
                self._add(superior, code, -1)
                has_below = any(c != superior and c.isdigit() and c.startswith(superior) for c in self.rows)
                if not has_below and not any(values.get(superior) for values in self.columns.values()):
                    del self.rows[superior]
                    for values in self.columns.values():
                        values.pop(superior, None)
        for superior in _superiors(new):
            is_printed = superior in self.rows or any(len(c) == len(superior) for c in self.old.codes())
            if is_printed and not code.startswith(superior):
                if superior not in self.rows:
                    self.rows[superior], self.label_cells[superior] = self.rows[new], self.label_cells[new]
                    self.names[superior] = self.catalogue.names.get(superior, "")
                self._add(superior, code, 1)

    def _add(self, superior: str, code: str, sign: int) -> None:
        for column, values in self.old.columns.items():
            if (amount := values.get(code)) is not None:
                own = self.columns[column]
                own[superior] = own.get(superior, ZERO) + sign * amount


def _superiors(code: str) -> list[str]:
    return [code[:n] for n in range(CLASS_DIGITS, len(code), LEVEL_DIGITS)]
