"""The page 变动原因: every place where the report needs a reason, filled in one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QProgressBar, QWidget

from docgen.reasons.objections import object_to
from docgen.reasons.slot import Slot, SlotKind, SlotState
from docgen.report.slots import mark_of_reason, reason_slots, with_reason, with_reason_rows
from gui.pages.base import DONE, Page, PageName
from gui.pages.reasons.editor import SlotEditor
from gui.pages.reasons.slots import SlotList
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.notice import Notice
from gui.widgets.parts import button, column, label, row, splitter
from workbook.companion.checks import with_mark
from workbook.companion.model import Companion
from workbook.pack.companion_form import Role
from workbook.pack.formula import BUDGET, PRIOR

_NEEDED, _OPEN, _DOUBTFUL, _ALL = "需要填写的", "待填的", "有疑问的", "全部"
_FILTERS: dict[str, Callable[[Slot], bool]] = {
    _NEEDED: lambda s: s.state is not SlotState.NOT_NEEDED, _OPEN: lambda s: s.state is SlotState.OPEN,
    _DOUBTFUL: lambda s: s.state in (SlotState.DOUBTFUL, SlotState.RECHECK), _ALL: lambda _: True,
}
_WAYS_OUT = ((f"填写{BUDGET}", BUDGET, Role.BUDGET), (f"指定{PRIOR}决算表", PRIOR, Role.PRIOR))
"""Words of the button, what it helps against, the sheet of the 底稿 that it leads to."""


class ReasonsPage(Page):
    """List at the left, the chosen slot at the right, progress above."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.slots: tuple[Slot, ...] = ()
        """All reasons of the report."""
        self.filter = QComboBox(self)  # in the order of Tab
        self.list = SlotList(self)
        self.list.chosen.connect(self._chosen)
        self.list.activated.connect(lambda _: self._write())
        self.editor = SlotEditor(self)
        self.editor.text_changed.connect(self._typed)
        self.editor.edit.textChanged.connect(self._key_pressed)
        self.editor.accepted.connect(self._accepted)
        self.editor.verified.connect(self._verified)
        self.editor.stepped.connect(self._step)
        self.notice, self.missing = Notice(self).float_over(self), Notice(self)
        self.filter.addItems(list(_FILTERS))
        self.filter.setAccessibleName("显示哪些原因")
        self.filter.currentTextChanged.connect(self._show_list)
        self.progress = QProgressBar(self, textVisible=False)
        self.progress.setFixedHeight(6)
        self.summary, self.next_button = label(self), button(self, "下一条未填", self._go_on)
        beside, left = (0, 0, GRID * 2, 0), QWidget(self)
        head = row(None, self.summary, (self.progress, 1), self.next_button, margins=beside, spacing=GRID * 2)
        column(left, self.filter, (self.list, 1), spacing=GRID // 2)
        split = splitter(self, Qt.Orientation.Horizontal, left, self.editor, sizes=(300, 800), stretch=(0, 1))
        column(self, head, row(None, self.missing, margins=beside), (split, 1), margins=(GRID * 2, GRID, 0, GRID))
        self.first = self.list
        session.opened.connect(self._opened)
        session.closed.connect(self._opened)
        self.follow(session.checked, session.companion_changed)

    # ------------------------------------------------------------ what is shown
    def badge(self) -> str:
        """How many reasons are still to be written or doubtful."""
        if not self.session.is_open:
            return ""
        self._find_slots()
        return str(sum(s.state.is_unfinished for s in self.slots) or DONE)

    def dress(self) -> None:
        self.editor.dress()

    def flush(self) -> None:
        self.editor.flush()

    def _opened(self) -> None:
        self.editor.forget()
        self.notice.hide()
        self.refresh_soon()

    def _find_slots(self) -> bool:
        """Look at the report's places again; false when they cannot be had."""
        found = self.notice.attempt(self.session.findings.slots)
        self.slots = tuple(s for s in found or () if s.kind is SlotKind.REASON)
        return found is not None

    def activate(self) -> None:
        if not self.session.is_open or not self._find_slots():
            return
        self._show_summary()
        self._show_missing()
        self._show_list()
        self._chosen(self._current)

    @property
    def _current(self) -> str:
        """Id of the slot in the editor; empty: none."""
        return self.editor.slot.id if self.editor.slot is not None else ""

    def _show_summary(self) -> None:
        needed = [s for s in self.slots if s.state is not SlotState.NOT_NEEDED]
        counts = Counter(s.state for s in needed)
        parts = [f"已填 {len(needed) - counts[SlotState.OPEN]} / {len(needed)}"]
        parts += [f"{state} {counts[state]}" for state in SlotState if state.is_unfinished and counts[state]]
        self.summary.setText("　".join(parts) if needed else "本年没有需要说明的变动")
        self.progress.setMaximum(max(len(needed), 1))
        self.progress.setValue(counts[SlotState.GIVEN] + counts[SlotState.VERIFIED] if needed else 1)
        is_left = any(s.state.is_unfinished for s in needed)
        self.next_button.setText("下一条未填" if counts[SlotState.OPEN] else "下一条有疑问的" if is_left else "接着填写文字资料")

    def _show_missing(self) -> None:
        missing = list(dict.fromkeys(s.missing for s in self.slots if s.missing))
        if missing:
            more = f"等 {len(missing)} 项" if len(missing) > 2 else ""
            form = self.session.accounts.pack.companion
            actions = [
                (words, partial(self.page_requested.emit, PageName.TEXTS, form.name(role))) for words, sign, role in _WAYS_OUT
                       if any(sign in m for m in missing) and form.name(role)]
            self.missing.say(f"缺少{'、'.join(missing[:2])}{more}，有关的变动算不出来。", "amber", *actions, closable=False)
        else:
            self.missing.hide()

    def _show_list(self) -> None:
        wanted = _FILTERS[self.filter.currentText()]
        shown = [s for s in self.slots if wanted(s) or s.id == self._current]
        self.list.show_slots(shown)
        if not self.list.choose(self._current) and shown:
            self.list.choose(next((s for s in shown if s.state.is_unfinished), shown[0]).id)
        self.editor.setVisible(bool(self._current))

    # ------------------------------------------------------------ what the user does
    def _chosen(self, slot_id: str) -> None:
        if slot_id != self._current:
            self.editor.flush()
        if (slot := next((s for s in self.slots if s.id == slot_id), None)) is not None:
            self.editor.setVisible(True)
            self.editor.show_slot(slot)

    def go_to(self, slot_id: str) -> None:
        """Choose a slot and begin typing (another page asks for it)."""
        self.activate()
        if not self.list.choose(slot_id):
            self.filter.setCurrentText(_ALL)
            self.list.choose(slot_id)
        self._write()

    def _write(self) -> None:
        """On to the text of the slot chosen."""
        self.editor.edit.setFocus()
        self.editor.show_edit()

    def _go_on(self) -> None:
        """The next reason that is not filled in yet, else that is doubtful, else the next step."""
        if not self._go_to_next(lambda s: s.state is SlotState.OPEN) and not self._go_to_next(lambda s: s.state.is_unfinished):
            self.page_requested.emit(PageName.TEXTS, "")

    def _go_to_next(self, wanted: Callable[[Slot], bool]) -> bool:
        """Choose the next reason that is *wanted*, round and round; false when there is none."""
        self.editor.flush()
        here = next((i for i, s in enumerate(self.slots, 1) if s.id == self._current), 0)
        found = next((s for s in (*self.slots[here:], *self.slots[:here]) if wanted(s)), None)
        if found is not None:
            self.go_to(found.id)
        return found is not None

    def go_to_next_open(self) -> None:
        """The next reason that is not filled in yet, round and round; where there is none, say what is left."""
        if self._go_to_next(lambda s: s.state is SlotState.OPEN):
            return
        if doubtful := sum(s.state.is_unfinished for s in self.slots):
            self.notice.say(f"原因都已填写，还有 {doubtful} 条有疑问，请再看一遍。", "amber")
        else:
            self.notice.say("变动原因都已填写，没有发现问题。", "green", ("接着填写文字资料", partial(self.page_requested.emit, PageName.TEXTS, "")))

    def _step(self, step: int) -> None:
        shown = self.list.slots
        place = next((i for i, s in enumerate(shown) if s.id == self._current), -1) + step
        if 0 <= place < len(shown):
            self.list.choose(shown[place].id)

    def _key_pressed(self) -> None:
        slot = self.editor.slot
        if slot is not None and self.session.is_open and self.editor.text != slot.text:
            self.session.recovery.typing(with_reason(self.session.companion_or_new(), slot.id, self.editor.text))

    def _typed(self, text: str) -> None:
        """Keep the text in the 底稿."""
        slot = self.editor.slot
        if slot is None or not self.session.is_open or text == slot.text:
            return
        if slot.change is not None:
            texts = {s.id: s.text for s in self.slots if s.text and s.id != slot.id} | {slot.id: text}
            self.editor.show_objections(object_to(text, slot.change, self.session.context, texts, slot.drivers))
        self._put(with_reason(self.session.companion_or_new(), slot.id, text))

    def _put(self, companion: Companion) -> None:
        """Take another 底稿, with the rows that the program writes beside the reasons."""
        slots = reason_slots(replace(self.session.context, companion=companion))
        companion = with_reason_rows(companion, slots)
        self.session.findings.know(companion, slots)
        self.session.set_companion(companion)

    def _accepted(self) -> None:
        """The text stands: for these amounts, when it was written for others; on to the next."""
        slot = self.editor.slot
        if slot is not None and slot.state is SlotState.RECHECK and self.session.is_open:
            self._put(with_reason(self.session.companion_or_new(), slot.id, slot.text))
        self.go_to_next_open()

    def _verified(self, is_given: bool, note: str) -> None:
        """Somebody looked at the reason and found it right, or takes that back."""
        slot = self.editor.slot
        if slot is None or not slot.text or not self.session.is_open:
            return
        when = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
        self._put(with_mark(self.session.companion_or_new(), mark_of_reason(slot), note=note, when=when, is_given=is_given))
