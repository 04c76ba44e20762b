"""Random units in the Shanghai form: whatever applies to a unit and what does not, its report is whole and reviews clean."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cli.main import main
from docgen.job.inputs import load_inputs
from docgen.model import Direction
from docgen.report.slots import reason_slots
from tests.units import random_unit
from tools.compose_accounts import CellKey, in_form
from workbook.companion.create import create_companion
from workbook.companion.model import BudgetLine, Companion, Level, OverviewParagraph, Reason, SubordinateUnit
from workbook.companion.rollforward import glossary_of
from workbook.create.workbook import create_workbook
from workbook.entries import Entry
from workbook.pack.companion_form import Content
from workbook.pack.loading import Pack, load_pack

UNIT = "上海市某局"
THREE = ("因公出国（境）费", "公务用车购置费", "公务用车运行维护费", "公务接待费")
TEXTS = {"出国开支内容": "参加国际交流", "购置用途": "更新执法执勤用车", "运行用途": "燃料费和维修费", "接待用途": "外省市来沪学习",
         "绩效制度": "《某局预算绩效管理办法》", "绩效机制": "分工负责"}
SUBJECTS = (("基金.", "政府性基金"), ("国资.", "国有资本"), ("三公.出国", "出国"), ("三公.接待", "接待"), ("三公.公车", "用车"), ("运行.", "公用经费"))
Amounts = dict[CellKey, Decimal]


def units(pack: Pack, seed: int) -> Iterator[Amounts]:
    """Random amounts that the form has cells for: it lists fewer classes and economic items than the home form."""
    rng = random.Random(seed)
    unlisted = pack.sheets["公开06"].unprinted_codes
    while True:
        amounts = in_form(random_unit(rng, funds=rng.random() < 0.5), pack)
        strange = (row[:3] in ("231", "232") or (table == "公开06" and (row in unlisted or row[:3] in ("307", "399"))) for table, row, _ in amounts)
        if amounts.get(("公开05", "合计", "合计")) and not any(strange):
            yield amounts


def numbers(pack: Pack, amounts: Amounts, rng: random.Random) -> dict[str, Decimal]:
    """All numbers of the 底稿, as they go together with the tables."""
    abroad, bought, running, reception = (amounts.get(("公开07", "决算数", kind), Decimal(0)) for kind in THREE)
    foreign = reception * rng.choice([0, Decimal("0.25")])
    found = {name: Decimal(0) for name, entry in pack.companion.entries.items() if entry.content in (Content.AMOUNT, Content.COUNT) and not entry.optional}
    found |= {name: Decimal(rng.randint(60, 90) if amount else 0) for name, amount in (
        ("团组数", abroad), ("出国人次", abroad), ("购置数", bought), ("保有量", running), ("接待批次", reception), ("接待人次", reception),
        ("外宾批次", foreign and 1), ("外宾人次", foreign and 1))}
    found |= {"外宾批次": min(found["外宾批次"], found["接待批次"]), "外宾人次": min(found["外宾人次"], found["接待人次"])}
    found |= {"国内接待费": reception, "外宾接待费": foreign, "采购货物": Decimal(rng.randint(0, 9)), "采购服务": Decimal("8.25")}
    found |= {"运行经费": amounts.get(("公开06", "公用经费合计", "决算数"), Decimal(0)), "上年运行经费": Decimal(rng.choice([0, 1234]))}
    good, fair, done = (rng.randint(0, 4) for _ in range(3))
    return found | {"自评项目数": Decimal(good + fair), "自评金额": Decimal(5 * (good + fair)), "评级优": Decimal(good), "评级良": Decimal(fair),
                    "平均得分": Decimal("95.5"), "发现问题": Decimal(done), "完成整改": Decimal(done), "其他用车": Decimal(2)}


def budget(pack: Pack, amounts: Amounts, rng: random.Random) -> list[BudgetLine]:
    """Budgets as large as what was spent, larger, smaller, or none."""
    lines = []
    for fund in pack.companion.sheets[3].funds:
        sheet, column = fund.actual
        for (table, code, name), value in sorted(amounts.items()):
            if (table, name, len(code)) == (sheet, column, 7):
                planned = (value * rng.choice([1, Decimal("0.8"), Decimal("1.1"), 0])).quantize(Decimal("0.01"))
                lines.append(BudgetLine(code, pack.functional.names[code], Entry.of(planned), Entry.of("日常工作"), fund.name))
    return lines


def reasons(workbook: Path) -> tuple[Reason, ...]:
    """A reason for every change, of its own subject and direction."""
    found = []
    for slot in reason_slots(load_inputs(workbook)):
        if slot.direction in (Direction.UP, Direction.DOWN):
            subject = next((word for head, word in SUBJECTS if slot.id.startswith(head)), "")
            found.append(Reason(slot.id, text=Entry.of(f"{subject}{slot.label}按工作安排调整，支出{slot.direction}")))
    return tuple(found)


@pytest.mark.parametrize("seed", [1, 3])
def test_the_report_of_any_unit_is_whole_and_clean(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack, rng = load_pack("shanghai-2024"), random.Random(seed)
    amounts, before = (a for _, a in zip(range(2), units(pack, seed), strict=False))
    workbook, report, is_new = tmp_path / "决算.xlsx", tmp_path / "报告.docx", seed == 3
    create_workbook(workbook, pack, unit_name=UNIT, year=2024, amounts=amounts)
    create_workbook(tmp_path / "上年.xlsx", pack, unit_name=UNIT, year=2023, amounts=before)
    texts = TEXTS | {"单位名称": UNIT, "单位性质": "行政单位"} | ({"本年新成立": "是"} if is_new else {"上年决算表": "上年.xlsx"})
    entries = {k: Entry.of(v) for k, v in (texts | numbers(pack, amounts, rng) | {"年度": 2024}).items()}
    companion = Companion(
        tmp_path / "决算_底稿.xlsx", pack.companion, entries, budget=tuple(budget(pack, amounts, rng)), glossary=glossary_of(pack),
        overview=tuple(OverviewParagraph(part.name, Level.BODY, Entry.of("如上。")) for part in pack.companion.parts),
        units=(SubordinateUnit(Entry.of(UNIT)),) * rng.randint(1, 2))
    create_companion(companion.path, companion, pack)
    create_companion(companion.path, replace(companion, reasons=reasons(workbook)), pack)

    main(["check", str(workbook), "--format", "json"])
    issues = json.loads(capsys.readouterr().out)["issues"]
    assert [i for i in issues if i["severity"] != "尾差" and not i["code"].startswith("99-")] == []  # last year is another unit's
    assert main(["report", str(workbook), "-o", str(report)]) == 0, capsys.readouterr().out
    capsys.readouterr()
    assert main(["review", str(report), str(workbook), "--format", "json"]) == 0
    review = json.loads(capsys.readouterr().out)
    assert [i["message"] for i in review["issues"]] == []
    assert review["summary"]["核对数字"] > 100
