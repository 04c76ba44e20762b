"""Colours, fonts, spacing and icons (SVG outlines in a colour of the palette) of the window: light and dark, in one place.

State colours (red, amber, blue, green) never stand alone: a sign or a word goes with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from math import ceil
from pathlib import Path
from string import Template
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication

from workbook.issues import Severity

SHEET, ICONS = Path(__file__).with_name("window.qss"), Path(__file__).with_name("icons")
GRID = 8
"""Pixel grid for margins and gaps."""
FAMILIES = (
    "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC",
    "WenQuanYi Micro Hei", "sans-serif",
)


class Mode(StrEnum):
    """The setting: follow the system, or always one of the two."""

    SYSTEM = "跟随系统"
    LIGHT = "浅色"
    DARK = "深色"


@dataclass(frozen=True, slots=True)
class Colours:
    """One palette (``#rrggbb``)."""

    is_dark: bool
    window: str
    """Behind everything."""
    surface: str
    """Tables, editors, cards."""
    raised: str
    """Headers of tables, hovered rows."""
    border: str
    grid: str
    """Lines between cells."""
    text: str
    muted: str
    """Secondary text."""
    accent: str
    """Text and lines in the accent colour."""
    accent_fill: str
    """Filled buttons."""
    accent_soft: str
    """Selected rows, hovered items."""
    red: str
    red_soft: str
    amber: str
    amber_soft: str
    blue: str
    blue_soft: str
    green: str
    green_soft: str
    paper: str = "#FFFFFF"
    """Pages of the preview: white in both palettes."""

    def of(self, severity: Severity) -> str:
        return {Severity.ERROR: self.red, Severity.NOTICE: self.amber, Severity.TAIL: self.blue}[severity]

    def soft(self, severity: Severity) -> str:
        return {Severity.ERROR: self.red_soft, Severity.NOTICE: self.amber_soft, Severity.TAIL: self.blue_soft}[severity]


LIGHT = Colours(
    False, window="#F4F6F8", surface="#FFFFFF", raised="#EEF1F5", border="#D5DBE1", grid="#E3E7EC", text="#1F2933",
    muted="#5F6B77", accent="#1F6FB2", accent_fill="#1F6FB2", accent_soft="#EAF3FB", red="#C0392B", red_soft="#FCEBE9",
    amber="#8F5A00", amber_soft="#FDF3DF", blue="#4A6FA5", blue_soft="#EEF3FA", green="#2E7D32", green_soft="#EAF5EB")
DARK = Colours(
    True, window="#1B1F24", surface="#23282E", raised="#2B3138", border="#3C444D", grid="#333A42", text="#E4E8EC",
    muted="#9BA6B2", accent="#6BB1E8", accent_fill="#1F6FB2", accent_soft="#213A50", red="#F08A80", red_soft="#4A2A27",
    amber="#E3B15A", amber_soft="#453820", blue="#9DBBE6", blue_soft="#2A3850", green="#83C987", green_soft="#24402A")

_current = LIGHT


def colours() -> Colours:
    """The palette in use; ask again at every paint, it may change."""
    return _current


def rgb(value: str) -> QColor:
    """A colour of the palette for Qt."""
    return QColor(value)


def text_font(points: float = 0, *, bold: bool = False) -> QFont:
    """The window's font; *points* 0 means the standard size."""
    font = QFont(QApplication.font())
    if points:
        font.setPointSizeF(points)
    font.setBold(bold)
    return font


def figure_font(points: float = 0, *, bold: bool = False) -> QFont:
    """The font of amounts: tabular digits."""
    font = text_font(points, bold=bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def is_system_dark() -> bool:
    """Whether the system asks for dark windows."""
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def apply(application: QApplication, mode: Mode) -> Colours:
    """Dress the whole application.

    May be called again at any time: Qt dresses every widget anew, so only when colours change.
    """
    global _current  # noqa: PLW0603  # one application, one palette
    chosen = DARK if mode is Mode.DARK or (mode is Mode.SYSTEM and is_system_dark()) else LIGHT
    if chosen is _current and application.styleSheet():
        return chosen
    _current = chosen
    if application.style().objectName().lower() != "fusion":
        application.setStyle("Fusion")
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPointSizeF(9.5)
    application.setFont(font)
    application.setPalette(_palette(chosen))
    application.setStyleSheet(Template(SHEET.read_text("utf-8")).substitute(asdict(chosen)))
    return chosen


def _palette(c: Colours) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, value in (
        (roles.Window, c.window), (roles.WindowText, c.text), (roles.Base, c.surface), (roles.AlternateBase, c.raised),
        (roles.Text, c.text), (roles.Button, c.raised), (roles.ButtonText, c.text), (roles.BrightText, c.red),
        (roles.ToolTipBase, c.surface), (roles.ToolTipText, c.text), (roles.Highlight, c.accent_fill),
        (roles.HighlightedText, "#FFFFFF"), (roles.Link, c.accent), (roles.LinkVisited, c.accent),
        (roles.PlaceholderText, c.muted), (roles.Light, c.surface), (roles.Midlight, c.raised), (roles.Mid, c.border),
        (roles.Dark, c.border), (roles.Accent, c.accent),
    ):
        palette.setColor(role, QColor(value))
    faded = QColor(c.muted)
    faded.setAlpha(150)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faded)
    return palette


# ---------------------------------------------------------------- icons
_SIZES, _PICTURE = (16, 24), "picture"


def icon(name: str, colour: str = "", on: str = "") -> QIcon:
    """The icon *name* in a colour of the palette (its text colour by default).

    *on*: another one while the button is pressed.
    """
    c, finest = colours(), max(screen.devicePixelRatio() for screen in QGuiApplication.screens())
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
    target.setIcon(icon(name, *(getattr(colours(), part, part) for part in (role, on))))


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

    svg = (ICONS / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(svg.encode("utf-8")))
    picture = QPixmap(round(size * scale), round(size * scale))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, size * scale, size * scale))
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture
