"""What the report shows besides figures (``report.toml``), and what it is held against.

The latter are ``stated-relations.csv`` and ``checklist.csv``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, NewType

from workbook.errors import PackError
from workbook.pack.figures import FigureForm
from workbook.pack.layout import normalise
from workbook.pack.records import Record, read_csv

SIGNS = ("=", ">=", "<=")
NAME = "{名称}"
DAYS = "期限"
Stated = NewType("Stated", str)
"""The name of a figure, or of a list of figures."""
Compared = NewType("Compared", str)
"""The id of a comparison."""


class ChartForm(NamedTuple):
    """A chart of a list of figures."""

    name: str
    """Its block in templates: ``图1``."""
    caption: str
    parts: Stated
    none: str
    """What stands there when all parts are zero."""
    ask: str
    """What is asked for when a part cannot be read."""


class CompositionForm(NamedTuple):
    """A total and the list of its parts."""

    title: str
    total: Stated
    parts: Stated


class CompletionForm(NamedTuple):
    """Actual against budget."""

    name: str
    actual: Stated
    budget: Stated
    rate: Stated


class ChangeForm(NamedTuple):
    """A comparison under a short name (its own where that is empty)."""

    change: Compared
    name: str = ""


class TablesForm(NamedTuple):
    """The sheets as tables of the report."""

    part: str = ""
    """Heading of the part, with ``{单位}`` and ``{年度}``; empty: the template has it."""
    framed: bool = True
    """Whether the sheet's number, the unit and the year stand above each table, or the money unit only."""
    notes: bool = False
    """Whether notes stand below each table: the workbook's own, else those of the form."""
    statement: str = "注：{说明}"
    """How the statement below an empty table is written."""
    title: str = "{序号}、{标题}"
    """Above each table."""
    absent: str = "工作簿中没有“{标题}”。"
    """Where the workbook lacks the sheet."""
    thousands: bool = True
    """Whether amounts have thousand separators."""
    share_page: bool = True
    """Whether several short tables may stand on one page."""


class PublishForm(NamedTuple):
    """The folder of what is published: names with ``{单位}`` and ``{年度}``, and what its approver is asked."""

    folder: str = "{年度}年度{单位}决算公开"
    report: str = "{年度}年度{单位}决算公开报告"
    tables: str = "{年度}年度{单位}决算公开表"
    checklist: str = "（内部）{年度}年度决算公开审批单"
    approved: str = ""
    """Entry of the 底稿 that holds the date of the finance bureau's approval."""
    days: int = 20
    """Days from the approval within which to publish."""
    items: tuple[tuple[str, str], ...] = ()
    """What people must look at: in a word, and in a sentence."""
    signatures: tuple[str, ...] = ()


class ReportForm(NamedTuple):
    """Everything that the file says."""

    tables: TablesForm
    publish: PublishForm
    charts: tuple[ChartForm, ...]
    compositions: tuple[CompositionForm, ...]
    completions: tuple[CompletionForm, ...]
    changes: tuple[ChangeForm, ...]


def load_report_form(path: Path, figures: FigureForm, entries: Collection[str] | None) -> ReportForm:
    """Read the file; *entries* are those of the 底稿, where the file is the pack's own.

    Raises :class:`~workbook.errors.PackError` naming the entry and the cause.
    """

    def figure(record: Record, _key: str, name: str) -> str:
        if figures.first(name) is None:
            raise record.error(f"没有编号为“{name}”的数", name)
        return name

    def comparison(record: Record, _key: str, name: str) -> str:
        compared, _, against = name.rpartition(".")
        known = figures.first(compared)
        if known is None or against not in {f"比{c.name}" for c in known.comparisons}:
            raise record.error(f"没有编号为“{name}”的比较", name)
        return name

    file = Record.read(path, kinds={Stated: figure, Compared: comparison})
    overview, tables, publish = file.table("overview"), file.table("tables"), file.table("publish")
    days, items = publish.text("days", "20"), (item.partition("：") for item in publish.texts("items"))
    if not days.isdecimal():
        raise publish.error("“days”应是天数", "days")
    if entries is not None and (approved := publish.text("approved")) and approved not in entries:
        raise publish.error(f"approved 写的“{approved}”不是底稿的项目", "approved")
    form = ReportForm(
        tables.make(TablesForm),
        publish.make(PublishForm, days=int(days), items=tuple((word, words) for word, _, words in items)),
        file.records("chart", "name", ChartForm), overview.records("compositions", "title", CompositionForm),
        overview.records("completions", "name", CompletionForm), overview.records("changes", "change", ChangeForm))
    tables.check_patterns(form.tables, part="单位、年度", statement="说明", title="序号、标题", absent="标题")
    publish.check_patterns(form.publish, **dict.fromkeys(("folder", "report", "tables", "checklist"), "单位、年度"))
    overview.finish()
    file.finish()
    return form


