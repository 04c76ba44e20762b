"""The summary: what a reader sees, and what happens at its limits."""

import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest

from docgen.batch.model import BatchResult, Finding, Skipped, UnitResult, UnitRow, Verdict
from docgen.batch.run import MAX_ROWS, write_summary
from tests.docgen.batch_units import rows
from workbook.errors import InputError

ROOT = Path("/单位")


def write(folder: Path, results: Iterable[UnitResult], *, max_rows: int = MAX_ROWS) -> Path:
    """The summary of these units."""
    path = folder / "summary.xlsx"
    write_summary(ROOT, BatchResult(path, 3, {Verdict.ERROR: 3}, 0, 1), results, [Skipped("/单位/登记.xlsx", "没有决算公开表")], max_rows)
    return path


def unit(number: int = 0, findings: int = 0, verdict: Verdict = Verdict.ERROR, **values: object) -> UnitResult:
    found = tuple(Finding(f"01-{n}", "表内", "错误", f"第 {n} 个问题", f"公开01!C{n}") for n in range(findings))
    file = f"{number}.xlsx"
    row = UnitRow(verdict, f"单位{number}", 2024, findings, 0, 3, file=file, path=str(ROOT / file))._replace(**values)
    return UnitResult(row, found)


def test_a_row_says_everything_in_the_order_of_the_units(tmp_path: Path):
    path = write(tmp_path, [unit(0, 2, reasons=4, missing=1, reviewed=7, note="甲；乙"), unit(1, 2), unit(2, 1)])
    assert rows(path)[0] == {
        "序号": 1, "单位": "单位0", "年度": 2024, "文件": "0.xlsx", "结果": "有错误", "错误": 2, "提示": 0, "尾差": 3, "待填原因": 4,
        "缺数": 1, "报告": None, "审核结果": None, "审校发现": 7, "检查表": None, "模板包": None, "说明": "甲；乙"}
    findings = rows(path, "问题清单")
    assert findings[1] == {
        "序号": 2, "单位": "单位0", "编号": "01-1", "类别": "表内", "级别": "错误", "问题": "第 1 个问题", "工作表!单元格": "公开01!C1",
        "文件": "0.xlsx"}
    assert [row["单位"] for row in findings] == ["单位0"] * 2 + ["单位1"] * 2 + ["单位2"]
    assert rows(path, "跳过的文件") == [{"序号": 1, "文件": "登记.xlsx", "原因": "没有决算公开表"}]
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["汇总", "问题清单", "检查表", "跳过的文件"]
    for sheet in book:  # it can be filtered, scrolled and printed
        assert sheet.freeze_panes == "C4"
        assert sheet.auto_filter.ref.startswith("A3:")
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows) == ("landscape", 9, "$3:$3")
    assert book["汇总"].auto_filter.ref == "A3:P6"
    assert book["汇总"]["A2"].value.startswith("3 个单位：有错误 3；生成报告 0 份，跳过文件 1 个")


def test_too_many_findings_are_counted_and_odd_text_is_cleaned(tmp_path: Path):
    path = write(tmp_path, [unit(0, 10), unit(1, 10, note="前\x00\x0b后" + "长" * 50_000)], max_rows=15)
    found = rows(path, "问题清单")
    assert len(found) == 12
    assert found[11]["单位"] == "还有 9 行放不下（Excel 每张表最多 15 行）"
    words = rows(path)[1]["说明"]
    assert words.startswith("前后长")
    assert len(words) <= 32_767


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path):
    with pytest.raises(InputError, match=r"summary\.xlsx：要写入的文件夹不存在"):
        write(tmp_path / "没有", [])
    (tmp_path / "summary.xlsx").mkdir()
    with pytest.raises(InputError, match=r"summary\.xlsx：无法写入"):
        write(tmp_path, [unit()])
    assert [p.name for p in tmp_path.iterdir()] == ["summary.xlsx"]


def test_memory_does_not_grow_with_the_findings(tmp_path: Path):
    def peak(size: int) -> int:
        tracemalloc.start()
        write(tmp_path, (unit(number, 60) for number in range(size)))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(5)  # modules
    assert (peak(40) - peak(10)) / 30 < 8000  # the findings of a unit have three times as much
