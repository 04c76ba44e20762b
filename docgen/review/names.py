"""Amounts by the names of rows and columns of the tables: what a number is that no statement of the form accounts for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from docgen.review.phrasing import Phrasing
from docgen.review.text import Number, Role
from workbook.amounts import round_half_up
from workbook.issues import CellRef
from workbook.pack.layout import TOTAL, SheetKind, normalise
from workbook.reading.tables import Table
from workbook.values import dataclass

_CLAUSE = re.compile(r"[。；：，、]")
_EMPTY = re.compile(r"20\d\d年(?:度)?|(?:本|全)年度?|^其中|支出决算(?:数|额)?(?=(?:为|是)?$)|决算(?:数|额)?|\((?:类|款|项)\)|[“”]|(?:共|共计|合计|总额|为|是)+$")
_SHORTEST = 4
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

    def __init__(self, tables: Iterable[Table], phrasing: Phrasing) -> None:
        self._phrasing = phrasing
        found: dict[str, list[tuple[str, Decimal, CellRef | None]]] = defaultdict(list)
        for table in tables:
            if table.layout.kind is SheetKind.SINGLE:  # the amounts of each column by what the row says: budget or final account
                for row, (_, columns) in table.rows.items():
                    kind = _BUDGET if phrasing.amount_of_base.search(row) else ""
                    for column in columns:
                        if (value := table.value(row, column)) is not None:
                            found[kind + _plain(column)].append((f"{column}{row}", round_half_up(value), table.ref(row, column)))
                continue
            for row, (_, columns) in table.rows.items():
                name = table.names.get(row) or row
                first = next(iter(columns), "")
                if row != TOTAL and table.layout.kind is not SheetKind.ECONOMIC and row not in table.counts and (value := table.value(row, first)) is not None:
                    found[_plain(name)].append((name, round_half_up(value), table.ref(row, first)))
            for column in table.rows.get(TOTAL, (0, {}))[1]:
                if (value := table.value(TOTAL, column)) is not None:
                    found[_plain(column)].append((column, round_half_up(value), table.ref(TOTAL, column)))
        self._named: Mapping[str, Named] = {
            key: Named(cells[0][0], frozenset(v for _, v, _ in cells), tuple(ref for _, _, ref in cells if ref is not None))
            for key, cells in found.items() if len(key) >= _SHORTEST}

    def of(self, stated: Number) -> Named | None:
        """What the tables have under the name that the words before a number give it; ``None`` when nothing."""
        clause, kind = _CLAUSE.split(stated.before)[-1], ""
        if stated.role is Role.BASE:
            clause, kind = self._phrasing.amount_of_base.sub("", clause), _BUDGET
        name = _plain(clause)
        return self._named.get(kind + name) or self._named.get(kind + name.removesuffix(_SPENDING))

    def confirm(self, stated: Number) -> bool:
        """Whether the tables have this number under the name that it is given."""
        return (named := self.of(stated)) is not None and stated.value in named.values


def _plain(name: str) -> str:
    return _EMPTY.sub("", _EMPTY.sub("", normalise(name)))
