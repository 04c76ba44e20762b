"""From a figure to the cells it comes from: one at once, several through a menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

if TYPE_CHECKING:
    from docgen.job.sources import SourceCell
    from gui.session.session import Session

_MOST = 24


class SourceLinks(QObject):
    """Goes to source cells."""

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
