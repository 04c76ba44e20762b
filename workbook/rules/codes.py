"""Form of classification codes: known, of the right length, below their superiors, given once, named as in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from workbook.issues import IssueCell
from workbook.pack.layout import SheetKind, normalise
from workbook.pack.loading import Pack
from workbook.pack.sheets import LEVEL_DIGITS, Catalogue
from workbook.reading.codes import squeezed
from workbook.reading.tables import Table
from workbook.rules.form import FormFindings, cell_at

_NAME_WITHIN = 6
"""The name stands at most so many columns right of the code."""


class _Doubt(NamedTuple):
    """What a rule finds wrong: the cells (the first is where it is), and what its sentence says."""

    rule: str
    cells: list[IssueCell]
    values: dict[str, Any]
    case: str = ""


def code_issues(table: Table, pack: Pack, form: FormFindings, *, has_items: bool) -> None:
    """Findings about the codes of one sheet; many of one rule become one that names all cells.

    *has_items* says whether the workbook goes down to the lowest level.
    """
    is_functional = table.layout.kind is SheetKind.FUNCTIONAL
    catalogue = pack.functional if is_functional else pack.economic
    _examine(table, catalogue, form, is_functional)
    found: dict[str, list[_Doubt]] = {}
    for doubt in _doubts(table, catalogue, pack.catalogue_year, is_functional):
        found.setdefault(doubt.rule, []).append(doubt)
    if is_functional and has_items:  # codes with amounts and nothing below them
        codes, children, lowest = table.codes(), table.structure.children, catalogue.lengths[-1]
        form.examine(len(codes), "规范-18")
        higher = [
            c for c in codes if len(c) < lowest and c not in children
            and any(values.get(c) for values in table.columns.values())]
        if higher:
            found["规范-18"] = [_Doubt("规范-18", [_cell(table, code)], {"编码": code}) for code in higher]
    for rule, doubts in found.items():
        is_many = rule in form.rules and len(doubts) > form.rules[rule].parameters["逐处"]
        for doubt in doubts[:1] if is_many else doubts:
            cells = [cell for each in doubts for cell in each.cells] if is_many else doubt.cells
            form.about(table, rule, doubt.case, *cells, 单元格=cells[0].ref.a1, **doubt.values)
        if is_many:
            form.issues[-1] = replace(form.issues[-1], message=f"{form.issues[-1].message}；同类问题共 {len(doubts)} 处")


def _examine(table: Table, catalogue: Catalogue, form: FormFindings, is_functional: bool) -> None:
    """Note how many rows, codes and names are examined (nearly all codes are known, so the others are counted)."""
    rows, names, lengths = table.rows, table.names, catalogue.lengths
    others = [row for row in rows if row not in catalogue.names]
    unknown = [len(row) for row in others if row.isdigit()]
    codes = len(rows) - len(others) + len(unknown)
    proper = codes - sum(size not in lengths for size in unknown)
    form.examine(len(rows), "规范-14", "规范-16")
    form.examine(codes, "规范-12")
    form.examine(proper, "规范-11", "规范-17")
    form.examine(len(names) - sum(row in names for row in others), "规范-15")
    if is_functional:
        form.examine(proper - sum(len(row) == lengths[0] and row.isdigit() for row in rows), "规范-13")


def _doubts(table: Table, catalogue: Catalogue, year: int, is_functional: bool) -> Iterator[_Doubt]:
    rows, names, lengths = table.rows, catalogue.names, catalogue.lengths
    for code in rows:
        if code in names:  # the common case: a known code
            if (printed := table.names.get(code)) and printed != names[code]:
                yield from _other_name(table, catalogue, code, printed)
        elif not code.isdigit():
            yield from _no_code(table, code)
            continue
        elif len(code) not in lengths:
            yield _Doubt("规范-12", [_cell(table, code)], {"编码": code, "位数": len(code), "应有位数": "、".join(map(str, lengths))})
            continue
        elif (moved := catalogue.successors.get(code)) is not None:
            yield _Doubt("规范-17", [_cell(table, code)], {"编码": code, "新编码": moved.new_code, "新名称": moved.new_name})
        else:
            yield _Doubt("规范-11", [_cell(table, code)], {"编码": code, "年度": year})
        if is_functional and len(code) > lengths[0] and (superior := code[:-LEVEL_DIGITS]) not in rows:
            yield _Doubt("规范-13", [_cell(table, code)], {"编码": code, "上级": superior})


def _no_code(table: Table, row: str) -> Iterator[_Doubt]:
    """A duplicated code, or a row with amounts and no code (the 合计 row is neither)."""
    bare, _, twice = row.partition("（第")
    if twice:
        first = _cell(table, bare)
        yield _Doubt("规范-14", [_cell(table, row), first], {"编码": bare, "首处": first.ref.a1})
    elif row.startswith("第"):
        cell = _cell(table, row)
        written = cell.value.strip()
        yield _Doubt("规范-16", [cell], {"行": row, "编码": written}, "不是数字" if written else "没有")


def _other_name(table: Table, catalogue: Catalogue, code: str, printed: str) -> Iterator[_Doubt]:
    """A code whose printed name is neither the official nor a former one; first the cell that holds the name."""
    former = (a.old_name for a in catalogue.aliases if code in (a.old_code, a.new_code))
    if any(normalise(printed) == normalise(name) for name in (catalogue.names[code], *former)):
        return
    r, c = table.label_cells.get(code) or (table.rows[code][0], 0)
    contents = ((column, table.sheet.content(r, column)) for column in range(c + 1, c + 1 + _NAME_WITHIN))
    place = next(((r, column) for column, text in contents if isinstance(text, str) and squeezed(text) == printed), None)
    cells = [*([_cell(table, code, place)] if place else []), _cell(table, code)]
    yield _Doubt("规范-15", cells, {"编码": code, "名称": printed, "目录名称": catalogue.names[code]})


def _cell(table: Table, row: str, place: tuple[int, int] | None = None) -> IssueCell:
    """The cell with the code of a *row*, or another of its line."""
    return cell_at(table.sheet, place or table.label_cells.get(row) or (table.rows[row][0], 0), f"{table.layout.mark} {row}")
