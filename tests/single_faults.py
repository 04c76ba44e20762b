"""Random consistent workbooks of every form and layout, and single faults in them: what is found, named and blamed.

A consistent workbook must give no 错误 and at most one 提示; of a fault it is told whether there is a finding that the consistent
workbook did not give (found), whether one of them names the faulty cell (named), and whether the first does so first (first).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from tests.units import nature_of, random_unit, standard_pack
from tests.variant_sheets import write_variant
from tests.variants import Variant
from tools.compose_accounts import CellKey
from workbook.amounts import MoneyUnit
from workbook.formats.source import Content, RawSheet, Source, open_source
from workbook.issues import CellRef, Issue, Severity
from workbook.pack.loading import Pack, load_pack
from workbook.reading.accounts import Accounts, accounts_of
from workbook.reading.identify import choose_for
from workbook.reading.tables import Table
from workbook.rules.check import check, view_of

PACKS = ("neimenggu-2024", "guojia-2024", "shanghai-2024")
PLACE = Decimal("0.01")


@cache
def pack_named(name: str) -> Pack:
    return load_pack(name)


@dataclass(frozen=True)
class Unit:
    """A workbook with its layout, as it was written."""

    pack: Pack
    source: Source
    nature: str
    is_rounded: bool


def consistent(seed: int, folder: Path, name: str = "") -> Unit:
    """A consistent workbook: of a random form (or the pack *name*), in a random layout, precise or rounded to 0.01 万元."""
    rng = random.Random(seed)
    pack = pack_named(name or rng.choice(PACKS))
    variant = replace(Variant.random(rng), nine=False)
    if variant.texts != "numbers":  # each asks something of the reader: a note is expected of one of them
        variant = replace(variant, extra_sheets=False)
    if pack is not pack_named(PACKS[0]) and variant.names == "finance":
        variant = replace(variant, names="title")
    amounts, nature = _amounts(rng, pack)
    unit, is_rounded = rng.choice(list(MoneyUnit)), rng.random() < 0.5
    if is_rounded:
        unit = MoneyUnit.WAN
        amounts = {k: v if pack.sheets[k[0]].count_unit(*k[1:]) else v.quantize(PLACE, ROUND_HALF_UP) for k, v in amounts.items()}
    path = folder / ("决算公开表" if variant.folder else "决算公开表.xlsx")
    write_variant(path, pack, amounts, variant, unit)
    return Unit(pack, open_source(path), nature, is_rounded)


def _amounts(rng: random.Random, pack: Pack) -> tuple[dict[CellKey, Decimal], str]:
    """A unit's amounts in the tables of *pack*, which have those of the standard form but for some."""
    layouts = {title: s for s in standard_pack().sheets.values() for title in s.titles}
    ours = {layouts[s.title].code: s for s in pack.sheets.values()}
    while True:
        amounts = random_unit(rng, funds=rng.random() < 0.4, cents=False)
        nature = nature_of(amounts)
        theirs = {(ours[t].code, r, c): v for (t, r, c), v in amounts.items() if t in ours and c in ours[t].column_ids}
        whole = next(s for s in pack.sheets.values() if s.whole)
        if not 1 < theirs.get((whole.code, *whole.whole), 0) < 900_000:  # nothing, or more than the check believes
            continue
        if all(_has_row(pack, table, row) for (table, row, _), value in theirs.items() if value):
            return {key: value for key, value in theirs.items() if _has_row(pack, *key[:2])}, nature


def _has_row(pack: Pack, table: str, row: str) -> bool:
    layout = pack.sheets[table]
    if (fixed := layout.row(row)) is not None and fixed.optional:
        return False
    heads = {code for panel in layout.economic_panels for code in panel}
    return not heads or not row.isdigit() or (row[:3] in heads and row not in layout.unprinted_codes)


def findings(unit: Unit, source: Source | None = None) -> tuple[Accounts, list[Issue]]:
    """What a check finds, without rounding tails."""
    accounts = accounts_of(source or unit.source, unit.pack)
    report = check(accounts, view_of(accounts, nature=unit.nature))
    return accounts, [i for i in report.issues if i.severity is not Severity.TAIL]


