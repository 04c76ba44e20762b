"""Which form a job follows, and what of it cannot be judged, in words: lines that every output carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docgen.job.inputs import user_packs
from workbook.pack.choice import BY_DEFAULT, BY_TABLES, key_of, unreadable
from workbook.reading.accounts import Accounts


def form_words(accounts: Accounts) -> str:
    """``模板包：内蒙古自治区部门决算公开（neimenggu-2024，按表样选用）``, and what there is to know of year and catalogue."""
    pack, choice = accounts.pack, accounts.choice
    how = f"，{choice.how}" if choice is not None else ""
    return "；".join((f"模板包：{pack.title}（{key_of(pack.folder)}{how}）", *_notes(accounts))) + "。"


def form_json(accounts: Accounts) -> dict[str, Any]:
    """The same as added key ``pack`` of the JSON outputs."""
    pack, choice = accounts.pack, accounts.choice
    return {
        "name": pack.name, "title": pack.title, "chosen": choice.how if choice is not None else "", "catalogue": pack.catalogue_year,
        "notes": [*_notes(accounts)],
    }


def _notes(accounts: Accounts) -> Iterator[str]:
    pack, choice, year = accounts.pack, accounts.choice, accounts.year
    if choice is not None and choice.how == BY_TABLES and choice.rivals:
        yield f"同样适合的还有{'、'.join(map(key_of, choice.rivals))}，可用 --pack 指定"
    if choice is not None and choice.how in (BY_TABLES, BY_DEFAULT):
        for error in unreadable(user_packs()):
            yield f"自己的模板包“{error.path.parent.name}”有错误，没有参加选用：{error.path.name} {error.place}{error.cause}"
    if year is None:
        yield "公开表和底稿没有写明年度，与年度有关的没有核对，可用 --year 写明"
    elif year != pack.catalogue_year and pack.catalogue_years:
        yield f"没有 {year} 年度的科目目录，按 {pack.catalogue_year} 年度的核对"
    if year is not None and not pack.years[0] <= year <= pack.years[1]:
        first, last = pack.years
        yield f"这个模板包用于 {first if first == last else f'{first} 至 {last}'} 年度，表是 {year} 年度的"
