"""Whether the 底稿 and last year's workbook belong to the workbook: year and unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.issues import Issue, Kind
from workbook.pack.companion_form import NAME, PRIOR_FILE, YEAR
from workbook.pack.findings import Findings
from workbook.pack.layout import normalise

if TYPE_CHECKING:
    from workbook.companion.model import Companion
    from workbook.reading.accounts import Accounts


def companion_issues(accounts: Accounts, companion: Companion) -> list[Issue]:
    """A 底稿 of another year (错误) or of a unit with another name (提示); a last year's workbook that is not there."""
    found = Findings(accounts.pack.companion_rules)
    year, stated = accounts.year, companion.text(YEAR).value
    if year and stated is not None and stated != year:
        found.add("底稿-11", "", companion.text(YEAR), 底稿年度=f"{stated:f}", 年度=year)
    name = companion.unit_name
    if name and accounts.unit_name and normalise(name) != normalise(accounts.unit_name):
        found.add("底稿-12", "", companion.text(NAME), 底稿单位=name, 单位=accounts.unit_name)
    named = companion.prior_workbook()
    if named is not None and not named.exists():
        found.add("底稿-13", "", companion.text(PRIOR_FILE), 文件=companion.text(PRIOR_FILE).text)
    for entry in companion.elsewhere():
        found.add("底稿-13", "别处", entry, 文件=entry.text)
    return found.issues


def prior_issues(accounts: Accounts, prior: Accounts) -> list[Issue]:
    """A last year's workbook of another year (错误) or of a unit with another name (提示)."""
    found = Findings(accounts.pack.companion_rules, Kind.PRIOR)
    year, last = accounts.year, prior.year
    if year and last and last != year - 1:
        found.add("上年-01", 文件=prior.path.name, 所写=last, 上年=year - 1)
    if prior.unit_name and accounts.unit_name and normalise(prior.unit_name) != normalise(accounts.unit_name):
        found.add("上年-02", 上年单位=prior.unit_name, 单位=accounts.unit_name)
    return found.issues
