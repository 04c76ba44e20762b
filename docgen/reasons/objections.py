"""Objections to a reason, in plain words (design.md 4.8).  Conservative: silence when in doubt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache

from docgen.job.inputs import Inputs
from docgen.model import Change, Direction
from docgen.reasons.drivers import Driver, Drivers, TwoYears
from docgen.reasons.slot import Objection
from docgen.reasons.wording import bare, clauses, direction_in, directions, hints, is_about_base, is_known, quoted
from workbook.amounts import format_amount
from workbook.pack.reasons import OwnIncome, ReasonRules, Subject
from workbook.pack.rules import Rule
from workbook.pack.words import Words, any_of
from workbook.values import dataclass

MISSING, DIRECTION, DENIAL, NO_AMOUNT, SUBJECT = "原因-01", "原因-02", "原因-03", "原因-04", "原因-05"
YEAR, RESIDUE, SAME, SHORT, FIGURE, MOVEMENT = "原因-06", "原因-07", "原因-08", "原因-09", "原因-10", "原因-11"
FORMER = "原因-13"
ABOUT_AMOUNTS = frozenset({DIRECTION, DENIAL, NO_AMOUNT, FIGURE, MOVEMENT})
"""What may become doubtful because amounts change; the others are about the wording alone."""

_YEAR = re.compile(r"(?<![\d.〔\[［（(])((?:19|20)\d\d)\s*(?=年|[-—–~～至]\s*20\d\d\s*(?:年|学年))")
_BLANK = re.compile(r"(?<![A-Za-z])[xXＸ×*＊]{2,}(?![A-Za-z])|[_＿]{2,}|增加\s*[（(]\s*减少\s*[）)]|增长\s*[（(]\s*下降\s*[）)]")
_LAST = re.compile(r"上年|去年|上一年|以前年度|往年")
_FREE_BEFORE = frozenset("是因为致使的和及与年度中了在将从按由少加降低约减长升高其、：:；，。和 ")
_ASIDE = re.compile(r"同时|但|另|此外|而")
"""Begins a clause about what works against the change."""
_NO_CHANGE = "没有变化"
_DENIED = re.compile(r"(?:无|没有|未发生|未安排|未使用|不涉及)[^，。；]{0,4}$")


@dataclass(frozen=True, slots=True)
class _Case:
    """One reason to be judged."""

    text: str
    change: Change
    context: Inputs
    all_texts: Mapping[str, str]
    rules: ReasonRules
    drivers: Drivers

    @property
    def words(self) -> Words:
        return self.context.pack.words

    @property
    def direction(self) -> Direction:
        return self.change.direction

    def subjects(self) -> list[Subject]:
        """What the change is about, and what it must not speak of."""
        return [subject for subject in self.rules.subjects if self.change.id.startswith(subject.slots)]


def object_to(
    text: str, change: Change, context: Inputs, all_texts: Mapping[str, str] | None = None, drivers: Drivers | None = None
) -> tuple[Objection, ...]:
    """What is doubtful about *text* as the reason for *change*.

    *all_texts*: the texts of all slots that the report prints (for the same text in many of them).
    """
    if not text.strip():
        return ()
    drivers = drivers or Drivers(change, TwoYears(context))
    case = _Case(text.strip(), change, context, all_texts or {}, context.pack.reasons, drivers)
    rules = context.pack.reason_rules
    return tuple(
        Objection(code, message, rules[code].severity)
        for code, judge in _JUDGES if code in rules for message in judge(case, rules[code]))


def object_to_former(
    text: str, written: Decimal | None, change: Change, movement: str, context: Inputs
) -> tuple[Objection, ...]:
    """Whether *text* was written for a change that went the other way, or quotes it as it was (*written*, signed)."""
    rule, now = context.pack.reason_rules.get(FORMER), change.signed
    if rule is None or not text or not written or not now:
        return ()
    was = f"{Direction.UP if written > 0 else Direction.DOWN} {format_amount(abs(written), grouping=True)} 万元"
    stale = next((q.text for q in quoted(text) if not q.is_percent and q.is_close(written) and not q.is_close(now)), "")
    if (written > 0) is not (now > 0):
        words = rule.words(原变动=was, 变动=movement)
    elif stale:
        words = rule.words("数", 数=stale, 原变动=was, 变动=movement)
    else:
        return ()
    return (Objection(FORMER, words, rule.severity),)


def object_to_text(text: str, context: Inputs) -> tuple[Objection, ...]:
    """What is doubtful about a text that is no reason: residue of templates."""
    rule = context.pack.reason_rules.get(RESIDUE)
    if rule is None or not text.strip():
        return ()
    return tuple(Objection(RESIDUE, message, rule.severity) for message in _residue_in(text, context.pack.words, rule))


def _direction(case: _Case, rule: Rule) -> Iterator[str]:
    """Every clause that says how the money moved says the opposite."""
    if case.direction not in (Direction.UP, Direction.DOWN):
        return
    here, words = case.direction, case.words
    if bare(case.text) in words.level_texts:
        yield rule.words(方向=here, 所写=_NO_CHANGE, 原文=case.text)
        return
    stated = directions(case.text, words)
    against = [(clause, d) for clause, d in stated if d is not here and not _ASIDE.match(clause)]
    if not against or any(d is here for _, d in stated) or hints(case.text, here, words):
        return
    clause, opposite = against[-1]
    yield rule.words(方向=here, 所写=opposite, 原文=clause)


def _denial(case: _Case, rule: Rule) -> Iterator[str]:
    """``无此项`` and the like, where there is an amount this year."""
    current = case.change.current.exact
    if not current:
        return
    words, amount = case.words, case.change.current.text
    whole = bare(case.text)
    if whole in words.denial_texts:
        yield rule.words(金额=amount, 原文=case.text)
        return
    for clause in clauses(case.text):
        if _LAST.search(clause):
            continue
        if any_of(words.denials).search(clause) or any(any_of(subject.denials).search(clause) for subject in case.subjects()):
            yield rule.words(金额=amount, 原文=clause)
            return


def _no_amount(case: _Case, rule: Rule) -> Iterator[str]:
    """A reason as if there were a change, where both amounts are equal."""
    if case.direction is not Direction.LEVEL or bare(case.text) in case.words.level_texts:
        return
    stated = directions(case.text, case.words)
    numbers = [q for q in quoted(case.text) if q.value and not q.is_percent]
    if not stated and not numbers:
        return
    said = stated[0][0] if stated else numbers[0].text
    current = case.change.current
    yield rule.words("" if current.exact else "都是零", 对比=case.change.against, 金额=current.text, 原文=said)


def _subject(case: _Case, rule: Rule) -> Iterator[str]:
    """Another budget's or another section's subject (names of the change's own items do not count)."""
    for subject in case.subjects():
        found = "" if any_of(subject.own).search(case.text) else _foreign(subject, case.text, case.rules)
        if found:
            text = case.text
            for name in {d.name for b in case.drivers.breakdowns for d in b.parts() if len(d.name) > 3}:
                text = text.replace(name, "")
            if _foreign(subject, text, case.rules):
                yield (subject.message or rule.sentences[""]).format(事项=subject.here, 用词=found)
                return


def _foreign(subject: Subject, text: str, rules: ReasonRules) -> str:
    """The word of *text* that belongs to something else than *subject* (empty: none)."""
    match = any_of(subject.foreign).search(text)
    if match:
        return match[0]
    return _own_income(text, rules.own_income) if subject.own_income else ""


def _own_income(text: str, income: OwnIncome) -> str:
    """Income that is no fiscal appropriation, as *text* names it (``会务服务费收入``)."""
    match = _income_pattern(income).search(text)
    return match[0] if match and not _DENIED.search(text[: match.start()]) else ""


@cache
def _income_pattern(income: OwnIncome) -> re.Pattern[str]:
    words, kinds = any_of(income.words).pattern, any_of(income.kinds).pattern
    return re.compile(f"(?:{words}|(?:{kinds})+[\\u4e00-\\u9fff]{{0,3}}收入)(?!安排|相关)")


def _year(case: _Case, rule: Rule) -> Iterator[str]:
    """A year that is neither this nor last."""
    year = case.context.year
    for match in _YEAR.finditer(case.text):
        stated = int(match[1])
        if year is not None and stated not in (year, year - 1):
            yield rule.words(所写=stated, 本年=year, 上年=year - 1)
            return


def _residue_in(text: str, words: Words, rule: Rule) -> Iterator[str]:
    """Placeholders and what templates leave behind."""
    found = _BLANK.search(text) or any_of(words.residue).search(text)
    if found:
        yield rule.words(用词=found[0].strip())


def _same(case: _Case, rule: Rule) -> Iterator[str]:
    """The same text pasted into many slots."""
    if case.direction is Direction.LEVEL:
        return
    mine = bare(case.text)
    others = [slot for slot, text in case.all_texts.items() if slot != case.change.id and bare(text) == mine]
    if len(others) + 1 >= case.rules.same_text:
        yield rule.words(几处=len(others) + 1)


def _short(case: _Case, rule: Rule) -> Iterator[str]:
    """Too little to say anything."""
    if case.direction is Direction.LEVEL:
        return
    text = bare(case.text)
    stripped = re.sub(r"^(?:本年度?|今年|我单位|本单位|我馆|我局)+", "", text)
    words = case.words
    if text in words.denial_texts or text in words.level_texts:
        return  # another objection says more
    if len(stripped) < case.rules.minimum_length or stripped in words.vague:
        yield rule.words(原文=case.text, 方向=case.direction if case.direction is not Direction.UNKNOWN else "变动")


def _figure(case: _Case, rule: Rule) -> Iterator[str]:
    """Figures that stand nowhere in the tables."""
    change = case.change
    for number in quoted(case.text) if case.direction is not Direction.UNKNOWN else ():
        if not is_known(number, change, case.drivers, case.context):
            yield rule.words(
                数=number.text, 本年=change.current.text, 对比=change.against, 基数=change.base.text, 方向=change.direction,
                差额=change.difference.text, 率=f"，{change.rate.text}" if change.rate is not None else "")


def _movement(case: _Case, rule: Rule) -> Iterator[str]:
    """``差旅费减少`` where 差旅费 rose."""
    words, moves = case.words, dict[str, Driver]()
    for clause in clauses(case.text):
        if is_about_base(clause):
            continue
        whole = direction_in(clause, words)
        for piece in clause.split("、"):
            stated = direction_in(piece, words) or whole
            if stated is None or any_of(words.not_money).search(piece):
                continue
            moves = moves or _known_moves(case)
            driver = _named(piece, moves) or _own_income_move(piece, case)
            if driver is not None and (not driver.amount or (driver.amount > 0) != (stated is Direction.UP)):
                yield rule.words(原文=piece, 变动=driver.words if driver.amount else f"{driver.name}没有变动")
                return


def _known_moves(case: _Case) -> dict[str, Driver]:
    """Drivers by name, longest first; a name that moves both ways in different breakdowns is left out."""
    found: dict[str, Driver] = {}
    mixed: set[str] = set()
    for breakdown in case.drivers.breakdowns:
        for driver in breakdown.moves:
            other = found.setdefault(driver.name, driver)
            if (other.amount > 0) != (driver.amount > 0):
                mixed.add(driver.name)
    names = sorted((n for n in found if n not in mixed and len(n) > 2), key=len, reverse=True)
    return {name: found[name] for name in names}


def _own_income_move(piece: str, case: _Case) -> Driver | None:
    """How the income that the piece names moved: its row, or all that is no fiscal appropriation.

    ``None`` where the piece names none, where the pack does not ask, or when a year is missing.
    """
    income = case.rules.own_income
    comparisons = case.context.pack.sentences.comparisons.values()
    is_with_last_year = any(c.is_prior and c.against == case.change.against for c in comparisons)
    if income.rows is None or not case.change.id.startswith(income.slots) or not is_with_last_year:
        return None
    rows, (column, *_) = income.rows.fixed_rows(), income.rows.fixed_columns()
    table, before = case.context.accounts.tables.get(income.rows.table), case.context.prior.get(income.rows.table)
    named = _own_income(piece, income)
    if table is None or before is None or not (named in rows or named.endswith("收入")):
        return None
    name, wanted = (named, (named,)) if named in rows else (income.total, rows)
    return Driver(name, table.total(column, wanted) - before.total(column, wanted), None)


def _named(piece: str, moves: Mapping[str, Driver]) -> Driver | None:
    """The driver that the piece speaks of: its whole name, not the end of a longer word."""
    for name, driver in moves.items():
        at = piece.find(name)
        if at >= 0:
            return driver if at == 0 or piece[at - 1] in _FREE_BEFORE else None
    return None


_JUDGES: tuple[tuple[str, Callable[[_Case, Rule], Iterator[str]]], ...] = (
    (DIRECTION, _direction), (DENIAL, _denial), (NO_AMOUNT, _no_amount), (SUBJECT, _subject), (YEAR, _year),
    (RESIDUE, lambda case, rule: _residue_in(case.text, case.words, rule)),
    (SAME, _same), (SHORT, _short), (FIGURE, _figure), (MOVEMENT, _movement),
)
