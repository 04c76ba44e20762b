"""The list of reasons at the left: grouped by section of the report, each with its state as dot and word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from docgen.model import Direction
from docgen.reasons.model import Slot, SlotState
from gui.style.theme import Colours, colours, text_font

Index = QModelIndex | QPersistentModelIndex
SLOT = Qt.ItemDataRole.UserRole
"""Role of the :class:`Slot`; ``None`` for a heading."""
_HEADING_HEIGHT, _ROW_HEIGHT = 30, 46


def state_colour(state: SlotState, palette: Colours) -> str:
    """The colour that goes with a state's word."""
    return {
        SlotState.OPEN: palette.amber, SlotState.GIVEN: palette.green, SlotState.DOUBTFUL: palette.red,
        SlotState.NOT_NEEDED: palette.muted,
    }[state]


def change_words(slot: Slot) -> str:
    """``比上年决算减少 243.46 万元，下降 30.68%``."""
    if slot.change is None or slot.direction is Direction.UNKNOWN:
        return f"缺少{slot.missing}" if slot.missing else ""
    return f"{'与' if slot.direction is Direction.LEVEL else '比'}{slot.against}{slot.movement}"


class SlotListModel(QAbstractListModel):
    """Headings and slots."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Slot | str] = []

    def set_slots(self, slots: Sequence[Slot]) -> None:
        """Show these slots; when they are the same places as before, only their data change."""
        rows: list[Slot | str] = []
        title = ""
        for slot in slots:
            if slot.section_title != title:
                title = slot.section_title
                rows.append(title)
            rows.append(slot)
        if [_key(r) for r in rows] == [_key(r) for r in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_of(self, slot_id: str) -> int:
        """The row of a slot; -1 when it is not shown."""
        return next((i for i, r in enumerate(self._rows) if isinstance(r, Slot) and r.id == slot_id), -1)

    def slots(self) -> list[Slot]:
        """The slots shown."""
        return [r for r in self._rows if isinstance(r, Slot)]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if isinstance(self._rows[index.row()], str):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: PLR0911  # one answer for each role
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if isinstance(row, str):
            return row if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) else None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.label
        if role == SLOT:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.title}\n{change_words(row)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.state}：{row.title}，{change_words(row)}"
        return None


def _key(row: Slot | str) -> str:
    return row if isinstance(row, str) else row.id


class SlotDelegate(QStyledItemDelegate):
    """Paints a heading, or a slot in two lines: label and state, and below it the change."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  # Qt's name
        return QSize(200, _ROW_HEIGHT if index.data(SLOT) is not None else _HEADING_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)  # type: ignore[attr-defined]  # the stubs leave out the public fields
        slot = index.data(SLOT)
        palette = colours()
        if slot is None:
            painter.setFont(text_font(8.5, bold=True))
            painter.setPen(QColor(palette.muted))
            _line(painter, rect.adjusted(12, 6, -8, 0), str(index.data()))
        else:
            state = option.state  # type: ignore[attr-defined]  # the stubs leave out the public fields
            self._slot(painter, rect, slot, chosen=bool(state & QStyle.StateFlag.State_Selected),
                       hovered=bool(state & QStyle.StateFlag.State_MouseOver))
        painter.restore()

    @staticmethod
    def _slot(painter: QPainter, rect: QRectF, slot: Slot, *, chosen: bool, hovered: bool) -> None:
        palette = colours()
        if chosen or hovered:
            painter.fillRect(rect, QColor(palette.accent_soft if chosen else palette.raised))
        if chosen:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), QColor(palette.accent))
        colour = QColor(state_colour(slot.state, palette))
        centre = QPointF(rect.left() + 18, rect.top() + 15)
        painter.setPen(QPen(colour, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush if slot.state in (SlotState.OPEN, SlotState.NOT_NEEDED) else colour)
        painter.drawEllipse(centre, 4, 4)
        small = text_font(8.5)
        word = str(slot.state)
        width = QFontMetricsF(small).horizontalAdvance(word) + 4
        painter.setFont(small)
        painter.setPen(colour)
        painter.drawText(QRectF(rect.right() - width - 10, rect.top() + 5, width, 20), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, word)
        painter.setFont(text_font())
        painter.setPen(QColor(palette.muted if slot.state is SlotState.NOT_NEEDED else palette.text))
        _line(painter, QRectF(rect.left() + 32, rect.top() + 4, rect.width() - 32 - width - 18, 21), slot.label)
        painter.setFont(small)
        painter.setPen(QColor(palette.muted))
        _line(painter, QRectF(rect.left() + 32, rect.top() + 24, rect.width() - 40, 18), change_words(slot))


def _line(painter: QPainter, rect: QRectF, text: str) -> None:
    shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class SlotList(QListView):
    """The list; tells which slot is chosen."""

    chosen = Signal(str)
    """Id of the slot chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slots_model = SlotListModel()
        self.slots_model.setParent(self)
        self.setModel(self.slots_model)
        self.setItemDelegate(SlotDelegate(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName("变动原因列表")

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802  # Qt's name
        super().currentChanged(current, previous)
        slot = current.data(SLOT) if current.isValid() else None
        if slot is not None:
            self.chosen.emit(slot.id)

    def choose(self, slot_id: str) -> bool:
        """Choose a slot; false when it is not shown."""
        row = self.slots_model.row_of(slot_id)
        if row >= 0:
            self.setCurrentIndex(self.slots_model.index(row))
            self.scrollTo(self.slots_model.index(row))
        return row >= 0
