"""The tables of a report as sheets, and the report as its own input: what it is held against where there is no workbook.

A table is read as a sheet: recognised by the title above it and by its headers, with the reader that reads workbooks, so
every layout that is understood there is understood here.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count, dropwhile, takewhile
from pathlib import Path

from docgen.docx.paragraphs import DocCell, DocParagraph, DocTable, ReportFile
from docgen.imports.overview import may_be_heading
from docgen.job.inputs import Inputs, accounts_in, chosen_pack, inputs_of
from docgen.pdf.reading import PdfReport
from docgen.report.form_choice import choose_for_report
from workbook.errors import InputError
from workbook.formats.marks import Extent, Marks
from workbook.formats.sniff import FileFormat
from workbook.formats.source import Content, RawSheet, Source
from workbook.issues import CellRef, Issue, Kind, Severity, TableName
from workbook.pack.choice import Choice
from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts
from workbook.reading.identify import table_texts
from workbook.reading.tables import Table
from workbook.rules.check import check
from workbook.values import dataclass

_ABOVE, _BELOW = 4, 4
"""So many paragraphs above a table may be its title and frame, so many below it its notes."""
_MOST_WRONG, _MOST = 4, 0.9
_DOUBTFUL = frozenset({"规范-13", "规范-16", "规范-27", "规范-29", "规范-30", "规范-33"})
"""What says that a table without ruling lines was misread, as more findings and fewer of its amounts taken up do:
rows without code or upper code, texts for amounts, rows or columns missing, no amount, amounts moved."""
_TITLE_WITHIN, _HEAD = 2, 8
_CONTINUED = re.compile(r"续\s*上?\s*表|[(（]\s*续\s*[)）]")
_TABLE_TITLE = re.compile(r"[\u4e00-\u9fff“”]{4,}表\s*(?:[(（][^()（）]*[)）]\s*)?$")
_NOTE = re.compile(r"\s*(?:注|备注|说明)\s*[:：\d]")
_SENTENCE = ("。", "；", "！", "：")
_AMOUNT = re.compile(r"[-−－]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_COVER, _START = 12, 120
"""So many paragraphs with text at most are the cover; so many, those of tables too, may name the unit in a heading."""
_AFTER_COVER = re.compile(r"目\s*[录次]|第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、")
_YEAR = re.compile(r"(20\d\d)\s*年(?!\s*\d{1,2}\s*月)")
_TITLE = re.compile(
    r"20\d\d\s*年\s*(?:度|\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?"
    r"|[二〇○零一三四五六七八九十]{4}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?"
    r"|(?:部门|单位|本级)?\s*(?:决算公开|决算信息公开|决算|信息公开|公开)\s*(?:情况)?\s*(?:报告|说明|文本)?(?:（公开）)?"
    r"|附件\d*[:：]?|[\s《》　]+")
_ABOUT_ALL = re.compile(r"(?:本)?(?:部门|单位)?(?:基本)?(?:概况|情况)?")
_OVERVIEW = re.compile(r"第一部分\s*(\S{4,40}?)(?:部门|单位)?(?:基本)?概况")
_NAME = re.compile(r"[一-龥][一-龥（）()A-Za-z0-9·]{3,40}")


@dataclass(frozen=True)
class DocSheet:
    """A table of a document as a sheet, and the paragraph in which each cell begins."""

    sheet: RawSheet
    places: Mapping[tuple[int, int], int]
    """Cell (0-based row and column of the sheet) → paragraph number."""


@dataclass(frozen=True)
class OwnTables:
    """The final-accounts tables of a report."""

    accounts: Accounts
    sheets: Mapping[str, DocSheet]
    """By the name of the sheet."""
    misread: Mapping[str, Table]
    """Tables of a PDF that were not read as they are shown, by their codes; the accounts are without them."""
    loose: frozenset[str] = frozenset()
    """Codes of the other tables without ruling lines: names that wrapped may be cut."""
    is_printed: bool = False
    """Whether they are those of a PDF."""

    def unread(self) -> list[str]:
        """The marks of the tables that were misread and show amounts."""
        return [table.layout.mark for table in self.misread.values() if _amounts(table)]

    def paragraph(self, ref: CellRef | None) -> int | None:
        """The paragraph in which a cell stands."""
        found = self.sheets.get(ref.sheet) if ref is not None else None
        return None if found is None or ref is None else found.places.get((ref.row, ref.column))


def own_tables(report: ReportFile, pack: Pack | None = None, year: int | None = None) -> OwnTables:
    """The tables of *report*; of the form of *pack*, else of the one that they fit."""
    sheets = {found.sheet.name: found for found in document_sheets(report)}
    source = Source(
        report.path, tuple(found.sheet for found in sheets.values()), FileFormat.REPORT,
        hashlib.sha256("\n".join(p.text for p in report.paragraphs).encode()).hexdigest())
    headings = [text for p in report.paragraphs if not p.table and may_be_heading(text := p.text.strip())]
    choice = Choice(pack.folder) if pack is not None else choose_for_report(table_texts(source.sheets), headings, year)
    pack = pack or chosen_pack(choice.folder)
    try:
        accounts = accounts_in(source, pack, year)
    except InputError:
        if year is not None:
            raise
        accounts = Accounts(source, pack, {}, {}, given_year=year)  # it holds none of the tables
    misread, loose = [], frozenset[str]()
    if isinstance(report, PdfReport):
        loose = frozenset(
            code for code, t in accounts.tables.items()
            if isinstance(name := t.sheet.name, TableName) and name.table in report.loose)
        misread = [*_misread(accounts, loose)]
    tables = {code: table for code, table in accounts.tables.items() if code not in misread}
    copies = tuple([(code, sheet) for code, sheet in accounts.duplicates if code in tables])
    own = replace(accounts, tables=tables, duplicates=copies, unrecognised=(), choice=choice)
    return OwnTables(own, sheets, {code: accounts.tables[code] for code in misread}, loose, isinstance(report, PdfReport))


def _misread(accounts: Accounts, loose: Container[str]) -> Iterator[str]:
    """Which tables of a PDF cannot be what it shows.

    Of those with ruling lines such as lack columns that may stand elsewhere, of the others also such as contradict
    themselves.
    """
    issues = [i for i in check(accounts).issues if i.severity is not Severity.TAIL and i.kind in (Kind.INTRA, Kind.FORM)]
    has_rest = bool(accounts.unrecognised or accounts.duplicates)
    for code, table in accounts.tables.items():
        own = [issue for issue in issues if issue.sheet == code]
        is_cut = has_rest and any(c not in table.layout.optional_columns for c in table.structure.absent_columns)
        errors = sum(issue.severity is Severity.ERROR for issue in own)
        is_wrong = errors > _MOST_WRONG or any(issue.code in _DOUBTFUL for issue in own)
        if is_cut or (code in loose and (is_wrong or not _is_whole(table) or not _has_one_cause(own))):
            yield code


def _is_whole(table: Table) -> bool:
    """Whether nearly all amounts of the sheet were taken up."""
    taken = sum(bool(value) for column in table.columns.values() for value in column.values())
    return taken >= _amounts(table) * _MOST


def _amounts(table: Table) -> int:
    """How many amounts other than nought stand in the sheet."""
    return sum(isinstance(c, Decimal) and bool(c) and c != c.to_integral() for row in table.sheet.rows for c in row)


def _has_one_cause(issues: Iterable[Issue]) -> bool:
    """Whether a single cell takes part in all formulas that do not hold, or one of two."""
    wrong = (issue for issue in issues if issue.kind is Kind.INTRA and issue.severity is Severity.ERROR)
    broken = [{cell.ref for cell in issue.cells} for issue in wrong]
    for _ in range(2):
        counted = Counter(ref for refs in broken for ref in refs)
        broken = [refs for refs in broken if max(counted, key=counted.__getitem__) not in refs]
    return not broken


def inputs_of_report(
    report: ReportFile, pack: Pack | None = None, year: int | None = None,
    companion: Path | None = None, prior: Path | None = None,
) -> Inputs:
    """A report as what it is itself held against: its tables, the unit and the year that it names.

    What no input gives is unknown: last year's amounts without *prior*, the budget without *companion*.
    """
    name, stated = cover_of(report)
    accounts = own_tables(report, pack).accounts
    if accounts.stated_year is None and (fitting := accounts.pack.for_year(year or stated)) is not accounts.pack:
        accounts = replace(own_tables(report, fitting).accounts, choice=accounts.choice)
    return inputs_of(replace(accounts, given_year=year or stated, given_name=name), companion, prior=prior)


def cover_of(report: ReportFile) -> tuple[str, int | None]:
    """The unit's name (empty when unknown) and the year that a report's cover and its first part name."""
    start = [*takewhile(lambda paragraph: not paragraph.table, report.paragraphs[:_START])]
    texts = [p.text.strip() for p in start if p.page <= start[0].page and p.text.strip()][:_COVER]
    cover = [*takewhile(lambda text: not _AFTER_COVER.match(text), texts)]
    year = next((int(match[1]) for text in cover if (match := _YEAR.search(text))), None)
    joined = _TITLE.sub("", "".join(cover))
    if _NAME.fullmatch(joined):
        return joined, year
    found = (match[1] for p in report.paragraphs[:_START] if (match := _OVERVIEW.search("".join(p.text.split()))))
    name = next((name for name in found if not _ABOUT_ALL.fullmatch(name)), "")
    return name, year


def document_sheets(report: ReportFile) -> Iterator[DocSheet]:
    """The tables of a document, each with the paragraphs above it as its first rows and its notes as its last."""
    above: list[DocParagraph] = []
    blocks = [b for b in report.blocks if isinstance(b, DocTable) or b.text.strip()]
    index = 0
    while index < len(blocks):
        block = blocks[index]
        index += 1
        if isinstance(block, DocParagraph):
            above = [] if block.text.rstrip().endswith(_SENTENCE) else [*above, block][-_ABOVE:]
            continue
        above = [] if _has_title(block) else above
        parts = [block]
        while (following := _continuation(block, blocks, index)) is not None:
            index += 1 + blocks[index:].index(following)
            parts.append(following)
        below = []
        for paragraph in blocks[index : index + _BELOW]:
            if isinstance(paragraph, DocTable) or not (
                _NOTE.match(paragraph.text) or paragraph.text.rstrip().endswith(_SENTENCE)
            ):
                break
            below.append(paragraph)
        yield _sheet(report, above[::-1], parts, below)  # the nearest first: the title of a table that is gone may stand above
        above = []


def _continuation(table: DocTable, blocks: Sequence[DocParagraph | DocTable], index: int) -> DocTable | None:
    """The table that goes on with *table*: right after it (from *index* on), or under the words that say so."""
    marks = [*takewhile(lambda block: isinstance(block, DocParagraph) and _CONTINUED.search(block.text), blocks[index:])]
    following = blocks[index + len(marks)] if index + len(marks) < len(blocks) else None
    goes_on = isinstance(following, DocTable) and _width(following) == _width(table) and (
        bool(marks) or not _has_title(following))
    return following if isinstance(following, DocTable) and goes_on else None


def _has_title(table: DocTable) -> bool:
    """Whether a table's own first rows hold its title."""
    texts = [[cell.text for cell in row if cell.text.strip()] for row in table.rows[:_TITLE_WITHIN]]
    return any(len(row) == 1 and _TABLE_TITLE.search(row[0]) for row in texts)


