"""A figure of the report and its cells: what is said about it under the mouse, and the way there."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from docgen.job.sources import SourceCell
from docgen.model import Figure
from gui.session.session import Session

_SHOWN, _MOST = 8, 24
"""So many cells are named in a tip, and in a menu."""


def figure_lines(figure: Figure, cells: Sequence[SourceCell]) -> list[str]:
    """The lines of a tip, as rich text: value, source cells, how computed, what is missing, what a click does."""
    unit = "" if figure.unit == "%" else f" {figure.unit}"
    lines = [f"<b>{escape(figure.label)}　{escape(figure.text)}{escape(unit)}</b>"]
    lines += [escape(cell.words) for cell in cells[:_SHOWN]]
    if len(cells) > _SHOWN:
        lines.append(f"共 {len(cells)} 个单元格")
    if how := how_words(figure, cells):
        lines.append(f"算法：{escape(how)}")
    if figure.missing:
        lines.append(f"缺少{escape(figure.missing)}，算不出来")
    if cells:
        lines.append("点击转到单元格" if any(cell.is_here for cell in cells) else "点击查看")
    return lines


def how_words(figure: Figure, cells: Sequence[SourceCell]) -> str:
    """How *figure* was computed; empty when it is the content of its one cell."""
    return "" if len(cells) == 1 and figure.how in cells[0].label else figure.how


class SourceLinks(QObject):
    """Goes to source cells: to one at once, to several through a menu."""

    text_requested = Signal(str)
    """A cell of the 底稿 was chosen: its sheet."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._window = session, parent

    def open(self, cells: Sequence[SourceCell], place: QPoint) -> None:
        """Go to the cell; where there are several, the user chooses in a menu at *place*."""
        if len(cells) == 1:
            self.go_to(cells[0], place)
        elif cells:
            menu = QMenu(self._window)
            for cell in cells[:_MOST]:
                menu.addAction(cell.words, lambda cell=cell: self.go_to(cell, place))
            if len(cells) > _MOST:
                menu.addAction(f"共 {len(cells)} 个单元格").setEnabled(False)
            menu.popup(place)

    def go_to(self, cell: SourceCell, place: QPoint) -> None:
        """Show a cell: of this workbook, or of the 底稿; what is in neither is said at *place*."""
        companion = self._session.companion
        if cell.is_here:
            self._session.cell_requested.emit(cell.ref)
        elif companion is not None and cell.ref.file == companion.path.name:
            self.text_requested.emit(cell.ref.sheet)
        else:
            QToolTip.showText(place, f"{cell.words}（上年决算表，不在本工作簿中）", self._window)
