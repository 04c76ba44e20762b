"""Checks of a 底稿 as a whole: the performance tables and their summary, the numbering of its texts; and what people found right.

Reading (:mod:`workbook.companion.read`) already names what cannot be understood, the check formulas compare the amounts;
here is what else does not agree.  An 已核实 mark on a finding or a reason is good for the numbers it was given for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from workbook.amounts import format_amount
from workbook.companion.model import VERIFIED, Companion, OverviewParagraph, Project, Verified, title_of
from workbook.entries import Entry
from workbook.issues import Issue, Severity
from workbook.numerals import chinese_numeral
from workbook.pack.companion_form import Role
from workbook.pack.rules import Findings, Rule
from workbook.performance.checks import check_summary, check_table

_NUMERALS = "一二三四五六七八九十"
_KINDS = (
    re.compile(rf"([{_NUMERALS}]{{1,3}})、"), re.compile(rf"[（(]([{_NUMERALS}]{{1,3}})[)）]"),
    re.compile(r"(\d{1,2})[.．、](?!\d)"),
    re.compile(r"[（(](\d{1,2})[)）]"),
)
"""The levels of numbering in official documents, from the outermost."""
_TWICE = re.compile(rf"(?:(?:[{_NUMERALS}]{{1,3}}、|[（(][{_NUMERALS}\d]{{1,3}}[)）]|\d{{1,2}}[.．、](?!\d))\s*){{2}}")
_PUNCTUATION = frozenset(",;:?!()")
_HALF_WIDTH = r"(?<=[\u4e00-\u9fff])[,;:?!](?=[\u4e00-\u9fff]|$)|[(](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[)]"
"""Compiled when a text has any of these marks (2.5 ms of a check that takes 200)."""
_SHOWN = 24
_VALUES = {chinese_numeral(number): number for number in range(1, 100)}


def check_companion(companion: Companion, rules: Mapping[str, Rule]) -> tuple[Issue, ...]:
    """Everything that can be checked within the 底稿, as the pack's *rules* say it."""
    found = Findings(rules)
    for project in companion.projects:
        found.issues += check_project(project, rules)
    for table in companion.unlisted:
        found.issues += check_table(table, rules)
        found.add("绩效-15", "没有列入", table.name, 项目=table.name.text)
    _counts(companion, found)
    for part in companion.form.parts:
        for case, entry, words, places in numbering_remarks(companion.paragraphs(part.name)):
            found.add("底稿-21", case, entry, 部分=part.name, 文字=words, 几处=places)
    return tuple(found.issues)


def check_project(project: Project, rules: Mapping[str, Rule]) -> tuple[Issue, ...]:
    """A project's 项目支出绩效自评表, and the summary against it."""
    if project.table is not None:
        stated = [(title_of(Project, field), getattr(project, field), own) for field, own in project.table.summary().items()]
        return (*check_table(project.table, rules), *check_summary(project.name, stated, rules))
    found = Findings(rules)
    if project.name.text:
        found.add("绩效-15", "", project.name, 项目=project.name.text)
    return tuple(found.issues)


def _counts(companion: Companion, found: Findings) -> None:
    """绩效-16: the stated numbers of projects against the projects listed."""
    form = companion.form.sheet(Role.PROJECTS)
    for fund in form.funds:
        stated = [entry for count in form.counts if (entry := companion.text(fund.count(count))).value is not None]
        total = sum((entry.value for entry in stated if entry.value is not None), Decimal(0))
        listed = sum(1 for project in companion.projects if project.fund == fund.name)
        if stated and total < listed:
            found.add("绩效-16", "", *stated, 预算类别=fund.name, 填写=format_amount(total, 0), 列出=listed)


