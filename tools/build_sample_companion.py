"""Make the sample units' 底稿 (2023 and 2024) from their ``companion.toml``.

``python tools/build_sample_companion.py [FOLDER]`` writes them beside the sample workbooks (default: of all sample units).
上年决算 is filled from the sample workbook of the year before when it is there.
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docgen.job.inputs import Inputs
from docgen.report.slots import reason_rows, reason_slots
from tools.build_sample import samples
from workbook.companion.create import create_companion
from workbook.companion.model import (
    BudgetLine,
    Companion,
    Level,
    OverviewParagraph,
    Project,
    Reason,
    SubordinateUnit,
)
from workbook.companion.prior import prior_tables
from workbook.companion.rollforward import glossary_of
from workbook.entries import Entry
from workbook.pack.companion_form import NAME, NATURE, PRIOR_FILE, YEAR
from workbook.pack.loading import Pack, load_pack
from workbook.paths import companion_path
from workbook.performance.model import FundRow, Indicator, PerformanceTable
from workbook.reading.accounts import read_workbook

SAMPLE = ROOT / "templates" / "sample"


def entry(content: object) -> Entry:
    """An entry of a TOML value (numbers were parsed as decimals)."""
    if isinstance(content, Decimal | int | str) and content != "":
        return Entry.of(content)
    return Entry()


def load(folder: Path = SAMPLE) -> dict[str, Any]:
    """The contents of the sample in *folder*."""
    return tomllib.loads((folder / "companion.toml").read_text("utf-8"), parse_float=Decimal)


def performance_table(record: dict[str, Any], unit: str, year: int) -> PerformanceTable:
    """The 项目支出绩效自评表 of a project."""
    indicators = tuple(
        Indicator(first, second, third, nature, direction, entry(target), entry(actual), measure, entry(weight), entry(score), entry(cause))
        for first, second, third, nature, direction, target, actual, measure, weight, score, cause in record["indicators"])
    return PerformanceTable(
        name=entry(record["name"]), department=entry(record["department"]), unit=entry(unit), year=year,
        funds=tuple(FundRow(label, *map(entry, values)) for label, *values in record["funds"]),
        expected=entry(record["expected"]), achieved=entry(record["achieved"]), indicators=indicators,
        total_weight=entry(record["total_weight"]), total_score=entry(record["total_score"]),
        has_direction=record["has_direction"], sheet=record["sheet"])


def project(record: dict[str, Any], unit: str, year: int, fund: str) -> Project:
    """A row of 绩效自评 with its table."""
    fields = ("score", "adjusted_budget", "actual", "initial_budget", "achievement", "problems", "measures")
    return Project(
        name=entry(record["name"]), fund=fund, sheet_name=entry(record["sheet"]), table=performance_table(record, unit, year),
        **{field: entry(record[field]) for field in fields})


def reasons(record: dict[str, Any], before: dict[str, Any] | None) -> tuple[Reason, ...]:
    """变动原因, with last year's beside them."""
    own, old = record.get("reasons", {}), (before or {}).get("reasons", {})
    return tuple(
        Reason(slot, text=entry(own.get(slot, "")), prior_reason=old.get(slot, "")) for slot in dict.fromkeys([*own, *old]))


def companion(data: dict[str, Any], record: dict[str, Any], folder: Path, pack: Pack) -> Companion:
    """The 底稿 of one year."""
    unit, year = data["unit"], record["year"]
    before = next((r for r in data["year"] if r["year"] == year - 1), None)
    prior_name = record.get("prior_workbook", "")
    prior_file = folder / prior_name if prior_name else None
    prior = prior_tables(read_workbook(prior_file, pack), pack)[0] if prior_file and prior_file.exists() else {}
    entries = {
        NAME: unit, NATURE: data["nature"], YEAR: year, PRIOR_FILE: prior_name, **data.get("entries", {}), **record["entries"]}
    return Companion(
        path=companion_path(folder / record["workbook"]),
        form=pack.companion,
        entries={name: entry(content) for name, content in entries.items()},
        overview=tuple(
            OverviewParagraph(block["part"], Level(level), entry(text))
            for block in record["overview"] for level, text in block["paragraphs"]),
        units=tuple(SubordinateUnit(entry(u["name"]), entry(u["nature"]), str(i)) for i, u in enumerate(record["units"], 1)),
        budget=tuple(_line(pack, *line) for line in record["budget"]["lines"]),
        prior=prior, prior_year=year - 1 if prior else None,
        reasons=reasons(record, before),
        projects=tuple(project(p, unit, year, p.get("fund", pack.companion.funds[0])) for p in record.get("project", ())),
        glossary=glossary_of(pack),
    )


def _line(pack: Pack, code: str, amount: Decimal, use: str = "", fund: str = "") -> BudgetLine:
    return BudgetLine(code, pack.functional.names[code], entry(amount), entry(use), fund)


def with_reason_rows(filled: Companion, workbook: Path, pack: Pack) -> Companion:
    """The 底稿 with every row of 变动原因 as the program writes them: figures, drivers, draft, state."""
    context = Inputs(read_workbook(workbook, pack), filled.prior, filled)
    return replace(filled, reasons=reason_rows(reason_slots(context), filled))


def build(folder: Path, pack: Pack | None = None, source: Path = SAMPLE) -> list[Path]:
    """Write the 底稿 of every year of the sample in *source* into *folder*; returns their paths."""
    data, used = load(source), pack or load_pack()
    made = []
    for record in data["year"]:
        filled = with_reason_rows(companion(data, record, folder, used), folder / record["workbook"], used)
        create_companion(filled.path, filled, used)
        made.append(filled.path)
    return made


if __name__ == "__main__":
    chosen = {Path(sys.argv[1]): load_pack()} if len(sys.argv) > 1 else samples()
    for target, its_pack in chosen.items():
        for written in build(target, its_pack, SAMPLE if len(sys.argv) > 1 else target):
            print(written)  # a script says what it wrote
