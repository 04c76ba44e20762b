"""Whose report it is and of which year: by the workbook where that says so, else by what the report itself says most often."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from docgen.docx.paragraphs import Margin
from docgen.review.alignment import Match
from docgen.review.findings import Finder, Finding
from docgen.review.phrasing import Phrasing, normalised
from docgen.review.text import ITEM, Role, Stretch
from workbook.pack.layout import normalise
from workbook.values import cached_property, dataclass

_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年\s*(?:度|(?=[^\d，。；]{0,14}决算))")
"""In titles: a year of accounts (a date on the cover is none)."""
_YEAR_OF_ACCOUNTS = re.compile(
    r"(?<![\d\-—~至、和])(20\d\d)\s*年\s*度(?!\s*(?:[、至和\-—~]\s*20|结转|结余|以来|追加|计划))"
    r"|截[至止]\s*(20\d\d)\s*年(?=\s*12\s*月|末|底)"
    r"|(?<=[与比较])\s*(20\d\d)\s*年(?=\s*(?:相比|增加|减少|增长|下降|上升|持平|决算))")
_YEAR_OF_AMOUNT = re.compile(r"(?<!\d)(20\d\d)年(?!度|\d|月|末|底|初|以|结转|结余)")
_COMPARED = re.compile(r"(?:与|比|较|同|和|对比|从|自|由|至|到|于|结转|列支|以前|上年|[(（])\s*$")
_OURSELVES = re.compile(
    r"^(?:本|我|各|该|全)?(?:部门|单位|局|馆|校|院|中心|委|办|厅|处)?(?:[(（](?:部门|单位)[)）])?$"
    r"|^(?:\d|[(（一二三四五六七八九十])|绩效|根据|预算|决算|截[至止]")
_BUDGET, _ACCOUNTS = "预算", "决算"
_OF_UNIT, _OF_DEPARTMENT, _OUR_DEPARTMENT = "单位决算", "部门决算", re.compile(r"[本我]部门(?![(（])")
_COVER = 6
_FEWEST, _OFTEN = 2, 3
"""So often must a report say something before it counts as its own word: to tell a slip by it; to call all of it another's."""
_NOWHERE: Stretch = (None, 0, 0)
_Said = TypeVar("_Said", int, str)


def _most(counted: Counter[_Said], fewest: int) -> _Said | None:
    """What is said most, *fewest* times at least and twice as often as anything else; ``None`` when nothing is."""
    common = counted.most_common(2)
    is_clear = bool(common) and common[0][1] >= fewest and (len(common) == 1 or common[1][1] * 2 <= common[0][1])
    return common[0][0] if is_clear else None


