"""The sheets of a workbook.

Their tabs with what was found in each, which cells the findings mark, and finding a cell by what the user types.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QTabBar, QWidget

from gui.session.session import Session
from gui.style import theme
from workbook.amounts import text_of
from workbook.formats.source import RawSheet
from workbook.issues import CellRef, Issue, Severity
from workbook.numerals import column_index
from workbook.pack.layout import SheetCodes, SheetLayout
from workbook.reading.accounts import Accounts

_DOT = 3.0
_REFERENCE = re.compile(r"(?:(\w+?)表?\s*[!！ ])?\s*([A-Za-z]{1,2})(\d{1,5})")
_FORMULA = re.compile(r"\d{2}-\d{2}")
_MANY_CELLS = 14
"""A finding over more cells marks only its first: one fault must not drown the reader."""


@dataclass(slots=True)
class CellMark:
    """The findings at one cell."""

    severity: Severity | None = None
    """The worst finding that starts at this cell; ``None``: they start elsewhere."""
    issues: list[Issue] = field(default_factory=list)


SheetMarks = dict[tuple[int, int], CellMark]


@dataclass(slots=True)
class Marks:
    """All marks of a workbook."""

    sheets: dict[tuple[str, str], SheetMarks] = field(default_factory=lambda: defaultdict(lambda: defaultdict(CellMark)))
    """By names of file and sheet."""
    counts: Counter[tuple[str, str, Severity]] = field(default_factory=Counter)
    """How many findings of a severity start in a sheet."""


def marks_of(issues: Iterable[Issue], *, with_tails: bool) -> Marks:
    """The marks that *issues* leave."""
    marks = Marks()
    for issue in issues:
        if not issue.cells or (issue.severity is Severity.TAIL and not with_tails):
            continue
        first, *others = (cell.ref for cell in issue.cells)
        marks.counts[first.file, first.sheet, issue.severity] += 1
        mark = marks.sheets[first.file, first.sheet][first.row, first.column]
        if mark.severity is None or issue.severity.rank < mark.severity.rank:
            mark.severity = issue.severity
        mark.issues.append(issue)
        for ref in others if len(issue.cells) <= _MANY_CELLS and issue.severity is not Severity.TAIL else ():
            mark = marks.sheets[ref.file, ref.sheet][ref.row, ref.column]
            if issue not in mark.issues:
                mark.issues.append(issue)
    return marks


def tip(issues: Sequence[Issue], most: int = 4) -> str:
    """The findings of a cell as a tooltip."""
    lines = [f"{i.severity.sign} {i.severity}：{i.message}" for i in issues[:most]]
    if len(issues) > most:
        lines.append(f"另有 {len(issues) - most} 条")
    return "\n".join(lines)


class SheetTab(NamedTuple):
    """A sheet with a tab."""

    sheet: RawSheet
    code: str
    """Of the table; empty for a sheet that is none."""
    label: str
    """What stands on the tab."""
    number: str
    """The shortest that tells it from others."""
    title: str

    @classmethod
    def of(cls, sheet: RawSheet, layout: SheetLayout | None) -> SheetTab:
        """The tab of a table of the form, or (``None``) of another sheet."""
        if layout is None:
            return cls(sheet, "", sheet.name[:10], sheet.name[:2], "未识别的工作表")
        label = f"{layout.number} {layout.tab or layout.title[:4]}".strip()
        return cls(sheet, layout.code, label, layout.number or label[:2], f"{layout.mark} {layout.title}")

    @property
    def place(self) -> tuple[str, str]:
        """Names of file and sheet."""
        return self.sheet.file.name, self.sheet.name


def tabs_of(accounts: Accounts) -> list[SheetTab]:
    """The tables of the form, then the other sheets that are not empty."""
    tabs = [SheetTab.of(t.sheet, t.layout) for t in accounts.tables.values()]
    known = {id(tab.sheet) for tab in tabs}
    return tabs + [SheetTab.of(s, None) for s in accounts.source.sheets if id(s) not in known and s.rows]


class SheetTabs(QTabBar):
    """One tab for each sheet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, drawBase=False, expanding=False, usesScrollButtons=True, elideMode=Qt.TextElideMode.ElideNone)
        self.setAccessibleName("工作表")
        self.setStyleSheet("QTabBar::tab { padding: 6px 8px; margin: 0; }")
        self.tabs: tuple[SheetTab, ...] = ()
        self._counts: dict[int, tuple[int, int]] = {}
        """How many 错误 and 提示 start in each sheet."""
        self.currentChanged.connect(self.fit)

    def show_tabs(self, tabs: Sequence[SheetTab]) -> None:
        """Other sheets."""
        self.blockSignals(True)
        while self.count():
            self.removeTab(self.count() - 1)
        self.tabs = tuple(tabs)
        self._counts.clear()
        for number, tab in enumerate(self.tabs):
            self.addTab(tab.label)
            self.setTabToolTip(number, f"{tab.title}\n{tab.sheet.name}")
        self.blockSignals(False)
        self.fit()

    def index_of(self, file: str, sheet: str) -> int:
        """Index of the tab of a sheet, or -1."""
        return next((i for i, t in enumerate(self.tabs) if t.place == (file, sheet)), -1)

    def show_counts(self, marks: Marks) -> None:
        """Where there are 错误, else 提示: a dot, with the numbers in words beside the mouse and for screen readers."""
        for index, tab in enumerate(self.tabs):
            errors, notices = (marks.counts[*tab.place, severity] for severity in (Severity.ERROR, Severity.NOTICE))
            if self._counts.get(index) == (errors, notices):
                continue  # most edits change the counts of few sheets
            self._counts[index] = errors, notices
            words = "，".join(f"{n} 个{s}" for s, n in (("错误", errors), ("提示", notices)) if n)
            self.setTabData(index, words)
            self.setTabToolTip(index, "\n".join(filter(None, (tab.title, tab.sheet.name, words))))
            self.setAccessibleTabName(index, f"{tab.label} {words}".strip())
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """All tabs are in sight: where there is little room, those not in front have their number only."""
        current = self.currentIndex()
        for is_short in (False, True):
            for number, tab in enumerate(self.tabs):
                words = tab.number if is_short and number != current else tab.label
                if words != self.tabText(number):
                    self.setTabText(number, words)
            if sum(self.tabSizeHint(number).width() for number in range(self.count())) <= self.width():
                break

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        super().paintEvent(event)
        painter, c = QPainter(self), theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, (errors, notices) in self._counts.items():
            if errors or notices:
                painter.setPen(QPen(QColor(c.red if errors else c.amber), 1.5))
                painter.setBrush(QColor(c.red) if errors else Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(self.tabRect(index).topRight()) + QPointF(-6, 8), _DOT, _DOT)
        painter.end()


