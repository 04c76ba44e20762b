"""Form of the workbook and of each sheet.

Of the workbook: which sheets, and whether their frames agree; of a sheet: rows, columns, cells, the statement of an
empty one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import compress

from workbook.amounts import CENT, Fault, MoneyUnit
from workbook.formats.source import NUMBER, RawSheet
from workbook.issues import IssueCell
from workbook.pack.layout import SheetKind, SheetLayout, normalise
from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts
from workbook.reading.identify import Frame, read_frame
from workbook.reading.structure import is_coded
from workbook.reading.tables import Table
from workbook.rules.codes import code_issues
from workbook.rules.form import FormFindings, cell_at, corner

_UNIT = "money_unit"
_FRAME = (
    ("year", "规范-04", "年度", "其他年度"), ("unit_name", "规范-05", "单位名称", "其他名称"), (_UNIT, "规范-06", "金额单位", "其他单位"),
)
"""What the frame of a sheet states: where, the rule that all sheets state the same, and what its sentence calls this
one's and the others'."""
_FAULT_RULES = {Fault.ERROR_VALUE: "规范-25", Fault.UNCOMPUTED: "规范-26"}
_OTHER_FAULT = "规范-27"
_KEPT = 32
"""Tables whose findings are remembered: those of an open workbook, and of what an edit makes of them."""
_TALLEST, _WIDEST = 200, 60
"""Larger merged areas are no slip among amounts."""
_NAMED_LINES = 4
"""So many absent rows are named, the others counted."""
_EMPTY, _INSTRUCTION = "规范-31", "规范-32"
_PIECE = 3
"""So many characters of a title tell it from others."""


def form_issues(accounts: Accounts, form: FormFindings) -> None:
    """All issues of form, workbook first, then sheet by sheet."""
    _sheet_issues(accounts, form)
    _frame_issues(accounts, form)
    _text_numbers(accounts, form)
    lowest = accounts.pack.functional.lengths[-1]
    functional = (table for table in accounts.tables.values() if table.layout.kind is SheetKind.FUNCTIONAL)
    has_items = any(len(code) == lowest for table in functional for code in table.codes())
    for table in accounts.tables.values():
        form.join(_found(table, accounts.pack, has_items))


def _sheet_issues(accounts: Accounts, form: FormFindings) -> None:
    """Sheets missing, double, not recognised, hidden; files of a folder that cannot be read."""
    sheets = accounts.pack.sheets
    files = dict.fromkeys(sheet.file for sheet in accounts.source.sheets)
    form.examine(len(sheets), "规范-01")
    form.examine(len(accounts.tables) + len(accounts.duplicates), "规范-02")
    form.examine(len(accounts.source.sheets), "规范-03")
    form.examine(len(files) + len(accounts.source.problems), "规范-09")
    form.examine(len(accounts.tables), "规范-24", "规范-33")
    titled = {quoted: sheet for sheet in reversed(accounts.unrecognised) if (quoted := accounts.quoted(sheet))}
    for layout in sheets.values():
        if layout.code not in accounts.tables:
            sheet = titled.get(layout.code)
            form.add(
                "规范-01", "只有标题" if sheet else "", *([corner(sheet)] if sheet else ()), 表=layout.mark, 表名=layout.title,
                工作表=sheet.name if sheet else "", sheet=layout.code)
    for code, sheet in accounts.duplicates:
        form.add(
            "规范-02", "", corner(sheet), 表=sheets[code].mark, 表名=sheets[code].title, 已校验=_where(accounts.tables[code].sheet),
            没校验=_where(sheet), sheet=code)
    for sheet in accounts.unrecognised:
        if sheet.visible and any(isinstance(content, NUMBER) and content for row in sheet.rows for content in row):
            form.add("规范-03", "", corner(sheet), 工作表=sheet.name, 几张=accounts.pack.count_words)
    for table in accounts.tables.values():
        if not table.sheet.visible:
            form.about(table, "规范-24", "工作表", 工作表=table.sheet.name)
    for problem in accounts.source.problems:
        form.add("规范-09", 问题=str(problem).rstrip("。"))


def _where(sheet: RawSheet) -> str:
    return f"{sheet.file.name}”的“{sheet.name}" if sheet.alone else sheet.name


def _frame_issues(accounts: Accounts, form: FormFindings) -> None:
    """Year, unit name or money unit that a sheet states differently from most, or not at all."""
    frames = accounts.frames
    for what, rule, own, most in _FRAME:
        stated = {code: value for code, frame in frames.items() if (value := getattr(frame, what))}
        usual = next((value for value, _ in Counter(normalise(str(value)) for value in stated.values()).most_common(1)), "")
        form.examine(len(stated), rule)
        for code, value in stated.items():
            if normalise(str(value)) != usual:
                other = next(value for value in stated.values() if normalise(str(value)) == usual)
                cell = _stated(accounts.tables[code], frames[code], what)
                form.about(
                    accounts.tables[code], rule, "", cell,
                    culprit=cell.ref if what == _UNIT else None, **{own: value, most: other})
    units = Counter(frame.money_unit for frame in frames.values() if frame.money_unit)
    form.examine(len(frames) if units else 0, "规范-07")
    form.examine(1, "规范-08")
    if not units:
        form.add("规范-08")
    for code, table in accounts.tables.items():
        if units and code in frames and not frames[code].money_unit:
            form.about(table, "规范-07", 其他单位=units.most_common(1)[0][0])
        if table.layout.whole:
            _doubtful_amounts(table, frames[code], form)


def _doubtful_amounts(table: Table, frame: Frame, form: FormFindings) -> None:
    """No amount at all; a money unit that the amounts contradict: fractions of a 分, or a total that no unit has."""
    form.examine(1, "规范-30")
    if table.is_empty():
        form.about(table, "规范-30")
    row, column = table.layout.whole
    total, rule = table.amount(row, column), form.rules.get("规范-10")
    if total is None or rule is None:
        return
    form.examine(1, rule.code)
    cells = [_stated(table, frame, _UNIT), IssueCell(total.ref, total.raw, table.label(row, column))]
    case = ""
    if table.unit is MoneyUnit.YUAN and not table.is_rounded:
        case = "小数"
    elif table.unit is MoneyUnit.YUAN and 0 < total.value < rule.parameters["过小"]:
        case = "过小"
    elif total.value >= rule.parameters["过大"]:
        case = "过大"
    if case:
        form.about(
            table, rule.code, case, *cells, 项目=row, 金额=total.raw, 金额单位=table.unit, 亿元=f"{total.value / 10000:,.2f}")


def _stated(table: Table, frame: Frame, what: str) -> IssueCell:
    """The cell in which the frame states *what*; the sheet's first cell when it does not."""
    position = frame.positions.get(what)
    return corner(table.sheet) if position is None else cell_at(table.sheet, position)


