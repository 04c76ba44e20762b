"""Reading a 底稿, as tolerantly as the eleven sheets: by sheet names, labels and headers, never by position."""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from pathlib import Path

from workbook.companion.areas import ListArea, SheetReader, find_labels, find_list, issue, money_unit
from workbook.companion.model import (
    NATURES,
    Budget,
    BudgetLine,
    Companion,
    Level,
    OverviewParagraph,
    Part,
    Performance,
    Procurement,
    Reason,
    ReasonSettings,
    SubordinateUnit,
    Term,
    UnitInfo,
)
from workbook.companion.prior import read_prior
from workbook.companion.read_performance import read_performance, read_tables
from workbook.companion.recognise import recognise_sheets
from workbook.companion.specs import (
    BUDGET,
    BUDGET_LABELS,
    GLOSSARY,
    INFO,
    INFO_LABELS,
    LISTS,
    OVERVIEW,
    PERFORMANCE,
    PRIOR,
    PROCUREMENT,
    PROCUREMENT_LABELS,
    REASONS,
    SETTING_LABELS,
    SHEETS,
    UNITS,
    Label,
    key,
)
from workbook.entries import BLANK, Entry
from workbook.errors import InputError
from workbook.formats.source import RawSheet, Source, open_source
from workbook.issues import Issue, Severity
from workbook.pack.loading import Pack
from workbook.performance.model import PerformanceTable
from workbook.reading.codes import code_text
from workbook.reading.tables import Table
from workbook.values import dataclass


@dataclass(frozen=True)
class Reading:
    """A 底稿 as read, with the findings and with where its parts stand (needed to write back)."""

    companion: Companion
    issues: tuple[Issue, ...]
    sheets: dict[str, RawSheet] = field(default_factory=dict)
    """Standard sheet name → sheet."""
    lists: dict[str, ListArea] = field(default_factory=dict)
    """Standard sheet name → its list."""
    tables: tuple[PerformanceTable, ...] = ()


def read_companion(path: Path, pack: Pack) -> tuple[Companion, tuple[Issue, ...]]:
    """Read a 底稿: its values, and one issue (kind 规范) for each mistake in it.

    Raises :class:`InputError` when the file cannot be used at all.
    """
    reading = read(path, pack)
    return reading.companion, reading.issues


def read(path: Path, pack: Pack) -> Reading:
    """Read a 底稿 with all that is needed to write it back."""
    if path.is_dir():
        raise InputError(path, "这是文件夹，不是底稿", "请选择底稿的 Excel 文件")
    return _Reader(open_source(path), pack).read()


