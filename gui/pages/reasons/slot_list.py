"""The list of reasons at the left: grouped by section of the report, each with its state as dot and word."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QPainter, QPen
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from docgen.model import Direction
from docgen.reasons.slot import Slot, SlotState
from gui.style.theme import colours, text_font
from gui.widgets.painting import RIGHT, paint_ground, write
from gui.widgets.parts import ContextMenu, Entry

Index = QModelIndex | QPersistentModelIndex
_SLOT = Qt.ItemDataRole.UserRole
"""Role of the :class:`Slot`; ``None`` for a heading."""
_HEADING_HEIGHT, _ROW_HEIGHT = 30, 46


def change_words(slot: Slot) -> str:
    """``比上年决算减少 243.46 万元，下降 30.68%``."""
    if slot.change is None or slot.direction is Direction.UNKNOWN:
        return f"缺少{slot.missing}" if slot.missing else ""
    return f"{'与' if slot.direction is Direction.LEVEL else '比'}{slot.against}{slot.movement}"


class _Delegate(QStyledItemDelegate):
    """Paints a heading, or a slot in two lines: label and state, and below it the change."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  # Qt's name
        return QSize(200, _ROW_HEIGHT if index.data(_SLOT) is not None else _HEADING_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        slot = index.data(_SLOT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if slot is None:
            rect = QRectF(option.rect)  # type: ignore[attr-defined]  # the stubs leave out the public fields
            write(painter, rect.adjusted(12, 6, -8, 0), str(index.data()), colours().muted, text_font(8.5, bold=True))
        else:
            _paint_slot(painter, *paint_ground(painter, option), slot)
        painter.restore()


def _paint_slot(painter: QPainter, rect: QRectF, is_chosen: bool, slot: Slot) -> None:  # as paint_ground has it
    c, small = colours(), text_font(8.5)
    colour = {SlotState.OPEN: c.amber, SlotState.GIVEN: c.green, SlotState.DOUBTFUL: c.red, SlotState.RECHECK: c.red,
              SlotState.VERIFIED: c.green, SlotState.NOT_NEEDED: c.muted}[slot.state]
    if is_chosen:
        painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), QColor(c.accent))
    painter.setPen(QPen(QColor(colour), 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush if slot.state in (SlotState.OPEN, SlotState.NOT_NEEDED) else QColor(colour))
    painter.drawEllipse(QPointF(rect.left() + 18, rect.top() + 15), 4, 4)
    width = QFontMetricsF(small).horizontalAdvance(slot.state) + 4
    write(painter, QRectF(rect.right() - width - 10, rect.top() + 5, width, 20), slot.state, colour, small, RIGHT)
    ink = c.muted if slot.state is SlotState.NOT_NEEDED else c.text
    write(painter, QRectF(rect.left() + 32, rect.top() + 4, rect.width() - 32 - width - 18, 21), slot.label, ink)
    write(painter, QRectF(rect.left() + 32, rect.top() + 24, rect.width() - 40, 18), change_words(slot), c.muted, small)


class SlotList(QListWidget):
    """Headings and slots; tells which slot is chosen."""

    chosen = Signal(str)
    """Id of the slot chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slots: Sequence[Slot] = ()
        """The slots shown."""
        self._items: dict[str, QListWidgetItem] = {}
        self.setItemDelegate(_Delegate(self))
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName("变动原因列表")
        self.currentItemChanged.connect(self._tell)
        ContextMenu(self, self._entries)

    def show_slots(self, slots: Sequence[Slot]) -> None:
        """Show these slots; when they are the same places as before, only their data change."""
        if [s.id for s in slots] != [s.id for s in self.slots]:
            self.clear()
            self._items, title = {}, ""
            for slot in slots:
                if slot.section_title != title:
                    title = slot.section_title
                    heading = QListWidgetItem(title, self)
                    heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
                    heading.setToolTip(title)
                self._items[slot.id] = QListWidgetItem(self)
        self.slots = slots
        for slot in slots:
            item = self._items[slot.id]
            item.setText(slot.label)
            item.setData(_SLOT, slot)
            item.setToolTip(f"{slot.title}\n{change_words(slot)}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{slot.state}：{slot.title}，{change_words(slot)}")

    def _tell(self, item: QListWidgetItem | None) -> None:
        if item is not None and (slot := item.data(_SLOT)) is not None:
            self.chosen.emit(slot.id)

    def _entries(self, place: QPoint) -> list[Entry]:
        item: QListWidgetItem | None = self.itemAt(place)
        slot: Slot | None = item.data(_SLOT) if item is not None else None
        if item is None or slot is None:
            return []
        sentence = f"{slot.sentence}{slot.text}。"
        return [("填写原因", lambda: self.itemActivated.emit(item)), ("复制这句话", lambda: QGuiApplication.clipboard().setText(sentence))]

    def choose(self, slot_id: str) -> bool:
        """Choose a slot; false when it is not shown."""
        item = self.item_of(slot_id)
        if item is not None:
            self.setCurrentItem(item)
            self.scrollToItem(item)
        return item is not None

    def item_of(self, slot_id: str) -> QListWidgetItem | None:
        """The line of a slot, if it is shown."""
        return self._items.get(slot_id)
