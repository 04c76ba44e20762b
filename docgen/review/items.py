"""What a report says of the items of the classifications, against the tables: their names, what they are spent on, lists of names.

Names, not codes, tell the items here: ``教育支出（类）普通教育（款）小学教育（项）``.  An item that the tables have under another
name, an old name, money spent on 基本支出 where the table has 项目支出, and names listed of which the table has no amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from docgen.review.findings import Finder, Finding
from docgen.review.phrasing import alike, pairs
from docgen.review.text import ITEM, Line, Number, Role
from workbook.amounts import ZERO, round_half_up
from workbook.pack.layout import SheetKind, normalise
from workbook.pack.words import any_of
from workbook.reading.tables import Table

_LEVELS = "类款项"
_LIKE = 0.6
"""So alike (Dice of character pairs) is a name to the one it is meant to be."""
_SAYS = 5
"""A shorter name may stand in a text by chance."""
_FEWEST_NAMES, _MOST_ARE_NAMES = 2, 0.6
_BETWEEN = re.compile(r"[、，]|以及|及")
_OPEN_END = re.compile(r"等(?:支出|费用|方面|内容)?$")


class Mention(NamedTuple):
    """An item as a line names it: ``教育支出（类）普通教育（款）小学教育（项）``."""

    names: Sequence[str]
    """From the 类 down, normalised; empty where a level is not named."""
    spans: Sequence[tuple[int, int]]
    """Where each name stands in the line's text."""
    end: int

    @property
    def deepest(self) -> int:
        """The lowest level named: 0 类, 1 款, 2 项."""
        return max(level for level, name in enumerate(self.names) if name)


def mentions(line: Line) -> list[Mention]:
    """The items that a line names."""
    found: list[Mention] = []
    names, spans, end = ["", "", ""], [(0, 0)] * 3, -1
    for match in ITEM.finditer(line.text):
        level = _LEVELS.index(match[2])
        if end >= 0 and (match.start() != end or any(names[level:])):
            found.append(Mention(tuple(names), tuple(spans), end))
            names, spans = ["", "", ""], [(0, 0)] * 3
        names[level], spans[level], end = match[1], match.span(1), match.end()
    if end >= 0:
        found.append(Mention(tuple(names), tuple(spans), end))
    return found