def _width(table: DocTable) -> int:
    return max((cell.column + cell.span - 1 for row in table.rows for cell in row), default=0)


def _texts(row: Sequence[DocCell]) -> list[str]:
    return ["".join(cell.text.split()) for cell in row]


def _sheet(
    report: ReportFile, above: Sequence[DocParagraph], tables: Sequence[DocTable], below: Sequence[DocParagraph],
) -> DocSheet:
    width, top = _width(tables[0]), len(above)
    rows: list[list[Content]] = [[p.text, *[""] * (width - 1)] for p in above]
    pages = [p.page for p in above]
    places = {(r, 0): p.number for r, p in enumerate(above)}
    merged: list[tuple[int, int, int, int]] = []
    heads = [_texts(row) for row in tables[0].rows[:_HEAD]]
    for table in tables:
        first = len(rows)
        # Of the others the head is printed again.
        own = table.rows if table is tables[0] else [*dropwhile(lambda row: _texts(row) in heads, table.rows)]
        covered = {(r, cell.column - 1) for r, cells in enumerate(own, first) for cell in cells if cell.covered}
        for r, cells in enumerate(own, first):
            rows.append([""] * width)
            numbers = (c.numbers[0] for c in cells if c.numbers)
            pages.append(next((report.paragraphs[n - 1].page for n in numbers), pages[-1] if pages else 0))
            for cell in (cell for cell in cells if not cell.covered):
                c = cell.column - 1
                rows[r][c] = content_of("\n".join([report.paragraphs[n - 1].text for n in cell.numbers]))
                if cell.numbers:
                    places[r, c] = cell.numbers[0]
                merged.append((r, c, next(below for below in count(r) if (below + 1, c) not in covered), c + cell.span - 1))
    for p in below:
        places[len(rows), 0] = p.number
        rows.append([p.text, *[""] * (width - 1)])
        pages.append(p.page)
    number = tables[0].number
    title = f"第{pages[top]}页表{number}" if pages[top] else f"表格{number}"
    name = TableName(title, number, top, tuple(pages) if pages[top] else ())
    marks = Marks(merged=[m for m in merged if m[:2] != m[2:]], extent=Extent(len(rows), width))
    return DocSheet(RawSheet(report.path, name, rows, marks), places)


def content_of(text: str) -> Content:
    """What a cell holds, as a workbook would: a number, a text."""
    bare = text.strip()
    if _AMOUNT.fullmatch(bare) and not (bare.startswith("0") and bare.isdigit() and len(bare) > 1):  # 01 is a code
        return Decimal(bare.replace(",", "").replace("−", "-").replace("－", "-"))
    return text
