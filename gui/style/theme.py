"""Colours, fonts and spacing of the window: light and dark, in one place.

State colours (red, amber, blue, green) never stand alone: a sign or a word goes with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from workbook.issues import Severity

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
        """The colour of a finding."""
        return {Severity.ERROR: self.red, Severity.NOTICE: self.amber, Severity.TAIL: self.blue}[severity]

    def soft(self, severity: Severity) -> str:
        """What lies behind a finding."""
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
    """Dress the whole application; may be called again at any time."""
    global _current  # noqa: PLW0603  # one application, one palette
    chosen = DARK if mode is Mode.DARK or (mode is Mode.SYSTEM and is_system_dark()) else LIGHT
    _current = chosen
    if application.style().objectName().lower() != "fusion":
        application.setStyle("Fusion")
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPointSizeF(9.5)
    application.setFont(font)
    application.setPalette(_palette(chosen))
    application.setStyleSheet(_style_sheet(chosen))
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


def _style_sheet(c: Colours) -> str:
    """The little that palettes cannot say."""
    return f"""
    QToolTip {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.border}; padding: 4px 6px; }}
    QMenuBar {{ background: {c.window}; }}
    QMenuBar::item {{ padding: 4px 10px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.accent_soft}; }}
    QMenu {{ background: {c.surface}; border: 1px solid {c.border}; padding: 4px; }}
    QMenu::item {{ padding: 5px 28px 5px 12px; border-radius: 3px; }}
    QMenu::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}
    QMenu::item:disabled {{ color: {c.muted}; }}
    QMenu::separator {{ height: 1px; background: {c.grid}; margin: 4px 8px; }}
    QPushButton, QToolButton[kind="button"] {{
        background: {c.surface}; color: {c.text}; border: 1px solid {c.border}; border-radius: 4px; padding: 5px 14px; }}
    QPushButton:hover, QToolButton[kind="button"]:hover {{ background: {c.accent_soft}; border-color: {c.accent}; }}
    QPushButton:pressed, QToolButton[kind="button"]:pressed {{ background: {c.raised}; }}
    QPushButton:focus, QToolButton[kind="button"]:focus {{ border-color: {c.accent}; }}
    QPushButton:disabled, QToolButton[kind="button"]:disabled {{ color: {c.muted}; background: {c.window}; border-color: {c.grid}; }}
    QPushButton:default, QPushButton[kind="primary"], QToolButton[kind="primary"] {{
        background: {c.accent_fill}; color: #FFFFFF; border: 1px solid {c.accent_fill}; border-radius: 4px; padding: 5px 14px; }}
    QPushButton[kind="primary"]:hover, QToolButton[kind="primary"]:hover, QPushButton:default:hover {{ background: #2A7FC6; }}
    QPushButton[kind="primary"]:focus, QPushButton:default:focus, QToolButton[kind="primary"]:focus {{
        border: 2px solid {c.text}; padding: 4px 13px; }}
    QPushButton[kind="primary"]:disabled, QToolButton[kind="primary"]:disabled {{
        background: {c.raised}; color: {c.muted}; border-color: {c.border}; }}
    QToolButton[kind="button"][popupMode="1"], QToolButton[kind="primary"][popupMode="1"] {{ padding-right: 24px; }}
    QToolButton[kind="button"]::menu-button, QToolButton[kind="primary"]::menu-button {{ border: none; width: 20px; }}
    QPushButton[kind="filter"] {{ padding: 5px 10px; }}
    QPushButton[kind="tight"] {{ padding: 5px 9px; }}
    QToolButton[kind="tight"] {{
        background: {c.surface}; color: {c.text}; border: 1px solid {c.border}; border-radius: 4px; padding: 5px 9px; }}
    QToolButton[kind="tight"]:hover {{ background: {c.accent_soft}; border-color: {c.accent}; }}
    QToolButton[kind="tight"]:focus {{ border-color: {c.accent}; }}
    QTabBar QToolButton {{ background: {c.window}; border: none; }}
    QTabBar QToolButton:hover {{ background: {c.accent_soft}; }}
    QPushButton[kind="link"] {{ background: transparent; border: none; color: {c.accent}; padding: 2px 4px; text-align: left; }}
    QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
    QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {{
        background: {c.surface}; color: {c.text}; border: 1px solid {c.border}; border-radius: 4px; padding: 4px 6px;
        selection-background-color: {c.accent_fill}; selection-color: #FFFFFF; }}
    QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{
        border-color: {c.accent}; }}
    QComboBox::drop-down {{ border: none; width: 20px; }}
    QComboBox QAbstractItemView {{ background: {c.surface}; border: 1px solid {c.border};
        selection-background-color: {c.accent_soft}; selection-color: {c.text}; outline: none; }}
    QTableView, QListView, QTreeView, QTableWidget, QListWidget, QTreeWidget {{
        background: {c.surface}; alternate-background-color: {c.raised}; border: 1px solid {c.border};
        gridline-color: {c.grid}; selection-background-color: {c.accent_soft}; selection-color: {c.text}; outline: none; }}
    QHeaderView {{ background: {c.raised}; }}
    QHeaderView::section {{ background: {c.raised}; color: {c.muted}; border: none;
        border-right: 1px solid {c.grid}; border-bottom: 1px solid {c.border}; padding: 4px 6px; }}
    QTableCornerButton::section {{ background: {c.raised}; border: none;
        border-right: 1px solid {c.grid}; border-bottom: 1px solid {c.border}; }}
    QSplitter::handle {{ background: transparent; }}
    QSplitter::handle:hover {{ background: {c.accent_soft}; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
    QScrollBar::handle {{ background: {c.border}; border-radius: 4px; margin: 2px; min-height: 28px; min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {c.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QProgressBar {{ background: {c.raised}; border: none; border-radius: 3px; height: 6px; text-align: center; }}
    QProgressBar::chunk {{ background: {c.accent_fill}; border-radius: 3px; }}
    QFrame[role="card"] {{ background: {c.surface}; border: 1px solid {c.border}; border-radius: 6px; }}
    QFrame[role="line"] {{ background: {c.border}; border: none; max-height: 1px; min-height: 1px; }}
    QLabel[role="muted"] {{ color: {c.muted}; }}
    QLabel[role="title"] {{ font-size: 17pt; color: {c.text}; }}
    QLabel[role="heading"] {{ font-size: 11.5pt; font-weight: 600; color: {c.text}; }}
    QLabel[state="red"] {{ color: {c.red}; }}
    QLabel[state="amber"] {{ color: {c.amber}; }}
    QLabel[state="blue"] {{ color: {c.blue}; }}
    QLabel[state="green"] {{ color: {c.green}; }}
    QComboBox::down-arrow {{ image: none; width: 0; height: 0; border-left: 4px solid {c.surface};
        border-right: 4px solid {c.surface}; border-top: 5px solid {c.muted}; margin-right: 8px; }}
    QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
        border: none; background: transparent; width: 18px; }}
    QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: none; width: 0; height: 0; border-left: 4px solid {c.surface};
        border-right: 4px solid {c.surface}; border-bottom: 5px solid {c.muted}; }}
    QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: none; width: 0; height: 0;
        border-left: 4px solid {c.surface}; border-right: 4px solid {c.surface}; border-top: 5px solid {c.muted}; }}
    QPushButton:checked, QToolButton[kind="button"]:checked {{
        background: {c.accent_soft}; border-color: {c.accent}; color: {c.accent}; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {c.border}; }}
    QTabBar {{ background: transparent; qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: transparent; color: {c.muted}; border: none; border-bottom: 2px solid transparent;
        padding: 7px 14px 6px 14px; }}
    QTabBar::tab:hover {{ color: {c.text}; background: {c.raised}; }}
    QTabBar::tab:selected {{ color: {c.accent}; border-bottom-color: {c.accent}; }}
    QScrollArea {{ background: transparent; border: none; }}
    QScrollArea > QWidget > QWidget {{ background: transparent; }}
    """
