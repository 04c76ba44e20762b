"""Linked figures wherever they stand: their values, and the word of direction before them.

Paragraphs that are merged need none of this.  It is for figures that people copied into sentences of their own, and for
reports of older versions of the program, which did not store what was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from docgen.docx.editing import control_around, tag_of_control
from docgen.docx.inline import Piece
from docgen.docx.reading import pieces_of
from docgen.docx.xml import W
from docgen.refresh.editing import Editor
from docgen.refresh.hunks import Kind
from docgen.refresh.items import FIGURE, LITERAL, Bit, Item, TextItem, plain
from docgen.refresh.new_report import Fresh
from docgen.refresh.paragraph_merge import EDITED, Edit
from docgen.refresh.stored import Stored
from workbook.pack.words import Words, any_of

if TYPE_CHECKING:
    from lxml.etree import _Element

Report = Callable[["_Element | None", str, str, str, str], None]
TURNED = "增减方向变了"
VANISHED = "报告不再列示这个数"


class _Control(NamedTuple):
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

    def __init__(
        self, body: _Element, stored: Stored, fresh: Fresh, editor: Editor, report: Report, settled: Mapping[_Element, frozenset[str]]
    ) -> None:
        self.body, self.stored, self.fresh, self.editor, self.report = body, stored, fresh, editor, report
        self.settled = settled
        """Figures of a paragraph about which something was reported already."""
        self.words = fresh.words
        self.directions = directions(fresh.items, self.words)
        self.before = re.compile(rf".*({any_of((*self.words.ups, *self.words.downs)).pattern})[^，。；、\n\d]{{0,6}}$", re.DOTALL)
        self.numbers = 0
        self.turned: set[_Element] = set()

    def values(self) -> None:
        """Give figures that still have their old value the new one; report the others."""
        for control in self._controls(self.body):
            if control.key in self.settled.get(control.paragraph, ()):
                continue
            figure, old = self.fresh.figures.get(control.key), plain(self.stored.figures.get(control.key, ""))
            if figure is None:
                self.report(control.paragraph, "", control.text, "", VANISHED)
            elif control.text == plain(figure.text):
                continue
            elif not figure.is_known:
                self.report(control.paragraph, "", control.text, "", f"缺少{figure.missing}，算不出{figure.label}")
            elif control.text == old:
                self.editor.set_value(control.element, Bit(FIGURE, control.key, old), Bit(FIGURE, control.key, figure.text))
                self.numbers += 1
                self._turn(control)
            elif plain(figure.text) != old:
                self.report(control.paragraph, "", control.text, figure.text, EDITED)

    def current(self) -> frozenset[str]:
        """Ids of the figures that stand somewhere with their present value."""
        figures = self.fresh.figures
        return frozenset(c.key for c in self._controls(self.body) if c.key in figures and c.text == plain(figures[c.key].text))

    def _controls(self, root: _Element) -> Iterator[_Control]:
        """The controls of figures in *root* that show something."""
        for element in list(root.iter(f"{W}sdt")):
            kind, key = self.stored.tags.get(tag_of_control(element), (LITERAL, ""))
            paragraph = next(element.iterancestors(f"{W}p"), None)
            content = element.find(f"{W}sdtContent")
            if kind == FIGURE and paragraph is not None and content is not None:
                figure = self.fresh.figures.get(key)
                text = plain("".join(content.itertext(f"{W}t", with_tail=False)))
                if figure is None or text != plain(figure.text):  # what is seen, without what is deleted or hidden
                    text = plain("".join(_text(p) for p in pieces_of(content, self.editor.inline)))
                if text:
                    yield _Control(element, paragraph, key, text)

    def _turn(self, control: _Control) -> None:
        """Make the word of direction before a figure follow its sign."""
        wanted = self.directions.get(control.key)
        place = self._word_before(control)
        if wanted is None or place is None:
            return
        start, word = place
        if (word in self.words.ups) is not (wanted in self.words.ups):
            edit = Edit(start, start + len(word), (Bit(LITERAL, "", self.words.opposite(word)),), (), Kind.WORDS, None)
            self.editor.make(control.paragraph, edit)
            self.turned.add(control.paragraph)

    def _word_before(self, control: _Control) -> tuple[int, str] | None:
        """The word of direction before a figure, and where it begins."""
        pieces = pieces_of(control.paragraph, self.editor.inline)
        start = next((p.start for p in pieces if control_around(p.run) is control.element), None)
        if start is None:
            return None
        text = plain("".join(_text(p) for p in pieces))[:start]
        match = self.before.match(text)
        return (match.start(1), match[1]) if match else None

    def check_directions(self, paragraphs: set[_Element]) -> None:
        """Report figures in these paragraphs whose word of direction contradicts their sign."""
        for control in [control for paragraph in paragraphs for control in self._controls(paragraph)]:
            wanted = self.directions.get(control.key)
            if wanted is None or control.key in self.settled.get(control.paragraph, ()):
                continue
            place = self._word_before(control)
            if place is not None and (place[1] in self.words.ups) is not (wanted in self.words.ups):
                self.report(control.paragraph, "", f"{place[1]} {control.text}", f"{wanted} {control.text}", TURNED)


def _text(piece: Piece) -> str:
    return piece.element.text or "" if piece.element.tag == f"{W}t" else " "
