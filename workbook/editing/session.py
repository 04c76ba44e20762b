"""Editing a workbook that is open: what was typed becomes new accounts, checked again.

Sheets, tables and accounts are values: an edit makes new ones, and whoever holds the former ones is not disturbed.  The
file is not touched before :func:`workbook.editing.saving.save`.  Amounts are typed in the sheet's own unit and enter the
table as the ``Decimal`` that was typed.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from workbook.amounts import MAX_DIGITS, Fault, as_kept, parse_amount
from workbook.editing.cells import CellState, Change, States, differences, with_states
from workbook.editing.excel_formula import FormulaValueError, UnsupportedError
from workbook.editing.recalc import Recalculator, Rest, SheetCell, load_tokenizer
from workbook.editing.sheet_edit import MAX_TEXT
from workbook.errors import JuesuanError
from workbook.formats.sniff import FileFormat
from workbook.formulas.links import Links
from workbook.issues import CellRef
from workbook.reading.accounts import Accounts, read_table
from workbook.reading.identify import read_frame
from workbook.rules.check import CheckReport, check
from workbook.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from workbook.formats.source import RawSheet
    from workbook.formulas.bindings import View
    from workbook.reading.identify import Frame
    from workbook.reading.tables import Table


class EditError(JuesuanError):
    """What was typed cannot stand in the cell: one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did."""

    accounts: Accounts
    report: CheckReport
    """All checks of these accounts."""
    before: tuple[Change, ...]
    """The cells whose content changed, with what they held: :meth:`EditSession.restore` takes the edit back with it."""
    count: int
    """How many cells were edited; the others, behind them, are formulas that were recomputed."""

    @property
    def cells(self) -> list[CellRef]:
        """The cells whose content changed."""
        return [ref for ref, _ in self.before]

    @property
    def replaced_formula(self) -> CellRef | None:
        """The first cell that held a formula and now holds a fixed number."""
        sheets = {(s.file.name, s.name): s for s in self.accounts.source.sheets}
        for ref, old in self.before[: self.count]:
            new = CellState.of(sheets[ref.file, ref.sheet], ref.row, ref.column)
            if old.is_formula and not new.is_formula and new.content != "":
                return ref
        return None


class EditSession:
    """The accounts of one open workbook, with the edits that are not saved yet."""

    def __init__(self, accounts: Accounts, view: View) -> None:
        self.accounts = accounts
        self.view = view
        self.links = Links(accounts.pack.formulas, view)
        self._sheets = _by_name(accounts.source.sheets)
        self.saved = self._sheets
        """The sheets, by file and name, as the files held them when they were read or saved."""
        self._edits: dict[CellRef, CellState] | None = {}
        self._codes = {(t.sheet.file.name, t.sheet.name): code for code, t in accounts.tables.items()}
        self._recalculators: dict[str, Recalculator] | None = None
        self.hashes = _hashes(accounts)
        """SHA-256 of each file as it was read or last saved."""
        self.backed_up: set[Path] = set()
        """Files of which a backup was kept."""
        self.stale: set[CellRef] = set()
        """Formula cells that we cannot compute and that depend on an edit: Excel will, when it opens the file."""

    # ------------------------------------------------------------ looking
    def sheet(self, ref: CellRef) -> RawSheet | None:
        """The raw sheet that *ref* points into (``None``: not in this workbook)."""
        return self._sheets.get((ref.file, ref.sheet))

    def current(self, sheet: RawSheet) -> RawSheet:
        """*sheet*, as it was at any time, with all edits so far."""
        return self._sheets.get((sheet.file.name, sheet.name), sheet)

    def code(self, ref: CellRef) -> str:
        """Code of the table that *ref* points into; empty when it is in none of the form's sheets."""
        return self._codes.get((ref.file, ref.sheet), "")

    def ref(self, code: str, row: int, column: int) -> CellRef:
        """Reference of a physical cell of a table."""
        sheet = self.accounts.tables[code].sheet
        return CellRef(sheet.file.name, sheet.name, row, column)

    def key(self, ref: CellRef) -> tuple[str, str] | None:
        """Row and column id of the amount in the cell; ``None`` when it is no amount cell."""
        table = self.accounts.tables.get(self.code(ref))
        return table.structure.key_at(ref.row, ref.column) if table else None

    def state(self, ref: CellRef) -> CellState:
        """What the cell holds now."""
        sheet = self.sheet(ref)
        return CellState.of(sheet, ref.row, ref.column) if sheet else CellState()

    # ------------------------------------------------------------ editing
    def enter(self, texts: Iterable[tuple[CellRef, str]]) -> Edited | None:
        """Put what was typed into cells, recompute the formulas that depend on them and check again.

        ``None`` when the cells hold that already.  Raises :class:`EditError`, and then nothing was changed.
        """
        states = [(ref, self._parsed(ref, text)) for ref, text in texts]
        changes = [(ref, state) for ref, state in states if state != self.state(ref)]
        return self.apply(changes) if changes else None

    def refusal(self, ref: CellRef, text: str) -> str:
        """Why *text* cannot stand in the cell, as one sentence; empty when it can."""
        try:
            self._parsed(ref, text)
        except EditError as error:
            return str(error)
        return ""

    def _parsed(self, ref: CellRef, text: str) -> CellState:
        """What typing *text* into the cell makes of it; amounts are read as the sheets' cells are."""
        if len(text) > MAX_TEXT:
            raise EditError(f"文字过长（{len(text):,} 字），单元格最多容纳 {MAX_TEXT:,} 字。")
        if self.key(ref) is None:
            return CellState(text)
        if text.lstrip().startswith("="):
            raise EditError("这里不能输入公式，请输入算好的金额；公式请在 Excel/WPS 中修改。")
        value = parse_amount(text)
        if isinstance(value, Fault):
            raise EditError(f"“{text.strip()[:20]}”不是金额，请输入数字，如 1,234.56；没有金额的留空。")
        if value is None:
            return CellState(text.strip())
        if len(value.normalize().as_tuple().digits) > MAX_DIGITS:
            raise EditError("数字过长：Excel 最多保留 15 位有效数字。")
        return CellState(value)

    def apply(self, changes: Iterable[Change]) -> Edited:
        """Make these *changes*, recompute the formulas that depend on them and check again.  Raises :class:`EditError`."""
        states = dict(changes)
        return replace(self.restore([*states.items(), *self._recomputed(states).items()]), count=len(states))

    def restore(self, changes: Iterable[Change]) -> Edited:
        """Make just these *changes* (former states, those of formulas too) and check again.  Raises :class:`EditError`."""
        states = dict(changes)
        if unknown := next((ref for ref in states if self.sheet(ref) is None), None):
            raise EditError(f"工作簿中没有“{unknown.sheet}”这张表。")
        before = tuple([(ref, self.state(ref)) for ref in states])
        by_sheet: dict[RawSheet, States] = {}
        for ref, state in states.items():
            by_sheet.setdefault(self._sheets[ref.file, ref.sheet], {})[ref.row, ref.column] = state
        self._replace({old: with_states(old, cells) for old, cells in by_sheet.items()}, by_sheet)
        return Edited(self.accounts, self.check(), before, len(before))

    def _replace(self, sheets: Mapping[RawSheet, RawSheet], cells: Mapping[RawSheet, States]) -> None:
        """Take new sheets (by the old ones, which differ in *cells*) and read from them what depends on them."""
        tables: dict[str, Table] = {}
        frames: dict[str, Frame] = {}
        for old, new in sheets.items():
            code = self._codes.get((old.file.name, old.name), "")
            if not code:
                continue
            table = self.accounts.tables[code]
            keys = {position: table.structure.key_at(*position) for position in cells[old]}
            if None in keys.values():  # a label, a code or the frame
                frames[code] = read_frame(new)
                tables[code] = read_table(table.layout, new, frames[code].money_unit or table.unit)
            else:
                tables[code] = table.with_cells(new, {key for key in keys.values() if key})
        accounts = self.accounts.with_sheets(sheets, tables)
        self.accounts = replace(accounts, frames={**accounts.frames, **frames}) if frames else accounts
        self._sheets = _by_name(self.accounts.source.sheets)
        self._edits = None
        self.view = replace(self.view, tables={**self.view.tables, **tables})
        self.links = Links(self.accounts.pack.formulas, self.view) if frames else self.links.with_amounts(self.view)

    def look_at(self, view: View) -> CheckReport:
        """Check with other tables beside the workbook's (after the 底稿 or last year's workbook changed)."""
        self.view = view
        self.links = Links(self.accounts.pack.formulas, view)
        return self.check()

    def check(self) -> CheckReport:
        """Run all checks."""
        return check(self.accounts, self.view, self.links)

    # ------------------------------------------------------------ formulas
    def prepare(self, rest: Rest | None = None) -> Mapping[str, Recalculator]:
        """Find the formulas of each file, by its name (once); may be called ahead of the first edit, off the GUI thread."""
        if self._recalculators is None:
            files = dict.fromkeys(s.file for s in self.accounts.source.sheets if s.marks.formulas)
            self._recalculators = {file.name: Recalculator.of_file(file, rest) for file in files}
            if files:
                load_tokenizer()
        return self._recalculators

    def _recomputed(self, states: Mapping[CellRef, CellState]) -> dict[CellRef, CellState]:
        """What depends on *states*, file by file (a formula that reads another file is not understood)."""
        new = dict(states)

        def content(file: str, cell: SheetCell) -> object:
            if (state := new.get(CellRef(file, *cell))) is not None:
                return state.error or state.content
            sheet = self._sheets.get((file, cell[0]))
            return (sheet.marks.errors.get(cell[1:]) or sheet.content(*cell[1:])) if sheet else ""

        for file, recalculator in self.prepare().items():
            changed = ((r.sheet, r.row, r.column) for r in states if r.file == file)
            for cell in recalculator.dependents(changed):
                ref = CellRef(file, *cell)
                if ref in states or not self.state(ref).is_formula:
                    continue
                computed = _computed(recalculator, cell, partial(content, file))
                if computed is None:
                    self.stale.add(ref)
                elif computed != self.state(ref):
                    new[ref] = computed
        return {ref: state for ref, state in new.items() if ref not in states}

    @property
    def needs_recalculation(self) -> bool:
        """Whether Excel must compute something anew when it opens the saved file."""
        if not self.is_dirty or not any(s.marks.formulas for s in self.accounts.source.sheets):
            return False
        return bool(self.stale) or not all(found.is_complete for found in self.prepare().values())

    # ------------------------------------------------------------ pending edits
    @property
    def edits(self) -> Mapping[CellRef, CellState]:
        """Cells that differ from the file, with what they hold now."""
        if self._edits is None:
            self._edits = dict(differences(self.saved, self._sheets))
        return self._edits

    @property
    def is_dirty(self) -> bool:
        """Whether anything differs from the file."""
        return bool(self.edits)

    def mark_saved(self) -> None:
        """The file holds the present contents now."""
        self.saved, self._edits = self._sheets, {}
        self.stale.clear()

    def note_hash(self, path: Path, sha256: str) -> None:
        """A file was saved; its bytes have this hash now."""
        self.hashes[path] = sha256
        source = self.accounts.source
        if source.format is FileFormat.FOLDER:
            sha256 = hashlib.sha256(b"".join(bytes.fromhex(self.hashes[p]) for p in sorted(self.hashes))).hexdigest()
        self.accounts = replace(self.accounts, source=replace(source, sha256=sha256))


def _hashes(accounts: Accounts) -> dict[Path, str]:
    source = accounts.source
    if source.format is not FileFormat.FOLDER:
        return {source.path: source.sha256}
    files = dict.fromkeys(s.file for s in source.sheets)
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _by_name(sheets: Sequence[RawSheet]) -> dict[tuple[str, str], RawSheet]:
    return {(sheet.file.name, sheet.name): sheet for sheet in sheets}


def _computed(recalculator: Recalculator, cell: SheetCell, content: Callable[[SheetCell], object]) -> CellState | None:
    """What a formula comes to now, to the digits that Excel keeps; ``None`` when we cannot compute it."""
    try:
        value = recalculator.compute(cell, content)
    except UnsupportedError:
        return None
    except FormulaValueError as error:
        return CellState(error=str(error), is_formula=True)
    return CellState(as_kept(value) if isinstance(value, Decimal) else "" if value is None else value, is_formula=True)
