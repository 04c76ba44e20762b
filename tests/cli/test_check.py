"""``juesuan check`` as its users and other programs see it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cli.main import main
from workbook.log import log_file
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The sample alone, without 底稿 and last year."""
    target = tmp_path / "决算 公开表.xlsx"
    shutil.copyfile(SAMPLE, target)
    return target


def change(path: Path, sheet_start: str, cell: str, value: object) -> str:
    """Change one cell with openpyxl, keeping all other cells as values (as a user's save in Excel would)."""
    values = openpyxl.load_workbook(path, data_only=True)
    sheet = next(s for s in values.worksheets if s.title.startswith(sheet_start))
    sheet[cell] = value
    values.save(path)
    return sheet.title


def check_json(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, object]]:
    code = main(["check", str(path), "--format", "json", *more])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, found


def test_the_sample_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = check_json(SAMPLE, capsys)
    assert code == 0
    assert result["unit"] == "示例市电化教育馆"
    assert result["year"] == 2024
    assert result["money_unit"] == "万元"
    summary = result["summary"]
    assert isinstance(summary, dict)
    assert summary["错误"] == 0
    assert summary["公式"] >= 90
    assert summary["未执行"] == 0
    assert summary["实例"] > 1000
    sheets = result["sheets"]
    assert isinstance(sheets, list)
    assert [s["code"] for s in sheets] == [f"公开{n:02}" for n in range(1, 12)]


def test_a_broken_total_is_named_with_both_sides(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = change(workbook, "公开02", "C7", 550.1661)
    code, result = check_json(workbook, capsys)
    assert code == 1
    issues = result["issues"]
    assert isinstance(issues, list)
    issue = next(i for i in issues if i["code"] == "02-51")
    assert (issue["kind"], issue["severity"]) == ("表间", "错误")
    assert Decimal(issue["left"]) - Decimal(issue["right"]) == Decimal(issue["difference"]) == Decimal("0.1")
    assert {"sheet": sheet, "cell": "C7", "value": "550.1661"} in issue["cells"]
    assert issue["culprit"] == {"sheet": sheet, "cell": "C7"}
    assert {i["culprit"]["cell"] for i in issues if i["severity"] == "错误"} == {"C7"}


def test_text_output_groups_by_sheet_and_says_what_is_wrong(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(workbook, "公开02", "C7", 550.1661)
    assert main(["check", str(workbook)]) == 1
    out = capsys.readouterr().out
    assert "【公开02表 收入决算表】" in out
    assert "相差 0.10 万元" in out
    assert "最可能有误的单元格" in out
    counted = re.search(r"错误 (\d+)（其中 (\d+) 处由前面的错误引起），", out)
    assert counted is not None
    assert int(counted[1]) == int(counted[2]) + 1  # one cell is wrong
    assert "\x1b[" not in out  # no colours in a file or pipe


@pytest.mark.parametrize(("value", "code"), [("#REF!", "规范-27"), ("待核实", "规范-27"), ("=1/0", "规范-26")])
def test_what_is_no_amount_is_an_issue_with_its_cell(
    workbook: Path, capsys: pytest.CaptureFixture[str], value: str, code: str
) -> None:
    change(workbook, "公开03", "D8", value)
    exit_code, result = check_json(workbook, capsys)
    assert exit_code == 1
    issues = result["issues"]
    assert isinstance(issues, list)
    codes = {i["code"] for i in issues for c in i["cells"] if c["cell"] == "D8" and i["severity"] == "错误"}
    assert codes & {code, "规范-25"}


def test_issue_list_is_a_workbook_with_links_and_no_live_formulas(workbook: Path, tmp_path: Path) -> None:
    change(workbook, "公开02", "C7", 550.1661)
    out = tmp_path / "结果.xlsx"
    assert main(["check", str(workbook), "--format", "xlsx", "-o", str(out)]) == 1
    sheet = openpyxl.load_workbook(out).worksheets[0]
    rows = list(sheet.iter_rows(min_row=3))
    assert any(row[3].value == "02-51" for row in rows)
    linked = next(row[5] for row in rows if row[3].value == "02-51")
    assert linked.hyperlink is not None
    assert "公开02" in (linked.hyperlink.location or linked.hyperlink.target)
    assert all(cell.data_type != "f" for row in rows for cell in row)


def test_hostile_text_is_written_as_text(workbook: Path, tmp_path: Path) -> None:
    change(workbook, "公开03", "D8", "'=cmd|' /C calc'!A0")
    change(workbook, "公开03", "D9", "@SUM(A1)")
    out = tmp_path / "结果.xlsx"
    main(["check", str(workbook), "--format", "xlsx", "-o", str(out)])
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_prior_year_formulas_run_with_prior(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prior = SAMPLE.with_name(SAMPLE.name.replace("2024", "2023"))
    without = check_json(workbook, capsys)[1]["summary"]
    with_prior = check_json(workbook, capsys, "--prior", str(prior))[1]["summary"]
    assert isinstance(without, dict)
    assert isinstance(with_prior, dict)
    assert with_prior["公式"] > without["公式"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "没有这个.xlsx"], "没有这个.xlsx"),
        (["check"], "参数不对"),
        (["check", str(SAMPLE), "--pack", "不存在的包"], "neimenggu-2024"),
        (["wrong"], "参数不对"),
    ],
)
def test_unusable_input_is_one_line_and_exit_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(arguments)
    except SystemExit as error:
        code = int(error.code or 0)
    captured = capsys.readouterr()
    assert code == 2
    assert words in captured.err
    assert captured.err.count("\n") == 1