@lru_cache(_KEPT)
def _found(table: Table, pack: Pack, has_items: bool) -> FormFindings:
    """Findings of form in one sheet.

    A table is a value: after an edit elsewhere the same one is there, and not looked at again.
    """
    form = FormFindings(pack.form_rules)
    for look in (_lines, _faults, _cells, _merged):
        look(table, form)
    if is_coded(table.layout):
        code_issues(table, pack, form, has_items=has_items)
    _statements(table, pack.sheets, form)
    return form


def _lines(table: Table, form: FormFindings) -> None:
    layout = table.layout
    is_blank_form = bool(layout.kind is SheetKind.FUNCTIONAL and layout.empty_statement and not table.rows)
    missing = () if is_blank_form else table.structure.absent_rows
    form.examine(0 if is_blank_form else len(layout.fixed_rows), "规范-29")
    if missing:
        words = "、".join(f"“{r}”" for r in missing[:_NAMED_LINES])
        words += f"等 {len(missing)} 行" if len(missing) > _NAMED_LINES else "行"
        form.about(table, "规范-29", "缺行", 各行=words, milder="从轻" if layout.rows_vary else "")
    if not table.rows:
        return
    absent = [c for c in table.structure.absent_columns if c not in layout.optional_columns]
    form.examine(len(layout.column_ids) - len(layout.optional_columns), "规范-29")
    if absent:
        columns = "、".join(f"“{c}”" for c in absent)
        may_vary = layout.kind is SheetKind.FUNCTIONAL and layout.empty_statement
        form.about(table, "规范-29", "缺列", 各列=columns, milder="从轻" if may_vary else "")


def _faults(table: Table, form: FormFindings) -> None:
    """Cells that are no amounts; many of one kind (a sheet that was never computed) in one issue."""
    form.examine(table.structure.size, *_FAULT_RULES.values(), _OTHER_FAULT)
    found: dict[str, list[tuple[IssueCell, Fault, str]]] = {}
    for (row, column), fault in table.faults.items():
        if (cell := table.issue_cell(row, column)) is not None:
            wanted = "数量" if table.is_count(row, column) else "金额"
            found.setdefault(_FAULT_RULES.get(fault, _OTHER_FAULT), []).append((cell, fault, wanted))
    for code, faulty in found.items():
        few = form.rules[code].parameters.get("逐处") if code in form.rules else None
        if few is not None and len(faulty) > few:
            cells = [cell for cell, *_ in faulty]
            places = "、".join(cell.ref.a1 for cell in cells[: int(few)])
            form.about(table, code, "多处", *cells, 个数=len(cells), 单元格=places)
            continue
        for cell, fault, wanted in faulty:
            form.about(table, code, "", cell, 单元格=cell.ref, 项目=cell.label, 内容=cell.value, 种类=fault, 应为=wanted)


