"""``summary.xlsx``: one row for each unit, all their findings, and the files that were passed over.

It is written row by row: memory does not grow with the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from docgen.batch.model import BatchResult, Skipped, UnitResult
from docgen.batch.naming import relative
from workbook.create.lists import MAX_ROWS, ExcelList, Link, new_book
from workbook.safe_save import not_written, write_atomically

_TITLE = "决算公开批量审核汇总"
_UNITS = (
    ("单位", 24), ("年度", 7), ("文件", 40), ("结果", 10), ("错误", 7), ("提示", 7), ("尾差", 7), ("待填原因", 10), ("缺数", 7),
    ("报告", 9), ("审核结果", 10), ("审校发现", 10), ("检查表", 10), ("模板包", 16), ("说明", 44),
)
_FINDINGS = (("单位", 22), ("编号", 10), ("类别", 7), ("级别", 7), ("问题", 70), ("工作表!单元格", 28), ("文件", 28))
_CHECKS = (("单位", 24), ("检查项目", 40), ("符合要求", 10), ("存在的问题", 90), ("文件", 40))
_SKIPPED = (("文件", 70), ("原因", 60))


def write_summary(
    root: Path, result: BatchResult, units: Iterable[UnitResult], skipped: Iterable[Skipped], max_rows: int = MAX_ROWS
) -> None:
    """Write the summary of a batch over *root* to where *result* says: *units* in the order of their paths.

    Raises :class:`~workbook.errors.InputError`.
    """
    try:
        with TemporaryDirectory(prefix="juesuan-", ignore_cleanup_errors=True) as temporary:
            book = new_book(_TITLE, temporary)
            lists = [ExcelList(book, name, title, columns, result.summary.parent, about, max_rows) for name, columns, title, about in (
                ("汇总", _UNITS, _TITLE, f"{result.words()}　文件夹：{relative(str(root), root.parent)}"),
                ("问题清单", _FINDINGS, "问题清单", "各单位的错误和提示。尾差不用处理，没有列出；单位的全部问题见它的审核结果。"),
                ("检查表", _CHECKS, "检查表", "各单位报告的检查表；旁边有报告的单位才有，每个单位另有自己的一份。"),
                ("跳过的文件", _SKIPPED, "跳过的文件", "下列表格文件没有单独作为一个单位处理。"))]
            overview, findings, checks, others = lists
            for unit in units:
                row = unit.row
                report, issues, checklist = (Link(text if path else "", path) for text, path in (
                    ("打开报告", row.report), ("打开清单", row.issue_list), ("打开检查表", row.checklist)))
                overview.add((
                    row.name, row.year, Link(row.file, row.path), row.verdict, row.errors, row.notices, row.tails, row.reasons, row.missing,
                    report, issues, row.reviewed, checklist, row.pack, row.note))
                for finding in unit.findings:
                    findings.add((row.unit, *finding, row.file))
                for check in unit.checks:
                    checks.add((row.unit, *check, row.file))
            for item in sorted(skipped, key=lambda item: Path(item.path).parts):
                others.add((relative(item.path, root), item.reason))
            for one in lists:
                one.end()
            write_atomically(result.summary, book.to_bytes())
    except OSError as error:
        raise not_written(result.summary, error) from error
