"""The outline beside the pages: headings of the report, with the number of things still to be filled in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.paper.builder import OWN_LEVEL, Heading
from gui.style.theme import colours, text_font
from gui.widgets.context_menu import ContextMenu, Entry
from gui.widgets.painting import paint_ground, write

_LEVEL, _PROMPTS = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class Outline(QListWidget):
    """Entries of the outline; a click goes there."""

    asked = Signal(int)
    """Number of the entry."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName("报告目录")
        ContextMenu(self, self._entries)
        self.itemClicked.connect(lambda item: self.asked.emit(self.row(item)))
        self.itemActivated.connect(lambda item: self.asked.emit(self.row(item)))

    def show_headings(self, headings: Sequence[Heading]) -> None:
        """Show these entries."""
        current = self.currentRow()
        self.clear()
        for heading in headings:
            item = QListWidgetItem(heading.text)
            item.setData(_LEVEL, heading.level)
            item.setData(_PROMPTS, heading.prompts)
            words = f"{heading.text}（待填 {heading.prompts} 处）" if heading.prompts else heading.text
            if heading.level == OWN_LEVEL:
                words = f"{words}（自己的文字中的小标题）"
            item.setToolTip(words)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            self.addItem(item)
        if 0 <= current < self.count():
            self.setCurrentRow(current)

    def _entries(self, place: QPoint) -> list[Entry]:
        row = self.row(self.itemAt(place))
        if row < 0:
            return []
        return [("转到这里", lambda: self.asked.emit(row)), ("复制标题", lambda: QGuiApplication.clipboard().setText(self.item(row).text()))]

    def mark(self, number: int) -> None:
        """Show which part is being read."""
        if number != self.currentRow() and 0 <= number < self.count():
            self.setCurrentRow(number)


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]  # noqa: N802  # the stubs are narrower than Qt
        return QSize(160, 32 if index.data(_LEVEL) == 0 else 26)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]  # the stubs are narrower than Qt
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, _ = paint_ground(painter, option)
        level, prompts = int(index.data(_LEVEL)), int(index.data(_PROMPTS))
        right = rect.right() - 8.0
        if prompts:
            right = self._count(painter, rect, prompts) - 6
        left = rect.left() + 10 + 12 * level
        words = f"· {index.data()}" if level == OWN_LEVEL else str(index.data())
        write(painter, QRectF(left, rect.top(), right - left, rect.height()), words,
              colours().text if level <= 1 else colours().muted, text_font(9.5 if level == 0 else 9, bold=level == 0))
        painter.restore()

    @staticmethod
    def _count(painter: QPainter, rect: QRectF, prompts: int) -> float:
        """The number of prompts in an amber field; returns its left edge."""
        palette = colours()
        painter.setFont(text_font(8))
        text = str(prompts)
        width = max(QFontMetricsF(painter.font()).horizontalAdvance(text) + 10, 18)
        field = QRectF(rect.right() - width - 8, rect.center().y() - 8, width, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.amber_soft))
        painter.drawRoundedRect(field, 8, 8)
        painter.setPen(QColor(palette.amber))
        painter.drawText(field, Qt.AlignmentFlag.AlignCenter, text)
        return field.left()
