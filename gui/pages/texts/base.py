"""What the sub-pages of 文字资料 have in common: they show a part of the 底稿 and write it back through the session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from PySide6.QtWidgets import QLabel, QWidget

from docgen.reasons.slot import Slot, SlotKind
from gui.pages.texts.form import Form
from gui.pages.texts.record_table import RecordTable
from gui.session.jobs import Pause
from gui.session.session import Session
from gui.widgets.parts import set_state
from workbook.companion.model import Companion
from workbook.formulas.wording import mismatch_message
from workbook.issues import Severity
from workbook.pack.companion_form import CompanionForm
from workbook.pack.rules import Rule

_Kind = TypeVar("_Kind")


def flush(widget: QWidget) -> None:
    """Take over everything that is being typed in *widget*."""
    for pause in _inside(widget, Pause):
        pause.flush()
    for table in _inside(widget, RecordTable):
        table.flush()


def forget(widget: QWidget) -> None:
    """Drop what is being typed in *widget*."""
    for pause in _inside(widget, Pause):
        pause.stop()
    for table in _inside(widget, RecordTable):
        table.forget()


def _inside(widget: Any, kind: type[_Kind]) -> list[_Kind]:
    return list(widget.findChildren(kind))


class TextTab(QWidget):
    """A sub-page."""

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.title = title
        self.form = Form(session.companion_or_new, session.set_companion, session.recovery.typing)
        """Entries of the 底稿 that are shown and taken over as they are; the sub-page places the form."""

    @property
    def companion_form(self) -> CompanionForm:
        """What the 底稿 of the open unit's pack is."""
        return self.session.accounts.pack.companion

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The pack's rules for it."""
        return self.session.accounts.pack.companion_rules

    def show_companion(self, companion: Companion) -> None:
        """Show the 底稿; what is being typed stays."""
        self.form.refresh()

    def flush(self) -> None:
        """Take over everything that was typed."""
        flush(self)

    def forget(self) -> None:
        """Another unit was opened: drop what was being typed (it was taken over before)."""
        forget(self)

    def edits(self, place: str) -> bool:
        """Whether *place* (a slot of the report, or a sheet of the 底稿) is edited here."""
        return place == self.title

    def go_to(self, place: str) -> None:
        """Put the cursor where *place* is edited."""

    def problems(self) -> int:
        """How many entries are wrong here (besides those that are missing)."""
        companion = self.session.companion_or_new()
        return sum(bool(edit.field.trouble(companion)) for edit in self.form.fields)

    def gaps(self, slots: Iterable[Slot]) -> int:
        """How many texts are missing or doubtful here."""
        return self.problems() + sum(s.kind is SlotKind.TEXT and s.state.is_unfinished and self.edits(s.id) for s in slots)

    def put(self, companion: Companion) -> None:
        """The user made another 底稿."""
        self.session.set_companion(companion)

    def show_findings(self, label: QLabel, concerns: Callable[[str, str], bool], fine: str = "") -> None:
        """Tell in *label* what the check formulas say about cells (table and row) of the 底稿, or that all is *fine*.

        Rounding tails are left out.
        """
        report = self.session.report
        found = [f for f in (report.evaluation.mismatches if report is not None else ())
                 if not f.is_tail and any(concerns(cell.table.code, cell.row) for cell in f.cells)]
        label.setText("\n".join(f"{f.formula.severity.sign} {mismatch_message(f)}" for f in found) or fine)
        label.setVisible(bool(label.text()))
        is_wrong = any(f.formula.severity is Severity.ERROR for f in found)
        set_state(label, "red" if is_wrong else "amber" if found else "green")
