"""A new year's 底稿: from last year's, with everything of the year emptied or marked, and the pack's glossary."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from workbook.companion.model import OLD_TEXT_MARK, Companion, Reason, SubordinateUnit, Term
from workbook.companion.prior import prior_tables
from workbook.entries import BLANK, Entry
from workbook.pack.companion_form import NAME, PRIOR_FILE, YEAR
from workbook.pack.loading import Pack
from workbook.pack.records import read_csv
from workbook.reading.accounts import Accounts

_YEAR_IN_NAME = re.compile(r"20\d\d")


def roll_forward(old: Companion, last_accounts: Accounts | None, pack: Pack, year: int) -> Companion:
    """The 底稿 of *year*, from last year's 底稿 (*old*) and last year's accounts, if there are any.

    Kept: the entries that the form keeps, the list of units, the glossary, texts (marked as last year's), last year's
    reasons (as 上年原因), what was noted about verified findings (to be verified anew).  Filled: 上年决算 from last year's
    accounts.  Emptied: 年初预算 amounts (the codes stay), the other entries, 绩效自评, the reasons themselves.
    """
    prior, prior_year = (prior_tables(last_accounts, pack)[0], last_accounts.year or year - 1) if last_accounts else ({}, None)
    return Companion(
        path=_renamed(old.path, year),
        form=pack.companion,
        entries=_entries(old, last_accounts, year),
        overview=tuple(replace(p, text=_new(p.text), remark=OLD_TEXT_MARK) for p in old.overview),
        units=tuple(SubordinateUnit(_new(u.name), _new(u.nature), u.number) for u in old.units),
        budget=tuple(
            replace(line, amount=BLANK, name=pack.functional.names.get(line.code, line.name), use=_new(line.use))
            for line in old.budget),
        prior=prior, prior_year=prior_year,
        reasons=tuple(Reason(r.slot, r.section, r.item, prior_reason=r.text.text) for r in old.reasons if r.is_given),
        verified=tuple(replace(v, difference=None, is_given=False, row=-1) for v in old.verified if v.note),
        glossary=tuple(Term(_new(t.term), _new(t.explanation)) for t in old.glossary) or glossary_of(pack),
    )


def _entries(old: Companion, accounts: Accounts | None, year: int) -> dict[str, Entry]:
    """The entries that the form keeps; what is true of one year only is emptied."""
    kept = {
        form.id: _new(old.text(form.last_of or form.id))
        for form in old.form.entries.values() if form.keep or form.last_of or form.id == NAME}
    if accounts is not None:
        kept[PRIOR_FILE] = Entry.of(accounts.path.name)
        if not kept.get(NAME, BLANK).text:
            kept[NAME] = Entry.of(accounts.unit_name)
    return {**kept, YEAR: Entry.of(year)}


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


def glossary_of(pack: Pack) -> tuple[Term, ...]:
    """The pack's ``glossary.csv``; none when the pack has no such file.

    Raises :class:`~workbook.errors.PackError` when the file is broken.
    """
    path = pack.folder / "glossary.csv"
    if not path.exists():
        return ()
    return read_csv(path, ("术语", "解释"), lambda record, _: Term(Entry.of(record["术语"]), Entry.of(record["解释"])))
