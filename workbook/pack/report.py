"""``report.toml``: charts of the report and the year at a glance, as selections from the pack's figures."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from workbook.pack.catalogue import read_toml
from workbook.pack.figures import FigureForm
from workbook.pack.toml_record import Record

FILE = "report.toml"


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

    part: str
    """Heading of the part, with ``{单位}`` and ``{年度}``; empty: the template has it."""
    framed: bool
    """Whether the sheet's number, the unit and the year stand above each table, or the money unit only."""
    notes: bool
    """Whether notes stand below each table: the workbook's own, else those of the form."""
    statement: str
    """How the statement below an empty table is written, with ``{说明}``."""
    title: str
    """Above each table: ``{序号}、{标题}``."""
    absent: str
    """Where the workbook lacks the sheet."""
    thousands: bool
    """Whether amounts have thousand separators."""
    share_page: bool
    """Whether several short tables may stand on one page."""


class PublishForm(NamedTuple):
    """The folder of what is published: names with ``{单位}`` and ``{年度}``, and what its approver is asked."""

    folder: str
    report: str
    tables: str
    checklist: str
    approved: str
    """Entry of the 底稿 that holds the date of the finance bureau's approval."""
    days: int
    """Days from the approval within which to publish."""
    items: tuple[tuple[str, str], ...]
    """What people must look at: in a word, and in a sentence."""
    signatures: tuple[str, ...]


class ReportForm(NamedTuple):
    """Everything that the file says."""

    tables: TablesForm
    publish: PublishForm
    charts: tuple[ChartForm, ...]
    compositions: tuple[CompositionForm, ...]
    completions: tuple[CompletionForm, ...]
    changes: tuple[ChangeForm, ...]


def load_report_form(path: Path, figures: FigureForm) -> ReportForm:
    """Read the file.  Raises :class:`PackError` naming the entry and the cause."""

    def figure(record: Record, key: str) -> str:
        name = record.needed(key)
        if figures.first(name) is None:
            raise record.error(f"没有编号为“{name}”的数")
        return name

    def change(record: Record) -> ChangeForm:
        name = record.needed("change")
        compared, _, against = name.rpartition(".")
        known = figures.first(compared)
        if known is None or against not in {f"比{c.name}" for c in known.comparisons}:
            raise record.error(f"没有编号为“{name}”的比较")
        return ChangeForm(record.text("name"), name)

    file = Record(path, read_toml(path))
    overview, tables, publish = file.table("overview"), file.table("tables"), file.table("publish")
    form = ReportForm(
        TablesForm(
            tables.pattern("part", "", 单位="", 年度=0), tables.flag("framed", standard=True), tables.flag("notes"),
            tables.pattern("statement", "注：{说明}", 说明=""), tables.pattern("title", "{序号}、{标题}", 序号="", 标题=""),
            tables.pattern("absent", "工作簿中没有“{标题}”。", 标题=""), tables.flag("thousands", standard=True),
            tables.flag("share_page", standard=True)),
        _publish_form(publish),
        file.records("chart", "name", lambda r: ChartForm(
            r.needed("name"), r.needed("caption"), figure(r, "parts"), r.needed("none"), r.needed("ask"))),
        overview.records("compositions", "title", lambda r: CompositionForm(r.needed("title"), figure(r, "total"), figure(r, "parts"))),
        overview.records("completions", "name", lambda r: CompletionForm(
            r.needed("name"), figure(r, "actual"), figure(r, "budget"), figure(r, "rate"))),
        overview.records("changes", "change", change))
    for record in (overview, tables, publish):
        record.finish()
    file.finish()
    return form


def _publish_form(record: Record) -> PublishForm:
    def name(key: str, default: str) -> str:
        return record.pattern(key, default, 单位="", 年度=0)

    days = record.text("days", "20")
    if not days.isdecimal():
        raise record.error("“days”应是天数")
    items = [item.partition("：") for item in record.texts("items")]
    return PublishForm(
        name("folder", "{年度}年度{单位}决算公开"), name("report", "{年度}年度{单位}决算公开报告"), name("tables", "{年度}年度{单位}决算公开表"),
        name("checklist", "（内部）{年度}年度决算公开审批单"), record.text("approved"), int(days),
        tuple((word, words) for word, _, words in items), record.texts("signatures"))
