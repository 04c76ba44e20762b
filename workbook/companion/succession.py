"""Last year's tables under this year's codes: renamed or moved classification codes are matched, and said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from workbook.amounts import ZERO
from workbook.issues import CellRef, Issue, IssueCell, Kind
from workbook.pack.catalogue import Alias, Catalogue
from workbook.pack.layout import SheetKind, normalise
from workbook.pack.loading import Pack
from workbook.pack.rules import Rule
from workbook.performance.findings import Findings
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.values import dataclass


def prior_tables(accounts: Accounts, pack: Pack) -> tuple[Mapping[str, Table], tuple[Issue, ...]]:
    """Last year's tables under this year's codes, and a remark (跨年, 提示) for each code that was matched.

    A moved code takes its amounts along: the 类 and 款 that it left are reduced, those it went to are
    increased, so that last year compares with this year code by code.
    """
    remarks = _Remarks({})
    tables: dict[str, Table] = {}
    for code, table in accounts.tables.items():
        if table.layout.kind in (SheetKind.FUNCTIONAL, SheetKind.ECONOMIC):
            catalogue = pack.functional if table.layout.kind is SheetKind.FUNCTIONAL else pack.economic
            tables[code] = _Succession(table, catalogue, remarks).table()
        else:
            tables[code] = table
    return tables, remarks.issues(pack.companion_rules)


@dataclass(slots=True)
class _Remarks:
    """One remark for each code, however many tables hold it."""

    found: dict[tuple[str, str], tuple[str, dict[str, str], list[IssueCell]]]

    def add(self, case: str, old: str, new: str, table: Table, **values: str) -> None:
        """Note in the words of *case* that the code *old* of *table* is matched with *new*."""
        *_, cells = self.found.setdefault((old, new), (case, {"编码": old, **values}, []))
        place, columns = table.label_cells.get(old), table.rows[old][1] if old in table.rows else {}
        if place is not None and columns:
            cells.append(IssueCell(CellRef(table.sheet.file.name, table.sheet.name, *place), old, table.label(old, next(iter(columns)))))

    def issues(self, rules: Mapping[str, Rule]) -> tuple[Issue, ...]:
        """The remarks as findings."""
        found = Findings(rules, Kind.PRIOR)
        for case, values, cells in self.found.values():
            found.add("跨年-科目", case, *cells, **values)
        return tuple(found.issues)


class _Rekeyed:
    """A table while its rows are given other codes."""

    def __init__(self, old: Table) -> None:
        self.old = old
        self.rows = dict(old.rows)
        self.columns = {column: dict(values) for column, values in old.columns.items()}
        self.faults = dict(old.faults)
        self.names, self.label_cells = dict(old.names), dict(old.label_cells)

    def table(self) -> Table:
        """The table that came of it."""
        structure = replace(self.old.structure, rows=self.rows, names=self.names, label_cells=self.label_cells)
        return replace(self.old, structure=structure, columns=self.columns, faults=self.faults)


class _Succession:
    """Re-keys one table of codes."""

    def __init__(self, table: Table, catalogue: Catalogue, remarks: _Remarks) -> None:
        self.old = table
        self.catalogue = catalogue
        self.remarks = remarks
        self.moves: dict[str, Alias] = {}

    def table(self) -> Table:
        """The table under this year's codes (the same object when nothing was renamed or moved)."""
        renamed = self._renamed()
        for code in self.old.codes():
            alias = self._move(code)
            if alias is not None:
                self.moves[code] = alias
        if not self.moves and not renamed:
            return self.old
        table = _Rekeyed(self.old)
        table.names |= renamed
        for code, alias in self.moves.items():
            self._rekey(table, code, alias)
        for code, alias in self.moves.items():
            if not any(code != other and code.startswith(other) for other in self.moves):
                self._shift(table, code, alias.new_code)
        if self.moves:
            table.rows = dict(sorted(table.rows.items(), key=lambda item: (item[0].isdigit(), item[0])))
        return table.table()

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
                self.remarks.add("改称", code, code, self.old, 名称=self.old.names[code], 新名称=name)
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
            self.remarks.add("分开", code, "", self.old, 名称=fits[0].old_name, 各科目=names)
            return None
        return fits[0]

    def _rekey(self, table: _Rekeyed, code: str, alias: Alias) -> None:
        new = alias.new_code
        merged = new in table.rows
        if merged:
            for values in table.columns.values():
                if code in values:
                    values[new] = values.get(new, ZERO) + values.pop(code)
            table.rows.pop(code)
        else:
            table.rows[new] = table.rows.pop(code)
            table.label_cells[new] = table.label_cells.pop(code, (0, 0))
            for values in table.columns.values():
                if code in values:
                    values[new] = values.pop(code)
        table.faults = {(new if r == code else r, c): fault for (r, c), fault in table.faults.items()}
        table.names.pop(code, None)
        table.names[new] = alias.new_name
        self.remarks.add(
            "合并" if merged else "改为", code, new, self.old, 名称=alias.old_name, 新编码=new, 新名称=alias.new_name, 说明=alias.remark)

    def _shift(self, table: _Rekeyed, code: str, new: str) -> None:
        """Take the amounts of *code* from the superiors it left to those it went to."""
        amounts = {c: v for c, values in self.old.columns.items() if (v := values.get(code)) is not None}
        kept = {new[:n] for n in range(3, len(new), 2)}
        for n in range(3, len(code), 2):
            superior = code[:n]
            if superior not in kept and superior in table.rows:
                self._add(table, superior, amounts, -1)
        for n in range(3, len(new), 2):
            superior = new[:n]
            if superior == code[:n]:
                continue
            if superior not in table.rows:
                if not any(len(c) == n for c in self.old.codes()):
                    continue  # last year's table does not print this level
                table.rows[superior] = table.rows[new]
                table.label_cells[superior] = table.label_cells[new]
                table.names[superior] = self.catalogue.names.get(superior, "")
            self._add(table, superior, amounts, 1)

    def _add(self, table: _Rekeyed, code: str, amounts: dict[str, Decimal], sign: int) -> None:
        for column, amount in amounts.items():
            values = table.columns[column]
            values[code] = values.get(code, ZERO) + sign * amount
        below = any(c != code and c.isdigit() and c.startswith(code) for c in table.rows)
        if sign < 0 and not below and not any(values.get(code) for values in table.columns.values()):
            table.rows.pop(code)
            for values in table.columns.values():
                values.pop(code, None)