class Relation(NamedTuple):
    """How numbers that a report states must stand to each other: ``政府采购金额 >= 中小企业…采购金额 + 其他项目…采购金额``.

    A number is named by the words before it, as the report writes them: pieces joined by ``…`` stand in this order in one
    clause (up to ``；`` or ``。``), the last of them right before the number.  A side is one number, or several joined by
    `` + ``.
    """

    words: str
    """What it says."""
    left: tuple[tuple[str, ...], ...]
    """The numbers of a side, each by its pieces, normalised."""
    sign: str
    right: tuple[tuple[str, ...], ...]


def load_relations(path: Path) -> tuple[Relation, ...]:
    """The relations in the file *path*.  Raises :class:`PackError` naming line and cause."""

    def relation(record: Mapping[str, str], _line: int) -> Relation:
        left, right = (_side(record[side]) for side in ("左", "右"))
        if not left or not right:
            raise ValueError("左、右都要填写")
        return Relation(record["说明"], left, record["关系"], right)

    return read_csv(path, ("说明", "左", "关系", "右"), relation, needed=("说明",), choices={"关系": SIGNS})


def _side(text: str) -> tuple[tuple[str, ...], ...]:
    terms = (tuple(normalise(piece) for piece in term.split("…") if piece.strip()) for term in text.split(" + "))
    return tuple(term for term in terms if term)


class Subject(StrEnum):
    """What of a report an item of the checklist is about."""

    TIME = "时间"
    COVER = "封面"
    CONTENTS = "目录"
    PARTS = "各部分"
    SECTIONS = "各节"
    TABLES = "各表"
    OTHER = "其他"


_EACH = frozenset({Subject.PARTS, Subject.SECTIONS, Subject.TABLES})


class ChecklistItem(NamedTuple):
    """What a finance bureau's checklist of a published report asks.

    One that stands for several (每个部分, 每节, 每张表) makes an item for each of them, its name in place of ``{名称}``.
    """

    name: str
    subject: Subject
    asks: str
    """What is looked at."""
    days: int = 0
    """Of :attr:`Subject.TIME`: so many days after its approval the report must be published."""


def load_checklist(path: Path) -> tuple[ChecklistItem, ...]:
    """Read the file.  Raises :class:`PackError` naming the line and the cause."""

    def item(record: Mapping[str, str], _line: int) -> ChecklistItem:
        name, subject, parameter = record["项目"], record["对象"], record["参数"]
        if (NAME in name) is not (subject in _EACH):
            raise ValueError(f"“{subject}”的项目{'应' if subject in _EACH else '不能'}写“{NAME}”")
        key, _, days = (text.strip() for text in parameter.partition("="))
        is_time = subject == Subject.TIME
        if (parameter or is_time) and not (is_time and key == DAYS and days.isdecimal() and 0 < int(days) < 1000):
            raise ValueError(f"参数“{parameter}”不对，“{Subject.TIME}”应写“{DAYS}=天数”，其他不写")
        return ChecklistItem(name, Subject(subject), record["检查内容"], int(days) if is_time else 0)

    items = read_csv(path, ("项目", "对象", "参数", "检查内容"), item, unique="对象", choices={"对象": Subject})
    if not any(item.subject is Subject.OTHER for item in items):
        raise PackError(path, f"缺少“{Subject.OTHER}”一项，别处放不下的问题写在这里")
    return items