class _Reader:
    """Collects values and issues sheet by sheet."""

    def __init__(self, source: Source, pack: Pack) -> None:
        self.source = source
        self.pack = pack
        self.issues: list[Issue] = []
        self.lists: dict[str, ListArea] = {}
        self.sheets = recognise_sheets(source)
        for name in SHEETS:
            if name not in self.sheets:
                self.issues.append(issue("底稿-01", Severity.NOTICE, f"底稿缺少工作表“{name}”，有关内容按未填写处理", sheet=name))

    def read(self) -> Reading:
        info, settings = self._info()
        prior, prior_year = self._prior()
        used = {id(sheet) for sheet in self.sheets.values()}
        tables, issues = read_tables(sheet for sheet in self.source.sheets if id(sheet) not in used)
        self.issues += issues
        companion = Companion(
            path=self.source.path, info=info, settings=settings, overview=self._overview(), units=self._units(),
            budget=self._budget(), prior=prior, prior_year=prior_year, procurement=self._procurement(),
            reasons=self._reasons(), performance=self._performance(tables), glossary=self._glossary(),
            sha256=self.source.sha256,
        )
        return Reading(companion, tuple(self.issues), self.sheets, self.lists, tables)

    def _reader(self, name: str, header: int = 30) -> SheetReader | None:
        sheet = self.sheets.get(name)
        return SheetReader(sheet, self.issues, money_unit(sheet, header)) if sheet else None

    def _list(self, name: str, start: int = 0) -> ListArea | None:
        sheet = self.sheets.get(name)
        if sheet is None:
            return None
        area = find_list(sheet, LISTS[name], start)
        if area is None:
            wanted = "、".join(c.id for c in LISTS[name] if c.required)
            self.issues.append(issue("底稿-02", Severity.ERROR, f"底稿“{sheet.name}”没有找到表头（应有：{wanted}），请恢复表头", sheet=name))
        else:
            self.lists[name] = area
        return area

    def _labelled(self, name: str, labels: tuple[Label, ...], header: tuple[str, ...] = (), *, money: bool = False) -> dict[str, Entry]:
        """Model field → entry, for the labelled entries of a sheet."""
        reader = self._reader(name)
        if reader is None:
            return {}
        places = find_labels(reader.sheet, labels, header)
        entries = {}
        for label in labels:
            if label.id not in places:
                continue
            row, column = places[label.id]
            if label.choices:
                entries[label.field] = reader.choice(row, column, label.choices)
            elif label.numeric:
                entries[label.field] = reader.number(row, column, money=money)
            else:
                entries[label.field] = reader.text(row, column)
        return entries

    def _info(self) -> tuple[UnitInfo, ReasonSettings]:
        entries = self._labelled(INFO, (*INFO_LABELS, *SETTING_LABELS), ("内容", "填写内容"))
        settings = {label.field: entries.pop(label.field) for label in SETTING_LABELS if label.field in entries}
        info = UnitInfo(**entries)
        if (value := info.year.value) is None or value != int(value) or not 2000 <= value <= 2099:
            text = "".join(ch for ch in info.year.text if ch.isdigit())
            fixed = Decimal(text) if len(text) == 4 and text.startswith("20") else None
            if fixed is not None:  # “2024年度”: understood, so the note that it is text goes
                self.issues = [i for i in self.issues if not (i.code == "底稿-03" and i.culprit == info.year.ref)]
            info = UnitInfo(**{**entries, "year": Entry(info.year.text, fixed, info.year.ref)})
        if INFO in self.sheets:
            self._required(info)
        return info, ReasonSettings(**settings)

    def _required(self, info: UnitInfo) -> None:
        reader = SheetReader(self.sheets[INFO], self.issues)
        for label in INFO_LABELS:
            entry: Entry = getattr(info, label.field)
            known = entry.value is not None if label.numeric else bool(entry.text)
            if label.required and not known:
                cells = (reader.cell(entry.ref.row, entry.ref.column),) if entry.ref else ()
                where = f" {entry.ref.a1}" if entry.ref else ""
                self.issues.append(issue("底稿-07", Severity.NOTICE, f"底稿“{reader.sheet.name}”{where} 没有填写“{label.id}”", *cells))

    def _overview(self) -> tuple[OverviewParagraph, ...]:
        reader, area = self._reader(OVERVIEW), self._list(OVERVIEW)
        if reader is None or area is None:
            return ()
        found: list[OverviewParagraph] = []
        part = Part.DUTIES
        for r in area.rows:
            stated = reader.choice(r, area.columns.get("部分"), Part).text
            part = next((p for p in Part if p == stated), part)
            level = reader.choice(r, area.columns.get("级别"), Level, Level.BODY).text
            text = reader.text(r, area.columns["文字"])
            if text.text:
                found.append(OverviewParagraph(
                    part, next((v for v in Level if v == level), Level.BODY), text, reader.text(r, area.columns.get("备注")).text))
        return tuple(found)

    def _units(self) -> tuple[SubordinateUnit, ...]:
        reader, area = self._reader(UNITS), self._list(UNITS)
        if reader is None or area is None:
            return ()
        rows = ((r, reader.text(r, area.columns["单位名称"])) for r in area.rows)
        return tuple(
            SubordinateUnit(name, reader.choice(r, area.columns.get("单位性质"), NATURES), reader.text(r, area.columns.get("序号")).text)
            for r, name in rows if name.text
        )

    def _budget(self) -> Budget:
        reader, area = self._reader(BUDGET), self._list(BUDGET)
        if reader is None or area is None:
            return Budget()
        reader.unit = money_unit(reader.sheet, area.header)
        names = {name: label.field for label in BUDGET_LABELS for name in label.names()}
        totals: dict[str, Entry] = {}
        lines: list[BudgetLine] = []
        seen: set[str] = set()
        for r in area.rows:
            content = reader.sheet.content(r, area.columns["功能科目编码"])
            code = code_text(content)
            name = reader.text(r, area.columns.get("科目名称")).text
            amount = reader.number(r, area.columns["年初预算数"], money=True)
            total = next((names[k] for k in (key(code), key(name)) if k in names), None)
            if total is not None:
                totals.setdefault(total, amount)
            elif code.isdigit() or name or amount.value is not None:
                line = BudgetLine(code if code.isdigit() else "", "".join(name.split()), amount)
                self._check_budget_line(reader, r, area, line, is_double=line.code in seen)
                lines.append(line)
                seen.add(line.code)
        return Budget(totals.get("total", BLANK), totals.get("fiscal", BLANK), tuple(line for line in lines if line.code))

    def _check_budget_line(self, reader: SheetReader, row: int, area: ListArea, line: BudgetLine, *, is_double: bool) -> None:
        cell = reader.cell(row, area.columns["功能科目编码"])
        where = f"底稿“{reader.sheet.name}”{cell.ref.a1}"
        if not line.code:
            if line.amount.value is not None:
                self.issues.append(issue("底稿-05", Severity.ERROR, f"{where} 没有功能科目编码，这一行的预算数没有计入，请补填编码", cell))
        elif self.pack.functional.name(line.code) is None:
            self.issues.append(issue("底稿-05", Severity.ERROR, f"{where} 功能科目编码“{line.code}”不在科目目录中，请核对", cell))
        elif is_double:
            self.issues.append(issue("底稿-06", Severity.ERROR, f"{where} 功能科目编码“{line.code}”重复，请合并为一行", cell))

    def _prior(self) -> tuple[dict[str, Table], int | None]:
        if PRIOR not in self.sheets:
            return {}, None
        tables, year, issues = read_prior(self.sheets[PRIOR], self.pack)
        self.issues += issues
        return tables, year

    def _procurement(self) -> Procurement:
        return Procurement(**self._labelled(PROCUREMENT, PROCUREMENT_LABELS, ("授予中小企业合同金额", "金额"), money=True))

    def _reasons(self) -> tuple[Reason, ...]:
        reader, area = self._reader(REASONS), self._list(REASONS)
        if reader is None or area is None:
            return ()
        columns = area.columns
        found: dict[str, Reason] = {}
        for r in area.rows:
            slot = reader.text(r, columns["编号"]).text
            text = reader.text(r, columns["变动原因"])
            if not slot or slot in found:
                self._stray_reason(reader, r, columns, slot, text)
                continue
            found[slot] = _reason(reader, r, columns, slot, text)
        return tuple(found.values())

    def _stray_reason(self, reader: SheetReader, row: int, columns: dict[str, int], slot: str, text: Entry) -> None:
        """A reason without an id, or an id that stands twice."""
        if slot:
            cell = reader.cell(row, columns["编号"])
            self.issues.append(issue("底稿-06", Severity.ERROR, f"底稿“{reader.sheet.name}”{cell.ref.a1} 编号“{slot}”重复，请删除多余的行", cell))
        elif text.text:
            cell = reader.cell(row, columns["变动原因"])
            self.issues.append(issue("底稿-05", Severity.ERROR, f"底稿“{reader.sheet.name}”{cell.ref.a1} 的原因没有编号，无法对应，请移到有编号的行", cell))

    def _performance(self, tables: tuple[PerformanceTable, ...]) -> Performance:
        reader = self._reader(PERFORMANCE)
        if reader is None:
            return Performance(unlisted=tables)
        area = self._list(PERFORMANCE)
        if area is not None:
            reader.unit = money_unit(reader.sheet, area.header)
        return read_performance(reader, area, tables)

    def _glossary(self) -> tuple[Term, ...]:
        reader, area = self._reader(GLOSSARY), self._list(GLOSSARY)
        if reader is None or area is None:
            return ()
        terms = (Term(reader.text(r, area.columns["术语"]), reader.text(r, area.columns["解释"])) for r in area.rows)
        return tuple(t for t in terms if t.term.text)


def _reason(reader: SheetReader, row: int, columns: dict[str, int], slot: str, text: Entry) -> Reason:
    def words(name: str) -> str:
        return reader.text(row, columns.get(name)).text

    def amount(name: str) -> Decimal | None:
        column = columns.get(name)
        if column is None or (not words(name)[:1].isdigit() and not words(name).startswith(("-", "－", "+"))):
            return None  # “上年无此项” and the like
        return reader.number(row, column, money=name != "增减率").value

    return Reason(
        slot, words("章节"), words("事项"), amount("本年"), amount("对比"), amount("增减额"), amount("增减率"),
        words("主要构成"), words("参考草稿"), words("上年原因"), text, words("状态"), words("提示"))
