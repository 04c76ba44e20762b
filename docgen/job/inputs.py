"""What a job works on: the workbook, last year's, the 底稿 and the pack, and whether they belong together.

They are found by the same rules everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook.entries import BLANK, Entry
from workbook.errors import InputError
from workbook.formats.source import Source, open_source
from workbook.issues import Issue, Kind
from workbook.pack.choice import BY_COMPANION, BY_DEFAULT, BY_TABLES, Choice, key_of, unreadable
from workbook.pack.companion_form import FIRST_YEAR, NAME, PRIOR_FILE, YEAR, YES
from workbook.pack.layout import normalise
from workbook.pack.loading import Pack, load_pack
from workbook.pack.rules import Findings
from workbook.reading.accounts import Accounts, accounts_of, read_workbook
from workbook.reading.identify import choose_for
from workbook.reading.tables import Table
from workbook.values import cached_property, dataclass

if TYPE_CHECKING:
    from workbook.companion.model import Companion
    from workbook.formulas.bindings import View

Loader = Callable[[Path], Pack]
"""Loads the pack in a folder."""


@dataclass(frozen=True)
class Inputs:
    """Everything read from disk for one job: this year's accounts, last year's tables and the 底稿.

    A snapshot taken once, so that later edits cannot reach a half-written report.
    """

    accounts: Accounts
    prior: Mapping[str, Table] = field(default_factory=dict)
    companion: Companion | None = None
    prior_accounts: Accounts | None = None
    companion_remarks: tuple[Issue, ...] = ()
    """What cannot be read in the 底稿."""
    prior_remarks: tuple[Issue, ...] = ()
    """What of last year's workbook cannot be compared."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Findings about the 底稿 and last year's workbook, and whether they belong to the accounts."""
        found = list(self.companion_remarks)
        if self.companion is not None:
            found += companion_issues(self.accounts, self.companion)
        if self.prior_accounts is not None:
            found += prior_issues(self.accounts, self.prior_accounts)
        return (*found, *self.prior_remarks)

    @property
    def pack(self) -> Pack:
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


def user_packs() -> Path:
    """Folder of the user's own template packs."""
    import platformdirs

    return Path(platformdirs.user_data_dir("juesuan", appauthor=False)) / "templates"


def chosen_pack(name: str | Path | None) -> Pack:
    """The pack of that *name* (or folder), or the default."""
    return load_pack(name, user_packs() if name else None)


def accounts_in(
    source: Source, pack: Pack | None = None, year: int | None = None, load: Loader = load_pack, companion: Path | None = None
) -> Accounts:
    """The accounts in an opened *source*, by *pack*, else by the pack that its tables are of (got by *load*).

    Of packs that they fit alike it is the one that the 底稿 (*companion*, or the one beside them) was made with.
    *year* is for a workbook that states none.  Raises ``InputError`` where it states another.
    """
    choice = Choice(pack.folder) if pack is not None else choose_for(source.sheets, user_packs(), year)
    if choice.rivals and (beside := companion or default_companion(source.path)) is not None:
        from workbook.companion.areas import made_with

        name = made_with(beside)
        named = next((folder for folder in (choice.folder, *choice.rivals) if folder.name == name), None)
        choice = choice if named is None else Choice(named, BY_COMPANION)
    pack = pack or load(choice.folder)
    accounts = accounts_of(source, pack)
    stated = accounts.stated_year
    if year and stated and stated != year:
        raise InputError(source.path, f"写的是 {stated} 年度，不是 {year} 年度", f"请核对文件，或去掉 --year {year}")
    if (fitting := pack.for_year(stated or year)) is not pack:
        accounts = accounts_of(source, fitting)
    return replace(accounts, given_year=year, choice=choice)


def default_companion(workbook: Path) -> Path | None:
    """``<stem>_底稿.xlsx`` beside the workbook (or inside a folder of tables), when it exists."""
    return next((n for n in companion_places(workbook) if n.is_file()), None)


def companion_places(workbook: Path) -> list[Path]:
    """Where the 底稿 of a workbook (or a folder of tables) is looked for, in this order."""
    if workbook.is_dir():
        return [workbook / f"{workbook.name}_底稿.xlsx", workbook.parent / f"{workbook.name}_底稿.xlsx", workbook / "底稿.xlsx"]
    return [workbook.with_name(f"{workbook.stem}_底稿.xlsx")]


def load_inputs(
    workbook: Path, *, prior: Path | None = None, companion: Path | None = None, pack: Pack | None = None,
    year: int | None = None,
) -> Inputs:
    """Read everything a job needs; raises ``InputError`` / ``PackError`` with one clear sentence.

    *companion* defaults to the 底稿 beside the workbook, *prior* to what the 底稿 names, *pack* to the one that the
    workbook is of; *year* is for a workbook that states none.
    """
    accounts = accounts_in(open_source(workbook), pack, year, companion=companion)
    return inputs_of(accounts, companion or default_companion(workbook), prior=prior)


def in_year_of(accounts: Accounts, companion: Companion) -> Accounts:
    """Accounts that state no year, as of the one that the 底稿 states."""
    is_other = accounts.stated_year is None and companion.year not in (None, accounts.given_year)
    return replace(accounts, given_year=companion.year) if is_other else accounts


def inputs_of(
    accounts: Accounts, companion: Path | None, *, prior: Path | None = None, last_resort: Path | None = None,
    trusted: Iterable[Path] = (),
) -> Inputs:
    """Inputs for accounts that are open already, with the 底稿 and last year's workbook read from disk.

    Last year's is *prior*, else what the 底稿 names, else *last_resort*.  Accounts of no known year are of the year that
    the 底稿 states.  The 底稿 may name files below its own folder, and *trusted* ones.
    """
    pack = accounts.pack
    if companion is None and prior is None and last_resort is None:
        return Inputs(accounts)
    from workbook.companion.prior import prior_tables
    from workbook.companion.read import read_companion

    read, found = read_companion(companion, pack) if companion is not None else (None, ())
    if read is not None:
        read = replace(read, trusted=frozenset(trusted))
    if read is not None and accounts.year is None:
        accounts = in_year_of(accounts, read)
    named = read.prior_workbook() if read is not None and prior is None else None
    path = prior or (named if named is not None and named.exists() else last_resort)
    if path is None:
        return Inputs(accounts, read.prior if read is not None else {}, read, companion_remarks=found)
    prior_accounts = read_workbook(path, pack)
    tables, remarks = prior_tables(prior_accounts, pack)
    return Inputs(accounts, tables, read, prior_accounts, found, remarks)


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


# ---------------------------------------------------------------- the form of a job, what of it cannot be judged
# Lines that every output carries.


def form_words(accounts: Accounts) -> str:
    """``模板包：内蒙古自治区部门决算公开（neimenggu-2024，按表样选用）``, and what there is to know of year and catalogue."""
    pack, choice = accounts.pack, accounts.choice
    how = f"，{choice.how}" if choice is not None else ""
    return "；".join((f"模板包：{pack.title}（{key_of(pack.folder)}{how}）", *_notes(accounts))) + "。"


def form_json(accounts: Accounts) -> dict[str, Any]:
    """The same as added key ``pack`` of the JSON outputs."""
    pack, choice = accounts.pack, accounts.choice
    return {
        "name": pack.name, "title": pack.title, "chosen": choice.how if choice is not None else "",
        "catalogue": pack.catalogue_year,
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
