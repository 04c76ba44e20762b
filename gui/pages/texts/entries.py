"""What the sub-pages of 文字资料 have in common, and those that are forms of its entries.

They show a part of the 底稿 and write it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from docgen.reasons.slot import Slot, SlotKind
from gui.pages.texts.fields import Draft, Field, labelled, money_words
from gui.pages.texts.form import FieldEdit, Form
from gui.pages.texts.record_table import RecordTable
from gui.session.jobs import Pause
from gui.session.session import Session
from gui.widgets.fit import scrolled
from gui.widgets.notice import Notice
from gui.widgets.parts import column, label, set_state
from workbook.companion.model import Companion
from workbook.formulas.wording import mismatch_message
from workbook.issues import Severity
from workbook.pack.companion_form import PRIOR_FILE, Cell, CompanionForm, Content, EntryForm, Group, Role
from workbook.pack.formula import COMPANION
from workbook.pack.rules import Rule


def flush(widget: QWidget) -> None:
    """Take over everything that is being typed in *widget*."""
    fields: list[Any] = [*widget.findChildren(Pause), *widget.findChildren(RecordTable)]
    for field in fields:
        field.flush()


class TextTab(QWidget):
    """A sub-page."""

    def __init__(self, session: Session, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.title = title
        self.draft = Draft(session.companion_or_new, session.set_companion, session.recovery.typing)
        self.form = Form(self.draft)
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


class EntriesTab(TextTab):
    """A sheet of labelled entries, or groups of them that stand on a page of their own."""

    def __init__(self, session: Session, title: str, groups: Sequence[Group], parent: QWidget | None = None) -> None:
        super().__init__(session, title, parent)
        self.groups = groups
        self.entries: dict[str, list[EntryForm]] = {
            group.title: [e for e in self.companion_form.entries.values() if e.group == group.title] for group in groups}
        self._all = [entry for entries in self.entries.values() for entry in entries]
        self._said: list[tuple[QLabel, Callable[[Companion], str]]] = []
        self._state = label(self, wraps=True)
        self.notice = Notice(self.form)
        for group in groups:
            self._add_group(group)
        self._by_id = {edit.field.id: edit for edit in self.form.fields}
        for edit in self.form.fields:
            edit.taken.connect(self._taken)
        self.form.add(self._state)
        self.form.finish()
        self._area = scrolled(self.form)
        column(self, self._area)
        session.checked.connect(self._show_state)

    def _add_group(self, group: Group) -> None:
        form, entries = self.form, self.entries[group.title]
        fields = (labelled(e, partial(self._missing_file, e.id)) if e.content is Content.FILE else labelled(e) for e in entries)
        form.add_group(group.title, fields, hint=group.hint)
        if any(entry.id == PRIOR_FILE for entry in entries):
            form.add(self.notice)
        if group.beside:
            self._say(lambda _: self._beside(group.beside))
        if group.shown:
            self._say(lambda c: f"报告中写作：{group.shown.format_map({e.id: c.text(e.id).text or '＿＿' for e in entries})}", "muted")

    def _missing_file(self, entry: str, companion: Companion) -> str:
        path, name = self.session.path, companion.text(entry).text
        if not name or path is None:
            return ""
        found = path.parent / Path(name.replace("\\", "/"))
        return "" if found.exists() else f"找不到这个文件（应在 {found.parent}）"

    def _say(self, words: Callable[[Companion], str], role: str = "") -> None:
        """Add what is said of the 底稿 as it is."""
        said = label(self.form, role=role, wraps=True, selectable=True)
        self.form.add(said)
        self._said.append((said, words))

    def _beside(self, cells: Sequence[Cell]) -> str:
        """What the published tables state, to compare with, as rich text."""
        names = "、".join(self.session.accounts.pack.sheets[code].mark for code in dict.fromkeys(cell.table for cell in cells))
        same = set.intersection(*({cell.row, cell.column} for cell in cells)) if len(cells) > 1 else set()
        rows = "".join(
            f"<tr><td style='padding:2px 24px 2px 0'>"
            f"{'·'.join(words for words in (cell.row, cell.column) if words not in same)}</td>"
            f"<td align='right'>"
            f"{'—' if (value := self.session.accounts.value(*cell)) is None else f'{money_words(value)} 万元'}</td></tr>"
            for cell in cells)
        return f"<p style='font-size:10.5pt'><b>{names}中的数</b></p><table cellspacing='0'>{rows}</table>"

    # ------------------------------------------------------------ the 底稿
    def _taken(self, field: Field) -> None:
        companion = self.session.companion_or_new()
        if field.id == PRIOR_FILE and field.text(companion) and not field.trouble(companion):
            self.notice.say("重新载入后，上年数改用这个文件。", "blue", ("重新载入", self._reopen))

    def _reopen(self) -> None:
        if self.session.is_dirty:
            self.notice.say("公开表有没有保存的修改，请先保存再重新载入。", "amber")
        elif self.session.path is not None:
            self.session.open(self.session.path)

    def show_companion(self, companion: Companion) -> None:
        super().show_companion(companion)
        for said, words in self._said:
            said.setText(words(companion))
        self._show_state()

    def problems(self) -> int:
        """Wrong entries; last year's figures, and amounts that a total of the tables asks for."""
        inputs = self.session.inputs
        asked = int(PRIOR_FILE in self._by_id and inputs is not None and not inputs.prior and not inputs.is_first_year)
        for group in self.groups if self.session.is_open else ():
            if group.asked_when is not None and self.session.accounts.value(*group.asked_when):
                asked += not self._any_given(self.entries[group.title])
        return super().problems() + asked

    def _any_given(self, entries: Sequence[EntryForm]) -> bool:
        companion = self.session.companion
        return companion is not None and not all(companion.text(entry.id).is_blank for entry in entries)

    def _show_state(self) -> None:
        """What the check formulas say about the amounts."""
        amounts = [e for e in self._all if e.content is Content.AMOUNT]
        if not amounts or self.session.companion is None or self.session.report is None:
            self._state.clear()
            return
        ids = {entry.id for entry in amounts}
        fine = "✓ 与公开表一致" if self._any_given(amounts) else ""
        self.show_findings(self._state, lambda table, row: table == COMPANION and row in ids, fine)

    # ------------------------------------------------------------ places
    def edits(self, place: str) -> bool:
        return super().edits(place) or self._field(place) is not None

    def _field(self, place: str) -> FieldEdit | None:
        """The field for a slot, or for the sheet of last year's figures."""
        if place == self.companion_form.name(Role.PRIOR):
            return self._by_id.get(PRIOR_FILE)
        return next((self._by_id[e.id] for e in self._all if e.slot == place), None)

    def go_to(self, place: str) -> None:
        field = self._field(place) or self.form.fields[0]
        field.input.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self._area.ensureWidgetVisible(field))  # when everything has found its place
