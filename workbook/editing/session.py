"""Editing a workbook that is open: pending edits, re-reading what they touch, checking again.

An edit changes the raw sheet in memory and re-reads the one amount (or, for a label, the one table); the file
is not touched before :func:`workbook.editing.saving.save`.  Amounts are typed in the sheet's own unit.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook.amounts import Fault, parse_amount
from workbook.editing.excel_formula import FormulaValueError, UnsupportedError
from workbook.editing.recalc import Place, Recalculator, Rest
from workbook.errors import JuesuanError
from workbook.formats.sniff import FileFormat
from workbook.formulas.links import Links
from workbook.issues import CellRef
from workbook.reading.accounts import Accounts, read_table
from workbook.reading.cells import CellIndex
from workbook.reading.identify import read_frame
from workbook.rules.check import CheckReport, check
from workbook.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from workbook.formats.source import Content, RawSheet
    from workbook.formulas.bindings import View
    from workbook.reading.tables import Table

MAX_TEXT = 32767
"""Excel's limit for the text of a cell."""
_MAX_DIGITS = 15


class EditError(JuesuanError):
    """What was typed cannot stand in the cell: one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class CellState:
    """All that the program knows of a cell's content."""

    content: Content = ""
    error: str = ""
    """Error value shown (``#REF!``)."""
    is_uncomputed: bool = False
    is_formula: bool = False

    @classmethod
    def of(cls, sheet: RawSheet, row: int, column: int) -> CellState:
        """The state of a cell of *sheet*."""
        place, marks = (row, column), sheet.marks
        return cls(
            sheet.content(row, column), marks.errors.get(place, ""), place in marks.uncomputed, place in marks.formulas
        )

    def put(self, sheet: RawSheet, row: int, column: int) -> None:
        """Make this the state of a cell of *sheet*."""
        while len(sheet.rows) <= row:
            sheet.rows.append([])
        contents = sheet.rows[row]
        contents.extend([""] * (column + 1 - len(contents)))
        contents[column] = self.content
        place, marks = (row, column), sheet.marks
        marks.errors.pop(place, None)
        if self.error:
            marks.errors[place] = self.error
        for places, is_in in ((marks.uncomputed, self.is_uncomputed), (marks.formulas, self.is_formula)):
            (places.add if is_in else places.discard)(place)


Change = tuple[CellRef, CellState]


