"""Bringing paragraphs and tables of the new report into the document, and taking out what it no longer has."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING

from docgen.docx.package import WordFile, related_part
from docgen.docx.styles import StyleCopier
from docgen.docx.xml import R, W, part_bytes

if TYPE_CHECKING:
    from lxml.etree import _Element

_P, _TABLE, _PPR, _SECTION = f"{W}p", f"{W}tbl", f"{W}pPr", f"{W}sectPr"
_MARKS = {f"{W}bookmarkStart": f"{W}bookmarkEnd", f"{W}commentRangeStart": f"{W}commentRangeEnd"}
_STYLED = tuple(f"{W}{name}" for name in ("pStyle", "rStyle", "tblStyle"))


class Importer:
    """Copies elements of one Word file so that they can stand in another."""

    def __init__(self, file: WordFile, foreign: _Element | None, next_id: Callable[[], str]) -> None:
        self.file, self.styles, self.next_id = file, StyleCopier(file.styles, foreign), next_id

    def copy(self, element: _Element) -> _Element | None:
        """A copy of *element*; ``None`` when it holds pictures or links that would lead nowhere."""
        copied = deepcopy(element)
        copied.tail = None
        for mark in [*copied.iter(*_MARKS, *_MARKS.values(), _SECTION)]:
            if (parent := mark.getparent()) is not None:
                parent.remove(mark)
        if any(name.startswith(R) for e in copied.iter() for name in e.attrib):
            return None
        for control in copied.iter(f"{W}sdtPr"):
            if (identifier := control.find(f"{W}id")) is not None:
                identifier.set(f"{W}val", self.next_id())
        for styled in copied.iter(*_STYLED):
            styled.set(f"{W}val", self.styles.style(styled.get(f"{W}val", "")))
        return copied

    def save(self) -> None:
        """Put the styles added into the package."""
        if self.file.styles is not None and self.styles.is_changed:
            name = related_part(self.file.package, self.file.part, "styles")
            self.file.package.write(name, part_bytes(self.file.styles, strict=self.file.is_strict))


def insert_after(anchor: _Element, element: _Element) -> None:
    """Put *element* behind *anchor*; the end of a section stays the end, tables stay apart."""
    section = anchor.find(f"{_PPR}/{_SECTION}") if anchor.tag == _P else None
    anchor.addnext(element)
    if section is not None and element.tag == _P:
        own = element.find(_PPR)
        if own is None:
            own = element.makeelement(_PPR, {})
            element.insert(0, own)
        own.append(section)
    if element.tag == _TABLE:
        following, before = element.getnext(), element.getprevious()
        if following is None or following.tag != _P:
            element.addnext(element.makeelement(_P, {}))
        if before is not None and before.tag == _TABLE:
            element.addprevious(element.makeelement(_P, {}))


def remove(element: _Element) -> None:
    """Take *element* out; the end of a section that stands in it stays, and so do marks that belong to others."""
    if element.find(f"{_PPR}/{_SECTION}") is not None:
        for child in [child for child in element if child.tag != _PPR]:
            element.remove(child)
        return
    for mark in _unpaired(element):
        element.addprevious(mark)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
        if parent.tag == f"{W}sdtContent" and not len(parent) and (control := parent.getparent()) is not None:
            remove(control)


def _unpaired(element: _Element) -> list[_Element]:
    """Beginnings and ends of bookmarks and comments whose other end is elsewhere."""
    found = []
    for start, end in _MARKS.items():
        starts = {e.get(f"{W}id"): e for e in element.iter(start)}
        ends = {e.get(f"{W}id"): e for e in element.iter(end)}
        found += [e for key, e in (*starts.items(), *ends.items()) if key not in starts or key not in ends]
    return found
