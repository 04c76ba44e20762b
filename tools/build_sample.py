"""Build the workbooks of the sample units from their ``figures.toml``: run after changing the figures.

``templates/sample`` holds the unit of the default pack, ``templates/sample/<pack>`` those of the others.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tools.compose_accounts import FUND, GENERAL, CellKey, Facts, Fiscal, compose, in_form
from workbook.create.workbook import create_workbook
from workbook.formulas.bindings import View
from workbook.formulas.evaluate import evaluate
from workbook.pack.loading import Pack, load_pack
from workbook.reading.accounts import read_workbook

SAMPLE = ROOT / "templates" / "sample"
YEARS = ("2024", "2023")


def samples() -> dict[Path, Pack]:
    """The folders of the sample units, each with its pack."""
    others = sorted(path.parent for path in SAMPLE.glob("*/figures.toml"))
    return {SAMPLE: load_pack(), **{folder: load_pack(folder.name) for folder in others}}


def load_figures(path: Path = SAMPLE / "figures.toml") -> dict[str, Any]:
    """The figures in 元, exact."""
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def amounts_of(figures: Mapping[str, Any], year: str, pack: Pack | None = None) -> dict[CellKey, Decimal]:
    """All amounts of the sheets of one year, in 万元."""
    amounts = compose(facts_of(figures[year]))
    return amounts if pack is None else in_form(amounts, pack)


def facts_of(figures: Mapping[str, Any]) -> Facts:
    """The facts of one year, from its figures."""
    def exact(name: str) -> dict[str, Decimal]:
        return {key: Decimal(value) for key, value in figures.get(name, {}).items()}

    spent = {item: (Decimal(basic), Decimal(project)) for item, (basic, project) in figures["一般公共预算支出"].items()}
    funds = {item: Fiscal(*map(Decimal, amounts)) for item, amounts in figures.get("政府性基金", {}).items()}
    return Facts(
        fiscal={GENERAL: {item: Fiscal(income=b + p, basic=b, project=p) for item, (b, p) in spent.items()}, FUND: funds},
        basic_items=exact("基本支出"),
        project_items=exact("项目支出"),
        other_income={"其他收入": exact("其他收入")},
        other_spending={"项目支出": {} if "非财政拨款年初结转" in figures else exact("其他收入")},
        other_opening=Decimal(figures.get("非财政拨款年初结转", 0)),
        three_budget=exact("三公经费全年预算") or exact("三公经费年初预算"),
        information={**exact("信息表"), "授予中小企业合同金额": sum(exact("授予中小企业合同金额").values(), Decimal(0))},
    )


def workbook_path(figures: Mapping[str, Any], year: str, folder: Path = SAMPLE) -> Path:
    """Where the workbook of a year lies."""
    return folder / f"{figures['unit']}_{year}年度决算公开表.xlsx"


def build_workbooks(figures: Mapping[str, Any], pack: Pack, folder: Path = SAMPLE) -> list[Path]:
    """Write the workbook of each year."""
    paths = []
    for year in YEARS:
        path = workbook_path(figures, year, folder)
        create_workbook(path, pack, unit_name=figures["unit"], year=int(year), amounts=amounts_of(figures, year, pack))
        paths.append(path)
    return paths


def verify(figures: Mapping[str, Any], pack: Pack, folder: Path = SAMPLE) -> list[str]:
    """Read the files back: formula instances evaluated, and every finding."""
    read = {year: read_workbook(workbook_path(figures, year, folder), pack) for year in YEARS}
    lines = []
    for year in YEARS:
        prior = read[str(int(year) - 1)].tables if str(int(year) - 1) in read else {}
        outcome = evaluate(pack.formulas, View(read[year].tables, prior, figures["nature"]))
        lines.append(f"{year} 年：审核公式执行 {outcome.instances} 次，不成立 {len(outcome.mismatches)} 次")
        lines += [f"  {f.formula.code} {f.row} {f.column}：差额 {f.difference}" for f in outcome.mismatches]
    return lines


def main() -> int:
    """Build everything; exit code 1 when a check formula does not hold."""
    lines: list[str] = []
    for folder, pack in samples().items():
        figures = load_figures(folder / "figures.toml")
        build_workbooks(figures, pack, folder)
        lines += [figures["unit"], *verify(figures, pack, folder)]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any(line.startswith("  ") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
