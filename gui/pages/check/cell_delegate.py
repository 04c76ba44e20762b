"""One cell: painted as in Excel, findings as edge, fill and sign, edits as a green corner.

It is typed with the keys of Excel and WPS.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen, QPolygon
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.pages.check.sheet_model import CellView, SheetModel
from gui.pages.check.sheets import CellMark
from gui.style import theme
from gui.widgets.painting import write
from gui.widgets.rows import Index
from workbook.issues import Severity

_PADDING = 5
_CORNER, _LEAST_FOR_SIGN = 7, 60
_TITLE_SIZE = 13.0
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_ALIGN = {
    "left": int(_MIDDLE | Qt.AlignmentFlag.AlignLeft), "center": int(_MIDDLE | Qt.AlignmentFlag.AlignHCenter),
    "right": int(_MIDDLE | Qt.AlignmentFlag.AlignRight),
}
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
_ONE_LINE = int(Qt.TextFlag.TextSingleLine)
_SELECTED, _FOCUSED = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_HasFocus.value
"""As plain numbers: painting asks for them hundreds of times for every step of scrolling."""
Key, Modifier = Qt.Key, Qt.KeyboardModifier


Move = Enum("Move", ("DOWN", "UP", "NEXT", "PREVIOUS", "LEFT", "RIGHT", "FILL"))
"""Where the cursor goes: NEXT and PREVIOUS lead from amount to amount, row by row; FILL nowhere, what was typed goes
into every selected cell."""
_ENTER = (Key.Key_Return, Key.Key_Enter)
_ARROWS: dict[int, Move] = {Key.Key_Down: Move.DOWN, Key.Key_Up: Move.UP, Key.Key_Left: Move.LEFT, Key.Key_Right: Move.RIGHT}


def move_of(event: QKeyEvent, arrows: Collection[Move] = ()) -> Move | None:
    """The move that a key asks for, whether something is being typed or not; of the arrow keys these are taken."""
    is_shifted = bool(event.modifiers() & Modifier.ShiftModifier)
    if event.key() in _ENTER:
        if event.modifiers() & Modifier.ControlModifier:
            return Move.FILL
        return Move.UP if is_shifted else Move.DOWN
    if event.modifiers() & ~(Modifier.ShiftModifier | Modifier.KeypadModifier):
        return None
    if event.key() == Key.Key_Backtab or (event.key() == Key.Key_Tab and is_shifted):
        return Move.PREVIOUS
    if event.key() == Key.Key_Tab:
        return Move.NEXT
    return arrow if (arrow := _ARROWS.get(event.key())) in arrows and not is_shifted else None


class CellEditor(QLineEdit):
    """The text of one cell while it is edited."""

    def __init__(self, parent: QWidget, *, is_typed_over: bool) -> None:
        super().__init__(parent, frame=False)
        self.is_typed_over = is_typed_over
        """Begun by typing: the arrow keys leave the cell; after F2 they move in the text."""
        self.setAccessibleName("单元格内容")
        self.setStyleSheet(f"QLineEdit {{ border: 2px solid {theme.colours().accent}; border-radius: 0; padding: 0 3px; }}")

    def move_after(self, event: QKeyEvent) -> Move | None:
        """The move with which a key ends the edit; ``None`` when it belongs to the text."""
        return move_of(event, _ARROWS.values() if self.is_typed_over else (Move.DOWN, Move.UP))


class CellDelegate(QStyledItemDelegate):
    """Paints and edits the cells of a sheet."""

    left = Signal(object)
    """An edit is done, and the cursor goes on by this :class:`Move`."""
    filled = Signal(str)
    """This was typed for every selected cell."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zoom = 100
        self.is_typed_over = False
        """Whether the editor that is made next is opened by typing."""
        self.accepts: Callable[[str], bool] = lambda _text: True
        """Whether a text can stand in the cell under the cursor (what is wrong with it is said then)."""
        self._fonts: dict[tuple[float, bool], tuple[QFont, QFontMetrics]] = {}

    def reset(self, zoom: int) -> None:
        """Another size or font."""
        self.zoom = zoom
        self._fonts.clear()

    def font(self, size: float, *, bold: bool) -> tuple[QFont, QFontMetrics]:
        """The font of a cell whose size in Excel is *size* points, and its metrics."""
        key = (size if size >= _TITLE_SIZE else 0, bold)
        found = self._fonts.get(key)
        if found is None:
            base = theme.text_font().pointSizeF() * self.zoom / 100
            font = theme.figure_font(base if key[0] == 0 else base * min(size / 11, 1.45), bold=bold)
            found = self._fonts[key] = font, QFontMetrics(font)
        return found

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, SheetModel):
            return
        place = index.row(), index.column()
        cell, mark = model.view_of(*place), model.marks.get(place)
        rect: QRect = option.rect  # type: ignore[attr-defined]  # missing in the stubs
        state: int = option.state.value  # type: ignore[attr-defined]  # likewise
        selected = bool(state & _SELECTED)
        c = theme.colours()
        painter.save()
        painter.fillRect(rect, QColor(_background(cell, mark, c, selected=selected)))
        self._text(painter, rect, cell, c)
        _marks(painter, rect, mark, c, is_edited=model.is_edited(*place))
        view = option.widget  # type: ignore[attr-defined]  # likewise
        if state & _FOCUSED or (selected and view is not None and view.currentIndex() == index):
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.restore()

    def _text(self, painter: QPainter, rect: QRect, cell: CellView, c: theme.Colours) -> None:
        if not cell.text:
            return
        look = cell.look
        font, metrics = self.font(look.size, bold=look.is_bold)
        painter.setFont(font)
        colour = c.red if cell.is_fault else c.text
        if cell.is_header and look.size < _TITLE_SIZE and not look.is_bold:
            colour = c.muted if not cell.is_number else c.text
        painter.setPen(QColor(colour))
        inner = rect.adjusted(_PADDING + look.indent * 9, 1, -_PADDING, -1)
        flags = _ALIGN[cell.align]
        if look.is_wrapped or "\n" in cell.text:
            painter.drawText(inner, flags | _WRAP, cell.text)
            return
        text = cell.text
        if metrics.horizontalAdvance(text) > inner.width():
            if cell.is_number:
                text = "#" * max(inner.width() // max(metrics.horizontalAdvance("#"), 1), 1)
            else:
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, flags | _ONE_LINE, text)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802  # Qt's name
        editor = CellEditor(parent, is_typed_over=self.is_typed_over)
        editor.setFont(self.font(11, bold=False)[0])
        model = index.model()
        if isinstance(model, SheetModel) and model.amount_key(index.row(), index.column()):
            editor.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return editor

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """The keys that end an edit; what cannot stand in the cell stays in the editor, to be mended."""
        if not (isinstance(editor, CellEditor) and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress):
            return super().eventFilter(editor, event)
        if event.key() == Qt.Key.Key_F2:
            editor.is_typed_over = not editor.is_typed_over
            return True
        move = editor.move_after(event)
        if move is None:
            return super().eventFilter(editor, event)
        if self.accepts(editor.text()):
            if move is Move.FILL:
                self.filled.emit(editor.text())
            else:
                self.commitData.emit(editor)
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
            self.left.emit(move)
        else:
            editor.selectAll()
        return True

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: N802  # Qt's name
        """Hand over what was typed, when it was changed."""
        if isinstance(editor, QLineEdit) and editor.text() != index.data(Qt.ItemDataRole.EditRole):
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)


