"""What the sub-pages of 文字资料 have in common: they show a part of the 底稿 and write it back through the session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtWidgets import QLabel, QWidget

from docgen.reasons.model import Slot, SlotKind, SlotState
from gui.session.session import Session
from gui.widgets.bound import Binding
from gui.widgets.form import Form
from workbook.companion.model import Companion
from workbook.entries import Entry
from workbook.formulas.wording import mismatch_message
from workbook.issues import Severity
from workbook.pack.companion_form import CompanionForm
from workbook.pack.rules import Rule


class TextTab(QWidget):
    """A sub-page."""

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.title = title

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
        raise NotImplementedError

    def flush(self) -> None:
        """Take over everything that was typed."""

    def forget(self) -> None:
        """Another unit was opened: drop what was being typed (it was taken over before)."""

    def edits(self, place: str) -> bool:
        """Whether *place* (a slot of the report, or a sheet of the 底稿) is edited here."""
        return place == self.title

    def go_to(self, place: str) -> None:
        """Put the cursor where *place* is edited."""

    def problems(self) -> int:
        """How many entries are wrong here (besides those that are missing)."""
        return 0

    def gaps(self, slots: Iterable[Slot]) -> int:
        """How many texts are missing or doubtful here."""
        unfinished = (SlotState.OPEN, SlotState.DOUBTFUL)
        return self.problems() + sum(
            1 for s in slots if s.kind is SlotKind.TEXT and s.state in unfinished and self.edits(s.id))

    def put(self, companion: Companion) -> None:
        """The user made another 底稿."""
        self.session.set_companion(companion)


    def put_entry(self, binding: Binding, entry: Entry) -> None:
        """The user made another entry."""
        self.put(binding.put(self.session.companion_or_new(), entry))

    @staticmethod
    def show_findings(label: QLabel, findings: list[tuple[Severity, str]], fine: str = "") -> None:
        """Tell in *label* what is wrong, or that all is *fine*."""
        label.setText("\n".join(f"{severity.sign} {message}" for severity, message in findings) or fine)
        is_wrong = any(severity is Severity.ERROR for severity, _ in findings)
        label.setProperty("state", "red" if is_wrong else "amber" if findings else "green")
        label.style().polish(label)


def findings_about(session: Session, concerns: Callable[[str, str], bool]) -> list[tuple[Severity, str]]:
    """What the check formulas say about cells (table and row) of the 底稿; rounding tails left out."""
    report = session.report
    found = report.evaluation.mismatches if report is not None else ()
    return [
        (f.formula.severity, mismatch_message(f)) for f in found
        if not f.is_tail and any(concerns(cell.table.code, cell.row) for cell in f.cells)]


class FormTab(TextTab):
    """A sub-page that is a form."""

    form: Form

    def make_form(self) -> Form:
        """The form, connected."""
        self.form = Form(self)
        self.form.edited.connect(self.put_entry)
        return self.form

    def show_companion(self, companion: Companion) -> None:
        self.form.show_companion(companion)

    def flush(self) -> None:
        self.form.flush()

    def forget(self) -> None:
        self.form.forget()

    def problems(self) -> int:
        return self.form.problems
