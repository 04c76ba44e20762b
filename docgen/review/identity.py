"""Whose report it is and of which year: by the workbook where that says so, else by what the report itself says most often."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from docgen.docx.paragraphs import DocParagraph, Margin
from docgen.review.findings import Finder, Finding
from docgen.review.phrasing import Phrasing
from workbook.pack.layout import normalise
from workbook.values import dataclass

_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年\s*(?:度|(?=[^\d，。；]{0,14}决算))")
"""In titles: a year of accounts (a date on the cover is none)."""
_YEAR_OF_ACCOUNTS = re.compile(r"(?<![\d\-—~至、和])(20\d\d)\s*年\s*度(?!\s*(?:[、至和\-—~]\s*20|结转|结余|以来|追加|计划))|截[至止]\s*(20\d\d)\s*年(?=\s*12\s*月|末|底)")
_COMPARED = re.compile(r"(?:与|比|较|同|和|对比|从|自|由|至|到|于|结转|列支|以前|上年|[(（])\s*$")
_OURSELVES = re.compile(r"^(?:本|我|各|该|全)?(?:部门|单位|局|馆|校|院|中心|委|办|厅|处)?(?:[(（](?:部门|单位)[)）])?$|^(?:\d|[(（一二三四五六七八九十])|绩效|根据|预算|决算|截[至止]")
_BUDGET, _ACCOUNTS = "预算", "决算"
_OF_UNIT, _OF_DEPARTMENT, _OUR_DEPARTMENT = "单位决算", "部门决算", re.compile(r"[本我]部门(?![(（])")
_COVER = 6
_FEWEST, _OFTEN = 2, 3
"""So often must a report say something before it counts as its own word: to tell a slip by it; to call all of it another's."""


class _Year(NamedTuple):
    paragraph: DocParagraph
    span: tuple[int, int]
    year: int
    is_compared: bool
    """Whether the words before it compare with it."""


