"""A form of bound fields in groups, with labels at the left."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from gui.pages.texts.bound import Binding, BoundField
from gui.style.theme import GRID
from gui.widgets.fit import ScrolledBody
from gui.widgets.parts import column, label
from workbook.companion.model import Companion

WIDEST = 860
_LABEL_WIDTH = 176


class Form(QWidget):
    """Groups of fields; tells when the user made another entry."""

    edited = Signal(object, object)
    """The :class:`Binding` and the new entry."""
    typed = Signal(object, object)
    """A key was pressed: the :class:`Binding`, and the entry as it would be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: list[BoundField] = []
        self._rows = column(self, spacing=GRID * 3 // 2)

    def add_group(self, title: str, bindings: Iterable[Binding], *, hint: str = "") -> None:
        """Add a group of fields under a heading."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID * 2)
        grid.setVerticalSpacing(GRID)
        grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        row = 0
        for words in (label(self, title, "heading") if title else None, label(self, hint, "muted", wraps=True) if hint else None):
            if words is not None:
                grid.addWidget(words, row, 0, 1, 2)
                row += 1
        for binding in bindings:
            field = self.add_field(binding)
            field.label.setWordWrap(True)
            field.label.setContentsMargins(0, 6, 0, 0)
            grid.addWidget(field.label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
            row += 1
        self._rows.addLayout(grid)

    def add_field(self, binding: Binding) -> BoundField:
        """A field of the form, still to be placed."""
        field = BoundField(binding, self)
        field.edited.connect(lambda entry: self.edited.emit(binding, entry))
        field.typed.connect(lambda entry: self.typed.emit(binding, entry))
        self.fields.append(field)
        return field

    def add(self, widget: QWidget) -> None:
        """Add something else below."""
        self._rows.addWidget(widget)

    def finish(self) -> None:
        """No more groups: what is left of the height stays empty."""
        self._rows.addStretch(1)

    def show_companion(self, companion: Companion) -> None:
        """Show the entries of a 底稿."""
        for field in self.fields:
            field.show_companion(companion)

    def field(self, title: str) -> BoundField:
        """The field with this title."""
        return next(f for f in self.fields if f.binding.title == title)

    def flush(self) -> None:
        """Take over everything that was typed."""
        for field in self.fields:
            field.flush()

    def forget(self) -> None:
        """Drop what was being typed."""
        for field in self.fields:
            field.forget()

    @property
    def problems(self) -> int:
        """How many entries are wrong."""
        return sum(1 for field in self.fields if field.has_problem)


def scrolled(widget: QWidget, *, widest: int = WIDEST) -> QScrollArea:
    """*widget* in a scroll area, not wider than lines can be read."""
    widget.setMaximumWidth(widest)
    holder = ScrolledBody(widest=widest + 4 * GRID)
    column(holder, widget, margins=GRID * 2)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the focus
    area.setWidget(holder)
    return area
