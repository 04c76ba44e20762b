"""Form of classification codes: known, of the right length, below their superiors, given once, named as in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from workbook.issues import CellRef, Issue, IssueCell
from workbook.pack.catalogue import Catalogue
from workbook.pack.layout import SheetKind, normalise
from workbook.pack.loading import Pack
from workbook.pack.rules import FormIssues
from workbook.reading.codes import squeezed
from workbook.reading.tables import Table, text_of

_FEW = 12
_NAME_WITHIN = 6
"""The name stands at most so many columns right of the code."""


def code_issues(table: Table, pack: Pack, form: FormIssues) -> Iterator[Issue]:
    """Findings about the codes of one sheet; many of one rule become one that names all cells."""
    by_rule: dict[str, list[Issue]] = {}
    for issue in _each(table, pack, form):
        by_rule.setdefault(issue.code, []).append(issue)
    for found in by_rule.values():
        if len(found) <= _FEW:
            yield from found
        else:
            cells = tuple(cell for issue in found for cell in issue.cells)
            yield replace(found[0], message=f"{found[0].message}；同类问题共 {len(found)} 处", cells=cells)


def _each(table: Table, pack: Pack, form: FormIssues) -> Iterator[Issue]:
    functional = table.layout.kind is SheetKind.FUNCTIONAL
    lengths = (3, 5, 7) if functional else (3, 5)
    catalogue = pack.functional if functional else pack.economic
    names, mark = catalogue.names, table.layout.mark
    _count(table, names, lengths, form)
    for code in table.rows:
        if code in names:  # the common case: a known code
            if (printed := table.names.get(code)) and printed != names[code]:
                yield from _other_name(table, code, catalogue, printed, form)
        elif not code.isdigit():
            yield from _no_code(table, code, form)
            continue
        elif len(code) not in lengths:
            cell = _code_cell(table, code)
            wanted = "、".join(map(str, lengths))
            yield from form.issue(
                "规范-12", f"{mark}的科目编码“{code}”是 {len(code)} 位，应为 {wanted} 位（{cell.ref.a1}）", [cell], table.code)
            continue
        else:
            yield from _unknown(table, code, catalogue, pack.year, form)
        if functional and len(code) > lengths[0] and code[:-2] not in table.rows:
            cell = _code_cell(table, code)
            yield from form.issue(
                "规范-13", f"{mark}有科目“{code}”而没有它的上级“{code[:-2]}”（{cell.ref.a1}）", [cell], table.code)


def _count(table: Table, names: Mapping[str, str], lengths: tuple[int, ...], form: FormIssues) -> None:
    """Note how many rows, codes and names are examined (nearly all codes are in the catalogue, so the others are counted)."""
    others = [row for row in table.rows if row not in names]
    unknown = [len(row) for row in others if row.isdigit()]
    codes = len(table.rows) - len(others) + len(unknown)
    proper = codes - sum(size not in lengths for size in unknown)
    form.examine(len(table.rows), "规范-14", "规范-16")
    form.examine(codes, "规范-12")
    form.examine(proper, "规范-11", "规范-17")
    form.examine(len(table.names) - sum(row in table.names for row in others), "规范-15")
    if table.layout.kind is SheetKind.FUNCTIONAL:
        form.examine(proper - sum(len(row) == lengths[0] and row.isdigit() for row in table.rows), "规范-13")


def _no_code(table: Table, row: str, form: FormIssues) -> Iterator[Issue]:
    """A duplicated code, or a row with amounts and no code (the 合计 row is neither)."""
    bare, _, twice = row.partition("（第")
    if not twice and not row.startswith("第"):
        return
    cell, mark = _code_cell(table, row), table.layout.mark
    if twice:
        first = _code_cell(table, bare)
        yield from form.issue(
            "规范-14", f"{mark}的科目编码“{bare}”重复（{first.ref.a1} 和 {cell.ref.a1}），请合并或更正", [cell, first], table.code)
    elif cell.value.strip():
        yield from form.issue(
            "规范-16", f"{mark}{row}的科目编码“{cell.value.strip()}”不是数字（{cell.ref.a1}），请更正", [cell], table.code)
    else:
        yield from form.issue("规范-16", f"{mark}{row}有金额而没有科目编码（{cell.ref.a1}），请补填编码", [cell], table.code)


def _unknown(table: Table, code: str, catalogue: Catalogue, year: int, form: FormIssues) -> Iterator[Issue]:
    moved = catalogue.successor(code)
    cell, mark = _code_cell(table, code), table.layout.mark
    if moved is not None:
        yield from form.issue(
            "规范-17", f"{mark}的科目“{code}”已改为“{moved.new_code} {moved.new_name}”（{cell.ref.a1}）", [cell], table.code)
    elif not code.endswith("00"):
        yield from form.issue("规范-11", f"{mark}的科目编码“{code}”不在 {year} 年目录中，请核对（{cell.ref.a1}）", [cell], table.code)


def _other_name(table: Table, code: str, catalogue: Catalogue, printed: str, form: FormIssues) -> Iterator[Issue]:
    official = catalogue.names[code]
    if _same_name(printed, official):
        return
    former = (a.old_name for a in catalogue.aliases if code in (a.old_code, a.new_code))
    if any(_same_name(printed, name) for name in former):
        return
    cells = [*_name_cells(table, code, printed), _code_cell(table, code)]
    yield from form.issue(
        "规范-15", f"{table.layout.mark}科目“{code}”的名称是“{printed}”，目录是“{official}”（{cells[0].ref.a1}）", cells, table.code)


def _code_cell(table: Table, row: str) -> IssueCell:
    place = table.label_cells.get(row) or (table.rows[row][0], 0)
    return _issue_cell(table, row, place)


def _name_cells(table: Table, row: str, printed: str) -> Iterable[IssueCell]:
    """The cell right of the code that holds the printed name."""
    r, c = table.label_cells.get(row) or (table.rows[row][0], 0)
    for column in range(c + 1, c + 1 + _NAME_WITHIN):
        content = table.sheet.content(r, column)
        if isinstance(content, str) and squeezed(content) == printed:
            return [_issue_cell(table, row, (r, column))]
    return []


def _issue_cell(table: Table, row: str, place: tuple[int, int]) -> IssueCell:
    ref = CellRef(table.sheet.file.name, table.sheet.name, *place)
    return IssueCell(ref, text_of(table.sheet.content(*place)), f"{table.layout.mark} {row}")


def _same_name(a: str, b: str) -> bool:
    return a == b or normalise(a) == normalise(b)