def _cells(table: Table, form: FormFindings) -> None:
    """Amounts with fractions of a 分, and those in hidden rows and columns: an issue for each kind."""
    marks, fine, hidden = table.sheet.marks, list[tuple[str, str]](), list[tuple[str, str]]()
    form.examine(sum(map(len, table.columns.values())), "规范-24", *(["规范-21"] if table.unit is MoneyUnit.WAN else []))
    for column, values in table.columns.items() if table.unit is MoneyUnit.WAN else ():
        fine += [(row, column) for row, value in values.items() if value % CENT]
    for column, values in table.columns.items() if marks.hidden_rows or marks.hidden_columns else ():
        places = ((row, table.position(row, column)) for row, value in values.items() if value)
        hidden += [
            (row, column) for row, place in places
            if place and (place[0] in marks.hidden_rows or place[1] in marks.hidden_columns)]
    for code, keys in (("规范-21", fine), ("规范-24", hidden)):
        if keys:
            _of_cells(code, table, keys, form)


def _text_numbers(accounts: Accounts, form: FormFindings) -> None:
    """Numbers stored as text: an issue for each sheet; one where most of the workbook came as text."""
    form.examine(sum(len(values) for table in accounts.tables.values() for values in table.columns.values()), "规范-23")
    found = [table for table in accounts.tables.values() if table.text_numbers]
    rule = form.rules.get("规范-23")
    if rule is None or len(found) <= rule.parameters["逐表"]:
        for table in found:
            _of_cells("规范-23", table, table.text_numbers, form)
        return
    cells = [cell for table in found for cell in table.issue_cells(table.text_numbers)]
    form.about(found[0], rule.code, "多表", *cells, 张数=len(found), 个数=len(cells))


def _of_cells(code: str, table: Table, keys: Sequence[tuple[str, str]], form: FormFindings) -> None:
    """One issue for all these cells of a sheet."""
    cells = table.issue_cells(keys)
    form.about(table, code, "", *cells, 个数=len(cells))


def _merged(table: Table, form: FormFindings) -> None:
    if not table.rows:
        return
    merged, structure = table.sheet.marks.merged, table.structure
    form.examine(len(merged), "规范-28")
    for top, left, bottom, right in merged:
        if bottom < table.first_data_row or top > structure.last_row or bottom - top > _TALLEST or right - left > _WIDEST:
            continue
        keys = (structure.key_at(r, c) for r in range(top, bottom + 1) for c in structure.value_columns if left <= c <= right)
        cells = table.issue_cells([key for key in keys if key is not None])
        if len(cells) > 1:
            form.about(table, "规范-28", "", *cells, 单元格=cells[0].ref, 个数=len(cells))


def _statements(table: Table, sheets: Mapping[str, SheetLayout], form: FormFindings) -> None:
    """An empty table without a statement that speaks of it, and instructions left on the sheet."""
    may_be_empty = table.layout.empty_statement and table.is_empty()
    top = table.first_data_row if may_be_empty else table.structure.last_row + 1
    texts = [
        (r, c, content) for r, row in enumerate(table.sheet.rows[top:], top) for c, content in enumerate(row)
        if type(content) is str and content
    ]
    if (rule := form.rules.get(_INSTRUCTION)) is not None:
        form.examine(1, _INSTRUCTION)
        is_left = [any(word in text for word in rule.parameters["用词"]) for _, _, text in texts]
        for r, c, _ in compress(texts, is_left):
            cell = cell_at(table.sheet, (r, c))
            form.about(table, _INSTRUCTION, "", cell, 内容=cell.value)
        texts = [text for text, left in zip(texts, is_left, strict=True) if not left]
    if table.layout.empty_statement:
        form.examine(1, _EMPTY)
        if may_be_empty:
            _unstated(table, sheets, texts, form)


def _unstated(
    table: Table, sheets: Mapping[str, SheetLayout], texts: list[tuple[int, int, str]], form: FormFindings
) -> None:
    """The issue about an empty table, unless one of the *texts* below it says that it is empty."""
    rule = form.rules.get(_EMPTY)
    if rule is None:
        return
    frame = read_frame(table.sheet)
    words, shortest = rule.parameters["用词"], rule.parameters["最少字数"]
    own, others = _telling(table.layout, tuple(sheets.values()))
    for r, c, text in texts:
        said = normalise(text.replace(frame.unit_name, "") if frame.unit_name else text)
        if (r, c) in frame.positions.values() or len(said) < shortest or not any(word in said for word in words):
            continue
        foreign = next((code for code, pieces in others.items() if any(p in said for p in pieces)), "")
        if not foreign or any(piece in said for piece in own):
            return
        form.about(
            table, rule.code, "他表", cell_at(table.sheet, (r, c)), corner(table.sheet), 说明=text, 他表=sheets[foreign].mark)
        return
    form.about(table, rule.code, 说明=table.layout.statement(frame.unit_name or "本单位"))


@lru_cache(maxsize=64)
def _telling(layout: SheetLayout, sheets: tuple[SheetLayout, ...]) -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    """The pieces of the titles of a table that no other table which may be empty has, and of each other's that it has not."""
    own = _pieces(layout)
    others = {other.code: _pieces(other) for other in sheets if other.empty_statement and other is not layout}
    return own.difference(*others.values()), {code: pieces - own for code, pieces in others.items()}


def _pieces(layout: SheetLayout) -> frozenset[str]:
    titles = (normalise(title) for title in layout.titles)
    return frozenset(title[i : i + _PIECE] for title in titles for i in range(len(title) - _PIECE + 1))
