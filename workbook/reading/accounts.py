"""Accounts: a final-accounts workbook as read, one :class:`Table` for each sheet recognised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from workbook.amounts import MoneyUnit
from workbook.errors import InputError
from workbook.formats.source import RawSheet, Source, open_source
from workbook.pack.choice import Choice
from workbook.pack.layout import SheetKind, SheetLayout
from workbook.pack.loading import Pack
from workbook.reading.economic import economic_structure
from workbook.reading.fixed import fixed_structure, single_structure
from workbook.reading.functional import functional_structure
from workbook.reading.identify import Frame, Recogniser, read_frame
from workbook.reading.structure import Structure
from workbook.reading.tables import Amount, Table
from workbook.values import dataclass

_T = TypeVar("_T")

_STRUCTURES: dict[SheetKind, Callable[[SheetLayout, RawSheet], Structure]] = {
    SheetKind.FIXED: fixed_structure,
    SheetKind.FUNCTIONAL: functional_structure,
    SheetKind.ECONOMIC: economic_structure,
    SheetKind.SINGLE: single_structure,
}


@dataclass(frozen=True)
class Accounts:
    """The recognised sheets of one unit and year, with what was not recognised."""

    source: Source
    pack: Pack
    tables: Mapping[str, Table]
    frames: Mapping[str, Frame]
    duplicates: tuple[tuple[str, RawSheet], ...] = ()
    unrecognised: tuple[RawSheet, ...] = ()
    given_year: int | None = None
    """The year as the user or the 底稿 says it, for a workbook that states none."""
    given_name: str = ""
    """The unit's name as a report says it, for tables that state none."""
    choice: Choice | None = None
    """How the pack came to be the one in use."""

    @property
    def path(self) -> Path:
        """The workbook file or folder."""
        return self.source.path

    @property
    def unit_name(self) -> str:
        """Unit name that most sheets state, else the one given; empty when there is neither."""
        return _most_common(f.unit_name for f in self.frames.values() if f.unit_name) or self.given_name

    @property
    def year(self) -> int | None:
        """Year that most sheets state, else the one given; ``None`` when there is neither: no year is assumed."""
        return self.stated_year or self.given_year

    @property
    def stated_year(self) -> int | None:
        """Year that most sheets state."""
        return _most_common(f.year for f in self.frames.values() if f.year)

    @property
    def money_unit(self) -> MoneyUnit:
        """Money unit that most sheets state (万元 when none does)."""
        return _most_common(f.money_unit for f in self.frames.values() if f.money_unit) or MoneyUnit.WAN

    @property
    def implied_nature(self) -> str:
        """单位性质 as the tables imply it, by the cells that hold an amount only for units of one nature."""
        natures = self.pack.companion.natures
        return next((n.name for n in natures if n.implied_by is not None and self.value(*n.implied_by)), "")

    def quoted(self, sheet: RawSheet) -> str:
        """Code of the table whose title an unrecognised *sheet* quotes; empty when it quotes none."""
        return _recogniser(self.pack).quoted(sheet)

    def value(self, table: str, row: str, column: str = "决算数") -> Decimal | None:
        """Value in 万元; ``None`` when the sheet, row or column is absent, the cell blank or faulty."""
        found = self.tables.get(table)
        return found.value(row, column) if found else None

    def amount(self, table: str, row: str, column: str = "决算数") -> Amount | None:
        """The amount with its provenance, or ``None``."""
        found = self.tables.get(table)
        return found.amount(row, column) if found else None

    def with_sheets(self, new: Mapping[RawSheet, RawSheet], tables: Mapping[str, Table]) -> Accounts:
        """These accounts after an edit: sheets replaced (old to *new*), and the *tables* read from them."""
        return replace(
            self,
            source=replace(self.source, sheets=tuple([new.get(sheet, sheet) for sheet in self.source.sheets])),
            tables={**self.tables, **tables},
            duplicates=tuple([(code, new.get(sheet, sheet)) for code, sheet in self.duplicates]),
            unrecognised=tuple([new.get(sheet, sheet) for sheet in self.unrecognised]),
        )


def _most_common(values: Iterable[_T]) -> _T | None:
    found = list(values)
    return max(dict.fromkeys(found), key=found.count, default=None)


def read_workbook(path: Path, pack: Pack) -> Accounts:
    """Read a workbook file, or a folder with one file per table.

    Raises :class:`InputError` when it cannot be used at all or holds none of the sheets.
    """
    return accounts_of(open_source(path), pack)


@lru_cache(maxsize=8)
def _recogniser(pack: Pack) -> Recogniser:
    return Recogniser(pack.sheets.values())


def accounts_of(source: Source, pack: Pack) -> Accounts:
    """The accounts in an opened *source*."""
    recogniser = _recogniser(pack)
    chosen: dict[str, tuple[int, RawSheet]] = {}
    duplicates: list[tuple[str, RawSheet]] = []
    unrecognised: list[RawSheet] = []
    for sheet in source.sheets:
        if not any(content != "" for row in sheet.rows for content in row):
            continue
        found = recogniser.recognise(sheet)
        if found is None:
            if not recogniser.lists_titles(sheet):
                unrecognised.append(sheet)
            continue
        code, score = found
        if code not in chosen or score > chosen[code][0]:
            duplicates += [(code, chosen[code][1])] if code in chosen else []
            chosen[code] = score, sheet
        else:
            duplicates.append((code, sheet))
    if not chosen:
        raise InputError(
            source.path, "没有找到任何一张决算公开表",
            f"请确认选择的是部门决算公开工作簿（含“{next(iter(pack.sheets.values())).title}”等表）")
    frames = {code: read_frame(sheet) for code, (_, sheet) in chosen.items()}
    common = _most_common(f.money_unit for f in frames.values() if f.money_unit) or MoneyUnit.WAN
    tables = {
        code: read_table(pack.sheets[code], chosen[code][1], frames[code].money_unit or common)
        for code in pack.sheets if code in chosen
    }
    return Accounts(source, pack, tables, frames, tuple(duplicates), tuple(unrecognised))


def read_table(layout: SheetLayout, sheet: RawSheet, unit: MoneyUnit) -> Table:
    """Read one recognised sheet."""
    return Table.read(_STRUCTURES[layout.kind](layout, sheet), sheet, unit)
