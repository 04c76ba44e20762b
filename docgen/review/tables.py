"""The final-accounts tables in a report against the workbook, cell by cell.

A table of the Word file is read as a sheet: recognised by the title above it and by its headers, with the reader that
reads workbooks, so every layout that is understood there is understood here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from docgen.docx.paragraphs import DocParagraph
from docgen.review.model import Finding
from docgen.review.rules import Finder
from workbook.amounts import ZERO, MoneyUnit, round_half_up
from workbook.formats.source import Content, RawSheet
from workbook.formulas.wording import plain
from workbook.issues import IssueCell
from workbook.reading.accounts import Accounts, read_table
from workbook.reading.identify import Recogniser, read_frame
from workbook.reading.tables import Table
from workbook.values import dataclass

_ABOVE = 4
"""So many paragraphs above a table may be its title and frame."""
_FEWEST_ROWS = 2


@dataclass(frozen=True, slots=True)
class WordTable:
    """One table of the Word file as a sheet, and the paragraph in which each cell begins."""

    sheet: RawSheet
    places: Mapping[tuple[int, int], int]
    """Cell (0-based row and column of the sheet) → paragraph number."""
    first: int
    """Number of the table's first paragraph."""


def word_tables(paragraphs: Sequence[DocParagraph], accounts: Accounts) -> Iterator[WordTable]:
    """The tables of a document, the paragraphs above each as its first rows."""
    above: list[DocParagraph] = []
    current: list[DocParagraph] = []
    for paragraph in paragraphs:
        if current and paragraph.table != current[0].table:
            yield _sheet(above, current, accounts)
            above, current = [], []
        if paragraph.table:
            current.append(paragraph)
        elif paragraph.text.strip():
            above = [*above, paragraph][-_ABOVE:]
    if current:
        yield _sheet(above, current, accounts)


def _sheet(above: Sequence[DocParagraph], cells: Sequence[DocParagraph], accounts: Accounts) -> WordTable:
    width = max(p.column for p in cells)
    height = max(p.row for p in cells)
    rows: list[list[Content]] = [[p.text, *[""] * (width - 1)] for p in above]
    top = len(rows)
    rows += [[""] * width for _ in range(height)]
    places: dict[tuple[int, int], int] = {}
    for paragraph in cells:
        row, column = paragraph.row - 1 + top, paragraph.column - 1
        before = rows[row][column]
        rows[row][column] = f"{before}\n{paragraph.text}" if before != "" and paragraph.text else before or paragraph.text
        places.setdefault((row, column), paragraph.number)
    sheet = RawSheet(accounts.path, f"表格{cells[0].table}", rows)
    return WordTable(sheet, places, cells[0].number)


@dataclass(frozen=True)
class TableReview:
    """Compares the report's tables with the workbook's."""

    accounts: Accounts
    finder: Finder

    def review(self) -> Iterator[tuple[list[Finding], int]]:
        """For each final-accounts table in the report its findings, and how many cells were compared."""
        recogniser = Recogniser(self.accounts.pack.sheets.values())
        for found in word_tables(self.finder.text.paragraphs, self.accounts):
            recognised = recogniser.recognise(found.sheet)
            ours = self.accounts.tables.get(recognised.code) if recognised is not None else None
            if ours is None or len(found.sheet.rows) < _FEWEST_ROWS:
                continue
            frame = read_frame(found.sheet)
            stated = read_table(ours.layout, found.sheet, frame.money_unit or MoneyUnit.WAN)
            if stated.rows:
                yield list(self._compare(found, stated, ours)), sum(len(c) for c in stated.columns.values())

    def _compare(self, found: WordTable, stated: Table, ours: Table) -> Iterator[Finding]:
        wrong = [
            (row, column, own, theirs) for row, column, own, theirs in _cells(stated, ours)
            if (stated.position(row, column) or (-1, -1)) in found.places and not _same(own, theirs, stated, row)
        ]
        each, listed = self.finder.limit("表文-22", "逐处"), self.finder.limit("表文-23", "列出")
        for row, column, own, theirs in wrong[:each]:
            yield from self._wrong(found, stated, ours, (row, column), (own, theirs))
        if len(wrong) > each:
            yield from self.finder.on("表文-22", "很多", at=(found.first, 0, 0), 表=ours.layout.mark, 几个=len(wrong) - each)
        gone = [row for row, (_, columns) in ours.rows.items() if row not in stated.rows and any(ours.value(row, c) for c in columns)]
        if gone and len(gone) < len(ours.rows):
            names = "、".join(ours.label(r, next(iter(ours.rows[r][1]))).partition(" ")[2].partition("·")[0] for r in gone[:listed])
            yield from self.finder.on(
                "表文-23", "很多" if len(gone) > listed else "", at=(found.first, 0, 0), 表=ours.layout.mark, 各行=names, 几行=len(gone))

    def _wrong(
        self, found: WordTable, stated: Table, ours: Table, at: tuple[str, str], values: tuple[Decimal | None, Decimal | None]
    ) -> list[Finding]:
        position = stated.position(*at)
        paragraph = found.places.get(position, found.first) if position else found.first
        own, theirs = (None if v is None else _rounded(v, stated, at[0]) for v in values)
        cell: IssueCell | None = ours.issue_cell(*at)
        words = "空白" if own is None else plain(own)
        right = "空白" if theirs is None else plain(theirs)
        return self.finder.on(
            "表文-22", at=self.finder.all_of(paragraph), stated=words, expected=right,
            amounts=(own or ZERO, theirs or ZERO), cells=(cell,) if cell else (), 数=ours.label(*at))


def _cells(stated: Table, ours: Table) -> Iterator[tuple[str, str, Decimal | None, Decimal | None]]:
    """Every cell that both tables have and that can be read: row, column, value in the report and in the workbook."""
    for row, (_, columns) in stated.rows.items():
        if row not in ours.rows:
            continue
        for column in columns:
            if column not in ours.rows[row][1] or (row, column) in ours.faults or (row, column) in stated.faults:
                continue
            yield row, column, stated.value(row, column), ours.value(row, column)


def _rounded(value: Decimal, table: Table, row: str) -> Decimal:
    return value if row in table.counts else round_half_up(value)


def _same(own: Decimal | None, theirs: Decimal | None, table: Table, row: str) -> bool:
    """Whether both are the same as printed; a blank counts as nothing."""
    return _rounded(own or ZERO, table, row) == _rounded(theirs or ZERO, table, row)
