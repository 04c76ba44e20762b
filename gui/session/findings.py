"""The open unit's findings and slots: those of the tables at once, the others when the user pauses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from gui.session.jobs import Pause
from workbook.errors import JuesuanError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.findings.unit import Findings
    from docgen.job.inputs import Inputs
    from docgen.reasons.slot import Slot
    from gui.session.session import Session
    from workbook.companion.model import Companion
    from workbook.issues import CellRef, Issue
    from workbook.rules.check import CheckReport

PAUSE_MS = 180
"""After a change, what does not follow from the cells alone waits for a pause in typing."""


class Left(NamedTuple):
    """How many places of the report are left: everywhere in the window these numbers."""

    reasons: int = 0
    """Reasons to be written (待填)."""
    texts: int = 0
    """Other texts to be written (待填)."""
    again: int = 0
    """Reasons and texts that are doubtful, or were written for other amounts."""


class UnitFindings(QObject):
    """All findings of a session's unit, as ``juesuan check`` lists them."""

    changed = Signal()
    """Findings about the 底稿, reasons and texts are others than before (those of the tables: ``Session.checked``)."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.now: Findings | None = None
        """Those of the tables are new, the others as of the last pause."""
        self._slots: tuple[CheckReport | None, Companion | None, tuple[Slot, ...]] = (None, None, ())
        self._later = Pause(self, PAUSE_MS, self._find_rest)

    @property
    def issues(self) -> Sequence[Issue]:
        """All, in the order in which they are listed."""
        return self.now.issues if self.now else ()

    @property
    def about_tables(self) -> Sequence[Issue]:
        """Those of the tables and of what they are compared with."""
        return self.now.about_tables if self.now else ()

    def check(self) -> None:
        """Check the tables now; the rest follows."""
        if (editor := self._session.editor) is not None:
            self.take(editor.check())

    def take(self, checked: CheckReport) -> None:
        """The tables were checked; the rest follows."""
        if self.now is not None:
            self.now = replace(self.now, checked=checked)
            self.refresh_soon()

    def refresh_soon(self) -> None:
        """What does not follow from the cells alone is looked at again when the user pauses."""
        self._later.start()

    def complete(self) -> Findings:
        """All as of now; what is still being typed is taken over first."""
        self._session.store.flush()
        self._find_rest()
        assert self.now is not None  # noqa: S101  # a workbook is open
        return self.now

    def _find_rest(self) -> None:
        from docgen.findings.unit import findings_of

        inputs, before = self._inputs_on_disk(), self.now
        if inputs is None or before is None:
            return
        try:
            slots = self.slots() if inputs.companion is not None else ()
        except JuesuanError:  # the pages that list the slots say so
            return
        self.now = findings_of(inputs, before.checked, slots)
        if self.now.issues != before.issues:
            self.changed.emit()

    def _inputs_on_disk(self) -> Inputs | None:
        """The inputs, with the 底稿 as it was read last where nothing of it waits to be written: it knows its cells."""
        inputs, store = self._session.inputs, self._session.store
        if inputs is None or inputs.companion is None or store.is_dirty or store.on_disk is None:
            return inputs
        return replace(inputs, companion=store.on_disk, companion_remarks=store.remarks)

    def slots(self) -> tuple[Slot, ...]:
        """All slots of the unit, found once for every state of it.  Raises ``JuesuanError`` when the pack is broken."""
        from docgen.report.slots import reason_slots

        session = self._session
        report, companion, slots = self._slots
        if report is None or report is not session.report or companion is not session.companion:
            slots = reason_slots(session.context)
            self._slots = session.report, session.companion, slots
        return slots

    @property
    def left(self) -> Left:
        """What is left to be written and looked at; nothing while that cannot be known."""
        from docgen.reasons.slot import SlotKind, SlotState

        try:
            slots = self.slots() if self._session.is_open else ()
        except JuesuanError:  # the pages that list the slots say so
            slots = ()
        states = [(slot.kind, slot.state) for slot in slots]
        is_open = [kind for kind, state in states if state is SlotState.OPEN]
        return Left(
            is_open.count(SlotKind.REASON), is_open.count(SlotKind.TEXT),
            sum(s.is_unfinished for _, s in states) - len(is_open))

    def know(self, companion: Companion, slots: tuple[Slot, ...]) -> None:
        """These are the slots with that 底稿, which the session gets next: they are not found twice."""
        self._slots = self._session.report, companion, slots

    def slot_at(self, ref: CellRef) -> str:
        """The slot whose reason stands in that cell of the 底稿; empty for any other cell."""
        inputs = self._inputs_on_disk()
        reasons = inputs.companion.reasons if inputs is not None and inputs.companion is not None else ()
        return next((row.slot for row in reasons if row.text.ref == ref), "")
