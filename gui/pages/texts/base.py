"""What the sub-pages of 文字资料 have in common: they show a part of the 底稿 and write it back through the session."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from docgen.reasons.model import Slot, SlotKind, SlotState
from gui.session.session import Session
from gui.widgets.bound import Binding
from gui.widgets.form import Form
from workbook.companion.model import Companion
from workbook.entries import Entry


class TextTab(QWidget):
    """A sub-page."""

    title = ""
    places: tuple[str, ...] = ()
    """Beginnings of the slots and names of the 底稿's sheets that are edited here."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session

    def show_companion(self, companion: Companion) -> None:
        """Show the 底稿; what is being typed stays."""
        raise NotImplementedError

    def flush(self) -> None:
        """Take over everything that was typed."""

    def forget(self) -> None:
        """Another unit was opened: drop what was being typed (it was taken over before)."""

    def go_to(self, place: str) -> None:
        """Put the cursor where *place* is edited."""

    def problems(self) -> int:
        """How many entries are wrong here (besides those that are missing)."""
        return 0

    def gaps(self, slots: Iterable[Slot]) -> int:
        """How many texts are missing or doubtful here."""
        unfinished = (SlotState.OPEN, SlotState.DOUBTFUL)
        return self.problems() + sum(
            1 for s in slots if s.kind is SlotKind.TEXT and s.state in unfinished and s.id.startswith(self.places))

    def put(self, companion: Companion) -> None:
        """The user made another 底稿."""
        self.session.set_companion(companion)


class FormTab(TextTab):
    """A sub-page that is a form."""

    form: Form

    def make_form(self) -> Form:
        """The form, connected."""
        self.form = Form(self)
        self.form.edited.connect(self._edited)
        return self.form

    def _edited(self, binding: Binding, entry: Entry) -> None:
        self.put(binding.put(self.session.companion_or_new(), entry))

    def show_companion(self, companion: Companion) -> None:
        self.form.show_companion(companion)

    def flush(self) -> None:
        self.form.flush()

    def forget(self) -> None:
        self.form.forget()

    def problems(self) -> int:
        return self.form.problems
