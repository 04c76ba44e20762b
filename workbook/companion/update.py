"""Writing a changed 底稿 back: only the cells that changed, everything else byte for byte.

People's formatting, comments and extra columns stay.  A sheet is written as a whole only when it is
missing, or when 上年决算 or the shape of a 项目支出绩效自评表 changed.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from workbook.amounts import MoneyUnit
from workbook.companion.areas import ListArea, money_unit
from workbook.companion.create import TABLE_NAME, reserved_names, sheet_bytes
from workbook.companion.lists import Record, columns_of, key, list_records, matched
from workbook.companion.model import Companion, Project
from workbook.companion.prior import kept_rows
from workbook.companion.read import Reading, read
from workbook.create.book import sheet_name
from workbook.editing.package_edit import Edit, edit_package
from workbook.entries import Entry
from workbook.errors import ContentError, EncryptedError, InputError
from workbook.pack.companion_form import CompanionSheet, Content, EntryForm, Role
from workbook.pack.loading import Pack
from workbook.performance.model import PerformanceTable
from workbook.performance.sheet import edit_of, table_edits
from workbook.safe_save import ChangedError, save_over

SheetEdits = dict[tuple[int, int], Edit]


def update_companion(before: Companion, after: Companion, pack: Pack, *, keep_backup: bool = False) -> Companion:
    """Write the differences between *before* (as it was read) and *after* into *before*'s file.

    Returns the 底稿 as it now reads.  Raises :class:`InputError` when the file was changed since it was
    read, is open in Excel or WPS, or cannot be edited.
    """
    return rewrite(before, after, pack, keep_backup=keep_backup).companion


def rewrite(before: Companion, after: Companion, pack: Pack, *, keep_backup: bool = False) -> Reading:
    """The same; returns the 底稿 as it now reads with what is wrong in it."""
    path = before.path
    reading = read(path, pack)
    if reading.companion.sha256 != before.sha256:
        raise ChangedError(path, "底稿在打开之后被其他程序修改过，没有覆盖", "请重新载入底稿后再改")
    data = path.read_bytes()
    new = updated_bytes(path, data, reading, replace(after, path=path))
    if new != data:
        save_over(path, new, before.sha256, keep_backup=keep_backup)
        reading = read(path, pack)
    return reading


def updated_bytes(path: Path, data: bytes, reading: Reading, after: Companion) -> bytes:
    """The bytes of the 底稿 with *after*'s values."""
    plan = _Plan(reading, after)
    plan.make()
    edits = {name: edits for name, edits in plan.edits.items() if name not in plan.anew}
    try:
        return edit_package(data, edits, anew=plan.anew)
    except EncryptedError as error:
        raise error.of(path) from error
    except ContentError as error:
        raise InputError(path, str(error), "请用 Excel/WPS 打开底稿另存一份后重试") from error


