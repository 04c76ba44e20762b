"""Rules as records of the pack: code, severity, name, basis, parameters and sentences (docs/模板包.md).

Which rules, parameters, cases and placeholders there are is what the default pack's file has.  A pack states what it
wants otherwise, ``不查`` for the level of a rule that it does not want; all else is the default pack's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from workbook.amounts import format_amount, round_half_up
from workbook.entries import Entry
from workbook.issues import CellRef, Issue, IssueCell, Kind, Severity
from workbook.pack.records import read_csv
from workbook.values import dataclass

OFF = "不查"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_KINDS = {Decimal: "数字", Severity: "级别（错误、提示、尾差）", tuple: "用“、”隔开的词"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as its record has it."""

    code: str
    severity: Severity
    name: str
    basis: str
    parameters: Mapping[str, Any]
    """Numbers are ``Decimal``, severities ``Severity``, words tuples of ``str``."""
    sentences: Mapping[str, str]
    """Case (empty for the main sentence) → sentence with placeholders."""

    def words(self, case: str = "", /, **values: object) -> str:
        """The sentence of *case* with its placeholders filled."""
        return self.sentences[case].format_map(values)


def load_rules(path: Path, default: Path) -> dict[str, Rule]:
    """The rules in *path*, completed by the *default* pack's.

    Raises :class:`~workbook.errors.PackError` naming file, line and cause.
    """
    # without defaults it is the default pack's own, which says what there may be
    defaults = {} if path == default else _defaults(default)
    rules = dict(defaults)

    def add(record: Mapping[str, str], _line: int) -> None:
        code, _, case = record["编号"].partition("/")
        if defaults and code not in defaults:
            raise ValueError("没有这个编号的规则")
        default = defaults.get(code)
        if record["级别"] == OFF and default and not case:
            del rules[code]
            return
        if not case:
            rules[code] = _rule(record, default)
        elif code not in rules and not defaults:
            raise ValueError(f"应写在“{code}”之后")
        if (text := record.get("措辞", "")) and code in rules:
            names = _placeholders(text)
            if default is not None:
                _compare(case, names, default)
            rules[code] = replace(rules[code], sentences={**rules[code].sentences, case: text})

    read_csv(path, ("编号", "级别", "名称", "依据"), add, unique="编号")
    return rules


@cache
def _defaults(path: Path) -> Mapping[str, Rule]:
    return load_rules(path, path)


def _rule(record: Mapping[str, str], default: Rule | None) -> Rule:
    """The rule of a record, without its sentence; what it leaves out is the *default* one's."""
    code, severity = record["编号"], record["级别"] or (default.severity if default else "")
    if severity not in list(Severity):
        raise ValueError(f"级别“{severity}”不对，应是{'、'.join((*Severity, OFF))}之一")
    parameters = dict(default.parameters) if default else {}
    for part in filter(None, (p.strip() for p in record.get("参数", "").split("；"))):
        name, _, value = (p.strip() for p in part.partition("="))
        if default and name not in default.parameters:
            raise ValueError(f"没有参数“{name}”")
        parameters[name] = _value(name, value, type(parameters[name]) if default else None)
    name, basis = (record[column] or getattr(default, field, "") for column, field in (("名称", "name"), ("依据", "basis")))
    return Rule(code, Severity(severity), name, basis, parameters, default.sentences if default else {})


def _compare(case: str, names: set[str], default: Rule) -> None:
    """Refuse a sentence for a *case*, or with placeholders, that the default pack's rule does not have."""
    known = default.sentences
    if case not in known:
        raise ValueError(f"没有“{case}”这种措辞" if case else f"措辞应分别写在{'、'.join(f'“{default.code}/{c}”' for c in known)}")
    if unknown := names - (usable := _placeholders(known[case])):
        listed = "、".join(f"{{{name}}}" for name in sorted(usable)) or "没有"
        raise ValueError(f"措辞中不能用“{{{min(unknown)}}}”，可用的有：{listed}")


