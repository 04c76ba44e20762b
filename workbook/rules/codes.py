"""Form of classification codes: known, of the right length, below their superiors, given once, named as in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from workbook.issues import IssueCell
from workbook.pack.catalogue import LEVEL_DIGITS, Catalogue
from workbook.pack.layout import SheetKind, normalise
from workbook.pack.loading import Pack
from workbook.reading.codes import squeezed
from workbook.reading.tables import Table
from workbook.rules.form import FormFindings, cell_at

_NAME_WITHIN = 6
"""The name stands at most so many columns right of the code."""


def code_issues(table: Table, pack: Pack, form: FormFindings, *, has_items: bool) -> None:
    """Findings about the codes of one sheet; many of one rule become one that names all cells.

    *has_items* says whether the workbook goes down to the lowest level.
    """
    codes = _Codes(table, pack, form, has_items)
    codes.look()
    for code, found in codes.found.items():
        is_many = code in form.rules and len(found) > form.rules[code].parameters["逐处"]
        for case, cells, values in found[:1] if is_many else found:
            places = [cell for _, each, _ in found for cell in each] if is_many else cells
            form.about(table, code, case, *places, 单元格=cells[0].ref.a1, **values)
        if is_many:
            form.issues[-1] = replace(form.issues[-1], message=f"{form.issues[-1].message}；同类问题共 {len(found)} 处")


class _Codes:
    """Looks at the codes of one sheet."""

    def __init__(self, table: Table, pack: Pack, form: FormFindings, has_items: bool) -> None:
        self.table, self.year, self.form, self.has_items = table, pack.catalogue_year, form, has_items
        self.is_functional = table.layout.kind is SheetKind.FUNCTIONAL
        self.catalogue: Catalogue = pack.functional if self.is_functional else pack.economic
        self.lengths = self.catalogue.lengths
        self.found: dict[str, list[tuple[str, list[IssueCell], dict[str, Any]]]] = {}
        """Rule → for each place its case, the cells (the first is where it is) and what its sentence says."""

    def add(self, rule: str, cells: list[IssueCell], case: str = "", /, **values: object) -> None:
        self.found.setdefault(rule, []).append((case, cells, values))

    def look(self) -> None:
        names, rows = self.catalogue.names, self.table.rows
        self.examine()
        for code in rows:
            if code in names:  # the common case: a known code
                if (printed := self.table.names.get(code)) and printed != names[code]:
                    self.other_name(code, printed)
            elif not code.isdigit():
                self.no_code(code)
                continue
            elif len(code) not in self.lengths:
                wanted = "、".join(map(str, self.lengths))
                self.add("规范-12", [self.code_cell(code)], 编码=code, 位数=len(code), 应有位数=wanted)
                continue
            else:
                self.unknown(code)
            if self.is_functional and len(code) > self.lengths[0] and (superior := code[:-LEVEL_DIGITS]) not in rows:
                self.add("规范-13", [self.code_cell(code)], 编码=code, 上级=superior)
        if self.is_functional and self.has_items:
            self.lowest_level()

    def lowest_level(self) -> None:
        """Codes with amounts and nothing below them."""
        codes, children, lowest = self.table.codes(), self.table.structure.children, self.lengths[-1]
        self.form.examine(len(codes), "规范-18")
        for code in codes:
            if len(code) < lowest and code not in children and any(values.get(code) for values in self.table.columns.values()):
                self.add("规范-18", [self.code_cell(code)], 编码=code)

    def examine(self) -> None:
        """Note how many rows, codes and names are examined (nearly all codes are known, so the others are counted)."""
        rows, names, form = self.table.rows, self.table.names, self.form
        others = [row for row in rows if row not in self.catalogue.names]
        unknown = [len(row) for row in others if row.isdigit()]
        codes = len(rows) - len(others) + len(unknown)
        proper = codes - sum(size not in self.lengths for size in unknown)
        form.examine(len(rows), "规范-14", "规范-16")
        form.examine(codes, "规范-12")
        form.examine(proper, "规范-11", "规范-17")
        form.examine(len(names) - sum(row in names for row in others), "规范-15")
        if self.is_functional:
            form.examine(proper - sum(len(row) == self.lengths[0] and row.isdigit() for row in rows), "规范-13")

    def no_code(self, row: str) -> None:
        """A duplicated code, or a row with amounts and no code (the 合计 row is neither)."""
        bare, _, twice = row.partition("（第")
        if not twice and not row.startswith("第"):
            return
        cell = self.code_cell(row)
        if twice:
            first = self.code_cell(bare)
            self.add("规范-14", [cell, first], 编码=bare, 首处=first.ref.a1)
        elif written := cell.value.strip():
            self.add("规范-16", [cell], "不是数字", 行=row, 编码=written)
        else:
            self.add("规范-16", [cell], "没有", 行=row)

    def unknown(self, code: str) -> None:
        moved = self.catalogue.successors.get(code)
        if moved is not None:
            self.add("规范-17", [self.code_cell(code)], 编码=code, 新编码=moved.new_code, 新名称=moved.new_name)
        else:
            self.add("规范-11", [self.code_cell(code)], 编码=code, 年度=self.year)

    def other_name(self, code: str, printed: str) -> None:
        official = self.catalogue.names[code]
        former = (a.old_name for a in self.catalogue.aliases if code in (a.old_code, a.new_code))
        if not any(normalise(printed) == normalise(name) for name in (official, *former)):
            cells = [*self.name_cells(code, printed), self.code_cell(code)]
            self.add("规范-15", cells, 编码=code, 名称=printed, 目录名称=official)

    def code_cell(self, row: str) -> IssueCell:
        return self.cell(row, self.table.label_cells.get(row) or (self.table.rows[row][0], 0))

    def name_cells(self, row: str, printed: str) -> Iterator[IssueCell]:
        """The cell right of the code that holds the printed name."""
        r, c = self.table.label_cells.get(row) or (self.table.rows[row][0], 0)
        for column in range(c + 1, c + 1 + _NAME_WITHIN):
            content = self.table.sheet.content(r, column)
            if isinstance(content, str) and squeezed(content) == printed:
                yield self.cell(row, (r, column))
                return

    def cell(self, row: str, place: tuple[int, int]) -> IssueCell:
        return cell_at(self.table.sheet, place, f"{self.table.layout.mark} {row}")
