"""What editing leaves in a template and no report should carry, removed once when the template is read.

Tracked changes are accepted, comments and proofing marks dropped, revision ids forgotten: a placeholder that
Word cut into pieces for such reasons becomes one piece again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.docx.xml import W

if TYPE_CHECKING:
    from lxml.etree import _Element

_DROP = frozenset(
    f"{W}{name}"
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
_UNWRAP = frozenset(f"{W}{name}" for name in ("ins", "moveTo", "smartTag", "customXml", "dir", "bdo"))
_BOOKMARK = frozenset((f"{W}bookmarkStart", f"{W}bookmarkEnd"))
_W14_IDS = ("paraId", "textId")


def clean(root: _Element) -> None:
    """Remove from the tree below *root* what no reader of the report needs."""
    from lxml import etree

    etree.strip_tags(root, etree.Comment, etree.PI)
    last_place = {item.get(f"{W}id") for item in root.iter(f"{W}bookmarkStart") if item.get(f"{W}name") == "_GoBack"}
    for element in list(root.iter()):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if tag in _DROP or (tag in _BOOKMARK and element.get(f"{W}id") in last_place):
            _drop(element)
        elif tag in _UNWRAP:
            _unwrap(element)
        else:
            _forget_revision(element)


def _drop(element: _Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tag == f"{W}del" and parent.tag == f"{W}trPr":  # the whole row was deleted
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
        if child.tag not in {f"{W}smartTagPr", f"{W}customXmlPr"}:
            parent.insert(place, child)
            place += 1
    parent.remove(element)


def _forget_revision(element: _Element) -> None:
    for name in list(element.attrib):
        local = str(name).rpartition("}")[2]
        if (str(name).startswith(f"{W}rsid")) or (local in _W14_IDS and "word/2010/wordml" in str(name)):
            del element.attrib[name]
