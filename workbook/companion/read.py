"""Reading a 底稿, as tolerantly as the eleven sheets: by sheet names, labels and headers, never by position."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from workbook.companion.areas import ListArea, SheetReader, find_labels, find_list, issue, money_unit
from workbook.companion.model import (
    NATURES,
    Budget,
    BudgetLine,
    Companion,
    Fund,
    Level,
    OverviewParagraph,
    Part,
    Performance,
    Procurement,
    Project,
    Reason,
    ReasonSettings,
    SubordinateUnit,
    Term,
    UnitInfo,
)
from workbook.companion.prior import read_prior
from workbook.companion.specs import (
    BUDGET,
    BUDGET_LABELS,
    COUNT_LABELS,
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
    SHEET_ALIASES,
    SHEETS,
    UNITS,
    Label,
    key,
)
from workbook.entries import BLANK, Entry
from workbook.errors import InputError
from workbook.issues import Issue, Severity
from workbook.pack import Pack
from workbook.performance.model import PerformanceTable
from workbook.performance.parse import parse_sheet
from workbook.reading.coded import code_text
from workbook.source import RawSheet, Source, open_source
from workbook.tables import Table


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
        self.sheets = self._recognise()

    def read(self) -> Reading:
        info, settings = self._info()
        prior, prior_year = self._prior()
        tables = self._performance_tables()
        companion = Companion(
            path=self.source.path, info=info, settings=settings, overview=self._overview(), units=self._units(),
            budget=self._budget(), prior=prior, prior_year=prior_year, procurement=self._procurement(),
            reasons=self._reasons(), performance=self._performance(tables), glossary=self._glossary(),
            sha256=self.source.sha256,
        )
        return Reading(companion, tuple(self.issues), self.sheets, self.lists, tables)

    def _recognise(self) -> dict[str, RawSheet]:
        """Sheets by exact name, then by a name that contains one of the known names, then by header."""
        found: dict[str, RawSheet] = {}
        left = [s for s in self.source.sheets if any(c != "" for row in s.rows for c in row)]
        for match in (_is_called, _is_nearly_called, _has_columns):
            for name in [n for n in SHEETS if n not in found]:
                sheet = next((s for s in left if match(name, s)), None)
                if sheet is not None:
                    found[name] = sheet
                    left.remove(sheet)
        if not found:
            raise InputError(self.source.path, "不是底稿：没有“单位信息”“年初预算”等工作表", "请选择本程序生成的“…_底稿.xlsx”")
        for name in SHEETS:
            if name not in found:
                self.issues.append(issue("底稿-01", Severity.NOTICE, f"底稿缺少工作表“{name}”，有关内容按未填写处理", sheet=name))
        return found

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
        for r in area.rows:
            content = reader.sheet.content(r, area.columns["功能科目编码"])
            code = code_text(content)
            name = reader.text(r, area.columns.get("科目名称")).text
            amount = reader.number(r, area.columns["年初预算数"], money=True)
            total = next((names[k] for k in (key(code), key(name)) if k in names), None)
            if total is not None:
                totals.setdefault(total, amount)
            elif code.isdigit() or name or amount.value is not None:
                lines.append(BudgetLine(code if code.isdigit() else "", "".join(name.split()), amount))
                self._budget_line(reader, r, area, lines)
        return Budget(totals.get("total", BLANK), totals.get("fiscal", BLANK), tuple(line for line in lines if line.code))

    def _budget_line(self, reader: SheetReader, row: int, area: ListArea, lines: list[BudgetLine]) -> None:
        line = lines[-1]
        cell = reader.cell(row, area.columns["功能科目编码"])
        where = f"底稿“{reader.sheet.name}”{cell.ref.a1}"
        if not line.code:
            if line.amount.value is not None:
                self.issues.append(issue("底稿-05", Severity.ERROR, f"{where} 没有功能科目编码，这一行的预算数没有计入，请补填编码", cell))
        elif self.pack.functional.name(line.code) is None:
            self.issues.append(issue("底稿-05", Severity.ERROR, f"{where} 功能科目编码“{line.code}”不在科目目录中，请核对", cell))
        elif any(other.code == line.code for other in lines[:-1]):
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
        found: list[Reason] = []
        for r in area.rows:
            slot = reader.text(r, columns["编号"]).text
            text = reader.text(r, columns["变动原因"])
            if not slot:
                if text.text:
                    self.issues.append(issue("底稿-05", Severity.ERROR, f"底稿“{reader.sheet.name}”{reader.ref(r, columns['变动原因']).a1} 的原因没有编号，无法对应，请移到有编号的行", reader.cell(r, columns["变动原因"])))
                continue
            if any(other.slot == slot for other in found):
                self.issues.append(issue("底稿-06", Severity.ERROR, f"底稿“{reader.sheet.name}”{reader.ref(r, columns['编号']).a1} 编号“{slot}”重复，请删除多余的行", reader.cell(r, columns["编号"])))
                continue
            found.append(_reason(reader, r, columns, slot, text))
        return tuple(found)

    def _performance_tables(self) -> tuple[PerformanceTable, ...]:
        known = {id(s) for s in self.sheets.values()}
        tables: list[PerformanceTable] = []
        for sheet in self.source.sheets:
            if id(sheet) not in known:
                table, issues = parse_sheet(sheet)
                self.issues += issues
                if table is not None:
                    tables.append(table)
        return tuple(tables)

    def _performance(self, tables: tuple[PerformanceTable, ...]) -> Performance:
        reader = self._reader(PERFORMANCE)
        if reader is None:
            return Performance(unlisted=tables)
        counts = self._counts(reader)
        area = self._list(PERFORMANCE)
        projects: list[Project] = []
        if area is not None:
            reader.unit = money_unit(reader.sheet, area.header)
            projects = [p for r in area.rows if (p := _project(reader, r, area.columns, tables)).name.text]
        used = {id(p.table) for p in projects}
        self._unknown_tables(reader, projects)
        return Performance(**counts, projects=tuple(projects), unlisted=tuple(t for t in tables if id(t) not in used))

    def _counts(self, reader: SheetReader) -> dict[str, Entry]:
        """Numbers of projects: rows by budget, columns 一级项目 and 二级项目."""
        for r, row in enumerate(reader.sheet.rows[:20]):
            columns = {key(t): c for c, t in enumerate(row) if isinstance(t, str)}
            first = next((columns[k] for k in ("一级项目数", "一级项目") if k in columns), None)
            second = next((columns[k] for k in ("二级项目数", "二级项目") if k in columns), None)
            if first is None or second is None:
                continue
            counts = {}
            for label in COUNT_LABELS:
                for below in range(r + 1, min(r + 6, len(reader.sheet.rows))):
                    texts = {key(t) for t in reader.sheet.rows[below] if isinstance(t, str)}
                    if texts & label.names():
                        counts[f"{label.field}_first"] = reader.number(below, first)
                        counts[f"{label.field}_second"] = reader.number(below, second)
                        break
            return counts
        return {}

    def _unknown_tables(self, reader: SheetReader, projects: list[Project]) -> None:
        for project in projects:
            name = project.sheet_name
            if name.text and project.table is None and name.ref is not None:
                self.issues.append(issue("底稿-05", Severity.ERROR, f"底稿“{reader.sheet.name}”{name.ref.a1}：没有名为“{name.text}”的项目支出绩效自评表", reader.cell(name.ref.row, name.ref.column)))

    def _glossary(self) -> tuple[Term, ...]:
        reader, area = self._reader(GLOSSARY), self._list(GLOSSARY)
        if reader is None or area is None:
            return ()
        terms = (Term(reader.text(r, area.columns["术语"]), reader.text(r, area.columns["解释"])) for r in area.rows)
        return tuple(t for t in terms if t.term.text)


def _is_called(name: str, sheet: RawSheet) -> bool:
    return key(sheet.name) in {key(a) for a in SHEET_ALIASES[name]}


def _is_nearly_called(name: str, sheet: RawSheet) -> bool:
    return "自评表" not in sheet.name and any(key(a) in key(sheet.name) for a in SHEET_ALIASES[name])


def _has_columns(name: str, sheet: RawSheet) -> bool:
    """Whether the sheet has most columns of the list *name* (and is no 项目支出绩效自评表)."""
    columns = LISTS.get(name, ())
    area = find_list(sheet, columns, minimum=min(3, len(columns))) if columns else None
    is_form = any({"一级指标", "三级指标"} <= {key(t) for t in row if isinstance(t, str)} for row in sheet.rows[:40])
    return area is not None and len(area.columns) > len(columns) / 2 and not is_form


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


def _project(reader: SheetReader, row: int, columns: dict[str, int], tables: tuple[PerformanceTable, ...]) -> Project:
    name = reader.text(row, columns["项目名称"])
    sheet_name = reader.text(row, columns.get("工作表名"))
    fund = reader.choice(row, columns.get("预算类别"), Fund, Fund.GENERAL).text if name.text else ""
    table = next((t for t in tables if sheet_name.text and t.sheet == sheet_name.text), None)
    if table is None and not sheet_name.text and name.text:
        table = next((t for t in tables if key(t.name.text) == key(name.text)), None)
    return Project(
        name, Fund.GOVERNMENT if fund.startswith(Fund.GOVERNMENT[:5]) else Fund.GENERAL,
        reader.number(row, columns.get("自评得分")), reader.number(row, columns.get("全年预算数"), money=True),
        reader.number(row, columns.get("执行数"), money=True), reader.number(row, columns.get("年初预算数"), money=True),
        reader.text(row, columns.get("完成情况综述")), reader.text(row, columns.get("发现的主要问题及原因")),
        reader.text(row, columns.get("下一步改进措施")), sheet_name, table)
