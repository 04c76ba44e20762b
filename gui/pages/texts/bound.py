"""Fields of a form, each bound to one entry of the 底稿: it shows the entry and makes the 底稿 with another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from gui.pages.texts.typed import number_entry, number_text, problem_of
from gui.session.pause import Pause
from gui.widgets.parts import STRETCH, button, column, label, row, set_state
from workbook.companion.model import Companion
from workbook.entries import Entry
from workbook.pack.companion_form import Content

DELAY_MS = 300
"""How long after the last key an entry is taken over."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One entry of the 底稿: what it is called, how to read it, how to make the 底稿 with another."""

    title: str
    get: Callable[[Companion], Entry]
    put: Callable[[Companion, Entry], Companion]
    kind: Content = Content.LINE
    id: str = ""
    """Of the labelled entry that it is, if it is one."""
    hint: str = ""
    """Shown below the field."""
    placeholder: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""
    """Written behind the field: 万元, 个 …"""
    files: str = ""
    """Filter of the file dialog."""
    problem: Callable[[Entry], str] = lambda _: ""
    """What is wrong with the entry, as a sentence; empty when nothing is."""


class BoundField(QWidget):
    """The widget of a :class:`Binding`."""

    edited = Signal(object)
    """The user made another entry."""
    typed = Signal(object)
    """A key was pressed: the entry as it would be."""

    def __init__(self, binding: Binding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.binding = binding
        self._entry = Entry()
        self._folder = Path()
        self._timer = Pause(self, DELAY_MS, self._take)
        self.label = label(None, binding.title)  # the form places it
        self.input = self._make_input()
        self.input.setAccessibleName(binding.title)
        self.label.setBuddy(self.input)
        self.note = label(self, binding.hint, wraps=True)
        unit = (label(self, binding.unit, "muted"), STRETCH) if binding.unit else ()
        browse = (button(self, "浏览…", self._browse),) if binding.kind is Content.FILE else ()
        column(self, row(None, (self.input, 1), *unit, *browse), self.note, spacing=2)
        self._show_note("")

    def _make_input(self) -> QLineEdit | QPlainTextEdit | QComboBox:
        binding = self.binding
        if binding.kind is Content.CHOICE:
            box = QComboBox(self)
            box.addItems(["", *binding.choices])
            box.activated.connect(self._take)
            return box
        if binding.kind is Content.TEXT:
            editor = QPlainTextEdit(self)
            editor.setPlaceholderText(binding.placeholder)
            editor.setTabChangesFocus(True)
            editor.setFixedHeight(64)
            editor.textChanged.connect(self._timer.touch)
            editor.textChanged.connect(lambda: self.typed.emit(self._typed_entry()))
            return editor
        line = QLineEdit(self)
        line.setPlaceholderText(binding.placeholder)
        line.textEdited.connect(self._timer.touch)
        line.textEdited.connect(lambda _: self.typed.emit(self._typed_entry()))
        line.editingFinished.connect(self.flush)
        if binding.kind.is_number:
            line.setAlignment(Qt.AlignmentFlag.AlignRight)
            line.setMaximumWidth(160)
        return line

    # ------------------------------------------------------------ the entry
    def show_companion(self, companion: Companion) -> None:
        """Show the entry of a 底稿; what is being typed stays."""
        self._folder = companion.path.parent
        entry = self.binding.get(companion)
        if self._timer.isActive() or (self.input.hasFocus() and entry.same(self._entry)):
            return
        self._entry = entry
        self._set_text(self._shown(entry))
        self._show_note(self._problem(entry))

    def _shown(self, entry: Entry) -> str:
        if self.binding.kind is Content.AMOUNT and not self.input.hasFocus():
            return number_text(entry)
        if self.binding.kind.is_number:
            return number_text(entry, plain=True)
        return entry.text or entry.shown()

    @property
    def text(self) -> str:
        """What the field holds."""
        if isinstance(self.input, QComboBox):
            return self.input.currentText()
        return self.input.toPlainText() if isinstance(self.input, QPlainTextEdit) else self.input.text()

    def _set_text(self, text: str) -> None:
        if text == self.text:
            return
        self.input.blockSignals(True)
        if isinstance(self.input, QComboBox):
            if self.input.findText(text) < 0:
                self.input.addItem(text)
            self.input.setCurrentText(text)
        elif isinstance(self.input, QPlainTextEdit):
            self.input.setPlainText(text)
        else:
            self.input.setText(text)
        self.input.blockSignals(False)

    def set_text(self, text: str) -> None:
        """Put a text in as if it was typed."""
        self._set_text(text)
        self._take()

    def flush(self) -> None:
        """Take over what was typed, without waiting for the next key."""
        if self._timer.isActive():
            self._take()
        if self.binding.kind is Content.AMOUNT and not self.input.hasFocus():
            self._set_text(number_text(self._entry))

    def forget(self) -> None:
        """Drop what was being typed."""
        self._timer.stop()

    def _take(self) -> None:
        self._timer.stop()
        entry = self._typed_entry()
        self._show_note(self._problem(entry))
        if not entry.same(self._entry):
            self._entry = entry
            self.edited.emit(entry)

    def _typed_entry(self) -> Entry:
        text = self.text.strip()
        if not self.binding.kind.is_number:
            return self._entry.with_text(text)
        return self._entry if text == number_text(self._entry) else number_entry(text, self._entry)  # the rounded amount shown is no new one

    def _problem(self, entry: Entry) -> str:
        if self.binding.kind.is_number and (words := problem_of(entry)):
            return words
        return self.binding.problem(entry)

    def _show_note(self, problem: str) -> None:
        self.note.setText(f"✕ {problem}" if problem else self.binding.hint)
        set_state(self.note, *("red", "") if problem else ("", "muted"))
        self.note.setVisible(bool(self.note.text()))

    @property
    def has_problem(self) -> bool:
        """Whether the entry is wrong."""
        return bool(self._problem(self._entry))

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.binding.title, str(self._folder), self.binding.files)
        if chosen:
            self.set_text(relative_words(Path(chosen), self._folder))


def relative_words(path: Path, folder: Path) -> str:
    """*path* as the 底稿 names it: relative when it lies beside or below, else whole."""
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return str(path)
