"""Issues: what the checks found, with the cells it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Self

from workbook.numerals import a1
from workbook.values import dataclass


class Kind(StrEnum):
    """The kinds of check (domain.md section 5)."""

    INTRA = "表内"
    INTER = "表间"
    PRIOR = "跨年"
    TEXT = "表文"
    FORM = "规范"


class Severity(StrEnum):
    """错误 must be fixed, 提示 must be looked at, 尾差 is information."""

    ERROR = "错误"
    NOTICE = "提示"
    TAIL = "尾差"

    @property
    def rank(self) -> int:
        """Its place when the worst comes first: 0 for 错误."""
        return _SEVERITIES.index(self)

    @property
    def sign(self) -> str:
        """A sign that stands beside it, so that colour never stands alone."""
        return "✗！·"[self.rank]

    def words(self, *, colour: bool = False) -> str:
        """Sign and name, as a terminal shows them."""
        return f"\x1b[{(31, 33, 34)[self.rank]}m{self.sign} {self}\x1b[0m" if colour else f"{self.sign} {self}"


_SEVERITIES = tuple(Severity)


class TableName(str):
    """The name of a sheet that is a table of a document: it knows where in the document each of its cells stands."""

    __slots__ = ("pages", "table", "top")
    table: int
    """1-based number among the tables of the document."""
    top: int
    """So many rows of the sheet stand above the table: its title and frame."""
    pages: tuple[int, ...]
    """The page of every row of the sheet; none where pages are not known."""

    def __new__(cls, name: str, table: int = 0, top: int = 0, pages: tuple[int, ...] = ()) -> Self:
        made = super().__new__(cls, name)
        made.table, made.top, made.pages = table, top, pages
        return made

    def page(self, row: int) -> int | None:
        """The page of a 0-based row of the sheet."""
        return self.pages[row] if row < len(self.pages) else None

    def place(self, row: int, column: int) -> dict[str, int | None]:
        """Page, table, row and column (from 1; row 0: above the table) of a 0-based cell of the sheet."""
        return {"page": self.page(row), "table": self.table, "row": max(row - self.top + 1, 0), "column": column + 1}

    def words(self, row: int, column: int) -> str:
        """``第8页表3第6行第5列``."""
        page = self.page(row)
        where = f"第{page}页表{self.table}" if page else str(self)
        return f"{where}{self.cell(row, column)}"

    def cell(self, row: int, column: int) -> str:
        """``第6行第5列``."""
        return f"第{row - self.top + 1}行第{column + 1}列" if row >= self.top else "上方"


class CellRef(NamedTuple):
    """A cell: file name, sheet name as in that file, 0-based row and column."""

    file: str
    sheet: str
    row: int
    column: int

    @property
    def a1(self) -> str:
        """A1 notation, e.g. ``C34``; of a table of a document row and column in words."""
        if isinstance(self.sheet, TableName):
            return self.sheet.cell(self.row, self.column)
        return a1(self.row, self.column)

    def __str__(self) -> str:
        if isinstance(self.sheet, TableName):
            return self.sheet.words(self.row, self.column)
        return f"{self.sheet}!{self.a1}"


class IssueCell(NamedTuple):
    """A cell that an issue names, with its content as the file holds it."""

    ref: CellRef
    value: str
    label: str = ""
    """What the cell is in the field's words, e.g. ``公开02表 合计·本年收入合计``."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong.  Amounts are in 万元; ``cells[0]`` is where the cursor goes."""

    code: str
    kind: Kind
    severity: Severity
    message: str
    cells: tuple[IssueCell, ...] = ()
    left: Decimal | None = None
    right: Decimal | None = None
    difference: Decimal | None = None
    culprit: CellRef | None = None
    """The cell whose fault most likely causes this issue; issues that share it are one group."""
    paragraph: int | None = None
    text: str | None = None
    stated: str | None = None
    expected: str | None = None
    sheet: str = ""
    """Code of the table the issue belongs to (``公开02``), for grouping when there is no cell."""
    verified: str = ""
    """What people noted who looked at it and found the tables right (``已核实`` without words); empty: nobody did."""


def count_by_severity(issues: Iterable[Issue]) -> dict[Severity, int]:
    """How many *issues* there are of each severity (all three keys present); those verified by people are done."""
    counts = dict.fromkeys(Severity, 0)
    for issue in issues:
        if not issue.verified:
            counts[issue.severity] += 1
    return counts


def count_following(issues: Iterable[Issue]) -> int:
    """How many 错误 among *issues* have the culprit of one before them: corrected there, they are gone too."""
    culprits = [issue.culprit for issue in issues if issue.severity is Severity.ERROR and issue.culprit is not None]
    return len(culprits) - len(set(culprits))
