"""``summary.xlsx``: one row for each unit, all their findings, and the files that were passed over.

It is written row by row: every text stays text, and memory does not grow with the rows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from docgen.batch.model import BatchResult, Skipped, UnitResult, Verdict
from docgen.batch.naming import relative, shown
from docgen.report.assembly import declared_time
from workbook.safe_save import not_written, write_atomically

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

MAX_ROWS = 1_048_576
"""Rows of a sheet in Excel."""
_TITLE = "决算公开批量审核汇总"
_UNITS = (
    ("序号", 6), ("单位", 24), ("年度", 7), ("文件", 40), ("结果", 10), ("错误", 7), ("提示", 7), ("尾差", 7), ("待填原因", 10), ("缺数", 7),
    ("报告", 9), ("审核结果", 10), ("审校发现", 10), ("检查表", 10), ("模板包", 16), ("说明", 44),
)
_FINDINGS = (("序号", 8), ("单位", 22), ("编号", 10), ("类别", 7), ("级别", 7), ("问题", 70), ("工作表!单元格", 28), ("文件", 28))
_CHECKS = (("序号", 8), ("单位", 24), ("检查项目", 40), ("符合要求", 10), ("存在的问题", 90), ("文件", 40))
_SKIPPED = (("序号", 6), ("文件", 70), ("原因", 60))
_COLOURS = {
    "#C0392B": (Verdict.ERROR, Verdict.UNREADABLE, Verdict.UNFINISHED, "错误"), "#B7791F": (Verdict.NOTICE, "提示"), "#2E7D32": (Verdict.CLEAN,)}
_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
_GRID = {**_FONT, "border": 1, "border_color": "#C8D0D8"}
_HEADINGS, _FIRST = 2, 3
"""Rows of the headings and of the first data, below title and overview."""
_MAX_LINKS = 60_000
"""Excel allows 65,530 in a sheet."""
_MAX_LINK = 2000
_MAX_TEXT = 4000
"""Characters of a cell; Excel's own limit is 32,767."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPED = {ord(c): f"%{ord(c):02x}" for c in '%#" <>[]^`{}'}
_CENTRED = 12
"""Columns up to this width hold short words: centred."""


class _Link(NamedTuple):
    """A cell that leads to a file."""

    text: str
    path: str


def write_summary(
    root: Path, result: BatchResult, units: Iterable[UnitResult], skipped: Iterable[Skipped], max_rows: int = MAX_ROWS
) -> None:
    """Write the summary of a batch over *root* to where *result* says: *units* in the order of their paths.

    Raises :class:`~workbook.errors.InputError`.
    """
    import xlsxwriter

    try:
        with TemporaryDirectory(prefix="juesuan-", ignore_cleanup_errors=True) as temporary:
            made = Path(temporary) / result.summary.name
            with xlsxwriter.Workbook(made, {
                "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
                "default_format_properties": _FONT, "tmpdir": temporary}) as book:
                book.set_properties({"title": _TITLE, "created": declared_time().replace(tzinfo=None)})
                _fill(book, root, result, units, skipped, max_rows)
            with made.open("rb") as stream:
                write_atomically(result.summary, stream)
    except OSError as error:
        raise not_written(result.summary, error) from error


def _fill(book: Workbook, root: Path, result: BatchResult, units: Iterable[UnitResult], skipped: Iterable[Skipped], max_rows: int) -> None:
    overview, findings, checks, others = (
        _Sheet(book, name, columns, result.summary.parent, max_rows, title, about) for name, columns, title, about in (
            ("汇总", _UNITS, _TITLE, f"{result.words()}　文件夹：{relative(str(root), root.parent)}"),
            ("问题清单", _FINDINGS, "问题清单", "各单位的错误和提示。尾差不用处理，没有列出；单位的全部问题见它的审核结果。"),
            ("检查表", _CHECKS, "检查表", "各单位报告的检查表；旁边有报告的单位才有，每个单位另有自己的一份。"),
            ("跳过的文件", _SKIPPED, "跳过的文件", "下列表格文件没有单独作为一个单位处理。")))
    for unit in units:
        row = unit.row
        links = [_Link(text, path) if path else "" for text, path in (
            ("打开报告", row.report), ("打开清单", row.issue_list), ("打开检查表", row.checklist))]
        overview.add((
            row.name, row.year, _Link(row.file, row.path), row.verdict, row.errors, row.notices, row.tails, row.reasons, row.missing,
            *links[:2], row.reviewed, links[2], row.pack, row.note), row.verdict)
        for finding in unit.findings:
            findings.add((row.unit, *finding, row.file), finding.severity)
        for check in unit.checks:
            checks.add((row.unit, *check, row.file))
    for item in sorted(skipped, key=lambda item: Path(item.path).parts):
        others.add((relative(item.path, root), item.reason))
    for sheet in (overview, findings, checks, others):
        sheet.end()


