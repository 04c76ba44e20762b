"""Forms: labels at the left, a field for each entry; what is typed makes another record."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from gui.pages.texts.fields import Draft, Field, input_of
from gui.session import files
from gui.session.jobs import Pause
from gui.style.theme import GRID
from gui.widgets.parts import STRETCH, button, column, label, row, set_state
from workbook.pack.companion_form import Content

DELAY_MS = 300
"""How long after the last key an entry is taken over."""
_LABEL_WIDTH = 176


class FieldEdit(QWidget):
    """The widget of a :class:`Field` of a record."""

    taken = Signal(object)
    """The user made another entry in this field; the record has it."""

    def __init__(self, field: Field, draft: Draft, parent: QWidget) -> None:
        super().__init__(parent)
        self.field, self._draft = field, draft
        self._record: Any = None
        self._pause = Pause(self, DELAY_MS, self._take)
        self.label = label(None, field.title, wraps=True)  # the form places it
        self.input = self._make_input()
        self._content = self.input.metaObject().userProperty()
        self.input.setAccessibleName(field.title)
        self.label.setBuddy(self.input)
        self.note = label(self, wraps=True)
        unit = (label(self, field.unit, "muted"), STRETCH) if field.unit else ()
        browse = (button(self, "浏览…", self._browse),) if field.kind is Content.FILE else ()
        column(self, row(None, (self.input, 1), *unit, *browse), self.note, spacing=2)

    def _make_input(self) -> QLineEdit | QPlainTextEdit | QComboBox:
        made = input_of(self.field, self, self._key_pressed, self._take)
        if isinstance(made, QPlainTextEdit):
            made.setFixedHeight(64)
        elif isinstance(made, QLineEdit):
            made.editingFinished.connect(self._left)
            if self.field.kind.is_number:
                made.setAlignment(Qt.AlignmentFlag.AlignRight)
                made.setMaximumWidth(160)
        if not isinstance(made, QComboBox):
            made.setPlaceholderText(self.field.placeholder)
        return made

    # ------------------------------------------------------------ the entry
    def refresh(self) -> None:
        """Show the entry as it is now; what is being typed stays."""
        old, record = self._record, self._draft.get()
        if record is None:  # it was removed while somebody typed
            return
        self._record = record
        problem = self.field.trouble(record)
        self.note.setText(f"✕ {problem}" if problem else self.field.hint)
        set_state(self.note, *("red", "") if problem else ("", "muted"))
        self.note.setVisible(bool(self.note.text()))
        has_focus = self.input.hasFocus()
        is_idle = not self._pause.isActive()
        if is_idle and not (has_focus and old is not None and self.field.get(old).same(self.field.get(record))):
            self._set_text(self.field.text(record, exact=has_focus))

    @property
    def text(self) -> str:
        """What the field holds."""
        return str(self._content.read(self.input))

    def _set_text(self, text: str) -> None:
        if text != self.text:
            self.input.blockSignals(True)
            if isinstance(self.input, QComboBox) and self.input.findText(text) < 0:
                self.input.addItem(text)
            self._content.write(self.input, text)
            self.input.blockSignals(False)

    def set_text(self, text: str) -> None:
        """Put a text in as if it was typed."""
        self._set_text(text)
        self._take()

    def _typed(self, record: Any) -> Any:
        """The record with what stands in the field (what was shown, however it is rounded, is not new)."""
        return record if record is None or self.text == self.field.text(record) else self.field.typed(record, self.text)

    def _key_pressed(self, _text: str) -> None:
        self._pause.touch()
        if (record := self._draft.get()) is not None:
            self._draft.keep(self._typed(record))

    def _left(self) -> None:
        """The keyboard is elsewhere: an amount is shown with two decimals again."""
        self._pause.flush()
        if self._record is not None and not self.input.hasFocus():
            self._set_text(self.field.text(self._record))

    def _take(self) -> None:
        self._pause.stop()
        record = self._draft.get()
        if (changed := self._typed(record)) is not record:
            self._draft.put(changed)
            self.taken.emit(self.field)
        self.refresh()

    def _browse(self) -> None:
        folder = self._record.path.parent if self._record is not None else Path()
        if (path := files.ask_source(self, self.field.title, folder, f"Excel 文件 ({files.ANY_EXCEL})")) is not None:
            self.set_text(relative_words(path, folder))


def relative_words(path: Path, folder: Path) -> str:
    """*path* as the 底稿 names it: relative when it lies beside or below, else whole."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


class Form(QWidget):
    """Groups of fields of one record."""

    def __init__(self, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self.fields: list[FieldEdit] = []
        self._rows = column(self, spacing=GRID * 3 // 2)

    def add_group(self, title: str, fields: Iterable[Field], *, hint: str = "", per_row: int = 1, width: int = 0) -> None:
        """Add fields under a heading: below each other, or *per_row* beside each other with inputs of a *width* in pixels."""
        grid, air = QGridLayout(), GRID if width else GRID * 2
        grid.setHorizontalSpacing(air)
        grid.setVerticalSpacing(air // 2)
        grid.setColumnStretch(2 * per_row if width else 1, 1)
        for words, role in ((title, "heading"), (hint, "muted")):
            if words:
                grid.addWidget(label(self, words, role, wraps=True), grid.rowCount(), 0, 1, 2 * per_row)
        first = grid.rowCount()
        for number, field in enumerate(fields):
            edit = FieldEdit(field, self._draft, self)
            self.fields.append(edit)
            if width:
                edit.label.setWordWrap(False)
                edit.input.setFixedWidth(width)
            else:
                edit.label.setContentsMargins(0, 6, 0, 0)
                edit.label.setFixedWidth(_LABEL_WIDTH)
            at, left = first + number // per_row, number % per_row * 2
            grid.addWidget(edit.label, at, left, Qt.AlignmentFlag(0) if width else Qt.AlignmentFlag.AlignTop)
            grid.addWidget(edit, at, left + 1)
        self._rows.addLayout(grid)

    def add(self, widget: QWidget) -> None:
        """Add something else below."""
        self._rows.addWidget(widget)

    def finish(self) -> None:
        """No more groups: what is left of the height stays empty."""
        self._rows.addStretch(1)

    def refresh(self) -> None:
        """Show the record as it is now; what is being typed stays."""
        for field in self.fields:
            field.refresh()

    def field(self, title: str) -> FieldEdit:
        """The field with this title."""
        return next(f for f in self.fields if f.field.title == title)