class _Plan:
    """What to change: cells by sheet, and sheets to be written as a whole."""

    def __init__(self, reading: Reading, after: Companion) -> None:
        self.reading = reading
        self.before = reading.companion
        self.after = after
        self.edits: dict[str, SheetEdits] = {}
        self.anew: dict[str, bytes] = {}

    def make(self) -> None:
        """Compare both and collect the changes."""
        self._tables()
        standard: dict[str, bytes] = {}
        for form in self.after.form.sheets:
            entries = [entry for entry in form.entries if not self.before.text(entry.id).same(self.after.text(entry.id))]
            is_changed = self._is_changed(form)
            if (entries or is_changed) and (form.name not in self.reading.sheets or form.role is Role.PRIOR):
                sheet = self.reading.sheets.get(form.name)
                standard[sheet.name if sheet is not None else form.name] = sheet_bytes(self.after, form.name)
                continue
            self._entries(form, entries)
            if is_changed:
                self._list(form)
        self.anew = {**standard, **self.anew}

    def _is_changed(self, form: CompanionSheet) -> bool:
        """Whether the list of a sheet (or 上年决算) is otherwise."""
        if form.role is Role.PRIOR:
            return _amounts(self.after) != _amounts(self.before)
        old, new = (list_records(form.role, state) for state in (self.before, self.after))
        return [r.cells for r in old] != [r.cells for r in new]

    def _is_yuan(self, name: str) -> bool:
        area = self.reading.lists.get(name)
        return money_unit(self.reading.sheets[name], *([area.header] if area else [])) is MoneyUnit.YUAN

    def _put(self, name: str, row: int, column: int, edit: Edit) -> None:
        self.edits.setdefault(self.reading.sheets[name].name, {})[row, column] = edit

    def _area(self, form: CompanionSheet) -> ListArea:
        if (area := self.reading.lists.get(form.name)) is None:
            raise self._missing(form, "表头")
        return area

    def _missing(self, form: CompanionSheet, what: str) -> InputError:
        return InputError(self.before.path, f"底稿“{form.name}”没有{what}，不能写回", "请恢复表头后重试")

    def _free_row(self, name: str, end: int) -> int:
        """The next row of a sheet after what reaches to row *end*, those already given away left out."""
        return max([end - 1, *(row for row, _ in self.edits.get(self.reading.sheets[name].name, {}))]) + 1

    def _entries(self, form: CompanionSheet, changed: list[EntryForm]) -> None:
        is_yuan = bool(changed) and self._is_yuan(form.name)
        for entry in changed:
            edit = edit_of(self.after.text(entry.id), yuan=is_yuan and entry.content is Content.AMOUNT)
            ref = self.before.text(entry.id).ref
            if ref is not None:
                self._put(form.name, ref.row, ref.column, edit)
                continue
            if form.role is Role.BUDGET:
                columns, end = self._area(form).columns, self._area(form).end
                label, content = columns.get("科目名称", columns["功能科目编码"]), columns["年初预算数"]
            elif form.role is Role.ENTRIES:
                label, content, end = 0, 1, len(self.reading.sheets[form.name].rows)
            else:
                raise self._missing(form, "、".join(form.counts))
            row = self._free_row(form.name, end)
            self._put(form.name, row, label, entry.label)
            self._put(form.name, row, content, edit)

    def _list(self, form: CompanionSheet) -> None:
        name, area = form.name, self._area(form)
        columns, is_yuan = columns_of(self.after.form, form.role), self._is_yuan(name)
        old, new = list_records(form.role, self.before), list_records(form.role, self.after)
        pairs, dropped = matched(old, new)
        if form.role is Role.OVERVIEW and [r.cells[0] for r in old] != [r.cells[0] for r in new]:
            self._state_parts(name, area, [(before, after) for before, after in pairs if before is not None])
        nothing = (None,) * len(columns)
        for before, after in (*pairs, *((record, None) for record in dropped)):
            row = before.row if before is not None else self._free_row(name, area.end)
            stood, stands = (before.cells if before else nothing), (after.cells if after else nothing)
            for column, was, content in zip(columns, stood, stands, strict=True):
                if column.id in area.columns and was != content:
                    if isinstance(content, Decimal) and column.numeric and column.is_money and is_yuan:
                        content = content.scaleb(4)  # noqa: PLW2901  # as the sheet has it
                    self._put(name, row, area.columns[column.id], None if content == "" else content)

    def _state_parts(self, name: str, area: ListArea, pairs: list[tuple[Record, Record]]) -> None:
        """Write out 部分 where it was left blank (same as above): what stands above may now be another."""
        column = area.columns.get("部分")
        for before, after in pairs if column is not None else ():
            if column is not None and not str(self.reading.sheets[name].content(before.row, column)).strip():
                self._put(name, before.row, column, after.cells[0])

    # ------------------------------------------------------------ performance

    def _is_ours(self, table: PerformanceTable) -> bool:
        """Whether the table belongs to this 底稿 (and was not imported from another file)."""
        return table.name.ref is None or table.name.ref.file == self.before.path.name

    def _tables(self) -> None:
        """Cells of the tables that changed, whole sheets for new ones, blank names for those that went."""
        old = {table.sheet: table for table in self.reading.tables}
        kept: set[str] = set()
        projects: list[Project] = []
        claimed = {p.table.sheet for p in self.after.projects if p.table is not None and self._is_ours(p.table)}
        for project in self.after.projects:
            if project.table is None:
                projects.append(project)
                continue
            name = self._form_name(project, old, kept, claimed)
            kept.add(name)
            self._form(name, project.table, old.get(name) if self._is_ours(project.table) else None)
            linked = name in old and project.sheet_name.text in ("", name)
            link = project.sheet_name if linked else Entry(name, None, project.sheet_name.ref)
            projects.append(replace(project, table=replace(project.table, sheet=name), sheet_name=link))
        for name in set(old) - kept - {t.sheet for t in self.after.unlisted}:
            ref = old[name].name.ref
            if ref is not None:
                self.edits.setdefault(name, {})[ref.row, ref.column] = None
        self.after = replace(self.after, projects=tuple(projects))

    def _form_name(self, project: Project, old: dict[str, PerformanceTable], kept: set[str], claimed: set[str]) -> str:
        """The sheet for a project's table: its own, that of the table it replaces, or a new one."""
        table = project.table
        if table is not None and self._is_ours(table) and table.sheet in old and table.sheet not in kept:
            return table.sheet
        free = [name for name in old if name not in kept and name not in claimed]
        replaced = next((n for n in free if n == project.sheet_name.text), None) or next(
            (n for n in free if key(old[n].name.text) == key(project.name.text)), None)
        if replaced is not None:
            return replaced
        wanted = project.sheet_name.text or project.name.text
        return sheet_name(wanted, reserved_names(self.after.form) | {n.casefold() for n in (*old, *kept)}, TABLE_NAME)

    def _form(self, name: str, table: PerformanceTable, existing: PerformanceTable | None) -> None:
        """Cells of the form where they fit into its sheet, else the whole sheet."""
        edits = table_edits(existing, table) if existing is not None else None
        if edits is None:
            self.anew[name] = sheet_bytes(self.after, name, table)
        elif edits:
            self.edits.setdefault(name, {}).update(edits)


def _amounts(companion: Companion) -> dict[str, object]:
    """What 上年决算 says, for comparison."""
    kept = {code: (kept_rows(t), t.columns) for code, t in companion.prior.items()}
    return {"year": companion.prior_year if kept else None} | {
        code: (set(rows), {c: {r: v for r, v in values.items() if r in rows} for c, values in columns.items() if values})
        for code, (rows, columns) in kept.items()}
