"""The national form: its table of state capital in both shapes, and what its nine tables do not hold stands in the 底稿."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from docgen.job.inputs import load_inputs
from docgen.job.samples import samples
from tools.build_sample import facts_of, load_figures
from tools.compose_accounts import CAPITAL, Fiscal, compose, in_form
from workbook.create.workbook import create_workbook
from workbook.issues import Severity
from workbook.pack.loading import Pack, load_pack
from workbook.rules.check import check

NAME = "guojia-2024"
SPENT = 300_000
ONLY_BUDGETED_ABOVE = ("年初结转和结余", "本年收入", "年末结转和结余")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(NAME)


def with_state_capital(path: Path, pack: Pack, *, columns: str, spent: int = SPENT) -> Path:
    """The sample's 2024 workbook with spending of state capital, values only; of 公开08 *columns* ``all`` or ``spending``."""
    facts = facts_of(load_figures(samples()[NAME] / "figures.toml")["2024"])
    amount = Decimal(SPENT)
    facts.fiscal = {**facts.fiscal, CAPITAL: {"2230199": Fiscal(income=amount, project=amount)}}
    made = path.with_name("全部.xlsx")
    create_workbook(made, pack, unit_name="示例县水务局", year=2024, amounts=in_form(compose(facts), pack))
    book = xlsxwriter.Workbook(path)
    for name in (read := CalamineWorkbook.from_path(made)).sheet_names:
        rows = read.get_sheet_by_name(name).to_python(skip_empty_area=False)
        is_capital = any("国有资本经营预算财政拨款支出决算表" in str(cell) for cell in rows[0])
        heads = {c for row in rows[:6] for c, cell in enumerate(row) if cell in ONLY_BUDGETED_ABOVE} if is_capital else set()
        sheet = book.add_worksheet(name[:31])
        for r, row in enumerate(rows):
            for c, cell in enumerate(cell for c, cell in enumerate(row) if columns == "all" or c not in heads):
                if cell != "":
                    sheet.write(r, c, spent / 10_000 if is_capital and cell == SPENT / 10_000 else cell)
    book.close()
    return path


@pytest.mark.parametrize("columns", ["all", "spending"])
def test_state_capital_with_and_without_balances(tmp_path: Path, pack: Pack, columns: str) -> None:
    inputs = load_inputs(with_state_capital(tmp_path / "公开表.xlsx", pack, columns=columns))
    assert inputs.pack.name == NAME
    assert inputs.accounts.value("公开08", "合计", "本年支出") == 30
    found = check(inputs.accounts, inputs.view)
    assert [i for i in found.issues if i.severity is not Severity.TAIL] == []
    assert {code for code in found.skipped_formulas() if code.startswith("08-")} == set()


@pytest.mark.parametrize("columns", ["all", "spending"])
def test_a_wrong_amount_of_state_capital_is_found(tmp_path: Path, pack: Pack, columns: str) -> None:
    inputs = load_inputs(with_state_capital(tmp_path / "公开表.xlsx", pack, columns=columns, spent=SPENT + 10_000))
    found = check(inputs.accounts, inputs.view)
    assert "08-52" in {i.code for i in found.issues if i.severity is Severity.ERROR}
