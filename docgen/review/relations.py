"""The relations between stated numbers that the form demands (the pack's records), by the report's own numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from docgen.review.arithmetic import Arithmetic
from docgen.review.findings import Finding
from docgen.review.lists import HALF_CENT
from docgen.review.text import LEVEL, Stated
from workbook.amounts import ZERO
from workbook.pack.review import Relation

_CLAUSE = re.compile(r"[。；]")
_ENDS = {"=": "等于", ">=": "不小于", "<=": "不大于"}


def review_relations(arithmetic: Arithmetic) -> Iterator[Finding]:
    """Every relation that the report's numbers break, section by section."""
    finder = arithmetic.finder
    sections: dict[int, list[tuple[Stated, str]]] = defaultdict(list)
    for stated in finder.text.numbers(0) if finder.inputs.pack.relations else ():
        if stated.number.unit not in (LEVEL, "%"):
            clause = _CLAUSE.split(stated.line.text[: stated.number.start])[-1]
            sections[finder.text.sections.of.get(stated.paragraph, 0)].append((stated, clause))
    for numbers in sections.values():
        for relation in finder.inputs.pack.relations:
            left, right = ([_stated(term, numbers) for term in side] for side in (relation.left, relation.right))
            found = [s for s in (*left, *right) if s is not None]
            if len(found) == len(left) + len(right) and not arithmetic.is_compared(*found):
                arithmetic.use(*found)
                yield from _check(relation, found[: len(left)], found[len(left) :], arithmetic)


def _stated(term: Sequence[str], numbers: Sequence[tuple[Stated, str]]) -> Stated | None:
    """The number that these words name."""
    for stated, clause in numbers:
        place = 0
        for piece in term:
            place = clause.find(piece, place)
            if place < 0:
                break
            place += len(piece)
        else:
            if term[-1] in stated.number.before:
                return stated
    return None


def _check(relation: Relation, left: Sequence[Stated], right: Sequence[Stated], arithmetic: Arithmetic) -> Iterator[Finding]:
    one, other = (sum((s.number.value for s in side), ZERO) for side in (left, right))
    off = {"=": abs(one - other), ">=": other - one, "<=": one - other}[relation.sign]
    if off <= ZERO:
        return
    last, unit = left[0] if relation.sign == "=" else right[-1], right[-1].number.unit
    bound = HALF_CENT * (len(left) + len(right)) if unit == "万元" else ZERO
    shown = " + ".join(f"{s.number.value}" for s in right)
    rule, case = ("表文-31", "关系") if off <= bound else ("表文-47", "")
    yield from arithmetic.finder.on(
        rule, case, at=last.at(), stated=f"{shown} {unit}", expected=f"{one} {unit}", amounts=(other, one), 说明=relation.words,
        关系=_ENDS[{"=": "=", ">=": "<=", "<=": ">="}[relation.sign]])
