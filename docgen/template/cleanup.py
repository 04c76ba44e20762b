"""What editing leaves in a template and no report should carry, removed once when the template is read.

Tracked changes are accepted, comments and proofing marks dropped, revision ids forgotten: a placeholder that
Word cut into pieces for such reasons becomes one piece again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.docx.xml import W, w

if TYPE_CHECKING:
    from lxml.etree import _Element

_DROP = frozenset(
    w(name)
    for name in (
        "del", "moveFrom", "delText", "delInstrText", "proofErr", "permStart", "permEnd", "lastRenderedPageBreak",
        "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef",
        "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
        "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "trPrChange", "tcPrChange",
        "numberingChange", "cellIns", "cellDel", "cellMerge",
        "customXmlInsRangeStart", "customXmlInsRangeEnd", "customXmlDelRangeStart", "customXmlDelRangeEnd",
        "customXmlMoveFromRangeStart", "customXmlMoveFromRangeEnd", "customXmlMoveToRangeStart",
        "customXmlMoveToRangeEnd",
    )
)  # fmt: skip
_UNWRAP = frozenset(w(name) for name in ("ins", "moveTo", "smartTag", "customXml", "dir", "bdo"))
_BOOKMARK = frozenset((w("bookmarkStart"), w("bookmarkEnd")))
_W14_IDS = ("paraId", "textId")


def clean(root: _Element) -> None:
    """Remove from the tree below *root* what no reader of the report needs."""
    last_place = {item.get(w("id")) for item in root.iter(w("bookmarkStart")) if item.get(w("name")) == "_GoBack"}
    for element in list(root.iter()):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if tag in _DROP or (tag in _BOOKMARK and element.get(w("id")) in last_place):
            _drop(element)
        elif tag in _UNWRAP:
            _unwrap(element)
        else:
            _forget_revision(element)


def _drop(element: _Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tag == w("del") and parent.tag == w("trPr"):  # the whole row was deleted
        row = parent.getparent()
        table = None if row is None else row.getparent()
        if row is not None and table is not None:
            table.remove(row)
        return
    parent.remove(element)


def _unwrap(element: _Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    for child in list(element):
        if child.tag not in {w("smartTagPr"), w("customXmlPr")}:
            parent.insert(place, child)
            place += 1
    parent.remove(element)


def _forget_revision(element: _Element) -> None:
    for name in list(element.attrib):
        local = str(name).rpartition("}")[2]
        if (str(name).startswith(f"{{{W}}}rsid")) or (local in _W14_IDS and "word/2010/wordml" in str(name)):
            del element.attrib[name]