def chosen(unit: Unit) -> str:
    """The pack that the workbook itself chooses."""
    return choose_for(unit.source.sheets).folder.name


# ------------------------------------------------------------------ faults

@dataclass(frozen=True)
class Outcome:
    """What became of a fault."""

    kind: str
    found: bool
    named: bool
    first: bool
    ambiguous: bool
    """Whether correcting the blamed cell clears everything as well."""


_TOLD = frozenset({"规范-23"})
"""Findings of the whole workbook, of which a fault changes only the number."""
Rows = list[list[Content]]
Fault = Callable[[random.Random, Table, Rows], CellRef | None]
"""Makes a fault in the rows of a table's sheet and names the faulty cell; ``None``: the table has no place for it."""


def tried(unit: Unit, kind: str, rng: random.Random) -> Outcome | None:
    """One fault of a kind in the unit's workbook."""
    accounts, before = findings(unit)
    known = {(i.code, i.message) for i in before}
    tables = [t for t in accounts.tables.values() if not t.is_empty()]
    table = rng.choice(tables)
    rows = [list(row) for row in table.sheet.rows]
    cell = FAULTS[kind](rng, table, rows)
    if cell is None:
        return None
    sheet = replace(table.sheet, rows=rows)
    sheets = tuple(sheet if s is table.sheet else s for s in unit.source.sheets)
    after, issues = findings(unit, replace(unit.source, sheets=sheets))
    new = [i for i in issues if (i.code, i.message) not in known and i.code not in _TOLD]
    wanted = {Severity.ERROR} if kind in AMOUNTS else {Severity.ERROR, Severity.NOTICE}
    new = [i for i in new if i.severity in wanted]
    named = any(c.ref == cell for i in new for c in i.cells)
    blamed = new[0].cells[0].ref if new and new[0].cells else None
    first = blamed == cell
    ambiguous = bool(kind in AMOUNTS and named and not first and blamed and _clears(unit, after, sheets, new[0], blamed))
    return Outcome(kind, bool(new), named, first, ambiguous)


def _clears(unit: Unit, accounts: Accounts, sheets: tuple[RawSheet, ...], issue: Issue, blamed: CellRef) -> bool:
    """Whether some other amount in the *blamed* cell would leave no 错误."""
    table = next(t for t in accounts.tables.values() if t.sheet.name == blamed.sheet and t.sheet.file.name == blamed.file)
    key = table.structure.key_at(blamed.row, blamed.column)
    if key is None or issue.difference is None:
        return False
    number = table.value(*key) or Decimal(0)
    for sign in (1, -1):
        value = number + sign * issue.difference
        content = float(value if table.unit is MoneyUnit.WAN else value.scaleb(4))
        rows = [list(row) for row in table.sheet.rows]
        rows[blamed.row][blamed.column] = content
        mended = tuple(replace(s, rows=rows) if s is table.sheet else s for s in sheets)
        if not any(i.severity is Severity.ERROR for i in findings(unit, replace(unit.source, sheets=mended))[1]):
            return True
    return False


def _keys(table: Table) -> Iterator[tuple[str, str]]:
    return ((row, c) for c, values in table.columns.items() for row, value in values.items() if value and not table.is_count(row, c))


def _at(table: Table, row: str, column: str) -> CellRef:
    ref = table.ref(row, column)
    assert ref is not None
    return ref


def _change(rng: random.Random, table: Table, rows: Rows) -> CellRef | None:
    """An amount typed wrongly: digits exchanged, a point misplaced, a sum added."""
    keys = list(_keys(table))
    if not keys:
        return None
    row, column = rng.choice(keys)
    ref, value = _at(table, row, column), table.value(row, column) or Decimal(0)
    digits = list(f"{abs(value):f}")
    i = rng.randrange(len(digits))
    if digits[i] != ".":
        digits[i] = rng.choice("0123456789")
    wrong = rng.choice([Decimal("".join(digits)), value * 10, value / 10, value + rng.randint(1, 5000)])
    if abs(wrong - value) < Decimal("0.5"):  # beyond the rounding bound of the longest sum
        wrong = value + rng.randint(1, 500)
    rows[ref.row][ref.column] = float(wrong if table.unit is MoneyUnit.WAN else wrong.scaleb(4))
    return ref


