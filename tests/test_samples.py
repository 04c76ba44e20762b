"""The sample unit of every form: made of its facts, and clean from the check to the review of its own report."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from cli.main import main
from docgen.job.samples import copy_sample, sample_workbook, samples
from tools.build_sample import build_workbooks, load_figures, workbook_path
from tools.build_sample_companion import build
from workbook.companion.read import read_companion
from workbook.pack.loading import DEFAULT_PACK, load_pack

OTHERS = [name for name in samples() if name != DEFAULT_PACK]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main([str(a) for a in arguments])
    return code, capsys.readouterr().out


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize("name", OTHERS)
def test_the_files_are_those_that_the_facts_give(name: str, tmp_path: Path) -> None:
    source, pack = samples()[name], load_pack(name)
    figures = load_figures(source / "figures.toml")
    build_workbooks(figures, pack, tmp_path)
    for year in (2023, 2024):
        made, kept = workbook_path(figures, str(year), tmp_path), workbook_path(figures, str(year), source)
        assert parts(made) == parts(kept), "run: python tools/build_sample.py"
    for made in build(tmp_path, pack, source):
        again, kept = (read_companion(folder / made.name, pack)[0].stated() for folder in (tmp_path, source))
        assert again == kept, "run: python tools/build_sample_companion.py"


@pytest.mark.parametrize("name", OTHERS)
def test_everything_runs_clean_on_it(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workbook = copy_sample(tmp_path / "示例", name)
    code, out = run(capsys, "check", workbook, "--format", "json")
    checked = json.loads(out)
    assert (code, checked["pack"]["name"], checked["pack"]["chosen"]) == (0, name, "按表样选用")
    assert [i for i in checked["issues"] if i["severity"] != "尾差"] == []
    assert checked["summary"]["未执行"] == 0

    report, clean, figures = tmp_path / "报告.docx", tmp_path / "公开版.docx", tmp_path / "数字.json"
    assert run(capsys, "report", workbook, "-o", report, "--figures", figures)[0] == 0
    assert run(capsys, "report", workbook, "-o", clean, "--clean")[0] == 0
    stated = json.loads(figures.read_text("utf-8"))
    assert len(stated) > 150
    assert [f["id"] for f in stated if f["value"] is None and f["unit"]] == []
    for written in (report, clean):
        code, out = run(capsys, "review", written, workbook, "--format", "json")
        review = json.loads(out)
        assert (code, review["issues"]) == (0, [])
        assert review["summary"]["核对数字"] > 150
    code, out = run(capsys, "refresh", report, workbook, "-o", tmp_path / "新.docx")
    assert code == 0
    assert "没有变化" in out


@pytest.mark.parametrize("name", OTHERS)
def test_the_next_year_is_begun_from_it(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workbook = copy_sample(tmp_path / "示例", name)
    code, _ = run(capsys, "new", tmp_path / "新", "--unit", "某单位", "--year", 2025, "--from", workbook,
                  "--from-companion", workbook.with_name(f"{workbook.stem}_底稿.xlsx"))
    assert code == 0
    made = next(p for p in (tmp_path / "新").glob("*.xlsx") if not p.stem.endswith("_底稿"))
    code, out = run(capsys, "check", made, "--format", "json")
    found = json.loads(out)
    assert (found["pack"]["name"], found["year"], len(found["sheets"])) == (name, 2025, len(load_pack(name).sheets))


def test_demo_takes_the_sample_of_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "demo", "--pack", OTHERS[0], "-o", tmp_path / "示例")
    assert code == 0
    assert f"（{OTHERS[0]}，按表样选用）" in out
    assert main(["demo", "--pack", "没有的", "-o", str(tmp_path / "无")]) == 2
    assert "没有示例单位" in capsys.readouterr().err


def test_a_folder_with_the_samples_of_all_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in samples():
        copy_sample(tmp_path / "各单位" / name, name)
    code, _ = run(capsys, "batch", tmp_path / "各单位", "-o", tmp_path / "结果", "--workers", 1)
    assert code == 0
    rows = list(openpyxl.load_workbook(tmp_path / "结果" / "summary.xlsx")["汇总"].iter_rows(min_row=3, values_only=True))
    columns = {name: rows[0].index(name) for name in ("模板包", "结果", "报告", "待填原因")}
    told = sorted((row[columns["模板包"]], row[columns["报告"]], row[columns["待填原因"]]) for row in rows[1:])
    assert told == sorted((name, "打开报告", 0) for name in samples())
    assert len({sample_workbook(name).name for name in samples()}) == len(samples())
