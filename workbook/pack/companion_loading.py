"""``companion.toml`` of a pack; a broken file fails with the entry and the cause."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

from workbook.pack.companion_form import (
    NAME,
    NATURE,
    PRIOR_FILE,
    TEXTS,
    YEAR,
    Actual,
    Cell,
    CompanionForm,
    CompanionSheet,
    Content,
    EntryForm,
    Fund,
    Group,
    Nature,
    Part,
    Role,
)
from workbook.pack.formula import Every, Term
from workbook.pack.formula_parser import FormulaSyntaxError, Vocabulary, parse_sum
from workbook.pack.records import Record

_UNITS = {Content.AMOUNT: "万元", Content.COUNT: "个", Content.YEAR: "年"}
_ENTRY_COLUMNS = 3


_VERIFIED = CompanionSheet(
    "核实记录", Role.VERIFIED, guide="由程序写入：看过并认为属实的提示和变动原因，以及当时的数；数变了，核实就不再有效。说明可以修改。")
"""Of every form that states none of its own; it is written when there is something to be noted."""


def load_companion_form(path: Path, vocabulary: Vocabulary, *, is_own: bool) -> CompanionForm:
    """Read ``companion.toml``.

    The *vocabulary* tells which cells the published tables have.  Of a file that is not the pack's own (*is_own*), what
    names a cell that this form does not have is left out.  Raises :class:`~workbook.errors.PackError`.
    """
    file = Record.read(path, kinds={Cell: partial(_cell, vocabulary), Actual: partial(_actual, vocabulary)}, own=is_own)
    natures = file.records("nature", "name", Nature)
    make = partial(_sheet, tuple(nature.name for nature in natures))
    sheets, groups = file.records("sheet", "name", make), file.records("group", "title", Group)
    file.finish()
    entries = [entry for sheet in sheets for entry in sheet.entries]
    ids, roles, titles = [e.id for e in entries], [sheet.role for sheet in sheets], {group.title for group in groups}
    if twice := [name for name, times in Counter(ids).items() if times > 1]:
        raise file.error(f"项目“{twice[0]}”重复", twice[0])
    if twice := [role for role, times in Counter(roles).items() if times > 1 and role is not Role.ENTRIES]:
        raise file.error(f"种类为“{twice[0]}”的工作表不止一张", f'"{twice[0]}"')
    if lacking := [required for required in (NAME, NATURE, YEAR, PRIOR_FILE) if required not in ids]:
        raise file.error(f"缺少项目“{lacking[0]}”（[[sheet.entry]]）")
    if Role.REASONS not in roles:
        raise file.error(f"缺少种类为“{Role.REASONS}”的工作表")
    for entry in entries:
        if entry.last_of and entry.last_of not in ids:
            raise file.error(f"项目“{entry.id}”的 last_of 写的“{entry.last_of}”不是底稿的项目", entry.last_of)
        if entry.group and entry.group not in titles:
            raise file.error(f"项目“{entry.id}”的组“{entry.group}”不在 [[group]] 中", entry.group)
    if Role.VERIFIED not in roles:
        sheets = (*sheets, _VERIFIED)
    return CompanionForm(natures, sheets, groups, dict(zip(ids, entries, strict=True)))


def _sheet(natures: tuple[str, ...], record: Record) -> CompanionSheet:
    name, role = record.needed("name"), record.value("kind", Role)
    header, widths = record.texts("header"), record.value("widths", tuple[int, ...], ())
    if role is Role.ENTRIES and not len(header) == len(widths) == _ENTRY_COLUMNS:
        raise record.error(f"header 和 widths 应各有 {_ENTRY_COLUMNS} 项", "widths")
    funds = record.records("fund", "name", Fund, "sheet")
    if role is Role.BUDGET and not funds:
        funds = (Fund("", (), record.value("actual", Actual, Actual())),)
    parts, counts = record.records("part", "name", _part, "sheet"), record.texts("counts")
    for needed, key, found in ((Role.PROJECTS, "fund", funds), (Role.OVERVIEW, "part", parts)):
        if role is needed and not found:
            raise record.error(f"缺少 [[sheet.{key}]]")
    numbers = (
        EntryForm(fund.count(column), name, fund.count(column), Content.COUNT, unit=_UNITS[Content.COUNT],
                  title=(f"{fund.name}：" if column == counts[0] else "") + column.removesuffix("数"))
        for fund in funds for column in counts)
    entries = (*record.records("entry", "id", partial(_entry, natures, name), "sheet"), *numbers)
    return record.make(CompanionSheet, role=role, widths=widths, funds=funds, parts=parts, entries=entries)


def _part(record: Record) -> Part:
    name = record.needed("name")
    return record.make(Part, **{key: record.text(key, name) for key in ("block", "ask", "title")})


def _entry(natures: tuple[str, ...], sheet: str, record: Record) -> EntryForm | None:
    content = record.value("kind", Content, Content.LINE)
    if record.has("amount") is not record.has("none"):
        raise record.error("amount 和 none 应同时写")
    choices = (natures if record.needed("id") == NATURE else ()) or record.texts("choices")
    if (content is Content.CHOICE) is not bool(choices):
        raise record.error("choice 应有 choices，其他种类不应有")
    label, note, is_text = record.text("label", record.text("id")), record.text("note"), content is Content.TEXT
    entry = record.make(
        EntryForm, sheet=sheet, label=label, content=content, choices=choices, title=record.text("title", label),
        hint=record.text("hint", "" if is_text else note), placeholder=record.text("placeholder", note if is_text else ""),
        unit=record.text("unit", _UNITS.get(content, "")), slot=record.text("slot", f"{TEXTS}.{record.text('id')}"))
    return None if record.has("amount") and entry.amount is None else entry


def _cell(vocabulary: Vocabulary, record: Record, key: str, text: str) -> Cell | None:
    term = _term(vocabulary, record, key, text)
    if term is None:
        return None
    rows, columns = term.rows, term.columns
    if not isinstance(rows, tuple) or not isinstance(columns, tuple) or len(rows) + len(columns) > 2:
        raise record.error(f"“{key}”应是一个单元格，不是“{text}”", key)
    return Cell(term.table, rows[0], columns[0])


def _actual(vocabulary: Vocabulary, record: Record, key: str, text: str) -> Actual:
    """Sheet and column of ``公开05[每码, 合计]``."""
    term = _term(vocabulary, record, key, text)
    if term is None:
        return Actual()
    if term.rows is not Every.CODE or not isinstance(term.columns, tuple):
        raise record.error(f"“{key}”应写作“表[{Every.CODE}, 列]”", key)
    return Actual(term.table, term.columns[0])


def _term(vocabulary: Vocabulary, record: Record, key: str, text: str) -> Term | None:
    """*text* in the grammar of the check formulas; ``None`` when another pack's file names what this form lacks."""
    try:
        terms = parse_sum(text, vocabulary)
    except FormulaSyntaxError as error:
        if not record.is_own(key):
            return None
        raise record.error(f"“{key}”：{error}", key) from error
    first = terms[0]
    if len(terms) > 1 or first.figure or first.constant is not None or first.prior or first.sign < 0:
        raise record.error(f"“{key}”应是公开表的单元格，不是“{text}”", key)
    return first