def _blank(rng: random.Random, table: Table, rows: Rows) -> CellRef | None:
    """An amount that was not filled in."""
    keys = [key for key in _keys(table) if abs(table.value(*key) or 0) >= Decimal("0.5")]
    if not keys:
        return None
    ref = _at(table, *rng.choice(keys))
    rows[ref.row][ref.column] = ""
    return ref


def _words(rng: random.Random, table: Table, rows: Rows) -> CellRef | None:
    """Words for an amount."""
    keys = list(_keys(table))
    if not keys:
        return None
    ref = _at(table, *rng.choice(keys))
    rows[ref.row][ref.column] = "约三万"
    return ref


def _items(table: Table) -> list[str]:
    return [code for code in table.codes() if len(code) == 7 and any(v.get(code) for v in table.columns.values())]


def _label(table: Table, row: str) -> CellRef:
    return CellRef(table.sheet.file.name, table.sheet.name, *table.label_cells[row])


def _lost(rng: random.Random, table: Table, rows: Rows) -> CellRef | None:
    """A code's row deleted; what can be named is its superior's."""
    items = _items(table)
    if not items:
        return None
    item = rng.choice(items)
    superior = table.structure.superiors.get(item, "")
    row = table.rows[item][0]
    del rows[row]
    ref = _label(table, superior)
    return ref._replace(row=ref.row - (ref.row > row))


def _mistyped(rng: random.Random, table: Table, rows: Rows) -> CellRef | None:
    """One digit of a code typed wrongly (where the code stands in one cell)."""
    items = [i for i in _items(table) if str(rows[table.label_cells[i][0]][table.label_cells[i][1]]).startswith(i)]
    if not items:
        return None
    item = rng.choice(items)
    ref = _label(table, item)
    i = rng.randrange(7)
    wrong = item[:i] + rng.choice([d for d in "0123456789" if d != item[i] and (i or d != "0")]) + item[i + 1 :]
    content = rows[ref.row][ref.column]
    rows[ref.row][ref.column] = float(wrong) if isinstance(content, float) else str(content).replace(item, wrong)
    return ref


def _other_unit(rng: random.Random, table: Table, rows: Rows) -> CellRef | None:
    """The sheet's amounts in the other unit, its frame unchanged."""
    if len(list(_keys(table))) < 8 or table.code == next(iter(standard_pack().sheets)):
        return None
    factor = 10_000 if table.unit is MoneyUnit.WAN else 0.0001
    for row, column in _keys(table):
        ref, value = _at(table, row, column), table.value(row, column) or Decimal(0)
        own = value if table.unit is MoneyUnit.WAN else value.scaleb(4)
        rows[ref.row][ref.column] = float(own) * factor
    frames = ((r, c) for r, row in enumerate(rows) for c, t in enumerate(row) if isinstance(t, str) and f"单位：{table.unit}" in t)
    place = next(frames, None)
    return CellRef(table.sheet.file.name, table.sheet.name, *place) if place else None


def _shifted(rng: random.Random, table: Table, rows: Rows) -> CellRef | None:
    """All amounts from the second column on stand one column further right."""
    columns = table.structure.value_columns
    if len(columns) < 3 or len(_items(table)) < 2 or len(table.structure.column_maps) > 1:
        return None
    first = columns[1]
    for r, _ in table.rows.values():
        rows[r] = [*rows[r][:first], "", *rows[r][first:]]
    top = min(r for r, _ in table.rows.values())
    return CellRef(table.sheet.file.name, table.sheet.name, top, first)


FAULTS: dict[str, Fault] = {
    "金额写错": _change, "金额漏填": _blank, "金额写成文字": _words, "科目行删去": _lost, "科目编码写错": _mistyped, "整表金额单位不同": _other_unit,
    "各栏右移一栏": _shifted,
}
AMOUNTS = frozenset({"金额写错", "金额漏填", "金额写成文字"})
