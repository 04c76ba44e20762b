"""Form of classification codes: known, of the right length, below their superiors, given once, named as in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from workbook.issues import Issue, IssueCell
from workbook.pack.catalogue import LEVEL_DIGITS, Catalogue
from workbook.pack.layout import SheetKind, normalise
from workbook.pack.loading import Pack
from workbook.reading.codes import squeezed
from workbook.reading.tables import Table
from workbook.rules.form_issues import FormIssues, cell_at

_NAME_WITHIN = 6
"""The name stands at most so many columns right of the code."""
_WHOLE_LEVEL = "00"
"""A code that ends so stands for its superior as a whole: such a line is no code of the catalogue."""


def code_issues(table: Table, pack: Pack, form: FormIssues) -> Iterator[Issue]:
    """Findings about the codes of one sheet; many of one rule become one that names all cells."""
    by_rule: dict[str, list[Issue]] = {}
    for issue in _Codes(table, pack, form).issues():
        by_rule.setdefault(issue.code, []).append(issue)
    for code, found in by_rule.items():
        if len(found) <= form.rules[code].parameters["逐处"]:
            yield from found
        else:
            cells = tuple(cell for issue in found for cell in issue.cells)
            yield replace(found[0], message=f"{found[0].message}；同类问题共 {len(found)} 处", cells=cells)


class _Codes:
    """The codes of one sheet."""

    def __init__(self, table: Table, pack: Pack, form: FormIssues) -> None:
        self.table, self.year, self.form = table, pack.year, form
        self.is_functional = table.layout.kind is SheetKind.FUNCTIONAL
        self.catalogue: Catalogue = pack.functional if self.is_functional else pack.economic
        self.lengths = self.catalogue.lengths

    def issue(self, rule: str, case: str = "", /, *, row: str, cells: Iterable[IssueCell], **values: Any) -> Iterator[Issue]:
        """The issue of *rule* about a *row*; the first of *cells* is where it is."""
        cells = list(cells)
        return self.form.issue(
            rule, case, 表=self.table.layout.mark, 编码=row, 单元格=cells[0].ref.a1, cells=cells, sheet=self.table.code, **values)

    def issues(self) -> Iterator[Issue]:
        names, rows = self.catalogue.names, self.table.rows
        self.examine()
        for code in rows:
            if code in names:  # the common case: a known code
                if (printed := self.table.names.get(code)) and printed != names[code]:
                    yield from self.other_name(code, printed)
            elif not code.isdigit():
                yield from self.no_code(code)
                continue
            elif len(code) not in self.lengths:
                yield from self.issue(
                    "规范-12", row=code, 位数=len(code), 应有位数="、".join(map(str, self.lengths)), cells=[self.code_cell(code)])
                continue
            else:
                yield from self.unknown(code)
            if self.is_functional and len(code) > self.lengths[0] and (superior := code[:-LEVEL_DIGITS]) not in rows:
                yield from self.issue("规范-13", row=code, 上级=superior, cells=[self.code_cell(code)])

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

    def no_code(self, row: str) -> Iterator[Issue]:
        """A duplicated code, or a row with amounts and no code (the 合计 row is neither)."""
        bare, _, twice = row.partition("（第")
        if not twice and not row.startswith("第"):
            return
        cell = self.code_cell(row)
        if twice:
            first = self.code_cell(bare)
            yield from self.issue("规范-14", row=bare, 首处=first.ref.a1, cells=[cell, first])
        elif written := cell.value.strip():
            yield from self.issue("规范-16", "不是数字", row=written, 行=row, cells=[cell])
        else:
            yield from self.issue("规范-16", "没有", row="", 行=row, cells=[cell])

    def unknown(self, code: str) -> Iterator[Issue]:
        moved = self.catalogue.successor(code)
        if moved is not None:
            yield from self.issue(
                "规范-17", row=code, 新编码=moved.new_code, 新名称=moved.new_name, cells=[self.code_cell(code)])
        elif not code.endswith(_WHOLE_LEVEL):
            yield from self.issue("规范-11", row=code, 年度=self.year, cells=[self.code_cell(code)])

    def other_name(self, code: str, printed: str) -> Iterator[Issue]:
        official = self.catalogue.names[code]
        former = (a.old_name for a in self.catalogue.aliases if code in (a.old_code, a.new_code))
        if not any(normalise(printed) == normalise(name) for name in (official, *former)):
            cells = [*self.name_cells(code, printed), self.code_cell(code)]
            yield from self.issue("规范-15", row=code, 名称=printed, 目录名称=official, cells=cells)

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
