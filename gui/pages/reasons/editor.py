"""The right side of 变动原因: one slot with its sentence, figures, drivers, suggestions, text and objections."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QTextCursor
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from docgen.model import Direction
from docgen.reasons.slot import Objection, Slot, SlotState, Suggestion
from gui.pages.reasons.slots import DriverPanel, figure_words
from gui.session.jobs import Pause
from gui.style.theme import GRID, colours
from gui.widgets.fit import Scrolled, ScrolledBody
from gui.widgets.parts import STRETCH, button, card, column, label, row, set_state, shortened
from gui.widgets.rows import Column, RowTable

LIVE_MS = 150
"""How long after the last key the objections are looked for again."""
_WIDEST, _LOW = 1080, 400
_SETTLED_MS = 60
_LONGEST = 160
"""A longer reason is seen whole where it is written."""
_ENDS = "。．.；;，, "
_SUGGESTION_HEIGHT, _NO_TITLES = 32, 1_000_000
_SUGGESTIONS: tuple[Column[Suggestion], ...] = (
    Column("来源", lambda s: f" {s.source}", 96, ink=lambda _: colours().accent), Column("原因", lambda s: s.text, 400))


class SlotEditor(Scrolled):
    """Shows one slot and takes its text."""

    text_changed = Signal(str)
    """The user changed the text (a moment after the last key)."""
    accepted = Signal()
    """Ctrl+Enter: the text stands, go on."""
    verified = Signal(bool, str)
    """The user found the reason right, and what was noted; or takes that back."""
    stepped = Signal(int)
    """Previous (-1) or next (1)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slot: Slot | None = None
        self._timer = Pause(self, LIVE_MS, self._changed)
        self._compose()

    def _compose(self) -> None:
        body = ScrolledBody(self)
        body.setMaximumWidth(_WIDEST)
        self._section = label(body, role="muted")
        self._title = label(body, role="heading", wraps=True)
        self.sentence = label(body, wraps=True, selectable=True, form=Qt.TextFormat.RichText)
        self.amounts = label(body, wraps=True, selectable=True)
        self.figures = card(body, self.amounts)
        self.drivers = DriverPanel(body)
        self._fold = button(body, "", self._toggle, kind="link", tip="本年、对比、增减和增减最多的项目")
        self._is_folded: bool | None = None
        """Whether the user folded the figures away; ``None``: left to the room there is."""
        self.edit = QPlainTextEdit(body, placeholderText="写明原因即可，“变动原因：”和句末的句号由程序加上", tabChangesFocus=True)
        self.edit.setAccessibleName("变动原因")
        self.edit.setFixedHeight(78)
        self.edit.textChanged.connect(self._timer.touch)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self.edit, self._accept, context=Qt.ShortcutContext.WidgetShortcut)
        self.objections = label(body, wraps=True, form=Qt.TextFormat.PlainText)
        self._suggest_title = label(body, "可以参考（点击填入，再改）", "muted")
        self.suggestions = RowTable(_SUGGESTIONS, (1,), body, name="可以参考的原因", tip=lambda s: f"{s.text}\n（点击填入，可再修改）")
        self.suggestions.low = _NO_TITLES
        self.suggestions.verticalHeader().setDefaultSectionSize(_SUGGESTION_HEIGHT)
        self.suggestions.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.suggestions.opened.connect(self._take)
        column(
            body, self._section, self._title, card(body, self.sentence), self._fold, self.figures, self.drivers, self.edit,
            self.objections, self._buttons(body), self._mark(body), self._suggest_title, self.suggestions, STRETCH,
            margins=(GRID * 2, GRID, GRID * 2, GRID * 2))
        self.setWidget(body)

    def _buttons(self, body: QWidget) -> QHBoxLayout:
        self.accept_button = button(body, "采用，到下一条未填（Ctrl+Enter）", self._accept, kind="primary")
        self.previous_button = button(body, "上一条", lambda: self.stepped.emit(-1))
        self.next_button = button(body, "下一条", lambda: self.stepped.emit(1))
        for step, keys in ((self.previous_button, "Alt+Up"), (self.next_button, "Alt+Down")):
            step.setShortcut(QKeySequence(keys))
            step.setToolTip(QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText))
        return row(None, self.accept_button, STRETCH, self.previous_button, self.next_button)

    def _mark(self, body: QWidget) -> QHBoxLayout:
        """Where somebody notes that the reason was looked at and found right."""
        self.check = QCheckBox("已核实", body)
        self.check.setToolTip("看过，属实；金额或文字变了就不再有效")
        self.note = QLineEdit(body, placeholderText="核实说明，可不写")
        self.note.setAccessibleName("核实说明")
        self.check.clicked.connect(self._verify)
        self.note.editingFinished.connect(lambda: self._verify() if self.check.isChecked() and self.note.isModified() else None)
        return row(None, self.check, (self.note, 1))

    def _verify(self) -> None:
        self.flush()
        self.note.setModified(False)
        self.verified.emit(self.check.isChecked(), self.note.text().strip() if self.check.isChecked() else "")

    # ------------------------------------------------------------ where there is little room
    def _toggle(self) -> None:
        """The user wants to see the figures, or does not."""
        self._is_folded = not self.figures.isHidden()
        self._show_figures()

    def _show_figures(self) -> None:
        """On a small screen the figures give way to the text that is to be written."""
        is_low = self.height() < _LOW
        is_folded = is_low if self._is_folded is None else self._is_folded
        self._fold.setVisible(is_low or is_folded)
        self._fold.setText("▸ 显示金额和主要构成" if is_folded else "▾ 收起金额和主要构成")
        self.figures.setHidden(is_folded)
        self.drivers.setHidden(is_folded or not self.drivers.has_any)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._show_figures()

    # ------------------------------------------------------------ the slot
    def show_slot(self, slot: Slot) -> None:
        """Show a slot; the text being typed stays when it is the same one."""
        is_same = self.slot is not None and self.slot.id == slot.id
        self.slot = slot
        self._section.setText(slot.section_title)
        self._title.setText(slot.title)
        self.amounts.setText(figure_words(slot))
        self.drivers.show_drivers(slot.drivers)
        self._show_figures()
        if self.suggestions.rows.records != slot.suggestions:
            self.suggestions.rows.set_records(slot.suggestions)
            self.suggestions.setFixedHeight(len(slot.suggestions) * _SUGGESTION_HEIGHT + 2)
        for shown in (self.suggestions, self._suggest_title):
            shown.setVisible(bool(slot.suggestions))
        self.edit.setVisible(slot.direction is not Direction.LEVEL)
        if not is_same:
            self.edit.blockSignals(True)
            self.edit.setPlainText(slot.text)
            self.edit.blockSignals(False)
            self.edit.moveCursor(QTextCursor.MoveOperation.End)
            self._timer.stop()
            self.verticalScrollBar().setValue(0)
        self.check.setChecked(slot.state is SlotState.VERIFIED)
        for widget in (self.check, self.note):
            widget.setEnabled(bool(slot.text))
        if not is_same or not self.note.hasFocus():
            self.note.setText(slot.note)
        self.show_objections(slot.objections)
        self._show_sentence()

    def show_edit(self) -> None:
        """Scroll to the text field, when everything has found its place."""
        QTimer.singleShot(_SETTLED_MS, self, lambda: self.ensureVisible(0, self.edit.geometry().bottom() + GRID * 7, 0, 0))

    @property
    def text(self) -> str:
        """The text as typed, without white space around it."""
        return self.edit.toPlainText().strip()

    def forget(self) -> None:
        """Another unit was opened: the slot shown is none of its own."""
        self._timer.stop()
        self.slot = None

    def flush(self) -> None:
        """Report a change that is still waiting for the next key."""
        self._timer.flush()

    def show_objections(self, objections: Sequence[Objection]) -> None:
        """Say what is doubtful about the text, or what the slot needs."""
        slot = self.slot
        if slot is None:
            return
        if slot.state is SlotState.VERIFIED and self.text == slot.text:
            text, state = "\n".join(("✓ 已核实", *(f"（{o.message}）" for o in objections))), "green"
        elif objections:
            text, state = "\n".join(f"! {o.message}" for o in objections), "red"
        elif self.text:
            text, state = "✓ 没有发现问题", "green"
        elif slot.direction is Direction.LEVEL:
            text, state = "与对比数持平，报告中不写原因，这一条不用填。", "muted"
        elif slot.state is SlotState.NOT_NEEDED:
            text, state = "变动小于规定的幅度，可以不写；写了就会写进报告。", "muted"
        else:
            text, state = "○ 待填写", "amber"
        self.objections.setText(text)
        set_state(self.objections, state, "muted" if state == "muted" else "")

    def _show_sentence(self) -> None:
        if self.slot is None:
            return
        palette = colours()
        sentence = escape(self.slot.sentence)
        text = shortened(self.text.rstrip(_ENDS), _LONGEST)
        if self.slot.direction is Direction.LEVEL:
            words = sentence.removesuffix("，变动原因：")
        elif text:
            words = f'{sentence}<span style="color:{palette.accent}">{escape(text)}</span>'
        else:
            blank = "&nbsp;" * 6
            words = f'{sentence}<span style="background:{palette.amber_soft};color:{palette.amber}">{blank}待填写{blank}</span>'
        self.sentence.setText(f"{words}。")

    def dress(self) -> None:
        """Colours changed."""
        if self.slot is not None:
            self.show_slot(self.slot)

    # ------------------------------------------------------------ what the user does
    def _take(self, suggestion: Suggestion) -> None:
        """Replace the whole text, so that one Ctrl+Z brings the former back."""
        cursor = self.edit.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(suggestion.text)
        self.edit.setTextCursor(cursor)
        self.edit.setFocus()
        self.flush()

    def _changed(self) -> None:
        self._show_sentence()
        self.text_changed.emit(self.text)

    def _accept(self) -> None:
        self.flush()
        self.accepted.emit()
