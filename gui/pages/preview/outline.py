"""The outline beside the pages: headings of the report, with the number of things still to be filled in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from gui.paper.builder import OWN_LEVEL, Heading
from gui.style.theme import colours, text_font
from gui.widgets.context_menu import ContextMenu, Entry

_COUNT_WIDTH = 34


class Outline(QTreeWidget):
    """Entries of the outline; a click goes there."""

    asked = Signal(int)
    """Number of the entry."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().resizeSection(1, _COUNT_WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("报告目录")
        self.headings: Sequence[Heading] = ()
        ContextMenu(self, self._entries)
        self.itemClicked.connect(lambda item: self.asked.emit(self.indexOfTopLevelItem(item)))
        self.itemActivated.connect(lambda item: self.asked.emit(self.indexOfTopLevelItem(item)))

    def show_headings(self, headings: Sequence[Heading]) -> None:
        """Show these entries."""
        current, c = self.current, colours()
        self.headings = headings
        self.clear()
        for heading in headings:
            is_part = heading.level == 0
            words = f"{heading.text}（待填 {heading.prompts} 处）" if heading.prompts else heading.text
            own, mark = ("（自己的文字中的小标题）", "· ") if heading.level == OWN_LEVEL else ("", "")
            item = QTreeWidgetItem(self, [f"{'　' * heading.level}{mark}{heading.text}", str(heading.prompts or "")])
            item.setFirstColumnSpanned(not heading.prompts)
            item.setSizeHint(0, QSize(160, 32 if is_part else 26))
            item.setFont(0, text_font(9.5 if is_part else 9, bold=is_part))
            item.setForeground(0, QColor(c.text if heading.level <= 1 else c.muted))
            item.setForeground(1, QColor(c.amber))
            item.setFont(1, text_font(9, bold=True))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignCenter)
            for column in range(2):
                item.setToolTip(column, words + own)
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, words + own)
        self.mark(current)

    @property
    def current(self) -> int:
        """Number of the entry that is marked; -1: none."""
        return self.indexOfTopLevelItem(self.currentItem())

    def mark(self, number: int) -> None:
        """Show which part is being read."""
        if number != self.current and 0 <= number < self.topLevelItemCount():
            self.setCurrentItem(self.topLevelItem(number))

    def _entries(self, place: QPoint) -> list[Entry]:
        number = self.indexOfTopLevelItem(self.itemAt(place))
        if number < 0:
            return []
        text = self.headings[number].text
        return [("转到这里", lambda: self.asked.emit(number)), ("复制标题", lambda: QGuiApplication.clipboard().setText(text))]
