"""The open unit: what the pages look at and act on.

Owned by the main window and passed to every page.  It holds the inputs, the checks and the undo stack, and tells
with signals what changed; it computes nothing itself.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.session.companion_store import CompanionStore
from gui.session.disk import Claim, DiskWatch
from gui.session.findings import UnitFindings
from gui.session.jobs import Job, Jobs, Pause
from gui.session.opening import Opener, work_ahead
from gui.session.recovery import Recovery, UnitHistory
from gui.session.saving import CellEdits, Saving
from workbook.errors import JuesuanError, PasswordError, sentence

if TYPE_CHECKING:  # loaded late: the window is painted before the engine is needed

    from docgen.job.inputs import Inputs
    from gui.session.opening import Loaded
    from workbook.companion.model import Companion
    from workbook.editing.session import Edited, EditSession
    from workbook.formats.looks import BookLooks
    from workbook.pack.loading import Pack
    from workbook.reading.accounts import Accounts
    from workbook.rules.check import CheckReport


AHEAD_DELAY_MS = 200
"""Pause after opening, so that the worker does not compete with the first painting of the sheet."""


class Session(QObject):
    """One open unit."""

    warmed_up = Signal()
    """The engine is loaded; opening a workbook will be quick."""
    opened = Signal()
    """Inputs (re)loaded: accounts, last year and 底稿 are available."""
    checked = Signal()
    """:attr:`report` is new."""
    companion_changed = Signal()
    """The 底稿 was replaced (reasons, texts …)."""
    dirty_changed = Signal(bool)
    """Whether the workbook has unsaved edits."""
    cell_requested = Signal(object)
    """Somebody wants the page 校验 to show this :class:`CellRef`."""
    cells_edited = Signal(object)
    """The contents of these cells (a list of :class:`CellRef`) changed; ``checked`` follows."""
    noticed = Signal(str)
    """Something worth knowing, one sentence for the message bar."""
    failed = Signal(str)
    """One sentence for the message bar."""
    locked = Signal(object, object)
    """A file is encrypted (a :class:`~workbook.errors.PasswordError`), so that a workbook (its path) could not be opened."""
    ahead = Signal()
    """The unit is open and painted: what later steps need is done now."""
    closed = Signal()
    """Nothing is open any more."""

    def __init__(self, *, data_folder: Path | None = None) -> None:
        import platformdirs

        super().__init__()
        self.jobs = Jobs(self)
        self.inputs: Inputs | None = None
        self.looks: BookLooks | None = None
        self.editor: EditSession | None = None
        self.cells = CellEdits(self)
        self.undo_stack = self.cells.stack
        self.opener = Opener()
        self._was_dirty = False
        self._ahead = Pause(self, AHEAD_DELAY_MS, self._work_ahead)
        self.findings = UnitFindings(self)
        self.claim = Claim()
        folder = data_folder or Path(platformdirs.user_data_dir("juesuan", appauthor=False))
        self.recovery = Recovery(self, folder)
        self.store = CompanionStore(self.jobs, self)
        self.store.saved.connect(self.findings.refresh_soon)
        self.store.saved.connect(self.recovery.keep_texts)
        self.saving = Saving(self)
        self.disk = DiskWatch(self)
        self.history = UnitHistory(self, folder)

    # ------------------------------------------------------------ what is open
    @property
    def is_open(self) -> bool:
        return self.inputs is not None

    @property
    def path(self) -> Path | None:
        """The open workbook file or folder."""
        return self.inputs.accounts.path if self.inputs else None

    @property
    def report(self) -> CheckReport | None:
        """What the checks found in the tables."""
        return self.findings.now.checked if self.findings.now else None

    @property
    def pack(self) -> Pack | None:
        """The template pack in use (``None``: not loaded yet)."""
        return self.opener.pack

    @property
    def accounts(self) -> Accounts:
        """This year's accounts, with the edits.  Only while a workbook is open."""
        return self._open_parts()[0].accounts

    @property
    def companion(self) -> Companion | None:
        return self.inputs.companion if self.inputs else None

    def companion_or_new(self) -> Companion:
        """The 底稿, or an empty one that :meth:`set_companion` will create beside the workbook."""
        if self.companion is not None:
            return self.companion
        from workbook.companion.model import Companion
        from workbook.paths import companion_path

        accounts = self.accounts
        return Companion.new(companion_path(accounts.path), accounts.pack.companion, accounts.unit_name, accounts.year)

    @property
    def context(self) -> Inputs:
        """What a report is made from."""
        return self._open_parts()[1]

    # ------------------------------------------------------------ opening
    def warm_up(self) -> None:
        """Load what opening will need, while nothing else is to be done."""

        def loaded(_: None) -> None:
            self.warmed_up.emit()
            self._tell_pack_problem()

        self.jobs.start(self.opener.warm_up, loaded, lambda error: self.failed.emit(sentence(error)))

    def choose_pack(self, key: str, pack: Pack) -> None:
        """Use another template pack from now on; an open workbook is read anew (edits not saved are dropped)."""
        self.opener.key, self.opener.pack, self.opener.problem = key, pack, ""
        if self.path is not None:
            self.opener.choose_for(self.path, None)
            self.reload()
        else:
            self.checked.emit()

    def _tell_pack_problem(self) -> None:
        """The pack chosen is broken: say so, once."""
        problem, self.opener.problem = self.opener.problem, ""
        if problem:
            self.failed.emit(problem)

    def open(self, path: Path) -> Job:
        """Open a workbook or folder on the worker; ``opened`` and ``checked`` follow, or ``failed`` or ``locked``."""
        self.store.flush()

        def failed(error: Exception) -> None:
            if isinstance(error, PasswordError):
                self.locked.emit(error, path)
            else:
                self.failed.emit(sentence(error))

        return self.jobs.start(lambda: self.opener.load(path), self.take_loaded, failed)

    def open_now(self, path: Path) -> None:
        """Open before returning (tests, and the program's own self-test).  Raises ``JuesuanError``."""
        self.take_loaded(self.opener.load(path))

    def reload(self) -> None:
        """Read the open workbook again from disk; edits not saved are dropped."""
        if self.path is not None:
            self.open(self.path)

    def take_loaded(self, loaded: Loaded, *, is_same_work: bool = False) -> None:
        """Go on with a workbook that was read."""
        self.store.flush()
        written = self.store.on_disk
        self.inputs, self.editor, self.findings.now, self.looks = loaded
        if not (is_same_work and self.cells.move_here()):
            self.undo_stack.clear()
        self.store.reset(self.companion, self.inputs.companion_remarks)
        self.note_dirty()
        self.claim.take(self.accounts.path)
        self.opened.emit()
        self.checked.emit()
        self._ahead.start()
        self._tell_pack_problem()
        self.recovery.look()
        held = self.companion
        if written is not None and held is not None and written.path == held.path and self.store.changed_on_disk():
            self.reload_companion()  # it was written while the unit was being read anew

    def _work_ahead(self) -> None:
        """Do on the worker what the next steps need, unless the workbook was closed meanwhile."""
        editor, looks = self.editor, self.looks
        if editor is not None and looks is not None:
            self.ahead.emit()
            self.jobs.start(lambda: work_ahead(editor, looks), lambda _: self.findings.refresh_soon(), quiet=True)

    def close(self) -> None:
        """Close the workbook; edits not saved are dropped, the 底稿 is written."""
        self.store.flush()
        self.store.reset(None)
        self.claim.release()
        self.inputs = self.editor = self.findings.now = None
        self.undo_stack.clear()
        self.note_dirty()
        self.closed.emit()

    # ------------------------------------------------------------ editing
    @property
    def is_dirty(self) -> bool:
        """Whether the workbook has edits that are not saved."""
        return self.editor is not None and self.editor.is_dirty

    def edit_cell(self, table_code: str, row: int, column: int, text: str) -> bool:
        """Put what was typed into a cell (0-based); undoable.  False, and ``failed``, when it cannot stand there."""
        return self.cells.enter([(table_code, row, column, text)])

    def take_edited(self, edited: Edited) -> None:
        """Cells were edited: these are the accounts now."""
        _, inputs = self._open_parts()
        self.inputs = replace(inputs, accounts=edited.accounts)
        self.findings.take(edited.report)
        self.note_dirty()
        self.cells_edited.emit(edited.cells)
        self.checked.emit()
        self.recovery.soon.touch()

    def _open_parts(self) -> tuple[EditSession, Inputs]:
        if self.editor is None or self.inputs is None:
            raise JuesuanError("还没有打开工作簿。")
        return self.editor, self.inputs

    def reload_companion(self) -> None:
        """Read 底稿 and last year again from disk; changes not written yet are dropped, edits of the workbook stay."""
        from docgen.job.inputs import inputs_of

        editor, inputs = self._open_parts()
        path = inputs.companion.path if inputs.companion else None
        self.recovery.forget_texts()
        self.store.drop()

        def done(inputs: Inputs) -> None:
            if self.editor is not editor:
                return  # it was closed meanwhile, or another is open
            self.inputs = replace(inputs, accounts=editor.accounts)
            self.store.reset(inputs.companion, inputs.companion_remarks)
            self.findings.take(editor.look_at(self.inputs.view))
            self.companion_changed.emit()
            self.checked.emit()

        self.jobs.start(
            lambda: inputs_of(editor.accounts, path, trusted=self.opener.trusted), done,
            lambda error: self.failed.emit(sentence(error)))

    def open_editor(self) -> EditSession:
        """The editor.  Raises ``JuesuanError`` when nothing is open."""
        return self._open_parts()[0]

    def note_dirty(self) -> None:
        """Edits were made or saved: tell whether there are any."""
        if self.is_dirty != self._was_dirty:
            self._was_dirty = self.is_dirty
            self.dirty_changed.emit(self._was_dirty)

    # ------------------------------------------------------------ the 底稿
    def set_companion(self, companion: Companion) -> None:
        """Replace the 底稿; it is written to disk a moment later, and checks that depend on it run again."""
        from docgen.job.inputs import in_year_of

        editor, inputs = self._open_parts()
        old, year = inputs.companion, editor.accounts.year
        companion = self.opener.trust_chosen(companion, old)
        editor.accounts = in_year_of(editor.accounts, companion)
        self.inputs = replace(inputs, companion=companion, accounts=editor.accounts)
        self.store.put(companion, inputs.pack)
        self.recovery.typing(companion)
        if old is None or old.stated() != companion.stated() or editor.accounts.year != year:
            self.findings.take(editor.look_at(self.inputs.view))
            self.checked.emit()
        self.findings.refresh_soon()
        self.companion_changed.emit()