@dataclass(frozen=True)
class Identity:
    """The checks of names and years over the whole report."""

    finder: Finder
    margins: Sequence[Margin] = ()

    @cached_property
    def _years(self) -> list[tuple[Stretch, int, bool]]:
        """Every year that the accounts are said to be of, and whether it is one to compare with.

        On the cover, in headings, in statements.
        """
        text = self.finder.text
        found: list[tuple[Stretch, int, bool]] = []
        shown = [p for p in text.paragraphs if p.text.strip() and not p.table]
        titles = {p.number for p in shown[:_COVER]} | text.sections.titles
        for paragraph in shown:
            line = text.lines.get(paragraph.number)
            pattern = _YEAR_OF_ACCOUNTS if line is not None else _YEAR if paragraph.number in titles else None
            for match in pattern.finditer(paragraph.text) if pattern is not None else ():
                group = match.lastindex or 0
                if line is None or not line.is_free(match.start(group)):
                    is_compared = bool(_COMPARED.search(paragraph.text[: match.start()]))
                    found.append(((paragraph.number, *match.span(group)), int(match[group]), is_compared))
        return found

    @cached_property
    def _own_year(self) -> int | None:
        return _most(Counter(year for _, year, is_compared in self._years if not is_compared), _OFTEN)

    @cached_property
    def names(self) -> Mapping[str, list[Stretch]]:
        """Names with which statements begin → where."""
        found, text = defaultdict[str, list[Stretch]](list), self.finder.text
        for p in text.paragraphs:
            if not p.table and p.number in text.lines and (name := unit_name_in(p.text, self.finder.phrasing)):
                start = p.text.index(name)
                found[name].append((p.number, start, start + len(name)))
        return found

    @cached_property
    def _counted(self) -> Counter[str]:
        return Counter({name: len(found) for name, found in self.names.items()})

    @cached_property
    def whole(self) -> list[Finding]:
        """Of what the whole report is another's, unit or year: one statement each."""
        year, mine, found = self.finder.context.year, self.finder.unit_name, []
        if year is not None and self._own_year is not None and self._own_year != year:
            found += self.finder.on("表文-45", "年度", at=_NOWHERE, stated=f"{self._own_year}年", expected=f"{year}年")
        if mine and self._counted.total() >= _OFTEN and not any(_same_unit(name, mine) for name in self._counted):
            found += self.finder.on("表文-45", "单位", at=_NOWHERE, stated=self._counted.most_common(1)[0][0], expected=mine)
        return found

    def review(self, matches: Iterable[Match]) -> Iterator[Finding]:
        """All findings in single places; *matches* are the numbers that are known."""
        on, text = self.finder.on, self.finder.text
        shown = [p.text for p in text.paragraphs if p.text.strip() and not p.table][:_COVER]
        if any(_BUDGET in words for words in shown) and not any(_ACCOUNTS in words for words in shown):
            yield from on("表文-46", at=_NOWHERE, stated=_BUDGET, expected=_ACCOUNTS)
        year = self.finder.context.year if self.finder.context.year is not None else self._own_year
        if year is not None:
            yield from self._wrong_years(year)
            yield from self._stale_years(year, matches)
        titles = "".join(p.text for p in text.paragraphs if p.number in text.sections.titles)
        if _OF_UNIT in titles and _OF_DEPARTMENT not in titles:  # 本部门 in the report of a single unit
            own = (p for p in text.paragraphs if p.number in text.lines and not p.table)
            found = [(p, m) for p in own for m in _OUR_DEPARTMENT.finditer(p.text)]
            for paragraph, match in found[:1]:
                yield from on("表文-43", at=(paragraph.number, *match.span()), stated=match[0], 几处=len(found))
        mine = self.finder.unit_name or _most(self._counted, _FEWEST)
        for name, places in self.names.items() if mine else ():  # another unit's name: one finding for each, at its first place
            if not _same_unit(name, mine or ""):
                case = "多处" if len(places) > 1 else ""
                yield from on("表文-19", case, at=places[0], stated=name, expected=mine, 几处=len(places))

    def _stale_years(self, year: int, matches: Iterable[Match]) -> Iterator[Finding]:
        """Amounts of this year that the words before them say to be another's."""
        for match in matches:
            number, figure = match.stated, match.slot.figure
            if match.slot.part or number.role is not Role.LEVEL or not number.value or number.value != figure.value:
                continue
            start = max(number.line.text.rfind(mark, 0, number.start) for mark in "。；") + 1
            years = [*_YEAR_OF_AMOUNT.finditer(number.line.text, start, number.start)]
            if years and int(years[-1][1]) != year and not _COMPARED.search(number.line.text[start : years[-1].start()]):
                stated = years[-1][1]
                yield from self.finder.on(
                    "表文-18", at=number.line.at(*years[-1].span(1)), stated=f"{stated}年", expected=f"{year}年",
                    写的年=stated, 年度=year)

    def _wrong_years(self, year: int) -> Iterator[Finding]:
        for at, said, is_compared in self._years:
            right = year - 1 if is_compared and said != year else year
            if said != right:
                yield from self.finder.on(
                    "表文-18", "对比" if is_compared else "", at=at, stated=f"{said}年", expected=f"{right}年", 写的年=said, 年度=right)
        named = ((match, margin.text) for margin in self.margins for match in _YEAR.finditer(margin.text))
        wrong = {(int(match[1]), words): None for match, words in named if int(match[1]) != year}
        for stated, words in wrong:
            yield from self.finder.on(
                "表文-18", "页眉", at=_NOWHERE, stated=f"{stated}年", expected=f"{year}年", 页眉=words.strip(), 写的年=stated, 年度=year)


def _same_unit(one: str, other: str) -> bool:
    """Whether two names are one unit's: one may be the other without its place or its 本级."""
    first, second = (re.sub(r"\(?本级\)?$", "", normalise(name)) for name in (one, other))
    return first in second or second in first


def unit_name_in(text: str, phrasing: Phrasing) -> str:
    """The name with which a statement begins (``某某单位 2024 年度…``); empty when it begins otherwise."""
    for match in (phrasing.unit_name.match(text), phrasing.acting_unit.search(text)):
        name = match[1].strip() if match is not None else ""
        is_open = name.endswith(("与", "比", "较", "为", "从", "自", *phrasing.words.money))
        is_thing = is_open or name.startswith("“") or ITEM.search(normalised(name)[0])
        if not _OURSELVES.search(name) and not is_thing:
            return name
    return ""
