"""The window's icons: one set of SVG outlines, coloured by the palette."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication

from gui.style import theme

FOLDER = Path(__file__).resolve().parent / "icons"
_SIZES = (16, 24)
_PICTURE = "picture"


def icon(name: str, colour: str = "", on: str = "") -> QIcon:
    """The icon *name* in a colour of the palette (its text colour by default); *on*: another one while the button is pressed."""
    c, finest = theme.colours(), max(screen.devicePixelRatio() for screen in QGuiApplication.screens())
    return _icon(name, colour or c.text, on or colour or c.text, c.muted, finest)


@cache
def _icon(name: str, colour: str, on: str, faded: str, finest: float) -> QIcon:
    found = QIcon()
    for size in _SIZES:
        for scale in sorted({1, ceil(finest)}):
            found.addPixmap(pixmap(name, size, colour, scale), QIcon.Mode.Normal)
            found.addPixmap(pixmap(name, size, faded, scale), QIcon.Mode.Disabled)
            if on != colour:
                found.addPixmap(pixmap(name, size, on, scale), QIcon.Mode.Normal, QIcon.State.On)
    return found


def dress(target: QAction | QAbstractButton, name: str, role: str = "text", on: str = "") -> None:
    """Give a button or menu entry an icon in a colour of the palette, by the colour's name; :func:`redress` renews it."""
    target.setProperty(_PICTURE, [name, role, on])
    target.setIcon(icon(name, *(getattr(theme.colours(), part, part) for part in (role, on))))


def redress() -> None:
    """The palette or the screens are others: all icons take its colours, and are as fine as the finest screen."""
    for window in QApplication.topLevelWidgets():
        children: Iterable[Any] = window.findChildren(QObject)
        for child in children:
            if (picture := child.property(_PICTURE)) and isinstance(child, QAction | QAbstractButton):
                dress(child, *picture)


@cache
def pixmap(name: str, size: int, colour: str, scale: float = 1) -> QPixmap:
    """The icon as a picture of *size* logical pixels, drawn for a screen of that *scale*."""
    from PySide6.QtSvg import QSvgRenderer

    svg = (FOLDER / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(svg.encode("utf-8")))
    picture = QPixmap(round(size * scale), round(size * scale))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, size * scale, size * scale))
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture
