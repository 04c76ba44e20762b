"""``summary.xlsx``: one row for each unit, all their findings, and the files that were passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from docgen.batch.model import BatchResult, Finding, Skipped, UnitResult, UnitRow, Verdict
from docgen.batch.sheets import MAX_ROWS, Link, ListSheet, new_book
from docgen.batch.shown import relative
from workbook.errors import InputError
from workbook.safe_save import not_written, write_atomically

_TITLE = "决算公开批量审核汇总"
_UNITS = (
    ("序号", 6), ("单位", 24), ("年度", 7), ("文件", 40), ("结果", 10), ("错误", 7), ("提示", 7), ("尾差", 7), ("待填原因", 10), ("缺数", 7),
    ("报告", 9), ("审核结果", 10), ("审校发现", 10), ("检查表", 10), ("模板包", 16), ("说明", 44),
)
_FINDINGS = (("序号", 8), ("单位", 22), ("编号", 10), ("类别", 7), ("级别", 7), ("问题", 70), ("工作表!单元格", 28), ("文件", 28))
_CHECKS = (("序号", 8), ("单位", 24), ("检查项目", 40), ("符合要求", 10), ("存在的问题", 90), ("文件", 40))
_SKIPPED = (("序号", 6), ("文件", 70), ("原因", 60))
_MOST_WAITING = 200
"""Results kept back so that findings are listed in the order of the units."""


class Summary:
    """Takes in the results of a batch over *root* as they come; what is listed of each unit is small, the rest is on disk.

    Raises :class:`InputError` when there is no room for it.
    """

    def __init__(self, root: Path, folder: Path, max_rows: int = MAX_ROWS) -> None:
        self.root = root
        self._rows: list[UnitRow] = []
        self._waiting: dict[int, UnitResult] = {}
        self._next = 0
        try:
            self._temporary = TemporaryDirectory(prefix="juesuan-", ignore_cleanup_errors=True)
        except OSError as error:
            raise not_written(folder / "summary.xlsx", error) from error
        self._path = Path(self._temporary.name) / "summary.xlsx"
        self._book = new_book(self._path, _TITLE, self._temporary.name)
        self._units, self._findings, self._checks, self._skipped = (
            ListSheet(self._book, name, columns, folder, max_rows)
            for name, columns in (
                ("汇总", _UNITS), ("问题清单", _FINDINGS), ("检查表", _CHECKS), ("跳过的文件", _SKIPPED)))
        self._checks.begin("检查表", "各单位报告的检查表；旁边有报告的单位才有，每个单位另有自己的一份。")
        self._findings.begin("问题清单", "各单位的错误和提示。尾差不用处理，没有列出；单位的全部问题见它的审核结果。")

    def put(self, number: int, result: UnitResult) -> None:
        """Take in the result of unit *number*."""
        self._rows.append(result.row)
        self._waiting[number] = result
        while self._next in self._waiting or len(self._waiting) > _MOST_WAITING:
            self._list(min(self._waiting))

    def _list(self, number: int) -> None:
        result, self._next = self._waiting.pop(number), number + 1
        unit, file = result.row.unit, result.row.file
        for finding in result.findings:
            self._findings.add((unit, *finding, file), finding.severity)
        for check in result.checks:
            self._checks.add((unit, *check, file))
        if result.omitted:
            self._findings.add((unit, *Finding("……", "", "", f"另有 {result.omitted} 条没有列出，见该单位的审核结果", ""), file))

    def note_gone(self) -> list[tuple[UnitRow, UnitRow]]:
        """Rows whose files are no longer where they were put, as they were and as they are told now."""
        changed = []
        for number, row in enumerate(self._rows):
            files = tuple(name if name and Path(name).exists() else "" for name in (row.report, row.issue_list, row.checklist))
            if files != (row.report, row.issue_list, row.checklist):
                note = f"{row.note}；" if row.note else ""
                self._rows[number] = row._replace(
                    verdict=Verdict.UNFINISHED, report=files[0], issue_list=files[1], checklist=files[2], note=f"{note}写好的文件后来被删除或移走，请重新处理")
                changed.append((row, self._rows[number]))
        return changed

    def write(self, name: Callable[[], Path], outcome: Callable[[Path], BatchResult], skipped: Iterable[Skipped]) -> BatchResult:
        """Put it at the path that *name* gives; at the next when somebody has that open.  Raises :class:`InputError`."""
        for number in sorted(self._waiting):
            self._list(number)
        result = outcome(name())
        self._fill(result, skipped)
        try:
            self._book.close()
        except Exception as error:  # the library's own and the system's
            raise not_written(result.summary, error if isinstance(error, OSError) else OSError(str(error))) from error
        try:
            self._put(result.summary)
        except InputError as error:
            if not isinstance(error.__cause__, PermissionError):
                raise
            result = outcome(name())
            self._put(result.summary)
        return result

    def _put(self, target: Path) -> None:
        with self._path.open("rb") as made:
            write_atomically(target, made)

    def _fill(self, result: BatchResult, skipped: Iterable[Skipped]) -> None:
        self._units.begin(_TITLE, self._overview(result))
        for row in sorted(self._rows, key=lambda row: Path(row.path).parts):
            if row.verdict is not Verdict.NO_UNIT:
                self._units.add((
                    row.name, row.year, Link(row.file, row.path), row.verdict, row.errors, row.notices, row.tails, row.reasons,
                    row.missing, Link("打开报告", row.report) if row.report else "",
                    Link("打开清单", row.issue_list) if row.issue_list else "", row.reviewed,
                    Link("打开检查表", row.checklist) if row.checklist else "", row.pack, row.note), row.verdict)
        self._skipped.begin("跳过的文件", "下列表格文件没有单独作为一个单位处理。")
        for item in sorted(skipped, key=lambda item: Path(item.path).parts):
            self._skipped.add((relative(item.path, self.root), item.reason))
        for sheet in (self._units, self._findings, self._checks, self._skipped):
            sheet.end()

    def _overview(self, result: BatchResult) -> str:
        """What the batch covered, in one line."""
        return f"{result.words()}　文件夹：{relative(str(self.root), self.root.parent)}"

    def close(self) -> None:
        """Leave nothing behind but the summary."""
        for sheet in self._book.worksheets():  # open still when something went wrong
            sheet.row_data_fh.close()
        self._temporary.cleanup()