def test_an_unexpected_error_is_logged_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cli.checking.read_inputs", lambda _: 1 // 0)
    assert main(["check", "x.xlsx"]) == 2
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert "juesuan.log" in err
    assert "ZeroDivisionError" in log_file().read_text("utf-8")


def test_the_console_script_runs_as_a_process(tmp_path: Path) -> None:
    out = tmp_path / "结果.json"
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "check", str(SAMPLE), "--format", "json", "-o", str(out)],
        capture_output=True, check=False, timeout=60)
    assert done.returncode == 0
    assert json.loads(out.read_text(encoding="utf-8"))["summary"]["错误"] == 0


def test_a_folder_of_tables_is_checked_like_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "各表"
    folder.mkdir()
    source = openpyxl.load_workbook(SAMPLE, data_only=True)
    for index, title in enumerate(source.sheetnames, start=1):
        single = openpyxl.load_workbook(SAMPLE, data_only=True)
        for other in single.sheetnames:
            if other != title:
                del single[other]
        single.worksheets[0].title = "Sheet1"
        single.save(folder / f"表{index:02}.xlsx")
    code, result = check_json(folder, capsys)
    assert code == 0
    assert len(result["sheets"]) == 11  # type: ignore[arg-type]  # a list by the contract


def test_change_reasons_are_listed_in_the_companion_for_people_to_fill(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prior = SAMPLE.with_name(SAMPLE.name.replace("2024", "2023"))
    assert main(["check", str(workbook), "--prior", str(prior), "--update-companion"]) == 1  # reasons are missing now
    companion = workbook.with_name(f"{workbook.stem}_底稿.xlsx")
    assert str(companion) in capsys.readouterr().err
    sheet = openpyxl.load_workbook(companion)["变动原因"]
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0]}
    assert "财拨.总计.比上年" in rows
    assert any("其他收入" in str(cell) for cell in rows["收支.本年收入.比上年"])
    main(["check", str(workbook), "--prior", str(prior), "--update-companion"])
    again = openpyxl.load_workbook(companion)["变动原因"]
    assert list(again.iter_rows(values_only=True)) == list(sheet.iter_rows(values_only=True))
