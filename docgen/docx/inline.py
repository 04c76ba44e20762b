"""The text inside a paragraph, piece by piece, with the elements that hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docgen.docx.styles import is_on
from docgen.docx.xml import MATH, MC, W
from workbook.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from lxml.etree import _Element

THROUGH = frozenset(
    f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple"))
"""Elements around paragraphs or runs whose content is seen."""
_RUN, _TEXT, _BOX, _ALTERNATIVES = f"{W}r", f"{W}t", f"{W}txbxContent", f"{MC}AlternateContent"
_BREAK, _SYMBOL = f"{W}br", f"{W}sym"
_MARKS = {f"{W}tab": "\t", _BREAK: "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t", _SYMBOL: ""}
_NO_TEXT = frozenset({
    *(f"{W}{name}" for name in (
        "pPr", "rPr", "del", "moveFrom", "instrText", "delText", "txbxContent", "sdtPr", "sdtEndPr", "rt")),
    f"{MC}Fallback", f"{MATH}rPr", f"{MATH}ctrlPr",
})  # fmt: skip
"""Elements whose content is not part of the running text."""


class Piece(NamedTuple):
    """A stretch of a paragraph's text that one element holds."""

    start: int
    """In the paragraph's text."""
    end: int
    element: _Element
    """``w:t`` (its characters are the stretch), or a tab, break, … (one character)."""
    run: _Element
    """The ``w:r`` it stands in (``m:r`` in a formula)."""


@dataclass(slots=True)
class Inline:
    """Collects a paragraph's pieces."""

    unseen: Collection[_Element]
    """Elements in the code of a field."""
    hidden_styles: Collection[str] = ()
    """Character styles whose text is not shown."""

    def read(self, paragraph: _Element, *, hidden: bool = False) -> tuple[list[tuple[str, _Element, _Element]], list[_Element]]:
        """Text, element and run of every stretch, and the text boxes anchored here.

        *hidden*: the paragraph's style hides its text, unless a run says otherwise.
        """
        found: list[tuple[str, _Element, _Element]] = []
        boxes: list[_Element] = []
        self._walk(paragraph, None, found, boxes, hidden)
        return found, boxes

    def _walk(
        self, element: Iterable[_Element], run: _Element | None, found: list[tuple[str, _Element, _Element]],
        boxes: list[_Element], hidden: bool,
    ) -> None:  # fmt: skip
        for child in element:
            tag = child.tag
            if tag == _RUN:
                if not self._is_hidden(child, hidden):
                    self._walk(child, child, found, boxes, hidden)
            elif run is not None and (tag == _TEXT or tag in _MARKS):
                text = child.text if tag == _TEXT else _mark(child, tag)
                if text and child not in self.unseen:
                    found.append((text, child, run))
            elif tag == _ALTERNATIVES:  # the one that Word shows: the first that holds anything, the fallback last
                chosen = next((c for c in child if isinstance(c.tag, str) and (len(c) or c.text)), ())
                self._walk(chosen, run, found, boxes, hidden)
            elif tag == f"{MATH}r":
                found += [(t.text, t, child) for t in child.iterchildren(f"{MATH}t") if t.text]
            elif tag == _BOX:
                boxes.append(child)
            elif isinstance(tag, str) and tag not in _NO_TEXT:
                self._walk(child, run, found, boxes, hidden)

    def _is_hidden(self, run: _Element, hidden: bool) -> bool:
        if not len(run) or run[0].tag != f"{W}rPr":
            return hidden
        for child in run[0]:
            if child.tag == f"{W}vanish":
                return is_on(child)
            if child.tag == f"{W}rStyle" and child.get(f"{W}val") in self.hidden_styles:
                hidden = True
        return hidden


def _mark(element: _Element, tag: str) -> str:
    if tag == _BREAK and element.get(f"{W}type") in ("page", "column"):
        return ""
    if tag == _SYMBOL:
        try:
            code = int(element.get(f"{W}char", "0"), 16)
        except ValueError:
            return ""
        return chr(code) if 0x20 <= code < 0xD800 else ""  # the private area: glyphs of a symbol font
    return _MARKS[tag]


def unseen_in_fields(body: _Element) -> frozenset[_Element]:
    """Texts, tabs and breaks that stand in the code of a field, not in its result; a damaged field hides nothing."""
    unseen: list[_Element] = []
    opened: list[tuple[list[_Element], list[_Element]]] = []  # of each open field: what stands in its code, its separator
    for element in body.iter(f"{W}fldChar", _TEXT, *_MARKS):
        if element.tag != f"{W}fldChar":
            for code, separator in opened:
                if not separator:
                    code.append(element)
            continue
        kind = element.get(f"{W}fldCharType")
        if kind == "begin":
            opened.append(([], []))
        elif opened and kind == "separate":
            opened[-1][1].append(element)
        elif opened and kind == "end":
            unseen += opened.pop()[0]
    return frozenset(unseen)
