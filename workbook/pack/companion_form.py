"""What the 底稿 of a region is, as the pack's ``companion.toml`` states it: sheets, labelled entries, 单位性质."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from workbook.pack.formula import BUDGET, COMPANION, PROJECTS
from workbook.pack.formula_parser import NUMBER, PROJECT_COLUMNS, USE, Names, Vocabulary
from workbook.values import dataclass

NAME, NATURE, YEAR, PRIOR_FILE = "单位名称", "单位性质", "年度", "上年决算表"
"""Entries that every 底稿 has."""
OVERVIEW_FILE = "概况文件"
TEXTS, PROJECT_TEXTS, USE_TEXTS = "文本", "绩效", "用途"
"""What the places of texts in the report are called: ``文本.…``, those of the projects ``绩效.…``, of the budget's uses
``用途.…``."""
MINIMUM_RATE, MINIMUM_AMOUNT, LEVEL_WORDING, FIRST_YEAR = "最低变动率", "最低变动额", "持平写法", "本年新成立"
"""Entries that the program heeds where a form has them."""


class Cell(NamedTuple):
    """A cell of the published tables, as the arguments of :meth:`workbook.reading.accounts.Accounts.value`."""

    table: str
    row: str
    column: str


class Actual(NamedTuple):
    """A sheet of codes, and its column."""

    table: str = ""
    column: str = ""


YES = "是"
"""本年新成立: the unit was founded in the year of the accounts, and all of last year is zero."""
LEVEL_WORDINGS = ("持平", "增加0万元")
"""持平写法: how a zero difference is written."""


class Role(StrEnum):
    """What a sheet of the 底稿 is for, hence how it is read and written."""

    ENTRIES = "entries"
    OVERVIEW = "overview"
    UNITS = "units"
    BUDGET = "budget"
    PRIOR = "prior"
    REASONS = "reasons"
    PROJECTS = "projects"
    GLOSSARY = "glossary"
    VERIFIED = "verified"


class Content(StrEnum):
    """What an entry holds."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    FILE = "file"
    YEAR = "year"
    NUMBER = "number"
    AMOUNT = "amount"
    COUNT = "count"

    @property
    def is_number(self) -> bool:
        return self in (Content.YEAR, Content.NUMBER, Content.AMOUNT, Content.COUNT)


@dataclass(frozen=True, slots=True)
class Nature:
    """A 单位性质."""

    name: str
    implied_by: Cell | None = None
    """A cell that holds an amount only for units of this nature."""


@dataclass(frozen=True, slots=True)
class EntryForm:
    """A labelled entry: label in one column, content to its right."""

    id: str
    """What templates (``文本.…``) and formulas (``底稿[…]``) call it."""
    sheet: str
    label: str
    content: Content = Content.LINE
    aliases: tuple[str, ...] = ()
    note: str = ""
    """What the sheet says beside it."""
    choices: tuple[str, ...] = ()
    required: bool = False
    keep: bool = False
    """Whether the next year's 底稿 starts with it."""
    group: str = ""
    """The group of the window's fields that it belongs to; empty: it is not edited there."""
    title: str = ""
    hint: str = ""
    placeholder: str = ""
    unit: str = ""
    ask: str = ""
    """What the report asks for while it is blank; empty: the report does not state it."""
    amount: Cell | None = None
    """The amount that it explains: without one it is not needed, and the report says :attr:`none`."""
    none: str = ""
    sentence: bool = False
    """Whether it is a sentence of its own."""
    slot: str = ""
    """Its place among the texts that the report needs: ``文本.…``."""
    optional: bool = False
    """Whether most leave it blank: what needs it does not apply then."""
    last_of: str = ""
    """The entry whose last year's content it is: the next year's 底稿 starts with that."""


@dataclass(frozen=True, slots=True)
class Fund:
    """A budget: what a project is paid from, or a line of 年初预算 belongs to."""

    name: str
    aliases: tuple[str, ...] = ()
    actual: Actual = Actual()
    """What holds the final accounts of what is budgeted."""

    def count(self, column: str) -> str:
        """The id of a number of its projects: ``一般公共预算一级项目数``."""
        return f"{self.name}{column}"


