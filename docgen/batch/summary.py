"""``summary.xlsx``: one row for each unit, all their findings, and the files that were passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.batch.model import BatchResult, Finding, Skipped, UnitJob, UnitResult, Verdict
from docgen.batch.shown import relative
from docgen.batch.tables import Link, Table, make_book
from workbook.errors import InputError, system_words

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

MAX_ROWS = 1_048_576
"""Rows of a sheet in Excel."""
_UNITS = (
    ("序号", 6), ("单位", 24), ("年度", 7), ("文件", 40), ("结果", 10), ("错误", 7), ("提示", 7), ("尾差", 7), ("待填原因", 10), ("缺数", 7),
    ("报告", 9), ("审核结果", 10), ("审校发现", 10), ("说明", 44),
)
_FINDINGS = (("序号", 8), ("单位", 22), ("编号", 10), ("类别", 7), ("级别", 7), ("问题", 70), ("工作表!单元格", 28), ("文件", 28))
_SKIPPED = (("序号", 6), ("文件", 70), ("原因", 60))
_SHOWN_VERDICTS = (Verdict.CLEAN, Verdict.NOTICE, Verdict.ERROR, Verdict.UNREADABLE, Verdict.UNFINISHED)
_REST = "……"


class SummaryWriter:
    """Writes the summary of the batch over *root*."""

    def __init__(self, root: Path, jobs: Sequence[UnitJob], skipped: Iterable[Skipped], max_rows: int = MAX_ROWS) -> None:
        self.root, self.jobs, self.skipped, self.max_rows = root, jobs, skipped, max_rows

    def write(self, path: Path, results: Iterable[UnitResult | None], outcome: BatchResult) -> None:
        """Write *path* whole or not at all; *results* are those of the jobs, in their order.

        Raises :class:`InputError` when it cannot be written.
        """
        temporary = path.with_name(f".{path.stem}.tmp.xlsx")
        try:
            with make_book(temporary, "决算公开批量审核汇总") as book:
                self._fill(book, path.parent, results, outcome)
            temporary.replace(path)
        except PermissionError as error:
            raise InputError(path, "无法写入（正被其他程序打开，或没有权限）", "请先在 Excel/WPS 中关闭它，再运行一次") from error
        except OSError as error:
            raise InputError(path, f"无法写入（{system_words(error)}）", "请检查磁盘空间和文件夹权限，再运行一次") from error
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _fill(self, book: Workbook, folder: Path, results: Iterable[UnitResult | None], outcome: BatchResult) -> None:
        units = Table(book, "汇总", _UNITS, self.max_rows, title="决算公开批量审核汇总", about=_overview(self.root, outcome))
        findings = Table(
            book, "问题清单", _FINDINGS, self.max_rows, title="问题清单",
            about="各单位的错误和提示。尾差不用处理，没有列出；单位的全部问题见它的审核结果。")
        skipped = Table(book, "跳过的文件", _SKIPPED, self.max_rows, title="跳过的文件", about="下列表格文件没有单独作为一个单位处理。")
        for job, result in zip(self.jobs, results, strict=True):
            if result is None:
                continue
            file = relative(job.path, self.root)
            if result.verdict is not Verdict.NO_UNIT:
                units.add(_unit_row(job, result, file, folder), result.verdict)
                for row, severity in _finding_rows(result, file):
                    findings.add(row, severity)
        for item in self.skipped:
            skipped.add((relative(item.path, self.root), item.reason))
        for table in (units, findings, skipped):
            table.finish()


def _unit_row(job: UnitJob, result: UnitResult, file: str, folder: Path) -> tuple[object, ...]:
    return (
        result.unit or Path(file).stem, result.year, Link(file, job.path, folder), result.verdict,
        result.errors, result.notices, result.tails, result.reasons, result.missing,
        Link("打开报告", result.report, folder) if result.report else "",
        Link("打开清单", result.issue_list, folder) if result.issue_list else "",
        result.reviewed, "；".join(note.rstrip("。") for note in result.notes))


def _finding_rows(result: UnitResult, file: str) -> Iterator[tuple[tuple[object, ...], str]]:
    for finding in result.findings:
        yield (result.unit, *finding[:4], finding.place, file), finding.severity
    if result.omitted:
        rest = Finding(_REST, "", "", f"另有 {result.omitted} 条没有列出，见该单位的审核结果", "")
        yield (result.unit, *rest[:4], rest.place, file), ""


def _overview(root: Path, outcome: BatchResult) -> str:
    """What the batch covered, in one line."""
    found = [f"{verdict} {n}" for verdict in _SHOWN_VERDICTS if (n := outcome.counts[verdict]) or verdict is Verdict.CLEAN]
    text = f"文件夹：{relative(str(root), root.parent)}　共 {outcome.total} 个单位：{'，'.join(found)}　生成报告 {outcome.reports} 份"
    if outcome.skipped:
        text += f"　跳过文件 {outcome.skipped} 个"
    if outcome.cancelled:
        text = f"已取消：共 {outcome.total} 个单位，只处理了 {outcome.finished} 个，下面是已处理的。　{text}"
    return text
