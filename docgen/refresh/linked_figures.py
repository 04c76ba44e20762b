"""Linked figures wherever they stand: their values, and the word of direction before them.

Paragraphs that are merged need none of this.  It is for figures that people copied into sentences of their own, and for
reports whose record of what was written is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from docgen.docx.editing import control_around, tag_of_control
from docgen.docx.inline import Piece
from docgen.docx.xml import W
from docgen.refresh.paragraph_merge import EDITED, Edit, Kind
from docgen.refresh.places import plain
from docgen.refresh.reports import unknown
from docgen.writing.baseline import FIGURE, LITERAL, Bit, Item, TextItem
from workbook.pack.words import Words, any_of

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docgen.refresh.document_merge import Merging

TURNED = "增减方向变了"
VANISHED = "报告不再列示这个数"


class Control(NamedTuple):
    """A content control that shows something: its paragraph, the id of the figure or the slot of the reason, its text."""

    element: _Element
    paragraph: _Element
    key: str
    text: str


def directions(items: Sequence[Item], words: Words) -> dict[str, str]:
    """The word of direction that the report writes before a figure, by the figure's id."""
    last = re.compile(rf"({any_of((*words.pairs[0], *words.pairs[1])).pattern})\s*$")
    found: dict[str, str] = {}
    for item in items:
        if isinstance(item, TextItem):
            for before, bit in zip(item.bits, item.bits[1:], strict=False):
                if bit.kind == FIGURE and not before.kind and (match := last.search(before.text)):
                    found[bit.key] = match[1]
    return found


class Sweep:
    """Looks at every linked figure of the document."""

    def __init__(self, work: Merging) -> None:
        self.work, self.fresh, self.words = work, work.fresh, work.fresh.words
        self.directions, self.former = directions(self.fresh.items, self.words), directions(work.base, self.words)
        self.ups, downs = ((*own, *(pair[n] for pair in self.words.spoken)) for n, own in enumerate((self.words.ups, self.words.downs)))
        self.before = re.compile(rf".*({any_of((*self.ups, *downs)).pattern})[^，。；、\n\d]{{0,6}}$", re.DOTALL)
        self.turned: set[_Element] = set()

    def can_follow(self, paragraph: _Element, keys: frozenset[str]) -> bool:
        """Whether these figures all stand in *paragraph* in their controls, with words of direction where these must turn."""
        standing = {control.key: control for control in self.controls(paragraph)}
        return bool(keys) and all(key in standing and self._follows(standing[key]) for key in keys)

    def _follows(self, control: Control) -> bool:
        figure, old = self.fresh.figures.get(control.key), plain(self.work.stored.figures.get(control.key, ""))
        if figure is None or not figure.is_known or control.text not in (old, plain(figure.text)):
            return False
        before, now = (found.get(control.key) for found in (self.former, self.directions))
        turns = (before in self.ups, before is None) != (now in self.ups, now is None)
        return not turns or self._word_before(control) is not None

    def values(self) -> None:
        """Give figures that still have their old value the new one; report the others."""
        former = set(map(plain, self.work.stored.figures.values()))
        for control in self.controls(self.work.body):
            if control.key in self.work.settled.get(control.paragraph, ()):
                continue
            figure, old = self.fresh.figures.get(control.key), plain(self.work.stored.figures.get(control.key, ""))
            if figure is None:
                self.work.report(control.paragraph, "", control.text, "", VANISHED)
            elif control.text == plain(figure.text):
                if not figure.is_known and not old.startswith("【") and control.text not in former:
                    self.work.report(control.paragraph, "", "", "", unknown(figure))  # what was missing already is no news
            elif not figure.is_known:
                self.work.report(control.paragraph, "", control.text, "", unknown(figure))
            elif control.text == old:
                self.work.editor.set_value(control.element, Bit(FIGURE, control.key, old), Bit(FIGURE, control.key, figure.text))
                self.work.numbers += 1
                self._turn(control)
            elif plain(figure.text) != old:
                self.work.report(control.paragraph, "", control.text, figure.text, EDITED)

    def current(self) -> frozenset[str]:
        """Ids of the figures that stand somewhere with their present value."""
        figures = self.fresh.figures
        return frozenset(c.key for c in self.controls(self.work.body) if c.key in figures and c.text == plain(figures[c.key].text))

    def controls(self, root: _Element, wanted: str = FIGURE) -> Iterator[Control]:
        """The controls of figures (or reasons) in *root* that show something."""
        for element in list(root.iter(f"{W}sdt")):
            kind, key = self.work.tags.get(tag_of_control(element), (LITERAL, ""))
            paragraph = next(element.iterancestors(f"{W}p"), None)
            content = element.find(f"{W}sdtContent")
            if kind == wanted and paragraph is not None and content is not None:
                figure = self.fresh.figures.get(key)
                text = plain("".join(content.itertext(f"{W}t", with_tail=False)))
                if figure is None or text != plain(figure.text):  # what is seen, without what is deleted or hidden
                    text = plain("".join(shown(p) for p in self.work.document.pieces(content)))
                if text:
                    yield Control(element, paragraph, key, text)

    def _contradicting(self, control: Control) -> tuple[int, str, str] | None:
        """The word of direction before a figure, where it is not that of its sign: where it begins, itself, and the right one."""
        wanted = self.directions.get(control.key)
        match = self._word_before(control) if wanted is not None else None
        if wanted is None or match is None or (match[1] in self.ups) is (wanted in self.ups):
            return None
        return match.start(1), match[1], wanted

    def _word_before(self, control: Control) -> re.Match[str] | None:
        """The word of direction before a figure (group 1) in its paragraph's text."""
        pieces = self.work.document.pieces(control.paragraph)
        start = next((p.start for p in pieces if control_around(p.run) is control.element), None)
        return self.before.match(plain("".join(shown(p) for p in pieces))[:start]) if start is not None else None

    def _turn(self, control: Control) -> None:
        """Make the word of direction before a figure follow its sign."""
        if (found := self._contradicting(control)) is not None:
            start, word, _ = found
            edit = Edit(start, start + len(word), (Bit(LITERAL, "", self.words.opposite(word)),), (), Kind.WORDS, None)
            self.work.editor.make(control.paragraph, edit)
            self.turned.add(control.paragraph)

    def check_directions(self, paragraphs: set[_Element]) -> None:
        """Report figures in these paragraphs whose word of direction contradicts their sign."""
        for control in [control for paragraph in paragraphs for control in self.controls(paragraph)]:
            is_settled = control.key in self.work.settled.get(control.paragraph, ())
            if not is_settled and (found := self._contradicting(control)) is not None:
                _, word, wanted = found
                self.work.report(control.paragraph, "", f"{word} {control.text}", f"{wanted} {control.text}", TURNED)


def shown(piece: Piece) -> str:
    """The characters of a piece; a tab, a break as a space."""
    return piece.element.text or "" if piece.element.tag == f"{W}t" else " "
