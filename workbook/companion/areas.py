"""Where things stand in a 底稿: its sheets; the header and records of a list, labelled entries, the money unit."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

from workbook.amounts import Fault, MoneyUnit, text_of, to_wan, typed_number, typed_text
from workbook.companion.lists import ListForm, columns_of, key, names_of
from workbook.companion.model import Column
from workbook.entries import BLANK, Entry
from workbook.errors import InputError
from workbook.formats.source import Content as CellContent
from workbook.formats.source import RawSheet, Source
from workbook.issues import CellRef
from workbook.pack.companion_form import CompanionForm, CompanionSheet, Content, EntryForm
from workbook.pack.rules import Findings
from workbook.values import dataclass

HEADER_ROWS = 30
LABEL_COLUMNS = 6
"""Labels of entries stand in the first columns."""
_MONEY = re.compile(r"(?:金额)?单位[:：]?(?:人民币)?(万元|元)$")
_HEADER_MONEY = re.compile(r"[(（](?:单位[:：])?(万元|元)[)）]$")
_BEGINS_NUMBER = re.compile(r"[-－+]|\d")
_NOTE = ("注：", "注:", "备注：", "说明：", "填表说明")
PACK_MARK = "模板包："
"""Before the name of the pack among the file's keywords (document properties)."""
_MADE_WITH = re.compile(rf"<cp:keywords>[^<]*{PACK_MARK}([^<]+)")
_PROPERTIES, _LARGEST = "docProps/core.xml", 100_000


class Row(NamedTuple):
    """Cells of one row by the names of their columns: a record of a list, or an entry beside its label.

    What is wrong with them is added to *found*; amounts are of *unit*.
    """

    sheet: RawSheet
    found: Findings
    unit: MoneyUnit
    columns: Mapping[str, int]
    row: int

    def content(self, column: str) -> CellContent:
        """What the cell holds; nothing when there is no such column."""
        place = self.columns.get(column)
        return "" if place is None else self.sheet.content(self.row, place)

    def report(self, code: str, case: str, column: str, **values: object) -> None:
        """Note what is wrong with a cell."""
        sheet, place = self.sheet, self.columns[column]
        ref = CellRef(sheet.file.name, sheet.name, self.row, place)
        raw = sheet.marks.errors.get((self.row, place)) or text_of(self.content(column))
        self.found.add(code, case, Entry(raw, None, ref), 位置=f"底稿“{sheet.name}”{ref.a1}", **values)

    def text(self, column: str) -> Entry:
        """The cell as text (whole numbers without ``.0``); blank when there is no such column."""
        if (place := self.columns.get(column)) is None:
            return BLANK
        sheet, cell = self.sheet, (self.row, place)
        if cell in sheet.marks.errors:
            self.report("底稿-03", "错误值", column, 种类=Fault.ERROR_VALUE)
        elif cell in sheet.marks.uncomputed:
            self.report("底稿-03", "没有计算", column, 种类=Fault.UNCOMPUTED)
        return Entry(typed_text(sheet.content(*cell)), None, CellRef(sheet.file.name, sheet.name, *cell))

    def number(self, column: str, *, money: bool = True) -> Entry:
        """The cell as a number (*money*: an amount of the sheet's unit, given in 万元)."""
        entry, value = self.text(column), typed_number(self.content(column))
        if isinstance(value, Fault):
            self.report("底稿-03", "", column, 种类=value, 内容=entry.text[:20])
            return entry
        return entry if value is None else Entry(entry.text, to_wan(value, self.unit) if money else value, entry.ref)

    def choice(self, column: str, choices: Sequence[str], fallback: str = "") -> Entry:
        """The cell as one of *choices*, also by the beginning of just one (``公益一类``).

        Something else is an issue and stays as it is typed.
        """
        entry = self.text(column)
        if not entry.text:
            return entry.with_text(fallback)
        wanted = key(entry.text)
        begun = [o for o in choices if len(wanted) > 1 and key(o).startswith(wanted)]
        found = next((o for o in choices if key(o) == wanted), begun[0] if len(begun) == 1 else None)
        if found is None:
            *others, last = (f"“{o}”" for o in choices)
            self.report("底稿-04", "", column, 内容=entry.text[:20], 可选项=f"{'、'.join(others)}{'或' if others else ''}{last}")
        return entry.with_text(found or entry.text)

    def entry(self, form: EntryForm) -> Entry:
        """The cell as the labelled entry *form*."""
        if form.choices:
            return self.choice(form.id, form.choices)
        return self.number(form.id, money=form.content is Content.AMOUNT) if form.content.is_number else self.text(form.id)

    def fields(self, form: ListForm, columns: Iterable[Column]) -> dict[str, Any]:
        """The fields of the record that the row is.

        What is chosen from a list only where the first required column is filled.
        """
        found: dict[str, Any] = {}
        is_named = False
        for column in columns:
            # “上年无此项” and the like, in what the program writes, are no numbers
            if column.numeric and (not column.locked or _BEGINS_NUMBER.match(typed_text(self.content(column.id)))):
                entry = self.number(column.id, money=column.is_money)
            else:
                entry = self.choice(column.id, column.choices) if column.choices and is_named else self.text(column.id)
            is_named = is_named or (column.required and bool(entry.text))
            if column.field:
                found[column.field] = entry if form.holds_entry(column) else entry.value if column.numeric else entry.text
        return found


@dataclass(frozen=True, slots=True)
class ListArea:
    """A list under a header row."""

    header: int
    columns: dict[str, int]
    """Column id → physical column."""
    end: int
    """First row after the list's last record: where the next one goes."""
    rows: tuple[int, ...]
    """Physical rows that hold records (blank rows and notes left out)."""