def find_cell(
    session: Session, tabs: Sequence[SheetTab], words: str, start: int, after: tuple[int, int]
) -> CellRef | None:
    """The next cell that fits *words*, from the cell *after* of the sheet number *start* on, round the end."""
    match, codes = _REFERENCE.fullmatch(words), session.accounts.pack.codes
    if match and (not match[1] or match[1].isdecimal() or codes.is_mark(match[1])):
        return _by_reference(codes, tabs, match, start)
    if _FORMULA.fullmatch(words):
        return _by_formula(session, words)
    return _by_content(session, tabs, words, start, after)


def _by_reference(codes: SheetCodes, tabs: Sequence[SheetTab], match: re.Match[str], start: int) -> CellRef | None:
    if named := match[1]:
        code = codes.by_number.get(int(named)) if named.isdecimal() else codes.named(named)
        tab = next((t for t in tabs if t.code == code), None)
    else:
        tab = tabs[start] if tabs else None
    if tab is None:
        return None
    return CellRef(tab.sheet.file.name, tab.sheet.name, int(match[3]) - 1, column_index(match[2]))


def _by_formula(session: Session, code: str) -> CellRef | None:
    """The first cell of a formula: of its first finding when it is broken."""
    for issue in session.findings.issues:
        if issue.code == code and issue.cells:
            return issue.cells[0].ref
    from workbook.formulas.bindings import instance_cells, instances

    editor = session.editor
    formula = next((f for f in session.accounts.pack.formulas if f.code == code), None)
    if editor is None or formula is None:
        return None
    for _, row, column in instances(formula, editor.view):
        for cell in instance_cells(formula.comparison, editor.view, row, column):
            return cell.table.ref(cell.row, cell.column)
    return None


def _by_content(
    session: Session, tabs: Sequence[SheetTab], words: str, start: int, after: tuple[int, int]
) -> CellRef | None:
    wanted = words.replace(",", "").replace("，", "").lower()
    order = [*range(start, len(tabs)), *range(start + 1)]
    for turn, number in enumerate(order):
        sheet = session.editor.current(tabs[number].sheet) if session.editor else tabs[number].sheet
        found = next(((r, c) for r, row in enumerate(sheet.rows) for c, content in enumerate(row)
                      if (turn or (r, c) > after) and content != ""
                      and wanted in text_of(content).replace(",", "").lower()), None)
        if found is not None:
            return CellRef(sheet.file.name, sheet.name, *found)
    return None
