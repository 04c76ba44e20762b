"""Reading the pack's ``companion.toml``; a broken file fails here with the entry and the cause."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from workbook.errors import PackError
from workbook.pack.catalogue import read_toml
from workbook.pack.companion_form import (
    NAME,
    NATURE,
    PRIOR_FILE,
    TEXTS,
    YEAR,
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
from workbook.pack.toml_record import Record

FILE = "companion.toml"
_UNITS = {Content.AMOUNT: "万元", Content.COUNT: "个", Content.YEAR: "年"}
_ENTRY_COLUMNS = 3


def load_companion_form(path: Path, vocabulary: Vocabulary, *, is_own: bool = True) -> CompanionForm:
    """Read ``companion.toml``.

    The *vocabulary* tells which cells the published tables have.  Of a file that is not the pack's own (*is_own*), what
    names a cell that this form does not have is left out.  Raises :class:`PackError`.
    """
    return _Loader(vocabulary, is_own).form(Record(path, read_toml(path)))


_VERIFIED = CompanionSheet(
    "核实记录", Role.VERIFIED, guide="由程序写入：看过并认为属实的提示和变动原因，以及当时的数；数变了，核实就不再有效。说明可以修改。")
"""Of every form that states none of its own; it is written when there is something to be noted."""


class _Loader:
    """Makes the form of the file's records."""

    def __init__(self, vocabulary: Vocabulary, is_own: bool) -> None:
        self.vocabulary = vocabulary
        self.is_own = is_own
        self.natures: tuple[str, ...] = ()

    def form(self, file: Record) -> CompanionForm:
        natures = file.records("nature", "name", lambda r: Nature(r.needed("name"), self.cell(r, "implied_by")))
        self.natures = tuple(nature.name for nature in natures)
        sheets = file.records("sheet", "name", self.sheet)
        groups = file.records("group", "title", self.group)
        file.finish()
        entries = [entry for sheet in sheets for entry in sheet.entries]
        ids, roles = [entry.id for entry in entries], [sheet.role for sheet in sheets]
        if twice := _twice(ids):
            raise PackError(file.path, f"项目“{twice}”重复")
        if twice := _twice(role for role in roles if role is not Role.ENTRIES):
            raise PackError(file.path, f"种类为“{twice}”的工作表不止一张")
        if lacking := [required for required in (NAME, NATURE, YEAR, PRIOR_FILE) if required not in ids]:
            raise PackError(file.path, f"缺少项目“{lacking[0]}”（[[sheet.entry]]）")
        if stray := [entry for entry in entries if entry.last_of and entry.last_of not in ids]:
            raise PackError(file.path, f"项目“{stray[0].id}”的 last_of 写的“{stray[0].last_of}”不是底稿的项目")
        if Role.REASONS not in roles:
            raise PackError(file.path, f"缺少种类为“{Role.REASONS}”的工作表")
        if Role.VERIFIED not in roles:
            sheets = (*sheets, _VERIFIED)
        titles = {group.title for group in groups}
        if stray := [entry for entry in entries if entry.group and entry.group not in titles]:
            raise PackError(file.path, f"项目“{stray[0].id}”的组“{stray[0].group}”不在 [[group]] 中")
        return CompanionForm(natures, sheets, groups, dict(zip(ids, entries, strict=True)))

    def sheet(self, record: Record) -> CompanionSheet:
        name, role = record.needed("name"), record.choice("kind", Role)
        header, widths = record.texts("header"), record.list("widths", int, "整数")
        if role is Role.ENTRIES and not len(header) == len(widths) == _ENTRY_COLUMNS:
            raise record.error(f"header 和 widths 应各有 {_ENTRY_COLUMNS} 项")
        funds, counts = record.records("fund", "name", self.fund), record.texts("counts")
        if role is Role.BUDGET and not funds:
            funds = (Fund("", (), self.actual(record)),)
        parts = record.records("part", "name", _part)
        for needed, key, found in ((Role.PROJECTS, "fund", funds), (Role.OVERVIEW, "part", parts)):
            if role is needed and not found:
                raise record.error(f"缺少 [[sheet.{key}]]")
        numbers = (
            EntryForm(fund.count(column), name, fund.count(column), Content.COUNT, unit=_UNITS[Content.COUNT],
                      title=(f"{fund.name}：" if column == counts[0] else "") + column.removesuffix("数"))
            for fund in funds for column in counts)
        entries = (*record.records("entry", "id", lambda r: self.entry(r, name)), *numbers)
        return CompanionSheet(
            name, role, record.texts("aliases"), record.text("guide"), header, record.texts("content"), widths, entries, parts, funds, counts,
            record.text("ask"), record.flag("uses"), record.text("remark"))

    def fund(self, record: Record) -> Fund:
        return Fund(record.needed("name"), record.texts("aliases"), self.actual(record))

    def actual(self, record: Record) -> tuple[str, str]:
        """Sheet and column of ``公开05[每码, 合计]``."""
        term = self.term(record, "actual", record.text("actual"))
        if term is None:
            return "", ""
        if term.rows is not Every.CODE or not isinstance(term.columns, tuple):
            raise record.error(f"“actual”应写作“表[{Every.CODE}, 列]”")
        return term.table, term.columns[0]

    def entry(self, record: Record, sheet: str) -> EntryForm | None:
        entry_id, content, amount = record.needed("id"), record.choice("kind", Content, Content.LINE), self.cell(record, "amount")
        if record.has("amount") is not record.has("none"):
            raise record.error("amount 和 none 应同时写")
        choices = (self.natures if entry_id == NATURE else ()) or record.texts("choices")
        if (content is Content.CHOICE) is not bool(choices):
            raise record.error("choice 应有 choices，其他种类不应有")
        label, note, is_text = record.text("label", entry_id), record.text("note"), content is Content.TEXT
        entry = EntryForm(
            entry_id, sheet, label, content, record.texts("aliases"), note, choices, record.flag("required"), record.flag("keep"),
            record.text("group"), record.text("title", label), record.text("hint", "" if is_text else note),
            record.text("placeholder", note if is_text else ""), record.text("unit", _UNITS.get(content, "")), record.text("ask"), amount,
            record.text("none"), record.flag("sentence"), record.text("slot", f"{TEXTS}.{entry_id}"), record.flag("optional"),
            record.text("last_of"))
        return None if record.has("amount") and amount is None else entry

    def group(self, record: Record) -> Group:
        beside = (self._cell(record, "beside", text) for text in record.texts("beside"))
        return Group(
            record.needed("tab"), record.needed("title"), record.text("hint"), tuple(cell for cell in beside if cell is not None),
            self.cell(record, "asked_when"), record.text("shown"))

    # ------------------------------------------------------------ cells
    def cell(self, record: Record, key: str) -> Cell | None:
        """A cell of the published tables."""
        return self._cell(record, key, record.text(key))

    def _cell(self, record: Record, key: str, text: str) -> Cell | None:
        term = self.term(record, key, text)
        if term is None:
            return None
        if not isinstance(term.rows, tuple) or not isinstance(term.columns, tuple) or len(term.rows) + len(term.columns) > 2:
            raise record.error(f"“{key}”应是一个单元格，不是“{text}”")
        return Cell(term.table, term.rows[0], term.columns[0])

    def term(self, record: Record, key: str, text: str) -> Term | None:
        """*text* in the grammar of the check formulas; ``None`` without, and when another pack's file names what this form lacks."""
        if not record.has(key):
            return None
        try:
            terms = parse_sum(text, self.vocabulary)
        except FormulaSyntaxError as error:
            if not self.is_own:
                return None
            raise record.error(f"“{key}”：{error}") from error
        first = terms[0]
        if len(terms) > 1 or not isinstance(first, Term) or first.constant is not None or first.prior or first.sign < 0:
            raise record.error(f"“{key}”应是公开表的单元格，不是“{text}”")
        return first


def _part(record: Record) -> Part:
    name = record.needed("name")
    return Part(name, record.text("block", name), record.text("ask", name), record.text("title", name), record.text("advice"), record.texts("words"))


def _twice(names: Iterable[str]) -> str:
    seen: set[str] = set()
    return next((name for name in names if name in seen or seen.add(name)), "")  # type: ignore[func-returns-value]  # add gives nothing
