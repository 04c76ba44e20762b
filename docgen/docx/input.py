"""The text of Word files as it is seen: blocks in order, deleted and hidden text left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from docgen.docx.xml import MC, W

if TYPE_CHECKING:
    from lxml.etree import _Element

THROUGH = frozenset({f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple")})
"""Elements around paragraphs or runs whose content is seen."""
SKIPPED = frozenset({
    *(f"{W}{name}" for name in ("pPr", "del", "moveFrom", "instrText", "delText", "txbxContent", "sdtPr", "sdtEndPr", "rt")),
    f"{MC}Fallback",
    f"{MC}AlternateContent",
})
"""Elements whose content is not part of the running text."""
MARKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}


def blocks(container: _Element) -> Iterator[_Element]:
    """Paragraphs (``w:p``) and tables (``w:tbl``) in order, those inside content controls included."""
    for child in container:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in THROUGH:
            yield from blocks(child)


def text_of(element: _Element) -> str:
    """The text of a paragraph or cell as it is seen: no deleted or hidden text, no field codes, no text boxes."""
    parts: list[str] = []
    _collect(element, parts)
    return "".join(parts)


def _collect(element: _Element, parts: list[str]) -> None:
    for child in element:
        tag = child.tag
        if not isinstance(tag, str) or tag in SKIPPED or (tag == f"{W}r" and is_hidden(child)):
            continue
        if tag == f"{W}t":
            parts.append(child.text or "")
        elif tag in MARKS:
            parts.append("" if child.get(f"{W}type") in ("page", "column") else MARKS[tag])
        else:
            if tag == f"{W}p" and parts:
                parts.append("\n")
            _collect(child, parts)


def is_hidden(run: _Element) -> bool:
    """Whether the run itself says that it is not shown."""
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val", "1") not in ("0", "false", "off")