def _background(cell: CellView, mark: CellMark | None, c: theme.Colours, *, selected: bool) -> str:
    severity = mark.severity if mark is not None else None
    if severity is Severity.ERROR or cell.is_fault:
        return c.red_soft
    if severity is Severity.NOTICE:
        return c.amber_soft
    if selected:
        return c.accent_soft
    return c.raised if cell.is_header and cell.look.size < _TITLE_SIZE else c.surface


def _marks(painter: QPainter, rect: QRect, mark: CellMark | None, c: theme.Colours, *, is_edited: bool) -> None:
    severity = mark.severity if mark is not None else None
    if severity is Severity.TAIL:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.blue))
        painter.drawEllipse(QPoint(rect.left() + 6, rect.top() + 6), 2, 2)
    elif severity is not None:
        if severity is Severity.ERROR:
            painter.setPen(QPen(QColor(c.red), 1.6))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        else:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(c.amber))
        if rect.width() >= _LEAST_FOR_SIGN:
            write(painter, rect.adjusted(5, 0, 0, 0), severity.sign, c.of(severity), theme.text_font(8))
    elif mark is not None:
        painter.setPen(QPen(QColor(c.red), 1, Qt.PenStyle.DotLine))
        painter.drawLine(rect.left() + 2, rect.bottom() - 2, rect.right() - 2, rect.bottom() - 2)
    if is_edited:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.green))
        right, top = rect.right() + 1, rect.top()
        painter.drawPolygon(QPolygon([QPoint(right - _CORNER, top), QPoint(right, top), QPoint(right, top + _CORNER)]))
