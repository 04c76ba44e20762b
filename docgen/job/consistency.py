"""Whether the 底稿 and last year's workbook belong to the workbook: year and unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbook.issues import Issue, IssueCell, Kind, Severity
from workbook.pack.companion_form import NAME, PRIOR_FILE, YEAR
from workbook.pack.layout import normalise

if TYPE_CHECKING:
    from workbook.companion.model import Companion
    from workbook.entries import Entry
    from workbook.reading.accounts import Accounts

COMPANION_SHEET = "单位信息"


def companion_issues(accounts: Accounts, companion: Companion) -> Iterator[Issue]:
    """A 底稿 of another year (错误) or of a unit with another name (提示); a last year's workbook that is not there."""
    year, stated = accounts.year, companion.text(YEAR).value
    if year and stated is not None and stated != year:
        yield _issue(
            "底稿-11", Severity.ERROR, f"底稿是 {stated:f} 年度的，公开表是 {year} 年度的，请换成本年的底稿", companion.text(YEAR))
    name = companion.unit_name
    if name and accounts.unit_name and normalise(name) != normalise(accounts.unit_name):
        yield _issue(
            "底稿-12", Severity.NOTICE, f"底稿的单位名称是“{name}”，公开表是“{accounts.unit_name}”，请核对是否用错底稿", companion.text(NAME))
    named = companion.prior_workbook()
    if named is not None and not named.exists():
        yield _issue(
            "底稿-13", Severity.NOTICE, f"底稿所写的上年决算表“{companion.text(PRIOR_FILE).text}”找不到，请把它放在底稿所在的文件夹", companion.text(PRIOR_FILE))


def prior_issues(accounts: Accounts, prior: Accounts) -> Iterator[Issue]:
    """A last year's workbook of another year (错误) or of a unit with another name (提示)."""
    year, last = accounts.year, prior.year
    if year and last and last != year - 1:
        yield _issue(
            "上年-01", Severity.ERROR,
            f"“{prior.path.name}”是 {last} 年度的决算表，上年应是 {year - 1} 年度，与上年比较的数都会错，请换成 {year - 1} 年度的决算表")
    if prior.unit_name and accounts.unit_name and normalise(prior.unit_name) != normalise(accounts.unit_name):
        yield _issue(
            "上年-02", Severity.NOTICE,
            f"上年决算表的单位名称是“{prior.unit_name}”，本年是“{accounts.unit_name}”，请核对是否用错文件")


def _issue(code: str, severity: Severity, message: str, entry: Entry | None = None) -> Issue:
    cells = (IssueCell(entry.ref, entry.text),) if entry is not None and entry.ref is not None else ()
    kind = Kind.PRIOR if code.startswith("上年") else Kind.FORM
    return Issue(code, kind, severity, message, cells, sheet=COMPANION_SHEET if cells else "")
