"""A list as the pages 校验 and 审校 and the batch have it: a button for each severity (or outcome), search, and the way to a finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from gui.widgets.fit import FoldingRow
from gui.widgets.parts import button, label
from gui.widgets.rows import RowFilter, RowModel, RowTable
from gui.widgets.search import SearchBox
from workbook.issues import Issue, Severity, count_by_severity

NONE_FIT = "没有符合筛选条件的问题。"


class FindingsList(QWidget):
    """Findings with filters; a subclass lays it out and says which fit."""

    def __init__(
        self, model: RowModel[Any], stretch: int | tuple[int, ...], name: str, parent: QWidget | None = None, *, look_for: str = "查找问题",
        choices: Sequence[str | None] = (None, *Severity),
    ) -> None:
        super().__init__(parent)
        model.setParent(self)
        self.model, self.filter = model, RowFilter(model, self.fits, self)
        self.table = RowTable(self.filter, model.columns, stretch if isinstance(stretch, tuple) else (stretch,), self)
        self.table.setAccessibleName(name)
        self.search = SearchBox(look_for, self)
        self.search.textChanged.connect(self.filter_changed)
        self.search.left.connect(self.table.setFocus)
        self.empty = label(self, role="muted", wraps=True, centred=True)
        self.filters = FoldingRow(self, spacing=4)
        self.buttons: dict[str | None, QPushButton] = {}
        group = QButtonGroup(self)
        for choice in choices:
            made = self.buttons[choice] = button(self.filters, "", self.filter_changed, kind="filter")
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            group.addButton(made)
            self.filters.add(made)
        self.buttons[None].setChecked(True)

    def fits(self, finding: Any) -> bool:
        """Whether a finding is one that the user wants to see."""
        raise NotImplementedError

    def show_state(self) -> None:
        """Show the list, or why it is empty."""
        raise NotImplementedError

    def show_records(self, records: Sequence[Any], issues: Sequence[Issue]) -> None:
        """Show new findings, whose *issues* are counted on the buttons."""
        self.model.set_records(records)
        counts = count_by_severity(issues)
        for severity, made in self.buttons.items():
            made.setText(f"{severity or '全部'} {len(issues) if severity is None else counts[Severity(severity)]}")

    @property
    def severity(self) -> Severity | None:
        """The one whose findings are shown; ``None``: all."""
        return next((Severity(s) for s, made in self.buttons.items() if s is not None and made.isChecked()), None)

    def choose_severity(self, severity: Severity | None) -> None:
        """Show the findings of one severity."""
        self.buttons[severity].setChecked(True)
        self.filter_changed()

    def filter_changed(self) -> None:
        """The user wants to see others."""
        self.filter.invalidate()
        self.show_state()

    @property
    def current(self) -> Any:
        """The finding that is chosen; ``None``: none."""
        row = self.table.currentIndex().row()
        return self.filter.record(row) if 0 <= row < self.filter.rowCount() else None

    def step(self, by: int) -> None:
        """The next (1) or previous (-1) finding, round the end."""
        if count := self.filter.rowCount():
            row = self.table.currentIndex().row()
            self.table.selectRow((row + by) % count if row >= 0 else (0 if by > 0 else count - 1))