@dataclass(frozen=True)
class Identity:
    """The checks of names and years over the whole report."""

    finder: Finder
    margins: Sequence[Margin] = ()

    @cached_property
    def year(self) -> int | None:
        """The year of the accounts; where no input says it, the one that the report names most."""
        if self.finder.context.year is not None:
            return self.finder.context.year
        return self._own_year

    @cached_property
    def _own_year(self) -> int | None:
        counted = Counter(found.year for found in self._years() if not found.is_compared)
        common = counted.most_common(2)
        if not common or common[0][1] < _OFTEN or (len(common) > 1 and common[1][1] * 2 > common[0][1]):
            return None
        return common[0][0]

    @cached_property
    def names(self) -> Mapping[str, list[tuple[DocParagraph, int]]]:
        """Names with which statements begin → where."""
        found: dict[str, list[tuple[DocParagraph, int]]] = defaultdict(list)
        text = self.finder.text
        for paragraph in text.paragraphs:
            if not paragraph.table and paragraph.number in text.lines and (name := unit_name_in(paragraph.text, self.finder.phrasing)):
                found[name].append((paragraph, paragraph.text.index(name)))
        return found

    @cached_property
    def unit_name(self) -> str:
        """The unit's name; where no input says it, the one that the report uses most (empty when none is)."""
        if self.finder.unit_name:
            return self.finder.unit_name
        common = Counter({name: len(found) for name, found in self.names.items()}).most_common(2)
        if not common or common[0][1] < _FEWEST or (len(common) > 1 and common[1][1] == common[0][1]):
            return ""
        return common[0][0]

    @cached_property
    def is_other(self) -> bool:
        """Whether the report is of another unit or year than the workbook as a whole."""
        return bool(self._other_year or self._other_unit)

    @cached_property
    def _other_year(self) -> bool:
        return self.finder.context.year is not None and self._own_year is not None and self._own_year != self.finder.context.year

    @cached_property
    def _other_unit(self) -> str:
        """The name that the report gives its unit throughout, where it is another than the workbook's."""
        mine = self.finder.unit_name
        counted = Counter({name: len(found) for name, found in self.names.items()})
        if not mine or sum(counted.values()) < _OFTEN or any(_same_unit(name, mine) for name in counted):
            return ""
        return counted.most_common(1)[0][0]

    def whole(self) -> Iterator[Finding]:
        """Of what the whole report is another's: one statement each."""
        on, nowhere = self.finder.on, (None, 0, 0)
        if self._other_year:
            yield from on("表文-45", "年度", at=nowhere, stated=f"{self._own_year}年", expected=f"{self.finder.context.year}年")
        if self._other_unit:
            yield from on("表文-45", "单位", at=nowhere, stated=self._other_unit, expected=self.finder.unit_name)

    def review(self) -> Iterator[Finding]:
        """All findings in single places."""
        yield from self._other_document()
        if self.year is not None:
            for paragraph, span, stated, is_compared in self._years():
                right = self.year - 1 if is_compared and stated != self.year else self.year
                if stated != right:
                    yield from self.finder.on(
                        "表文-18", "对比" if is_compared else "", at=(paragraph.number, *span), stated=f"{stated}年", expected=f"{right}年",
                        写的年=stated, 年度=right)
            yield from self._margins()
        yield from self._kind()
        for name, found in self.names.items() if self.unit_name else ():  # another unit's name: one finding for each, at its first place
            if not _same_unit(name, self.unit_name):
                paragraph, start = found[0]
                yield from self.finder.on(
                    "表文-19", "多处" if len(found) > 1 else "", at=(paragraph.number, start, start + len(name)), stated=name,
                    expected=self.unit_name, 几处=len(found))

    def _other_document(self) -> Iterator[Finding]:
        """A budget report."""
        shown = [p.text for p in self.finder.text.paragraphs if p.text.strip() and not p.table][:_COVER]
        if any(_BUDGET in text for text in shown) and not any(_ACCOUNTS in text for text in shown):
            yield from self.finder.on("表文-46", at=(None, 0, 0), stated=_BUDGET, expected=_ACCOUNTS)

    def _years(self) -> Iterator[_Year]:
        """Every year that the accounts are said to be of: on the cover, in headings, in statements."""
        text = self.finder.text
        shown = [p for p in text.paragraphs if p.text.strip() and not p.table]
        cover = {p.number for p in shown[:_COVER]}
        for paragraph in shown:
            line = text.lines.get(paragraph.number)
            is_title = line is None and (paragraph.number in cover or paragraph.number in text.sections.titles)
            if line is None and not is_title:
                continue
            for match in (_YEAR if is_title else _YEAR_OF_ACCOUNTS).finditer(paragraph.text):
                group = 1 if match[1] else 2
                if line is None or not line.is_free(match.start(group)):
                    is_compared = bool(_COMPARED.search(paragraph.text[: match.start()]))
                    yield _Year(paragraph, match.span(group), int(match[group]), is_compared)

    def _kind(self) -> Iterator[Finding]:
        """本部门 in the report of a single unit."""
        text = self.finder.text
        titles = "".join(p.text for p in text.paragraphs if p.number in text.sections.titles)
        if _OF_UNIT not in titles or _OF_DEPARTMENT in titles:
            return
        found = [(p, m) for p in text.paragraphs if p.number in text.lines and not p.table for m in _OUR_DEPARTMENT.finditer(p.text)]
        if found:
            paragraph, match = found[0]
            yield from self.finder.on("表文-43", at=(paragraph.number, *match.span()), stated=match[0], 几处=len(found))

    def _margins(self) -> Iterator[Finding]:
        """The years in headers and footers."""
        wrong = {(match[1], margin.text): margin.page for margin in reversed(self.margins) for match in _YEAR.finditer(margin.text)
                 if int(match[1]) != self.year}
        for stated, text in wrong:
            yield from self.finder.on(
                "表文-18", "页眉", at=(None, 0, 0), stated=f"{stated}年", expected=f"{self.year}年", 页眉=text.strip(), 写的年=stated, 年度=self.year)


def _same_unit(one: str, other: str) -> bool:
    """Whether two names are one unit's: one may be the other without its place or its 本级."""
    first, second = (re.sub(r"\(?本级\)?$", "", normalise(name)) for name in (one, other))
    return first in second or second in first


def unit_name_in(text: str, phrasing: Phrasing) -> str:
    """The name with which a statement begins (``某某单位 2024 年度…``); empty when it begins otherwise."""
    match = phrasing.unit_name.match(text)
    name = match[1].strip() if match is not None else ""
    return "" if _OURSELVES.search(name) or name.endswith(("与", "比", "较", "为", "从", "自")) else name