@lru_cache(maxsize=256)
def _header_words(columns: tuple[Column, ...]) -> frozenset[str]:
    return frozenset().union(*(names_of(column) for column in columns))


def find_list(sheet: RawSheet, columns: tuple[Column, ...], minimum: int = 2) -> ListArea | None:
    """The list with these *columns*: below the first row that names most of them, at least *minimum*."""
    words, header, found = _header_words(columns), 0, dict[str, int]()
    for r, row in enumerate(sheet.rows[:HEADER_ROWS]):
        named = [(c, word) for c, text in enumerate(row) if type(text) is str and text and (word := key(text)) in words]
        enough = max(minimum, len(found) + 1)
        if len(named) >= enough and len(here := _columns_named(named, columns)) >= enough:
            header, found = r, here
            if len(found) == len(columns):
                break
    if not found or any(c.required and c.id not in found for c in columns):
        return None
    rows = tuple(r for r in range(header + 1, len(sheet.rows)) if _is_record(sheet, r, found.values()))
    return ListArea(header, found, (rows[-1] if rows else header) + 1, rows)


def _columns_named(named: list[tuple[int, str]], columns: Sequence[Column]) -> dict[str, int]:
    """Column id → physical column, for the known words of a row: the column's own name before the words used instead."""
    own = {key(column.id): column.id for column in columns}
    ids = {name: column.id for column in reversed(columns) for name in names_of(column)} | own
    found: dict[str, int] = {}
    for place, word in sorted(named, key=lambda cell: cell[1] not in own):
        found.setdefault(ids[word], place)
    return found


def _is_record(sheet: RawSheet, row: int, columns: Collection[int]) -> bool:
    contents = [sheet.content(row, c) for c in columns]
    first, marks = next((c for c in contents if c != ""), ""), sheet.marks
    if isinstance(first, str) and first.strip().startswith(_NOTE):
        return False
    return any(not isinstance(c, str) or c.strip() for c in contents) or any(
        (row, c) in marks.errors or (row, c) in marks.uncomputed for c in columns)


def find_entries(sheet: RawSheet, entries: Iterable[EntryForm], value_header: Iterable[str] = ()) -> dict[str, tuple[int, int]]:
    """Entry id → position of its content: in the column headed *value_header*, else right beside the label."""
    headers = {key(h) for h in value_header}
    value_column = next(
        (c for row in sheet.rows[:HEADER_ROWS] for c, t in enumerate(row) if isinstance(t, str) and key(t) in headers), None)
    ids = {name: entry.id for entry in reversed([*entries]) for name in names_of(entry)}
    places: dict[str, tuple[int, int]] = {}
    for r, row in enumerate(sheet.rows):
        for c, content in enumerate(row[: LABEL_COLUMNS if value_column is None else min(LABEL_COLUMNS, value_column)]):
            if type(content) is str and content and (text := key(content)) in ids:
                places.setdefault(ids[text], (r, c + 1 if value_column is None else value_column))
    return places


def money_unit(sheet: RawSheet, header: int = HEADER_ROWS) -> MoneyUnit:
    """The unit stated above (or in) the header; 万元 when none is."""
    for row in sheet.rows[: header + 1]:
        for content in row:
            if type(content) is str and "元" in content:
                text = "".join(unicodedata.normalize("NFKC", content).split())
                if match := _MONEY.fullmatch(text) or _HEADER_MONEY.search(text):
                    return MoneyUnit(match[1])
    return MoneyUnit.WAN


def made_with(path: Path) -> str:
    """The folder's name of the pack that the 底稿 was made with; empty when the file does not say."""
    try:
        with zipfile.ZipFile(path) as file, file.open(_PROPERTIES) as part:
            found = _MADE_WITH.search(part.read(_LARGEST).decode("utf-8", "replace"))
    except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return ""
    return re.split("[;；]", unescape(found[1]))[0].strip() if found else ""


def recognise_sheets(source: Source, form: CompanionForm) -> dict[str, RawSheet]:
    """Name of a sheet of *form* → sheet.

    Raises :class:`InputError` when none of them is there (one that is only nearly called so may be a published table).
    """
    found: dict[str, RawSheet] = {}
    left = [s for s in source.sheets if any(c != "" for row in s.rows for c in row)]
    for fits in (_is_called, _is_nearly_called, _has_columns):
        for wanted in form.sheets:
            if wanted.name not in found and (sheet := next((s for s in left if fits(wanted, s, form)), None)) is not None:
                found[wanted.name] = sheet
                left.remove(sheet)
    known = [wanted for wanted in form.sheets if wanted.name in found]
    if len(found) < 2 and not any(_is_called(wanted, found[wanted.name], form) for wanted in known):
        names = "".join(f"“{sheet.name}”" for sheet in form.sheets[:2])
        raise InputError(source.path, f"不是底稿：没有{names}等工作表", "请选择本程序生成的“…_底稿.xlsx”")
    return found


def _is_called(wanted: CompanionSheet, sheet: RawSheet, _: CompanionForm) -> bool:
    return key(sheet.name) in names_of(wanted)


def _is_nearly_called(wanted: CompanionSheet, sheet: RawSheet, _: CompanionForm) -> bool:
    return "自评表" not in sheet.name and any(name in key(sheet.name) for name in names_of(wanted))


def _has_columns(wanted: CompanionSheet, sheet: RawSheet, form: CompanionForm) -> bool:
    """Whether the sheet has most columns of the list that is *wanted* (and is no 项目支出绩效自评表)."""
    columns = columns_of(form, wanted.role)
    area = find_list(sheet, columns, minimum=min(3, len(columns))) if columns else None
    is_form = any({"一级指标", "三级指标"} <= {key(t) for t in row if isinstance(t, str)} for row in sheet.rows[:40])
    return area is not None and len(area.columns) > len(columns) / 2 and not is_form