class Items:
    """The items of a report against the tables."""

    def __init__(self, finder: Finder) -> None:
        self.finder, self.pack = finder, finder.inputs.pack
        tables = [t for t in finder.inputs.accounts.tables.values() if not t.is_empty()]
        self.functional = [t for t in tables if t.layout.kind is SheetKind.FUNCTIONAL]
        self.economic = [t for t in tables if t.layout.kind is SheetKind.ECONOMIC]
        lengths = self.pack.functional.lengths
        self.codes: list[dict[str, list[str]]] = [{} for _ in _LEVELS]
        """Level → name → codes, of the rows of the tables."""
        for table in self.functional:
            for code in table.codes():
                for name in {normalise(self.pack.functional.name(code) or ""), normalise(table.names.get(code, ""))} - {""}:
                    if len(code) in lengths and code not in self.codes[lengths.index(len(code))].setdefault(name, []):
                        self.codes[lengths.index(len(code))][name].append(code)
        self.known = {normalise(name) for name in self.pack.functional.names.values()}
        self.old = {normalise(a.old_name): a for a in self.pack.functional.aliases if normalise(a.old_name) not in self.known}
        self.purpose = any_of(finder.phrasing.words.purposes)

    def review(self) -> Iterator[Finding]:
        """All findings, paragraph by paragraph."""
        for paragraph, line in self.finder.text.lines.items():
            if self.functional:
                named = mentions(line)
                for place, mention in enumerate(named):
                    stop = named[place + 1].spans[0][0] if place + 1 < len(named) else len(line.text)
                    yield from self._mention(paragraph, line, mention, stop)
            if self.economic:
                yield from self._lists(paragraph, line)

    # ------------------------------------------------------------ one item

    def _mention(self, paragraph: int, line: Line, mention: Mention, stop: int) -> Iterator[Finding]:
        codes: list[list[str]] = []
        for level, name in enumerate(mention.names):
            found = self._codes(level, name)
            if name and not found:
                yield from self._unknown(paragraph, line, mention, level, stop)
                return
            codes.append(found)
        fitting = [
            code for code in codes[mention.deepest]
            if all(not above or any(code.startswith(c) for c in above) for above in codes[: mention.deepest])]
        at = paragraph, *line.original(mention.spans[mention.deepest][0], mention.end)
        if not fitting:
            code = codes[mention.deepest][0]
            yield from self.finder.on(
                "表文-35", "层级", at=at, stated="".join(f"{n}（{_LEVELS[i]}）" for i, n in enumerate(mention.names) if n), expected=self._path(code))
            return
        opening = self.purpose.search(line.text, mention.end, stop)
        if opening is not None and mention.deepest == len(_LEVELS) - 1:
            end = line.text.find("。", opening.end(), stop)
            yield from self._purpose(paragraph, line, fitting, opening.end(), end if end >= 0 else stop)

    def _codes(self, level: int, name: str) -> list[str]:
        """The rows with this name (words before it may have run into it)."""
        plain = normalise(name)
        own = self.codes[level].get(plain)
        if own is not None or not plain:
            return own or []
        return [code for known, codes in self.codes[level].items() if plain.endswith(known) for code in codes]

    def _unknown(self, paragraph: int, line: Line, mention: Mention, level: int, stop: int) -> Iterator[Finding]:
        """An item that no table has under this name."""
        name = normalise(mention.names[level])
        at = paragraph, *line.original(*mention.spans[level])
        amount = next((n for n in line.numbers if mention.end <= n.start < stop and n.role is Role.LEVEL and n.unit == "万元"), None)
        if (alias := self.old.get(name)) is not None:
            yield from self.finder.on("表文-36", at=at, stated=mention.names[level], expected=alias.new_name)
        elif amount is None or not amount.value:
            return
        elif name in self.known:
            yield from self.finder.on("表文-35", "没有", at=at, stated=mention.names[level], 金额=f"{amount.value:,f}")
        else:
            own = pairs(name)
            above = self._codes(level - 1, mention.names[level - 1]) if level else []
            near = [(alike(own, pairs(n)), n) for n, codes in self.codes[level].items()
                    if not above or any(code.startswith(tuple(above)) for code in codes)]
            likeness, best = max(near, default=(0.0, ""))
            if likeness >= _LIKE and best != name:
                yield from self.finder.on("表文-35", at=at, stated=mention.names[level], expected=best)

    def _path(self, code: str) -> str:
        names = self.pack.functional.names
        above = [length for length in self.pack.functional.lengths if length <= len(code)]
        return "".join(f"{names.get(code[:length], '')}（{_LEVELS[level]}）" for level, length in enumerate(above))

    def _purpose(self, paragraph: int, line: Line, codes: Sequence[str], start: int, end: int) -> Iterator[Finding]:
        """What the item's money is said to be spent on, between these places of the line."""
        text = line.text[start:end]
        natures = self.finder.phrasing.words.natures
        said = [nature for nature in natures if nature in text]
        if len(said) == 1:
            amounts = self._by_nature(codes, natures)
            place = start + text.index(said[0])
            if amounts and not amounts[said[0]] and any(amounts.values()):
                right = next(nature for nature, value in amounts.items() if value)
                yield from self.finder.on(
                    "表文-37", at=(paragraph, *line.original(place, place + len(said[0]))), stated=said[0], expected=right,
                    金额=f"{amounts[right]:,f}")
        own = [normalise(self.pack.functional.name(code) or "") for code in codes]
        classes = {code[: self.pack.functional.lengths[0]] for code in codes}
        for name, others in self.codes[-1].items():
            is_other = not any(code.startswith(tuple(classes)) for code in others)  # within one 类 the words run into each other
            if len(name) >= _SAYS and name in text and is_other and not any(name in o or o in name or o in text for o in own):
                place = start + text.index(name)
                yield from self.finder.on(
                    "表文-38", at=(paragraph, *line.original(place, place + len(name))), stated=name, expected=own[0])
                return

    def _by_nature(self, codes: Sequence[str], natures: Sequence[str]) -> Mapping[str, Decimal]:
        """The item's amounts by 基本支出 and 项目支出, of all tables that tell them apart."""
        found = dict.fromkeys(natures, ZERO)
        for table in self.functional:
            columns = {normalise(column): column for column in table.columns}
            if all(nature in columns for nature in natures):
                for nature in natures:
                    found[nature] = max(found[nature], table.total(columns[nature], codes))
        return {nature: round_half_up(value) for nature, value in found.items()}

    # ------------------------------------------------------------ lists of names

    def _lists(self, paragraph: int, line: Line) -> Iterator[Finding]:
        for match in self.finder.phrasing.list.finditer(line.text):
            end = next((p for p in range(match.end(), len(line.text)) if line.text[p] in "。；："), len(line.text))
            text = line.text[match.end() : end]
            total = next((n for n in reversed(line.numbers) if n.stop <= match.start()), None)
            names = [_OPEN_END.sub("", name) for name in _BETWEEN.split(text)]
            if any(character.isdigit() for character in text) or len(names) < _FEWEST_NAMES or total is None:
                continue
            if (table := self._table(total)) is not None:
                yield from self._list(paragraph, line, (match.end(), end), [n for n in names if n], table, bool(_OPEN_END.search(text)))

    def _table(self, total: Number) -> Table | None:
        """The table to which the amount before a list belongs."""
        own = [t for t in self.economic if any(round_half_up(v) == total.value for c in t.columns.values() for v in c.values())]
        return own[0] if own else None

    def _list(
        self, paragraph: int, line: Line, span: tuple[int, int], names: Sequence[str], table: Table, is_open: bool
    ) -> Iterator[Finding]:
        """Names listed without amounts."""
        codes: dict[str, list[str]] = {}
        for code in table.leaves():
            codes.setdefault(normalise(table.names.get(code) or self.pack.economic.name(code) or ""), []).append(code)
        official = {normalise(n) for c, n in self.pack.economic.names.items() if len(c) > self.pack.economic.lengths[0]} | codes.keys()
        plain = [normalise(name) for name in names]
        if sum(name in official for name in plain) < max(_FEWEST_NAMES, len(names) * _MOST_ARE_NAMES):
            return
        amounts = {name: sum((v for c in own for col in table.columns.values() if (v := col.get(c))), ZERO) for name, own in codes.items()}
        named = {name: self._nearest(name, amounts) for name in plain}
        empty = [shown for shown, name in zip(names, plain, strict=True) if name in official and not amounts.get(name)]
        classes = {code[: self.pack.economic.lengths[0]] for name in named.values() for code in codes.get(name, ())}
        left = [] if is_open else [
            name for name, value in amounts.items()
            if value and name not in named.values() and any(code.startswith(tuple(classes)) for code in codes[name])]
        at = paragraph, *line.original(*span)
        listed, omitted = "、".join(empty), "、".join(left)
        if empty:
            yield from self.finder.on("表文-33", "两样" if left else "", at=at, stated=listed, expected=omitted or None, 表=table.layout.mark)
        elif left:
            yield from self.finder.on("表文-34", at=at, expected=omitted, 表=table.layout.mark)

    @staticmethod
    def _nearest(name: str, amounts: Mapping[str, Decimal]) -> str:
        """The table's name for a name (维修费 for 维修（护）费)."""
        if name in amounts:
            return name
        own = pairs(name)
        likeness, best = max(((alike(own, pairs(n)), n) for n in amounts), default=(0.0, ""))
        return best if likeness >= _LIKE else name
