"""What the sub-pages of 文字资料 have in common: they show a part of the 底稿 and write it back through the session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtWidgets import QLabel, QWidget

from docgen.reasons.model import Slot, SlotKind
from gui.pages.texts.bound import Binding, BoundField
from gui.session.session import Session
from gui.widgets.parts import set_state
from workbook.companion.model import Companion
from workbook.entries import Entry
from workbook.formulas.wording import mismatch_message
from workbook.issues import Severity
from workbook.pack.companion_form import CompanionForm, Content, EntryForm
from workbook.pack.rules import Rule

EXCEL_FILTER = "Excel 文件 (*.xlsx *.xlsm *.xls *.xlsb *.ods *.et)"


def _no_problem(_: Entry) -> str:
    return ""


def _year_problem(entry: Entry) -> str:
    value = entry.value
    return "" if value is None or (value == int(value) and 2000 <= value <= 2099) else "应填四位年份，如 2024"


def binding_of(form: EntryForm, problem: Callable[[Entry], str] = _no_problem) -> Binding:
    """The field of a labelled entry."""
    return Binding(
        form.title, lambda c: c.text(form.id), lambda c, entry: c.with_text(form.id, entry), form.content, form.id,
        form.hint, form.placeholder, form.choices, form.unit, EXCEL_FILTER, _year_problem if form.content is Content.YEAR else problem)


class TextTab(QWidget):
    """A sub-page."""

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.title = title
        self.fields: Sequence[BoundField] = ()
        """Entries of the 底稿 that are shown and taken over as they are."""

    def put_entry(self, binding: Binding, entry: Entry) -> None:
        """The user made another entry."""
        self.put(binding.put(self.session.companion_or_new(), entry))

    def type_entry(self, binding: Binding, entry: Entry) -> None:
        """A key was pressed: what the entry would be is kept."""
        self.session.recovery.typing(binding.put(self.session.companion_or_new(), entry))

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
        for field in self.fields:
            field.show_companion(companion)

    def flush(self) -> None:
        """Take over everything that was typed."""
        for field in self.fields:
            field.flush()

    def forget(self) -> None:
        """Another unit was opened: drop what was being typed (it was taken over before)."""
        for field in self.fields:
            field.forget()

    def edits(self, place: str) -> bool:
        """Whether *place* (a slot of the report, or a sheet of the 底稿) is edited here."""
        return place == self.title

    def go_to(self, place: str) -> None:
        """Put the cursor where *place* is edited."""

    def problems(self) -> int:
        """How many entries are wrong here (besides those that are missing)."""
        return sum(field.has_problem for field in self.fields)

    def gaps(self, slots: Iterable[Slot]) -> int:
        """How many texts are missing or doubtful here."""
        return self.problems() + sum(s.kind is SlotKind.TEXT and s.state.is_unfinished and self.edits(s.id) for s in slots)

    def put(self, companion: Companion) -> None:
        """The user made another 底稿."""
        self.session.set_companion(companion)

    @staticmethod
    def show_findings(label: QLabel, findings: list[tuple[Severity, str]], fine: str = "") -> None:
        """Tell in *label* what is wrong, or that all is *fine*."""
        label.setText("\n".join(f"{severity.sign} {message}" for severity, message in findings) or fine)
        is_wrong = any(severity is Severity.ERROR for severity, _ in findings)
        set_state(label, "red" if is_wrong else "amber" if findings else "green")


def findings_about(session: Session, concerns: Callable[[str, str], bool]) -> list[tuple[Severity, str]]:
    """What the check formulas say about cells (table and row) of the 底稿; rounding tails left out."""
    report = session.report
    found = report.evaluation.mismatches if report is not None else ()
    return [
        (f.formula.severity, mismatch_message(f)) for f in found
        if not f.is_tail and any(concerns(cell.table.code, cell.row) for cell in f.cells)]
