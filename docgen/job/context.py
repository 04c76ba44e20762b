"""What a report is made from: a snapshot taken once, so that later edits cannot reach a half-written report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from workbook.entries import BLANK, Entry
from workbook.errors import InputError
from workbook.pack.companion_form import FIRST_YEAR, YES
from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.values import cached_property, dataclass

if TYPE_CHECKING:
    from workbook.companion.model import Companion
    from workbook.formulas.bindings import View


@dataclass(frozen=True)
class ReportContext:
    """This year's accounts, last year's tables and the 底稿."""

    accounts: Accounts
    prior: Mapping[str, Table] = field(default_factory=dict)
    companion: Companion | None = None

    @property
    def pack(self) -> Pack:
        """The template pack."""
        return self.accounts.pack

    @property
    def year(self) -> int | None:
        """The year of the accounts; ``None`` when nothing states it."""
        return self.accounts.year

    def needed_year(self) -> int:
        """The year, for what cannot do without one.  Raises :class:`InputError`, which asks for it."""
        if self.year is None:
            raise InputError(self.accounts.path, "没有写明是哪个年度的", "请用 --year 写明（如 --year 2024），或在公开表、底稿中写上年度")
        return self.year

    @property
    def unit_name(self) -> str:
        """The unit's name, from the workbook or the 底稿."""
        name = self.accounts.unit_name
        if not name and self.companion is not None:
            name = self.companion.unit_name
        return name or "本单位"

    def entry(self, name: str) -> Entry:
        """A labelled entry of the 底稿; blank without one."""
        return self.companion.text(name) if self.companion is not None else BLANK

    @property
    def is_first_year(self) -> bool:
        """Whether the 底稿 says that the unit is new this year, and nothing of last year is at hand: it had nothing."""
        return not self.prior and self.entry(FIRST_YEAR).text == YES

    @property
    def nature(self) -> str:
        """单位性质 from the 底稿 (empty when not given)."""
        return self.companion.nature if self.companion is not None else ""

    @cached_property
    def view(self) -> View:
        """What check formulas and conditions look at."""
        from workbook.rules.check import view_of

        return view_of(self.accounts, self.prior, self.companion.tables() if self.companion is not None else None, self.nature)
