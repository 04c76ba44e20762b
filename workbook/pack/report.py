"""``report.toml``: charts of the report and the year at a glance, as selections from the pack's figures."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from workbook.errors import PackError
from workbook.pack.figures import FigureForm

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


class ReportForm(NamedTuple):
    """Everything that the file says."""

    charts: tuple[ChartForm, ...]
    compositions: tuple[CompositionForm, ...]
    completions: tuple[CompletionForm, ...]
    changes: tuple[ChangeForm, ...]


def load_report_form(path: Path, figures: FigureForm) -> ReportForm:
    """Read the file.  Raises :class:`PackError` naming the entry and the cause."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackError(path, f"无法读取（{error}）") from error
    overview = data.get("overview", {})
    if not isinstance(overview, dict):
        raise PackError(path, "“overview”应写成 [overview] 一节")
    reader = _Reader(path, figures)
    return ReportForm(
        tuple(ChartForm(r.text("name"), r.text("caption"), r.figure("parts"), r.text("none"), r.text("ask"))
              for r in reader.records(data, "chart")),
        tuple(CompositionForm(r.text("title"), r.figure("total"), r.figure("parts"))
              for r in reader.records(overview, "compositions")),
        tuple(CompletionForm(r.text("name"), r.figure("actual"), r.figure("budget"), r.figure("rate"))
              for r in reader.records(overview, "completions")),
        tuple(ChangeForm(r.record.get("name", ""), r.change("change")) for r in reader.records(overview, "changes")))


class _Reader:
    def __init__(self, path: Path, figures: FigureForm, where: str = "", record: Mapping[str, Any] | None = None) -> None:
        self.path, self.figures, self.where = path, figures, where
        self.record = record or {}

    def records(self, holder: Mapping[str, Any], key: str) -> list[_Reader]:
        found = holder.get(key, [])
        if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
            raise PackError(self.path, f"“{key}”应为一列记录")
        return [_Reader(self.path, self.figures, f"{key} 第 {n} 条", record) for n, record in enumerate(found, 1)]

    def text(self, key: str) -> str:
        value = self.record.get(key)
        if not isinstance(value, str) or not value:
            raise PackError(self.path, f"{self.where}缺少文字项“{key}”")
        return value

    def figure(self, key: str) -> str:
        name = self.text(key)
        if self.figures.first(name) is None:
            raise PackError(self.path, f"{self.where}：没有编号为“{name}”的数")
        return name

    def change(self, key: str) -> str:
        name = self.text(key)
        figure, _, compared = name.rpartition(".")
        record = self.figures.first(figure)
        if record is None or compared not in {f"比{c.name}" for c in record.comparisons}:
            raise PackError(self.path, f"{self.where}：没有编号为“{name}”的比较")
        return name
