"""The report's places to fill in, computed once for every state of the session and shared by the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from docgen.reasons.slots import reason_slots

if TYPE_CHECKING:
    from docgen.reasons.model import Slot
    from gui.session.session import Session
    from workbook.companion.model import Companion
    from workbook.rules.check import CheckReport


@dataclass(frozen=True, slots=True)
class _Known:
    """Slots, and the state of the session that they are those of (held, so that no other object takes its place)."""

    report: CheckReport | None
    companion: Companion | None
    slots: tuple[Slot, ...]


_known: WeakKeyDictionary[Session, _Known] = WeakKeyDictionary()


def slots_of(session: Session) -> tuple[Slot, ...]:
    """All slots of the open unit.  Raises :class:`~workbook.errors.JuesuanError` when the pack is broken."""
    known = _known.get(session)
    if known is None or known.report is not session.report or known.companion is not session.companion:
        known = _Known(session.report, session.companion, reason_slots(session.context))
        _known[session] = known
    return known.slots
