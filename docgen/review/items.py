"""What a report says of the items of the classifications, against the tables: names, purposes, lists of names.

Names, not codes, tell the items here: ``教育支出（类）普通教育（款）小学教育（项）``.  An item that the tables have under another
name, an old name, money spent on 基本支出 where the table has 项目支出, and names listed of which the table has no amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from docgen.review.findings import Finder, Finding
from docgen.review.phrasing import alike, pairs
from docgen.review.text import ITEM, Line, Number, Stretch
from workbook.amounts import ZERO, round_half_up
from workbook.pack.layout import SheetKind, normalise
from workbook.pack.words import any_of
from workbook.reading.tables import Table

_LEVELS, _SPENDING = "类款项", "支出"
_LIKE = 0.6
"""So alike (Dice of character pairs) is a name to the one it is meant to be."""
_SAYS = 5
"""A shorter name may stand in a text by chance."""
_FEWEST_NAMES, _MOST_ARE_NAMES = 2, 0.6
_BETWEEN = re.compile(r"[、，]|以及|及")
Mention: TypeAlias = dict[int, re.Match[str]]
"""An item as a line names it: level (0 类, 1 款, 2 项) → its name; the names follow each other."""
_OPEN_END = re.compile(r"等(?:支出|费用|方面|内容)?$")


def mentions(line: Line) -> list[Mention]:
    """The items that a line names."""
    found: list[Mention] = []
    parts: Mention = {}
    end = -1
    for match in ITEM.finditer(line.text):
        level = _LEVELS.index(match[2])
        if parts and (match.start() != end or level <= max(parts)):
            found.append(parts)
            parts = {}
        parts[level], end = match, match.end()
    return [*found, parts] if parts else found


class Items:
    """The items of a report against the tables."""

    def __init__(self, finder: Finder) -> None:
        self.finder, self.pack, self.on = finder, finder.inputs.pack, finder.on
        tables = [t for t in finder.inputs.accounts.tables.values() if not t.is_empty()]
        functional = [layout for layout in self.pack.sheets.values() if layout.kind is SheetKind.FUNCTIONAL]
        needed = [layout.code for layout in functional if not layout.empty_statement]
        has_all = all(code in finder.inputs.accounts.tables for code in needed)  # else nobody knows what the others hold
        self.functional = [t for t in tables if t.layout.kind is SheetKind.FUNCTIONAL] if has_all else []
        self.economic = [t for t in tables if t.layout.kind is SheetKind.ECONOMIC]
        lengths, self.names = self.pack.functional.lengths, self.pack.functional.names
        self.codes: list[dict[str, list[str]]] = [{} for _ in _LEVELS]
        """Level → name → codes, of the rows of the tables."""
        for table, code in ((t, c) for t in self.functional for c in t.codes() if len(c) in lengths):
            for name in {normalise(self.names.get(code, "")), normalise(table.names.get(code, ""))} - {""}:
                own = self.codes[lengths.index(len(code))].setdefault(name, [])
                if code not in own:
                    own.append(code)
        self.known = {normalise(name) for name in self.names.values()}
        aliases = {normalise(a.old_name): a.new_name for a in self.pack.functional.aliases}
        self.old = {old: new for old, new in aliases.items() if old not in self.known}
        self.purpose = any_of(finder.phrasing.words.purposes)

    def review(self) -> Iterator[Finding]:
        """All findings, paragraph by paragraph."""
        for line in self.finder.text.lines.values():
            named = mentions(line) if self.functional else []
            for place, mention in enumerate(named):
                stop = min(m.start() for m in named[place + 1].values()) if place + 1 < len(named) else len(line.text)
                yield from self._mention(line, mention, stop)
            if self.economic:
                yield from self._lists(line)

    # ------------------------------------------------------------ one item

    def _mention(self, line: Line, mention: Mention, stop: int) -> Iterator[Finding]:
        """What is said of an item up to *stop*."""
        above: tuple[str, ...] = ()
        fitting: list[str] = []
        deepest, end = max(mention), mention[max(mention)].end()
        for level, match in sorted(mention.items()):
            found = self._codes(level, match[1])
            if not found:
                yield from self._unknown(line, mention, level, stop)
                return
            fitting = [code for code in found if not above or code.startswith(above)]
            if level == deepest and not fitting:
                said = "".join(f"{m[1]}（{_LEVELS[i]}）" for i, m in sorted(mention.items()))
                yield from self.on("表文-35", "层级", at=line.at(match.start(1), end), stated=said, expected=self._path(found[0]))
                return
            above = tuple(fitting) or ("-",)
        opening = self.purpose.search(line.text, end, stop)
        if opening is not None and deepest == len(_LEVELS) - 1:
            full = line.text.find("。", opening.end(), stop)
            yield from self._purpose(line, fitting, opening.end(), full if full >= 0 else stop)

    def _codes(self, level: int, name: str) -> list[str]:
        """The rows with this name (words before it may have run into it)."""
        plain, known = normalise(name), self.codes[level]
        names = plain, plain + _SPENDING  # 教育（类）支出
        if found := next((known[n] for n in names if n in known), None):
            return found
        return [c for n, codes in known.items() if any(p.endswith(n) for p in names) for c in codes]

    def _unknown(self, line: Line, mention: Mention, level: int, stop: int) -> Iterator[Finding]:
        """An item that no table has under this name."""
        match = mention[level]
        shown, name, at = match[1].strip("“”"), normalise(match[1]), line.at(*match.span(1))
        amount = next((n for n in line.numbers if mention[max(mention)].end() <= n.start < stop and n.is_amount), None)
        if name in self.old:
            yield from self.on("表文-36", at=at, stated=shown, expected=self.old[name])
        elif amount is not None and amount.value and name in self.known:
            yield from self.on("表文-35", "没有", at=at, stated=shown, 金额=f"{amount.value:,f}")
        elif amount is not None and amount.value:
            above = self._codes(level - 1, mention[level - 1][1]) if level - 1 in mention else []
            here = tuple(above)
            near = {n for n, codes in self.codes[level].items() if not above or any(code.startswith(here) for code in codes)}
            if best := _nearest(name, near - {name}):
                yield from self.on("表文-35", at=at, stated=shown, expected=best)

    def _path(self, code: str) -> str:
        above = [length for length in self.pack.functional.lengths if length <= len(code)]
        return "".join(f"{self.names.get(code[:length], '')}（{_LEVELS[level]}）" for level, length in enumerate(above))

    def _purpose(self, line: Line, codes: Sequence[str], start: int, end: int) -> Iterator[Finding]:
        """What the item's money is said to be spent on, between these places of the line."""
        text, natures = line.text[start:end], self.finder.phrasing.words.natures
        said = [nature for nature in natures if nature in text]
        amounts = self._by_nature(codes, natures) if len(said) == 1 else {}
        right = next((nature for nature, value in amounts.items() if value), "")
        if right and not amounts[said[0]]:
            place = start + text.index(said[0])
            yield from self.on(
                "表文-37", at=line.at(place, place + len(said[0])), stated=said[0], expected=right, 金额=f"{amounts[right]:,f}")
        own = [normalise(self.names.get(code, "")) for code in codes]
        classes = tuple(code[: self.pack.functional.lengths[0]] for code in codes)  # within one 类 the words run into each other
        for name, others in self.codes[-1].items():
            is_other = len(name) >= _SAYS and name in text and not any(code.startswith(classes) for code in others)
            if is_other and not any(name in o or o in name or o in text for o in own):
                place = start + text.index(name)
                yield from self.on("表文-38", at=line.at(place, place + len(name)), stated=name, expected=own[0])
                return

    def _by_nature(self, codes: Sequence[str], natures: Sequence[str]) -> Mapping[str, Decimal]:
        """The item's amounts by 基本支出 and 项目支出, of all tables that tell them apart."""
        found = dict.fromkeys(natures, ZERO)
        for table in self.functional:
            columns = {normalise(column): column for column in table.columns}
            for nature in natures if columns.keys() >= set(natures) else ():
                found[nature] = max(found[nature], table.total(columns[nature], codes))
        return {nature: round_half_up(value) for nature, value in found.items()}

    # ------------------------------------------------------------ lists of names

    def _lists(self, line: Line) -> Iterator[Finding]:
        for match in self.finder.phrasing.list.finditer(line.text):
            text = re.split("[。；：]", line.text[match.end() :], maxsplit=1)[0]
            total = next((n for n in reversed(line.numbers) if n.stop <= match.start()), None)
            names = [_OPEN_END.sub("", name) for name in _BETWEEN.split(text)]
            is_list = len(names) >= _FEWEST_NAMES and not any(c.isdigit() for c in text)
            if total is not None and is_list and (table := self._table(total)):
                at = line.at(match.end(), match.end() + len(text))
                yield from self._list(at, [n for n in names if n], table, is_open=bool(_OPEN_END.search(text)))

    def _table(self, total: Number) -> Table | None:
        """The table to which the amount before a list belongs."""
        return next((
            t for t in self.economic
            if any(round_half_up(v) == total.value for c in t.columns.values() for v in c.values())), None)

    def _list(self, at: Stretch, names: Sequence[str], table: Table, *, is_open: bool) -> Iterator[Finding]:
        """Names listed without amounts."""
        codes: dict[str, list[str]] = {}
        for code in table.leaves():
            codes.setdefault(normalise(table.names.get(code) or self.pack.economic.name(code) or ""), []).append(code)
        top = self.pack.economic.lengths[0]
        official = {normalise(n) for c, n in self.pack.economic.names.items() if len(c) > top} | codes.keys()
        shown = {normalise(name): name for name in names}
        if sum(name in official for name in shown) < max(_FEWEST_NAMES, len(names) * _MOST_ARE_NAMES):
            return
        amounts = {
            name: sum((v for c in own for col in table.columns.values() if (v := col.get(c))), ZERO)
            for name, own in codes.items()}
        named = {name if name in amounts else _nearest(name, amounts) for name in shown}
        classes = tuple(code[:top] for name in named for code in codes.get(name, ()))
        empty = "、".join(text for name, text in shown.items() if name in official and not amounts.get(name))
        left = "" if is_open else "、".join(
            name for name, value in amounts.items()
            if value and name not in named and any(code.startswith(classes) for code in codes[name]))
        if empty:
            yield from self.on("表文-33", "两样" if left else "", at=at, stated=empty, expected=left or None, 表=table.layout.mark)
        elif left:
            yield from self.on("表文-34", at=at, expected=left, 表=table.layout.mark)


def _nearest(name: str, others: Iterable[str]) -> str:
    """Which of the *others* is meant (维修（护）费 by 维修费); empty when none is like it."""
    own = pairs(name)
    likeness, best = max(((alike(own, pairs(n)), n) for n in others), default=(0.0, ""))
    return best if likeness >= _LIKE else ""