@dataclass(frozen=True, slots=True)
class Part:
    """A text of the report's first part."""

    name: str
    block: str
    """What the template calls it: ``块.主要职能``."""
    ask: str
    title: str = ""
    advice: str = ""
    words: tuple[str, ...] = ()
    """One of these stands in its heading in people's own files."""

    @property
    def slot(self) -> str:
        """Its place among the texts that the report needs."""
        return f"概况.{self.name}"


@dataclass(frozen=True, slots=True)
class CompanionSheet:
    """A sheet of the 底稿."""

    name: str
    role: Role
    aliases: tuple[str, ...] = ()
    guide: str = ""
    header: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    """Other headings of the column with the contents of the entries."""
    widths: tuple[float, ...] = ()
    entries: tuple[EntryForm, ...] = ()
    parts: tuple[Part, ...] = ()
    funds: tuple[Fund, ...] = ()
    counts: tuple[str, ...] = ()
    """Headings of the numbers of projects."""
    ask: str = ""
    """What the report asks for while no project is filled in."""
    uses: bool = False
    """Whether every line of 年初预算 says what the money is for."""
    remark: str = ""
    """Heading of the remarks on a unit of 所属单位, which stand there in place of its 单位性质."""

    @property
    def budgets(self) -> tuple[tuple[str, Fund], ...]:
        """The tables of 年初预算 that formulas name, each with its fund: ``年初预算`` is the first, others bear the fund's name."""
        return tuple((f"{fund.name}{BUDGET}" if index else BUDGET, fund) for index, fund in enumerate(self.funds))

    @property
    def slot(self) -> str:
        """The place in the report of what :attr:`ask` asks for."""
        return f"{TEXTS}.{PROJECT_TEXTS}"


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that stand together in the window."""

    tab: str
    title: str
    hint: str = ""
    beside: tuple[Cell, ...] = ()
    """Cells of the published tables shown for comparison."""
    asked_when: Cell | None = None
    """The amount that makes it wrong to leave all of them blank."""
    shown: str = ""
    """How the report writes them, with ``{id}`` for each."""


@dataclass(frozen=True, eq=False)
class CompanionForm:
    """The 底稿 of a region."""

    natures: tuple[Nature, ...]
    sheets: tuple[CompanionSheet, ...]
    groups: tuple[Group, ...] = ()
    entries: dict[str, EntryForm] = field(default_factory=dict)
    """All labelled entries by id, in the order of the file."""

    @cached_property
    def _roles(self) -> dict[Role, CompanionSheet]:
        return {sheet.role: sheet for sheet in reversed(self.sheets)}

    def sheet(self, role: Role) -> CompanionSheet:
        """The (first) sheet of that role; one without a name when the form has none."""
        return self._roles.get(role) or CompanionSheet("", role)

    def name(self, role: Role) -> str:
        """Its name; empty when the form has none."""
        return self.sheet(role).name

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.sheet(Role.OVERVIEW).parts

    @property
    def funds(self) -> tuple[str, ...]:
        """The budgets that projects are paid from."""
        return tuple(fund.name for fund in self.sheet(Role.PROJECTS).funds)

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The entries that formulas and figures may name (``底稿[…]``): amounts and counts."""
        return tuple(e.id for e in self.entries.values() if e.content in (Content.AMOUNT, Content.COUNT))

    @cached_property
    def optional(self) -> frozenset[str]:
        """Those of the numbers that most leave blank."""
        return frozenset(e.id for e in self.entries.values() if e.optional)

    @cached_property
    def units(self) -> dict[str, str]:
        """Units of those numbers that are counts."""
        return {e.id: e.unit for e in self.entries.values() if e.content is Content.COUNT}

    @cached_property
    def nature_names(self) -> tuple[str, ...]:
        return tuple(nature.name for nature in self.natures)

    def vocabulary(self, published: Vocabulary) -> Vocabulary:
        """That of the *published* tables with what a 底稿 states.

        It states named numbers, the budget by code, projects by the budgets that pay them.
        """
        sheet, codes = self.sheet(Role.BUDGET), published.codes
        budget = Names((), (NUMBER, USE) if sheet.uses else (NUMBER,), codes)
        own = {COMPANION: Names(self.numbers, (NUMBER,)), PROJECTS: Names(self.funds, PROJECT_COLUMNS, codes)}
        budgets = dict.fromkeys((code for code, _ in sheet.budgets) if sheet.budgets else (BUDGET,), budget)
        return Vocabulary({**published.sheets, **own, **budgets}, codes, self.nature_names)
