"""Amounts by the names of rows and columns of the tables: what a number is that no statement of the form accounts for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from docgen.review.phrasing import Phrasing, alike, pairs
from docgen.review.text import Number, Role
from workbook.amounts import round_half_up
from workbook.issues import CellRef
from workbook.pack.layout import TOTAL, SheetKind, normalise
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.values import dataclass

_CLAUSE = re.compile(r"[。；：，、]")
_EMPTY = re.compile(r"20\d\d年(?:度)?|(?:本|全)年度?|^其中|支出决算(?:数|额)?(?=(?:为|是)?$)|决算(?:数|额)?|\((?:类|款|项)\)|[“”]|(?:共|共计|合计|总额|为|是)+$")
_SHORTEST, _LIKE = 4, 0.4
_BUDGET, _SPENDING = "预算·", "支出"


@dataclass(frozen=True, slots=True)
class Named:
    """What the tables have under one name."""

    label: str
    values: frozenset[Decimal]
    """As printed."""
    sources: tuple[CellRef, ...]


class Names:
    """The rows and columns of a unit's tables by name."""

    def __init__(self, accounts: Accounts, phrasing: Phrasing, unit_name: str) -> None:
        """*unit_name* may stand before any name."""
        self._phrasing, self._unit = phrasing, normalise(unit_name)
        found: dict[str, list[tuple[str, Decimal, CellRef | None]]] = defaultdict(list)
        self._economic: dict[str, set[Decimal]] = defaultdict(set)
        """Amounts by economic items: one may be of any of several budgets."""
        for table in accounts.tables.values():
            kind = table.layout.kind
            for key, label, row, column in _cells(table, phrasing):
                if (value := table.value(row, column)) is None:
                    continue
                if kind is SheetKind.ECONOMIC:
                    self._economic[_plain(accounts.pack.economic.name(row) or key)].add(round_half_up(value))
                    continue
                for name in {key, key if kind is SheetKind.FIXED else key.removesuffix(_SPENDING) + _SPENDING}:
                    found[name].append((label, round_half_up(value), table.ref(row, column)))
        self._printed: dict[Decimal, set[str]] = defaultdict(set)
        for name, values in (*self._economic.items(), *((name, {v for _, v, _ in cells}) for name, cells in found.items())):
            for value in values:
                self._printed[value].add(name)
        self._named: Mapping[str, Named] = {
            key: Named(cells[0][0], frozenset(v for _, v, _ in cells), tuple(ref for _, _, ref in cells if ref is not None))
            for key, cells in found.items() if len(key) >= _SHORTEST}

    def of(self, stated: Number) -> Named | None:
        """What the tables have under the name that the words before a number give it; ``None`` when nothing."""
        clause, kind = _CLAUSE.split(stated.before)[-1], ""
        if stated.role is Role.BASE:
            clause, kind = self._phrasing.amount_of_base.sub("", clause), _BUDGET
        name = self._bare(clause)
        return self._named.get(kind + name) or self._named.get(kind + self._last(name))

    def _last(self, name: str) -> str:
        """The last of several names written on end, 类款项 as a rule: ``农林水支出农业农村病虫害控制``; empty when it is none."""
        ends = (place for place in range(_SHORTEST, len(name) - _SHORTEST + 1) if name[place:] in self._named)
        return next((name[place:] for place in ends if name[:place] in self._named or self._last(name[:place])), "")

    def is_printed(self, stated: Number) -> bool:
        """Whether the tables have this number anywhere."""
        return bool(stated.value) and round_half_up(stated.value) in self._printed

    def is_alike(self, stated: Number) -> bool:
        """Whether the tables have it under a name like the one that it is given: 年初财政拨款结转和结余 of one budget."""
        own = pairs(self._bare(_CLAUSE.split(stated.before)[-1]))
        return any(alike(own, pairs(name)) >= _LIKE for name in self._printed.get(round_half_up(stated.value), ()))

    def _bare(self, clause: str) -> str:
        return _plain(clause).removeprefix(self._unit)

    def confirm(self, stated: Number) -> bool:
        """Whether the tables have this number under the name that it is given."""
        return ((named := self.of(stated)) is not None and round_half_up(stated.value) in named.values) or (
            round_half_up(stated.value) in self._economic.get(self._bare(_CLAUSE.split(stated.before)[-1]), ()))


def _cells(table: Table, phrasing: Phrasing) -> Iterator[tuple[str, str, str, str]]:
    """The cells that have a name of their own: name, label, row, column."""
    if table.layout.kind is SheetKind.SINGLE:  # each column by what the row says: budget or final account
        for row, (_, columns) in table.rows.items():
            kind = _BUDGET if phrasing.amount_of_base.search(row) else ""
            yield from ((kind + _plain(column), f"{column}{row}", row, column) for column in columns)
        return
    for row, (_, columns) in table.rows.items():
        if row != TOTAL and (amounts := [column for column in columns if not table.is_count(row, column)]):
            name = table.names.get(row) or row
            yield _plain(name), name, row, amounts[0]
    yield from ((_plain(column), column, TOTAL, column) for column in table.rows.get(TOTAL, (0, {}))[1])


def _plain(name: str) -> str:
    return _EMPTY.sub("", _EMPTY.sub("", normalise(name)))
