"""Rolling a 底稿 forward: the new year's starts from last year's, with everything of the year emptied or marked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from workbook.companion.blank import blank_companion, glossary_of
from workbook.companion.model import (
    OLD_TEXT_MARK,
    Companion,
    OverviewParagraph,
    Performance,
    Reason,
    SubordinateUnit,
    Term,
    UnitInfo,
)
from workbook.companion.succession import prior_tables
from workbook.entries import BLANK, Entry
from workbook.pack.loading import Pack
from workbook.paths import companion_path
from workbook.reading.accounts import Accounts

__all__ = ["prior_tables", "roll_forward"]
_YEAR_IN_NAME = re.compile(r"20\d\d")


def roll_forward(last_companion: Companion | None, last_accounts: Accounts | None, pack: Pack, year: int) -> Companion:
    """The 底稿 of *year*, from last year's 底稿 and last year's accounts (either may be missing).

    Kept: unit data, list of units, glossary, contact, texts (marked as last year's), last year's reasons
    (as 上年原因).  Filled: 上年决算 from last year's accounts.  Emptied: 年初预算 amounts (the codes stay),
    procurement, 绩效自评, the reasons themselves.
    """
    old = last_companion
    if old is None:
        unit = last_accounts.unit_name if last_accounts else ""
        old = blank_companion(companion_path(last_accounts.path) if last_accounts else Path("底稿.xlsx"), unit, year - 1, pack)
    prior, prior_year = (prior_tables(last_accounts, pack)[0], last_accounts.year or year - 1) if last_accounts else ({}, None)
    return Companion(
        path=_renamed(old.path, year),
        info=_info(old.info, last_accounts, year),
        settings=old.settings,
        overview=tuple(_marked(p) for p in old.overview),
        units=tuple(SubordinateUnit(_new(u.name), _new(u.nature), u.number) for u in old.units),
        budget=replace(
            old.budget, total=BLANK, fiscal=BLANK,
            lines=tuple(replace(line, amount=BLANK, name=pack.functional.names.get(line.code, line.name)) for line in old.budget.lines)),
        prior=prior, prior_year=prior_year,
        reasons=tuple(_reason(r) for r in old.reasons if r.is_given),
        performance=Performance(),
        glossary=tuple(Term(_new(t.term), _new(t.explanation)) for t in old.glossary) or glossary_of(pack),
    )


def _new(entry: Entry) -> Entry:
    """The same content, not in a file yet."""
    return Entry(entry.text, entry.value)


def _renamed(path: Path, year: int) -> Path:
    """Last year's file name with the new year in it."""
    stem = path.stem.removesuffix("_底稿")
    years = _YEAR_IN_NAME.findall(stem)
    if not years:
        return path.with_name(f"{stem or '决算公开表'}_{year}_底稿.xlsx")
    return path.with_name(f"{stem.replace(years[-1], str(year))}_底稿.xlsx")


def _info(info: UnitInfo, accounts: Accounts | None, year: int) -> UnitInfo:
    """Unit data kept; what is true of one year only is emptied."""
    name = info.name if info.name.text else Entry.of(accounts.unit_name if accounts else "")
    return UnitInfo(
        name=_new(name), nature=_new(info.nature), year=Entry.of(year), contact=_new(info.contact), phone=_new(info.phone),
        prior_path=Entry.of(accounts.path.name) if accounts else BLANK)


def _marked(paragraph: OverviewParagraph) -> OverviewParagraph:
    return replace(paragraph, text=_new(paragraph.text), remark=OLD_TEXT_MARK)


def _reason(reason: Reason) -> Reason:
    """Last year's reason as a suggestion; figures, drivers and state are of last year and go."""
    return Reason(reason.slot, reason.section, reason.item, prior_reason=reason.text.text)