class EditSession:
    """The accounts of one open workbook, with the edits that are not saved yet."""

    def __init__(self, accounts: Accounts, view: View) -> None:
        self.accounts = accounts
        self.view = view
        self.links = Links(accounts.pack.formulas, view)
        self._sheets = {(s.file.name, s.name): s for s in accounts.source.sheets}
        self._codes = {(t.sheet.file.name, t.sheet.name): code for code, t in accounts.tables.items()}
        self._index: dict[str, CellIndex] = {}
        self._saved: dict[CellRef, CellState] = {}
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

    def code(self, ref: CellRef) -> str:
        """Code of the table that *ref* points into; empty when it is none of the eleven."""
        return self._codes.get((ref.file, ref.sheet), "")

    def ref(self, code: str, row: int, column: int) -> CellRef:
        """Reference of a physical cell of a table."""
        sheet = self.accounts.tables[code].sheet
        return CellRef(sheet.file.name, sheet.name, row, column)

    def index(self, code: str) -> CellIndex:
        """The index from places to amount cells of a table."""
        found = self._index.get(code)
        if found is None or found.table is not self.accounts.tables[code]:
            found = self._index[code] = CellIndex(self.accounts.tables[code])
        return found

    def state(self, ref: CellRef) -> CellState:
        """What the cell holds now."""
        sheet = self.sheet(ref)
        return CellState.of(sheet, ref.row, ref.column) if sheet else CellState()

    # ------------------------------------------------------------ editing
    def parse(self, ref: CellRef, text: str) -> CellState:
        """What typing *text* into the cell makes of it; amounts are read as the sheets' cells are.

        Raises :class:`EditError` when an amount cell would hold something else.
        """
        code = self.code(ref)
        if len(text) > MAX_TEXT:
            raise EditError(f"文字过长（{len(text):,} 字），单元格最多容纳 {MAX_TEXT:,} 字。")
        if not code or self.index(code).find(ref.row, ref.column) is None:
            return CellState(text)
        if text.lstrip().startswith("="):
            raise EditError("这里不能输入公式，请输入算好的金额；公式请在 Excel/WPS 中修改。")
        value = parse_amount(text)
        if isinstance(value, Fault):
            raise EditError(f"“{text.strip()[:20]}”不是金额，请输入数字，如 1,234.56；没有金额的留空。")
        if value is None:
            return CellState(text.strip())
        if len(value.normalize().as_tuple().digits) > _MAX_DIGITS:
            raise EditError("数字过长：Excel 最多保留 15 位有效数字。")
        return CellState(float(value))

    def change(self, changes: Sequence[Change]) -> list[Change]:
        """Make the changes and recompute the formulas that depend on them; returns what :meth:`restore` undoes them with."""
        before = [(ref, self._put(ref, state)) for ref, state in changes]
        return before + self._recompute([ref for ref, _ in changes])

    def restore(self, states: Sequence[Change]) -> list[Change]:
        """Put former states back (those of formulas too); returns what :meth:`restore` takes that back with."""
        return [(ref, self._put(ref, state)) for ref, state in reversed(states)]

    def _put(self, ref: CellRef, state: CellState) -> CellState:
        """Make *state* the cell's content and re-read what depends on it; returns the state it replaces."""
        sheet = self.sheet(ref)
        if sheet is None:
            raise EditError(f"工作簿中没有“{ref.sheet}”这张表。")
        before = CellState.of(sheet, ref.row, ref.column)
        self._saved.setdefault(ref, before)
        state.put(sheet, ref.row, ref.column)
        if self._saved[ref] == state:
            del self._saved[ref]
        if code := self.code(ref):
            place = self.index(code).find(ref.row, ref.column)
            if place is not None:
                self.accounts.tables[code].read_cell(*place)
            else:
                self._reread(code)
        return before

    # ------------------------------------------------------------ formulas
    def prepare(self, rest: Rest | None = None) -> Mapping[str, Recalculator]:
        """Find the formulas of each file, by its name (once); may be called ahead of the first edit, off the GUI thread."""
        if self._recalculators is None:
            files = dict.fromkeys(s.file for s in self.accounts.source.sheets if s.marks.formulas)
            self._recalculators = {file.name: Recalculator.of_file(file, rest) for file in files}
        return self._recalculators

    def _recompute(self, refs: Sequence[CellRef]) -> list[Change]:
        """Compute what depends on *refs*, file by file (a formula that reads another file is not understood)."""
        before: list[Change] = []
        for file, recalculator in self.prepare().items():
            changed = ((r.sheet, r.row, r.column) for r in refs if r.file == file)
            for place in recalculator.dependents(changed):
                ref = CellRef(file, *place)
                old = self.state(ref)
                if not old.is_formula or ref in refs:
                    continue
                new = self._computed(recalculator, file, place)
                if new is None:
                    self.stale.add(ref)
                elif new != old:
                    before.append((ref, self._put(ref, new)))
        return before

    def _computed(self, recalculator: Recalculator, file: str, place: Place) -> CellState | None:
        """What a formula comes to now; ``None`` when we cannot compute it."""
        try:
            value = recalculator.compute(place, lambda p: self.content(file, p))
        except UnsupportedError:
            return None
        except FormulaValueError as error:
            return CellState(error=str(error), is_formula=True)
        content: Content = float(value) if isinstance(value, Decimal) else "" if value is None else value
        return CellState(content, is_formula=True)

    def content(self, file: str, place: Place) -> object:
        """What a cell of a file holds, as formulas read it."""
        sheet = self._sheets.get((file, place[0]))
        if sheet is None:
            return ""
        return sheet.marks.errors.get(place[1:]) or sheet.content(*place[1:])

    @property
    def needs_recalculation(self) -> bool:
        """Whether Excel must compute something anew when it opens the saved file."""
        if not self._saved or not any(s.marks.formulas for s in self.accounts.source.sheets):
            return False
        return bool(self.stale) or not all(found.is_complete for found in self.prepare().values())

    def _reread(self, code: str) -> None:
        """Read a table anew: a label, a code or its frame changed."""
        old = self.accounts.tables[code]
        frame = read_frame(old.sheet)
        table = read_table(old.layout, old.sheet, frame.money_unit or old.unit)
        self.accounts = replace(
            self.accounts,
            tables={**self.accounts.tables, code: table},
            frames={**self.accounts.frames, code: frame},
        )
        self.set_view(replace(self.view, tables={**self.view.tables, code: table}))

    def set_view(self, view: View) -> None:
        """Look at other tables (after the 底稿 or last year's workbook changed)."""
        self.view = view
        self.links = Links(self.accounts.pack.formulas, view)

    def check(self) -> CheckReport:
        """Check again, with the links found before."""
        return check(self.accounts, self.view, self.links)

    # ------------------------------------------------------------ pending edits
    @property
    def edits(self) -> Mapping[CellRef, CellState]:
        """Cells that differ from the file, with what they hold now."""
        return {ref: self.state(ref) for ref in self._saved}

    @property
    def is_dirty(self) -> bool:
        """Whether anything differs from the file."""
        return bool(self._saved)

    def is_edited(self, ref: CellRef) -> bool:
        """Whether the cell differs from the file."""
        return ref in self._saved

    def mark_saved(self) -> None:
        """The file holds the present contents now."""
        self._saved.clear()
        self.stale.clear()

    def note_hash(self, path: Path, sha256: str) -> None:
        """A file was saved; its bytes have this hash now."""
        self.hashes[path] = sha256
        source = self.accounts.source
        if source.format is FileFormat.FOLDER:
            sha256 = hashlib.sha256(b"".join(bytes.fromhex(self.hashes[p]) for p in sorted(self.hashes))).hexdigest()
        self.accounts = replace(self.accounts, source=replace(source, sha256=sha256))

    def snapshot(self) -> Accounts:
        """A copy of the accounts that later edits cannot reach."""
        return replace(self.accounts, tables={code: _copy(t) for code, t in self.accounts.tables.items()})


def _hashes(accounts: Accounts) -> dict[Path, str]:
    source = accounts.source
    if source.format is not FileFormat.FOLDER:
        return {source.path: source.sha256}
    files = dict.fromkeys(s.file for s in source.sheets)
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _copy(table: Table) -> Table:
    sheet = table.sheet
    marks = replace(
        sheet.marks, errors=dict(sheet.marks.errors), uncomputed=set(sheet.marks.uncomputed),
        formulas=set(sheet.marks.formulas))
    return replace(
        table,
        sheet=replace(sheet, rows=[list(row) for row in sheet.rows], marks=marks),
        columns={column: dict(values) for column, values in table.columns.items()},
        faults=dict(table.faults),
        text_numbers=list(table.text_numbers),
    )
