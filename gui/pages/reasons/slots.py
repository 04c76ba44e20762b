"""How a slot is shown: its line in the list at the left, its amounts, and what explains their change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QPainter, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from docgen.model import Direction
from docgen.reasons.drivers import Breakdown, Driver, Drivers
from docgen.reasons.slot import Slot, SlotState
from gui.style.theme import GRID, colours, text_font
from gui.widgets.painting import RIGHT, Bar, Chart, paint_ground, write
from gui.widgets.parts import STRETCH, ContextMenu, Entry, column, label, row
from gui.widgets.rows import Index
from workbook.amounts import format_amount, round_half_up

_SLOT = Qt.ItemDataRole.UserRole
"""Role of the :class:`Slot`; ``None`` for a heading."""
_HEADING_HEIGHT, _ROW_HEIGHT = 30, 46
_SHOWN = 8
_JOIN = "\u2060"
"""Between two characters where a line must not be broken."""
_CHOICE_LETTERS, _WIDEST_CHOICE = 8, 420


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
        return [
            ("填写原因", lambda: self.itemActivated.emit(item)), ("复制这句话", lambda: QGuiApplication.clipboard().setText(sentence))]

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


def signed(value: Decimal) -> str:
    """``+98.57`` or ``-243.46``."""
    text = format_amount(value, grouping=True)
    return f"+{text}" if value > 0 else text


def figure_words(slot: Slot) -> str:
    """本年, 对比, 增减, 增减率 in a line, as rich text: it is broken only between them."""
    movement = slot.direction if slot.direction in (Direction.UP, Direction.DOWN) else "增减"
    heads = ("本年（万元）", f"{slot.against}（万元）", f"{movement}（万元）", "增减率")
    values = ["—"] * 4
    if slot.change is not None:
        none = "上年无此项" if slot.against.startswith("上年") else "预算无此项"
        values = [_amount(slot.current) or "—", _amount(slot.base) or "缺"] + (["—"] * 2 if slot.difference is None else [
            signed(slot.difference), f"{signed(slot.rate)}%" if slot.rate is not None else none])
    muted = colours().muted
    return " ".join(
        f"<span style='color:{muted}'>{_unbroken(head)}</span>{_JOIN}&nbsp;"
        f"<span style='font-size:12.5pt'>{_unbroken(value)}</span>{'&nbsp;' * 6}"
        for head, value in zip(heads, values, strict=True))


def _unbroken(words: str) -> str:
    return _JOIN.join(words)


def _amount(value: Decimal | None) -> str:
    return "" if value is None else format_amount(value, grouping=True)


class DriverPanel(QFrame):
    """What explains the change: bars, one way of splitting it at a time, and facts beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.chart = Chart(empty="没有可列示的构成", parent=self)
        self.chart.unit = "万元"
        self._title = label(self, "主要构成", "heading")
        least = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self._choice = QComboBox(self, sizeAdjustPolicy=least, minimumContentsLength=_CHOICE_LETTERS)
        self._choice.setAccessibleName("构成的口径")
        self._choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._choice.setMaximumWidth(_WIDEST_CHOICE)
        self._choice.activated.connect(self._chosen)
        self._note = label(self, role="muted", wraps=True)
        head = row(None, self._title, STRETCH, (self._choice, 4))
        column(self, head, self.chart, self._note, margins=(GRID * 2, GRID, GRID * 2, GRID), spacing=GRID // 2)
        self._drivers: Drivers | None = None
        self.has_any = False
        """Whether there is anything to show."""

    def show_drivers(self, drivers: Drivers | None) -> None:
        """Show what explains a change (``None``: nothing to explain)."""
        self._drivers = drivers
        breakdowns = drivers.breakdowns if drivers is not None else ()
        self._choice.clear()
        self._choice.addItems([b.title for b in breakdowns])
        self._choice.setVisible(len(breakdowns) > 1)
        main = drivers.main if drivers is not None else None
        self._title.setText(f"主要构成　{main.title}" if main is not None and len(breakdowns) == 1 else "主要构成")
        if main is not None:
            self._choice.setCurrentIndex(breakdowns.index(main))
        self._show(main)

    def _chosen(self, index: int) -> None:
        if self._drivers is not None:
            self._show(self._drivers.breakdowns[index])

    def _show(self, breakdown: Breakdown | None) -> None:
        self.chart.show_bars(list(_bars(breakdown)) if breakdown is not None else [])
        self.chart.setVisible(breakdown is not None)
        lines = []
        if breakdown is not None and breakdown.remainder is not None:
            lines.append(f"已解释 {format_amount(breakdown.coverage)}%，其余在表中看不出来。")
        if self._drivers is not None:
            lines += self._drivers.notes
            if breakdown is None and self._drivers.missing:
                lines.append(f"{self._drivers.missing}，看不出构成。")
        self._note.setText("\n".join(lines))
        self._note.setVisible(bool(lines))
        self.has_any = breakdown is not None or bool(lines)


def _bars(breakdown: Breakdown) -> Iterator[Bar]:
    yield from map(_bar, breakdown.moves[:_SHOWN])
    if breakdown.remainder is not None:
        yield _bar(breakdown.remainder, is_rest=True)


def _bar(driver: Driver, *, is_rest: bool = False) -> Bar:
    share = f"{round_half_up(driver.share)}%" if driver.share is not None else ""
    tip = driver.name
    if driver.current is not None and driver.base is not None:
        tip = (
            f"{driver.name}\n"
            f"本年 {format_amount(driver.current, grouping=True)} 万元，对比 {format_amount(driver.base, grouping=True)} 万元")
    return Bar(driver.name, driver.amount, signed(driver.amount), share, tip, is_rest=is_rest)