def numbering_remarks(paragraphs: Sequence[OverviewParagraph]) -> Iterator[tuple[str, Entry, str, int]]:
    """The remarks about the numbering of one text of the first part.

    Each is the rule's case, the first place and its words, how many places.
    """
    found: dict[str, list[OverviewParagraph]] = {}
    for paragraph, case in _wrong(paragraphs):
        found.setdefault(case, []).append(paragraph)
    for case, places in found.items():
        text = places[0].text.text.strip()
        yield case, places[0].text, text if len(text) <= _SHOWN else f"{text[:_SHOWN]}……", len(places)


def _wrong(paragraphs: Sequence[OverviewParagraph]) -> Iterator[tuple[OverviewParagraph, str]]:
    last: list[int] = [0] * len(_KINDS)
    for paragraph in paragraphs:
        text = paragraph.text.text.strip()
        if _TWICE.match(text):
            yield paragraph, "双重编号"
        if not _PUNCTUATION.isdisjoint(text) and re.search(_HALF_WIDTH, text):
            yield paragraph, "半角标点"
        for level, kind in enumerate(_KINDS):
            if match := kind.match(text):
                number = _VALUES.get(match[1]) or (int(match[1]) if match[1].isdecimal() else 0)
                if number == last[level]:
                    yield paragraph, "编号重复"
                elif number not in (1, last[level] + 1):
                    yield paragraph, "编号不连续"
                last[level:] = [number] + [0] * (len(_KINDS) - level - 1)
                break


# ---------------------------------------------------------------- what people found right


REASON_PLACE = "变动原因"
_CELLS = 12
"""Cells of a finding that its mark names."""


def mark_of(issue: Issue, year: int | None) -> Verified:
    """The mark that this finding would get: its place, and the numbers with which it falls off."""
    cells = issue.cells[:_CELLS]
    place = "、".join(f"{cell.ref.sheet}!{cell.ref.a1}" for cell in cells)
    numbers = "；".join(cell.value for cell in cells) if cells else issue.message
    return Verified(issue.code, place, _one_line(f"{year or ''}年：{numbers}"))


def reason_mark(slot: str, current: Decimal | None, base: Decimal | None, difference: Decimal | None, text: str) -> Verified:
    """The mark of a reason: it falls off with the amounts, and with the text."""
    return Verified(slot, REASON_PLACE, _one_line(f"本年 {_words(current)}；对比 {_words(base)}；{text}"), difference)


def _one_line(text: str) -> str:
    """As it will be read again."""
    return " ".join(text.split())


def _words(value: Decimal | None) -> str:
    return "缺" if value is None else f"{value.normalize():f}"


def mark_in(companion: Companion | None, mark: Verified) -> Verified | None:
    """The mark of the same place in the 底稿, whatever numbers it was given for."""
    found = companion.verified if companion is not None else ()
    return next((v for v in found if v.code == mark.code and v.place == mark.place), None)


def holds(companion: Companion | None, mark: Verified) -> Verified | None:
    """The mark of the same place, if it is given and its numbers are still these."""
    found = mark_in(companion, mark)
    return found if found is not None and found.is_given and found.numbers == mark.numbers else None


def with_mark(companion: Companion, mark: Verified, *, note: str = "", when: str = "", is_given: bool = True) -> Companion:
    """The 底稿 with a mark given, or (not *is_given*) taken away: then the numbers stay noted."""
    new = replace(mark, note=note, when=when, is_given=is_given)
    others = tuple(v for v in companion.verified if (v.code, v.place) != (mark.code, mark.place))
    return replace(companion, verified=(*others, new))


def with_notes(issues: Iterable[Issue], companion: Companion | None, year: int | None) -> tuple[Issue, ...]:
    """The findings, those of 提示 that people found right with what they noted."""
    if companion is None or not any(v.is_given for v in companion.verified):
        return tuple(issues)
    return tuple(
        replace(issue, verified=found.note or VERIFIED)
        if issue.severity is Severity.NOTICE and (found := holds(companion, mark_of(issue, year))) is not None else issue
        for issue in issues)
