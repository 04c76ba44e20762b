"""Where two workbooks of a form differ, amount by amount: before and after a change, last year and this one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from workbook.amounts import ZERO
from workbook.create.lists import write_list
from workbook.issues import CellRef
from workbook.reading.accounts import Accounts

_HEADS = (("表", 30), ("项目", 44), ("栏目", 24), ("前一份单元格", 13), ("前一份", 16), ("后一份单元格", 13), ("后一份", 16), ("增减", 16))


class Difference(NamedTuple):
    """An amount that both workbooks have differently; 万元, counts as they are; ``None``: blank, or no such row."""

    sheet: str
    """Code of the table."""
    title: str
    """Mark and title of the table."""
    row: str
    column: str
    old: Decimal | None
    new: Decimal | None
    old_ref: CellRef | None
    new_ref: CellRef | None

    @property
    def change(self) -> Decimal:
        """New less old; a blank counts as nothing."""
        return (self.new or ZERO) - (self.old or ZERO)


def differences(old: Accounts, new: Accounts) -> Iterator[Difference]:
    """Every amount that differs, sheet by sheet in the order of *new*, row by row; zero and blank are alike.

    Rows are matched by label or code, columns by title, whatever cell they stand in.
    """
    for code in dict.fromkeys((*new.tables, *old.tables)):
        before, after = old.tables.get(code), new.tables.get(code)
        own = after or before
        if own is None:
            continue
        rows = dict.fromkeys((*(after.rows if after else ()), *(before.rows if before else ())))
        for row in rows:
            for column in own.layout.column_ids:
                was, is_now = (table.value(row, column) if table else None for table in (before, after))
                if (was or ZERO) != (is_now or ZERO):
                    table = after if after is not None and row in after.rows else before or own
                    name = table.label(row, column).removeprefix(f"{own.layout.mark} ").removesuffix(f"·{column}")
                    yield Difference(
                        code, f"{own.layout.mark} {own.layout.title}", name, column, was, is_now,
                        before.ref(row, column) if before else None, after.ref(row, column) if after else None)


def write_differences(path: Path, old: str, new: str, found: Sequence[Difference]) -> None:
    """Write the differences of the workbooks called *old* and *new* as an Excel list, to be printed on A4.

    Raises :class:`~workbook.errors.InputError`.
    """
    rows = (
        (one.title, one.row, one.column, one.old_ref and one.old_ref.a1, one.old,
        one.new_ref and one.new_ref.a1, one.new, one.change)
        for one in found)
    write_list(path, "比较", f"前一份：{old}　后一份：{new}　不同 {len(found)} 处（金额单位：万元）", _HEADS, rows)