class _Sheet:
    """A sheet with a title, a line on what it covers, headings, and numbered rows.

    Links are relative to *folder*.  Of more rows than *max_rows* the number of those left out is said.
    """

    def __init__(  # what a sheet is made of
        self, book: Workbook, name: str, columns: Sequence[tuple[str, int]], folder: Path, max_rows: int, title: str, about: str
    ) -> None:
        self._sheet, self._columns, self._folder, self._max_rows = book.add_worksheet(name), columns, folder, max_rows
        self._next, self._left_out, self._links = _FIRST, 0, 0
        self._text, self._centre, self._link, head = (book.add_format({**_GRID, **look}) for look in (
            {"text_wrap": True}, {"align": "center"}, {"text_wrap": True, "font_color": "#1F6FB2", "underline": 1},
            {"bold": True, "bg_color": "#E8EEF4", "align": "center", "text_wrap": True}))
        self._states = {
            state: book.add_format({**_GRID, "align": "center", "bold": True, "font_color": colour})
            for colour, named in _COLOURS.items() for state in named}
        sheet = self._sheet
        for row, height, text, look in (
            (0, 26, title, {"bold": True, "font_size": 15}), (1, 20, about, {"font_color": "#5A6672"}), (_HEADINGS, 22, "", {})):
            sheet.set_row(row, height)
            sheet.write_string(row, 0, _clean(text), book.add_format({**_FONT, **look}))
        for column, (heading, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(_HEADINGS, column, heading, head)
        sheet.freeze_panes(_FIRST, 2)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADINGS)
        sheet.set_footer("&L&9&A&R&9第 &P 页，共 &N 页")

    def add(self, values: Sequence[object], state: str = "") -> None:
        """Add a row; its number comes by itself.  *state* is the value that is coloured."""
        if self._next >= self._max_rows - 1:  # the last one is for saying so
            self._left_out += 1
            return
        row, self._next = self._next, self._next + 1
        for column, value in enumerate((row - _FIRST + 1, *values)):
            look = self._centre if self._columns[column][1] <= _CENTRED or isinstance(value, int) else self._text
            self._cell(row, column, value, self._states[state] if state and value == state else look)

    def _cell(self, row: int, column: int, value: object, look: Format) -> None:
        if isinstance(value, _Link):
            if target := self._target(value):
                self._sheet.write_url(row, column, target, self._link, _clean(value.text))
                return
            value = value.text
        if isinstance(value, int):
            self._sheet.write_number(row, column, value, look)
        elif value is None or value == "":
            self._sheet.write_blank(row, column, None, look)
        else:
            self._sheet.write_string(row, column, _clean(str(value)), look)

    def _target(self, link: _Link) -> str:
        """The link as Excel stores it; empty when it cannot be one."""
        try:
            path = os.path.relpath(link.path, self._folder)
        except ValueError:  # another drive
            path = link.path
        target = f"external:{shown(path).translate(_ESCAPED)}"
        self._links += 1
        return target if self._links <= _MAX_LINKS and len(target) <= _MAX_LINK else ""

    def end(self) -> None:
        """Say what found no room; make the headings filter."""
        if self._left_out:
            self._sheet.write_string(self._next, 1, f"还有 {self._left_out:,} 行放不下（Excel 每张表最多 {self._max_rows:,} 行）", self._text)
        self._sheet.autofilter(_HEADINGS, 0, max(self._next - 1, _HEADINGS), len(self._columns) - 1)


def _clean(text: str) -> str:
    """*text* as a cell can hold it."""
    return _CONTROL.sub("", shown(text))[:_MAX_TEXT]
