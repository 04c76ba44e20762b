"""What a user would call broken in a window: controls over each other, cut, or out of reach."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)

from gui.widgets.fit import ElidedLabel
from gui.widgets.notice import Notice

_OVERLAID = (QAbstractScrollArea, QTabBar, QLineEdit, QComboBox, QAbstractSpinBox, QMainWindow)
"""Widgets that place parts of their own over others."""
_WORDS = (QPushButton, QToolButton, QCheckBox, QComboBox)
_SLACK = 2
"""Pixels that a style may shave off without anybody seeing it."""


def layout_faults(window: QWidget) -> list[str]:
    """All faults of what *window* shows, in words."""
    return [*_overlaps(window), *_cut(window), *_out_of_reach(window)]


def _shown_children(widget: QWidget) -> list[QWidget]:
    return [c for c in widget.children() if isinstance(c, QWidget) and c.isVisible() and not c.isWindow() and c.width() and c.height()]


def _overlaps(window: QWidget) -> list[str]:
    found = []
    for parent in (window, *window.findChildren(QWidget)):
        if not parent.isVisible() or isinstance(parent, _OVERLAID):
            continue
        for a, b in combinations(_shown_children(parent), 2):
            if any(isinstance(w, Notice) and w.over is not None for w in (a, b)):
                continue
            common = a.geometry().intersected(b.geometry())
            if common.width() > _SLACK and common.height() > _SLACK and not (_is_handle(a) or _is_handle(b)):
                found.append(f"{name(a)} 与 {name(b)} 重叠 {common.width()}×{common.height()}")
    return found


def _is_handle(widget: QWidget) -> bool:
    return type(widget).__name__ in ("QSplitterHandle", "QFocusFrame")


def _cut(window: QWidget) -> list[str]:
    """Words that do not fit and have no ellipsis."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or _is_internal(widget):
            continue
        if isinstance(widget, QLabel) and not isinstance(widget, ElidedLabel):
            needed = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
            if widget.text() and (not widget.wordWrap() and widget.width() < widget.sizeHint().width() - _SLACK):
                found.append(f"{name(widget)} 宽 {widget.width()}，要 {widget.sizeHint().width()}")
            if widget.text() and widget.height() < needed - _SLACK:
                found.append(f"{name(widget)} 高 {widget.height()}，要 {needed}")
        elif isinstance(widget, _WORDS):
            hint = widget.minimumSizeHint()
            if widget.width() < hint.width() - _SLACK or widget.height() < hint.height() - _SLACK:
                found.append(f"{name(widget)} {widget.width()}×{widget.height()}，要 {hint.width()}×{hint.height()}")
    return found


def _out_of_reach(window: QWidget) -> list[str]:
    """Controls that neither are in sight nor can be scrolled to."""
    found = []
    for widget in window.findChildren(QWidget):
        is_control = isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QDialogButtonBox)
        if is_control and widget.isVisible() and not _is_internal(widget):
            outer = _room(widget, window)
            place = QRect(widget.mapTo(outer, QPoint(0, 0)), widget.size())
            if not outer.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(place):
                found.append(f"{name(widget)} 在 {place.getRect()}，窗口只有 {outer.width()}×{outer.height()}")
    return found


def _room(widget: QWidget, window: QWidget) -> QWidget:
    """What must hold the widget: the contents of a scroll area, else the window."""
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        area = parent.parentWidget().parentWidget() if parent.parentWidget() is not None else None
        if isinstance(area, QScrollArea) and area.widget() is parent:
            return parent
        parent = parent.parentWidget()
    return window


def _is_internal(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    return isinstance(parent, _OVERLAID) and not isinstance(parent, QMainWindow)


def name(widget: QWidget) -> str:
    """Something to recognise a widget by."""
    text = widget.text() if isinstance(widget, QAbstractButton | QLabel | QLineEdit) else ""
    return f"{type(widget).__name__}“{(text or widget.accessibleName() or widget.objectName())[:24]}”"
