"""The words by which statements and reasons are judged, as a record of the pack (``words.toml``)."""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_type_hints

from workbook.pack.records import Record
from workbook.values import dataclass

FILE = "words.toml"
_PAIR = 2


@cache
def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Pattern that finds any of *words*, longest first; of none it finds nothing."""
    return re.compile("|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) or r"(?!)")


@dataclass(frozen=True)
class Words:
    """All words of a pack; ``words.toml`` says what each list is for."""

    pairs: tuple[tuple[str, ...], ...]
    """Words for more and for less: the report's own of amounts, its own of percentages, then those of other reports."""
    spoken: tuple[tuple[str, ...], ...]
    """Pairs that people write right before a linked figure; a refresh turns them with its sign."""
    level: tuple[str, ...]
    no_base: str
    unknown: str
    compare: tuple[str, ...]
    bases: tuple[tuple[str, ...], ...]
    share: tuple[str, ...]
    complete: tuple[str, ...]
    larger: tuple[str, ...]
    smaller: tuple[str, ...]
    equal: tuple[str, ...]
    about: tuple[str, ...]
    parts: tuple[str, ...]
    whole: tuple[str, ...]
    others: tuple[str, ...]
    items: tuple[str, ...]
    causes: tuple[str, ...]
    because: tuple[str, ...]
    leads: tuple[str, ...]
    contents: tuple[str, ...]
    stories: tuple[str, ...]
    purposes: tuple[str, ...]
    natures: tuple[str, ...]
    contrasts: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...]
    each: tuple[str, ...]
    none: tuple[str, ...]
    nothing: tuple[str, ...]
    openings: tuple[str, ...]
    vague: tuple[str, ...]
    residue: tuple[str, ...]
    more_up: tuple[str, ...]
    more_down: tuple[str, ...]
    up_hints: tuple[str, ...]
    down_hints: tuple[str, ...]
    money: tuple[str, ...]
    not_money: tuple[str, ...]
    denials: tuple[str, ...]
    denial_texts: tuple[str, ...]
    level_texts: tuple[str, ...]

    @cached_property
    def ups(self) -> tuple[str, ...]:
        """Words for more in statements."""
        return tuple(dict.fromkeys(up for up, _ in self.pairs))

    @cached_property
    def downs(self) -> tuple[str, ...]:
        """Words for less in statements."""
        return tuple(dict.fromkeys(down for _, down in self.pairs))

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The words of direction that the report itself writes, 持平 among them."""
        return (*self.pairs[0], *self.pairs[1], self.level[0])

    def opposite(self, word: str) -> str:
        """The word for the other direction, of the first pair in which *word* stands."""
        return next(down if word == up else up for up, down in (*self.pairs, *self.spoken) if word in (up, down))


def load_words(path: Path, default: Path) -> Words:
    """Read *path*; what it does not say (or all, where there is no such file) is as in *default*.

    Raises :class:`~workbook.errors.PackError`.
    """
    file = Record.read(path, default)
    kinds, found = get_type_hints(Words), dict[str, Any]()
    for group in file.data:
        record = file.table(group)
        found |= {name: record.value(name, kinds[name]) for name in record.data if name in kinds}
        record.finish()
        for name, least in (("pairs", _PAIR), ("spoken", 0)):
            if record.has(name) and (len(found[name]) < least or any(len(pair) != _PAIR for pair in found[name])):
                raise record.error(f"“{name}”应至少有两对，每对写增、减两个词", name)
    return Words(**found)
