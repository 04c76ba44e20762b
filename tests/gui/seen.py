"""What users see of a window and click: found by the words on it, or by its name for screen readers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QTableView, QTextBrowser, QWidget

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def drop(widget: QWidget, path: Path) -> None:
    """Drag a file from outside over the widget, and let it go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(50, 50), copy, data, left, keys))
    QApplication.sendEvent(widget, QDropEvent(QPointF(50, 50), copy, data, left, keys))


def button(within: QWidget, words: str) -> QAbstractButton:
    """The visible button whose words (or name) begin so."""
    return next(b for b in buttons(within) if b.text().startswith(words) or b.accessibleName().startswith(words))


def buttons(within: QWidget) -> list[QAbstractButton]:
    """The visible buttons, in the order of their making."""
    return [b for b in within.findChildren(QAbstractButton) if b.isVisible()]


def texts(within: QWidget) -> list[str]:
    """What the visible labels say."""
    return [label.text() for label in within.findChildren(QLabel) if label.isVisible() and label.text()]


def label(within: QWidget, words: str) -> QLabel:
    """The visible label that says (or has as its tip) these words."""
    return next(w for w in within.findChildren(QLabel) if w.isVisible() and words in (w.text(), w.toolTip()))


def click_words(qtbot: QtBot, text: QTextBrowser, words: str, after: str = "") -> None:
    """Click on words of a text, the first behind *after*."""
    found = text.document().find(words, text.document().find(after)) if after else text.document().find(words)
    assert found.position() >= 0, words
    found.setPosition(found.selectionStart())
    text.setTextCursor(found)
    text.ensureCursorVisible()
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=text.cursorRect(found).center() + QPoint(4, 0))


def menu_actions(window: QObject) -> list[QAction]:
    """What the menus offer."""
    return [action for action in window.findChildren(QAction) if action.objectName()]


def table_at(view: QTableView, x: int, y: int) -> QTableView:
    """The table that is seen at a point of a sheet: the sheet itself, or a frozen part that lies over it."""
    widget: QObject | None = view.childAt(QPoint(x, y))
    while widget is not None and not isinstance(widget, QTableView):
        widget = widget.parent()
    assert isinstance(widget, QTableView)
    return widget


def below_header(view: QTableView) -> int:
    """A height just below the letters of a sheet's columns."""
    return view.horizontalHeader().height() + 4