def _value(name: str, text: str, kind: type | None) -> Decimal | Severity | tuple[str, ...]:
    """The value of a parameter, of the *kind* that the default pack's has."""
    found: Decimal | Severity | tuple[str, ...] = tuple(word.strip() for word in text.split("、"))
    if text in list(Severity) and kind is not tuple:
        found = Severity(text)
    elif _NUMBER.fullmatch(text) and kind is not tuple:
        found = Decimal(text)
    if not text or (kind is not None and type(found) is not kind):
        raise ValueError(f"参数“{name}”的值“{text}”应是{_KINDS[kind or tuple]}")
    return found


def _placeholders(sentence: str) -> set[str]:
    """The names in braces; anything but a name in them is an error."""
    try:
        parts = list(Formatter().parse(sentence))
    except ValueError:
        raise ValueError("措辞中的花括号不成对") from None
    names = set()
    for _, name, how, conversion in parts:
        if name is not None:
            if not name.isidentifier() or how or conversion:
                raise ValueError(f"措辞中的“{{{name}}}”应只写名称")
            names.add(name)
    return names


class Findings:
    """Collects issues of one *kind*; a rule that the pack does not want makes none.

    *what* its cells belong to, in the reader's words; *common* is what all sentences may be filled with.
    """

    blames = True
    """Whether the first cell of an issue is its culprit, when no other is named."""

    def __init__(self, rules: Mapping[str, Rule], kind: Kind = Kind.FORM, what: str = "底稿", **common: object) -> None:
        self.rules, self.kind, self.what, self.common = rules, kind, what, common
        self.issues: list[Issue] = []

    def issue(  # all but the rule and the cells by name
        self, code: str, case: str = "", /, *cells: Entry | IssueCell,
        sheet: str = "", milder: str = "", culprit: CellRef | None = None,
        **values: object,
    ) -> Issue:
        """What rule *code* (which must be one of the pack's) says of *cells*, its sentence for *case* filled with *values*.

        A parameter of the rule that is called *milder*, or like the case, is the severity in place of its own.
        """
        rule = self.rules[code]
        level, places = rule.parameters.get(milder or case), self._cells(cells)
        return Issue(
            code, self.kind, level if isinstance(level, Severity) else rule.severity,
            rule.words(case, **self.common, **values), places,
            sheet=sheet, culprit=culprit or (places[0].ref if self.blames and places else None))

    def add(self, code: str, case: str = "", /, *cells: Entry | IssueCell, **values: Any) -> None:
        """Note the issue, if the pack has the rule."""
        if code in self.rules:
            self.issues.append(self.issue(code, case, *cells, **values))

    def compare(self, code: str, stated: Entry, expected: Decimal, bound: Decimal, /, *others: Entry, **values: object) -> None:
        """Note that *stated* is not what it should be: a rounding tail within *bound*, else what the rule says."""
        rule, value = self.rules.get(code), stated.value if stated.value is not None else Decimal(0)
        if rule is None:
            return
        cells, difference, should = self._cells((stated, *others)), value - expected, format_amount(expected)
        shown = format_amount(value) if round_half_up(value) != round_half_up(expected) else f"{value:f}"
        words = rule.words(填写=shown, 应为=should, 相差=format_amount(difference), **self.common, **values)
        severity = Severity.TAIL if abs(difference) <= bound else rule.severity
        self.issues.append(Issue(
            code, self.kind, severity, words, cells, value, expected, difference, cells[0].ref if cells else None,
            stated=shown, expected=should))

    def _cells(self, cells: tuple[Entry | IssueCell, ...]) -> tuple[IssueCell, ...]:
        return tuple(
            cell if isinstance(cell, IssueCell) else IssueCell(cell.ref, cell.text, f"{self.what}“{cell.ref.sheet}”")
            for cell in cells if cell.ref is not None)
