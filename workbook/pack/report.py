"""``report.toml``: charts of the report and the year at a glance, as selections from the pack's figures."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from workbook.pack.figures import FigureForm
from workbook.pack.records import Record


class ChartForm(NamedTuple):
    """A chart of a list of figures."""

    name: str
    """Its block in templates: ``图1``."""
    caption: str
    parts: str
    none: str
    """What stands there when all parts are zero."""
    ask: str
    """What is asked for when a part cannot be read."""


class CompositionForm(NamedTuple):
    """A total and the list of its parts."""

    title: str
    total: str
    parts: str


class CompletionForm(NamedTuple):
    """Actual against budget."""

    name: str
    actual: str
    budget: str
    rate: str


class ChangeForm(NamedTuple):
    """A comparison under a short name (its own where that is empty)."""

    name: str
    change: str


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


def load_report_form(path: Path, figures: FigureForm) -> ReportForm:
    """Read the file.  Raises :class:`~workbook.errors.PackError` naming the entry and the cause."""

    def figure(record: Record, key: str) -> str:
        name = record.needed(key)
        if figures.first(name) is None:
            raise record.error(f"没有编号为“{name}”的数", name)
        return name

    def change(record: Record) -> ChangeForm:
        name = record.needed("change")
        compared, _, against = name.rpartition(".")
        known = figures.first(compared)
        if known is None or against not in {f"比{c.name}" for c in known.comparisons}:
            raise record.error(f"没有编号为“{name}”的比较", name)
        return ChangeForm(record.text("name"), name)

    file = Record.read(path)
    overview, tables, publish = file.table("overview"), file.table("tables"), file.table("publish")
    days, items = publish.text("days", "20"), (item.partition("：") for item in publish.texts("items"))
    if not days.isdecimal():
        raise publish.error("“days”应是天数", "days")
    form = ReportForm(
        tables.make(TablesForm),
        publish.make(PublishForm, days=int(days), items=tuple((word, words) for word, _, words in items)),
        file.records("chart", "name", lambda r: r.make(ChartForm, parts=figure(r, "parts"))),
        overview.records("compositions", "title", lambda r: r.make(CompositionForm, total=figure(r, "total"), parts=figure(r, "parts"))),
        overview.records("completions", "name", lambda r: r.make(
            CompletionForm, **{key: figure(r, key) for key in ("actual", "budget", "rate")})),
        overview.records("changes", "change", change))
    tables.check_patterns(form.tables, part="单位、年度", statement="说明", title="序号、标题", absent="标题")
    publish.check_patterns(form.publish, **dict.fromkeys(("folder", "report", "tables", "checklist"), "单位、年度"))
    overview.finish()
    file.finish()
    return form
