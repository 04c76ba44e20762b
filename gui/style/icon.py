"""The window's icons: one set of SVG outlines, coloured by the palette."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from gui.style import theme

FOLDER = Path(__file__).resolve().parent / "icons"
_SIZES = (16, 24)


def icon(name: str, colour: str = "") -> QIcon:
    """The icon *name* in a colour of the palette (its text colour by default)."""
    c = theme.colours()
    return _icon(name, colour or c.text, c.muted)


@cache
def _icon(name: str, colour: str, faded: str) -> QIcon:
    found = QIcon()
    for size in _SIZES:
        for scale in (1, 2):
            found.addPixmap(pixmap(name, size, colour, scale), QIcon.Mode.Normal)
            found.addPixmap(pixmap(name, size, faded, scale), QIcon.Mode.Disabled)
    return found


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
