"""What a report is made from: a snapshot taken once, so that later edits cannot reach a half-written report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.values import dataclass

if TYPE_CHECKING:
    from workbook.companion.model import Companion


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
    def year(self) -> int:
        """The year of the accounts (the pack's when no sheet states one)."""
        return self.accounts.year or self.pack.year

    @property
    def unit_name(self) -> str:
        """The unit's name, from the workbook or the 底稿."""
        name = self.accounts.unit_name
        if not name and self.companion is not None:
            name = self.companion.unit_name
        return name or "本单位"

    @property
    def nature(self) -> str:
        """单位性质 from the 底稿 (empty when not given)."""
        return self.companion.nature if self.companion is not None else ""
