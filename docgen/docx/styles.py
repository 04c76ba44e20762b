"""What the paragraph styles of a Word file say: name, heading level, numbering, whether the text is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docgen.docx.package import WordFile
from docgen.docx.xml import W, value_of
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

BODY_LEVEL = 9
"""The outline level that Word gives to body text."""
_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_OWN_NAMES = {"部分标题": 1, "一级标题": 2, "二级标题": 3, "三级标题": 4, "表标题": 2}
_CANONICAL = {"Normal": "正文", "正文文字": "正文"}


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """A paragraph style with what it inherits."""

    name: str = ""
    """As the program calls it: ``正文`` for the body text, else as the file stores it."""
    level: int = 0
    """Outline level 1-9; 0: body text."""
    number: str = ""
    """Id of the list that numbers its paragraphs."""
    number_level: int | None = None
    hidden: bool = False


class StyleReader:
    """The styles of a file; what one says is worked out when it is first asked for."""

    def __init__(self, file: WordFile) -> None:
        self._elements: dict[str, _Element] = {}
        self._known: dict[str, StyleFacts] = {}
        self.default = ""
        for element in file.styles.iterchildren(f"{W}style") if file.styles is not None else ():
            kind, style_id = element.get(f"{W}type", "paragraph"), element.get(f"{W}styleId", "")
            self._elements[style_id] = element
            if kind == "paragraph" and element.get(f"{W}default") in ("1", "true", "on"):
                self.default = style_id
        self.hidden_characters = frozenset(
            key for key, element in self._elements.items() if element.get(f"{W}type") == "character" and self.get(key).hidden)
        """Character styles whose text is not shown."""

    def get(self, style_id: str) -> StyleFacts:
        """The facts of the style *style_id* (empty: the default paragraph style)."""
        style_id = style_id or self.default
        if style_id not in self._known:
            self._known[style_id] = self._facts(style_id)
        return self._known[style_id]

    def id_of(self, name: str) -> str:
        """The id of the style with the stored *name* (empty when there is none)."""
        return next((key for key, element in self._elements.items() if (value_of(element, "name") or "").lower() == name), "")

    def _facts(self, style_id: str) -> StyleFacts:
        chain = list(self._chain(style_id))
        if not chain:
            return StyleFacts()
        name = value_of(chain[0], "name") or ""
        number = next((e for e in chain if value_of(e, "pPr/numPr/numId") is not None), None)
        level = value_of(number, "pPr/numPr/ilvl")
        return StyleFacts(
            _CANONICAL.get(name, name), next((lv for e in chain if (lv := _level(e)) is not None), 0),
            value_of(number, "pPr/numPr/numId") or "", int(level) if level and level.isdigit() else None,
            next((is_on(e) for s in chain if (e := s.find(f"{W}rPr/{W}vanish")) is not None), False))

    def _chain(self, style_id: str) -> Iterator[_Element]:
        seen: set[str] = set()
        while style_id in self._elements and style_id not in seen:
            seen.add(style_id)
            element = self._elements[style_id]
            yield element
            style_id = value_of(element, "basedOn") or ""


def _level(style: _Element) -> int | None:
    """Outline level that the style itself gives (0: body text); ``None`` when it says nothing."""
    if (outline := outline_level(value_of(style, "pPr/outlineLvl"))) is not None:
        return outline
    name = value_of(style, "name") or ""
    if match := _HEADING_NAME.match(name):
        return int(match[1])
    return _OWN_NAMES.get(name)


def outline_level(stored: str | None) -> int | None:
    """Level 1-9 (0: body text) from the value of ``w:outlineLvl``; ``None`` when there is none."""
    if stored is None or not stored.isdigit():
        return None
    return int(stored) + 1 if int(stored) < BODY_LEVEL else 0


def is_on(element: _Element) -> bool:
    """Whether a switch such as ``w:vanish`` is on."""
    return element.get(f"{W}val", "1") not in ("0", "false", "off")
