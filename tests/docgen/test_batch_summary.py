"""The summary: what a reader sees, and what happens at its limits."""

import tracemalloc
from pathlib import Path

import openpyxl
import pytest

from docgen.batch.model import BatchResult, Finding, Skipped, UnitJob, UnitResult, Verdict
from docgen.batch.spool import Spool
from docgen.batch.summary import MAX_ROWS, SummaryWriter
from tests.docgen.batch_units import rows
from workbook.errors import InputError


def write(path: Path, results: list[UnitResult | None], *, max_rows: int = MAX_ROWS, cancelled: bool = False) -> Path:
    """The summary of units ``/单位/0.xlsx`` …"""
    root = Path("/单位")
    jobs = [UnitJob(str(root / f"{n}.xlsx"), "", "") for n in range(len(results))]
    counts = dict.fromkeys(Verdict, 0)
    for result in results:
        if result is not None:
            counts[result.verdict] += 1
    outcome = BatchResult(path, len(results), counts, 0, 1, cancelled=cancelled)
    SummaryWriter(root, jobs, [Skipped("/单位/登记.xlsx", "没有决算公开表")], max_rows).write(path, results, outcome)
    return path


def unit(verdict: Verdict = Verdict.ERROR, findings: int = 0, **values: object) -> UnitResult:
    found = tuple(Finding(f"01-{n}", "表内", "错误", f"第 {n} 个问题", f"公开01!C{n}") for n in range(findings))
    return UnitResult(verdict, "甲局", 2024, findings, 0, 3, findings=found, **values)  # type: ignore[arg-type]


def test_a_row_says_everything(tmp_path: Path):
    path = write(tmp_path / "summary.xlsx", [unit(findings=2, reasons=4, missing=1, reviewed=7, notes=("甲。", "乙"))])
    assert rows(path) == [{
        "序号": 1, "单位": "甲局", "年度": 2024, "文件": "0.xlsx", "结果": "有错误", "错误": 2, "提示": 0, "尾差": 3, "待填原因": 4,
        "缺数": 1, "报告": None, "审核结果": None, "审校发现": 7, "说明": "甲；乙"}]
    assert rows(path, "问题清单")[1] == {
        "序号": 2, "单位": "甲局", "编号": "01-1", "类别": "表内", "级别": "错误", "问题": "第 1 个问题", "工作表!单元格": "公开01!C1",
        "文件": "0.xlsx"}
    assert rows(path, "跳过的文件") == [{"序号": 1, "文件": "登记.xlsx", "原因": "没有决算公开表"}]


def test_it_can_be_filtered_scrolled_and_printed(tmp_path: Path):
    book = openpyxl.load_workbook(write(tmp_path / "summary.xlsx", [unit(), unit(Verdict.CLEAN)]))
    assert book.sheetnames == ["汇总", "问题清单", "跳过的文件"]
    for sheet in book:
        assert sheet.freeze_panes == "C4"
        assert sheet.auto_filter.ref.startswith("A3:")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.print_title_rows == "$3:$3"
    assert book["汇总"].auto_filter.ref == "A3:N5"
    assert "共 2 个单位：通过 1，有错误 1" in book["汇总"]["A2"].value


def test_too_many_findings_are_counted_not_lost_in_silence(tmp_path: Path):
    path = write(tmp_path / "summary.xlsx", [unit(findings=10), unit(findings=10, omitted=5)], max_rows=15)
    found = rows(path, "问题清单")
    assert len(found) == 12
    assert [row["单位"] for row in found[:11]] == ["甲局"] * 11
    assert found[11]["单位"] == "还有 10 行放不下（Excel 每张表最多 15 行）"
    assert len(rows(path)) == 2


def test_findings_left_out_of_the_list_are_said(tmp_path: Path):
    found = rows(write(tmp_path / "summary.xlsx", [unit(findings=1, omitted=5)]), "问题清单")
    assert found[1]["问题"] == "另有 5 条没有列出，见该单位的审核结果"


def test_units_left_over_by_cancelling_are_not_listed(tmp_path: Path):
    path = write(tmp_path / "summary.xlsx", [unit(), None, None], cancelled=True)
    assert len(rows(path)) == 1
    assert openpyxl.load_workbook(path)["汇总"]["A2"].value.startswith("已取消：共 3 个单位，只处理了 1 个")


def test_text_that_excel_cannot_hold(tmp_path: Path):
    path = write(tmp_path / "summary.xlsx", [unit(notes=("前\x00\x0b后", "长" * 50_000))])
    words = rows(path)[0]["说明"]
    assert words.startswith("前后；长")
    assert len(words) <= 32_767


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path):
    with pytest.raises(InputError, match=r"summary\.xlsx：无法写入"):
        write(tmp_path / "没有" / "summary.xlsx", [unit()])
    (tmp_path / "summary.xlsx").mkdir()
    with pytest.raises(InputError, match=r"summary\.xlsx：无法写入"):
        write(tmp_path / "summary.xlsx", [unit()])
    assert [p.name for p in tmp_path.iterdir()] == ["summary.xlsx"]


def test_what_goes_through_the_spool_comes_back():
    spool = Spool(3)
    first, second = unit(findings=3, notes=("=1+1", "坏名\udcff")), UnitResult(Verdict.UNREADABLE, notes=("读不了",))
    spool.put(2, first)
    spool.put(0, second)
    assert (spool.get(0), spool.get(1), spool.get(2)) == (second, None, first)
    spool.close()


def test_memory_does_not_grow_with_the_findings(tmp_path: Path):
    def peak(size: int) -> int:
        spool = Spool(size)
        for number in range(size):
            spool.put(number, unit(findings=60))
        root = Path("/单位")
        jobs = [UnitJob("/单位/甲.xlsx", "", "")] * size
        outcome = BatchResult(tmp_path / "s.xlsx", size, dict.fromkeys(Verdict, 0), 0, 0)
        tracemalloc.start()
        SummaryWriter(root, jobs, []).write(tmp_path / "s.xlsx", map(spool.get, range(size)), outcome)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        spool.close()
        return used

    peak(5)  # modules
    assert peak(40) < peak(10) * 1.3
