"""What editing leaves in a template and no report should carry, removed once when the template is read.

Tracked changes are accepted, comments and proofing marks dropped, revision ids forgotten: a placeholder that
Word cut into pieces for such reasons becomes one piece again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.docx.xml import W

if TYPE_CHECKING:
    from lxml.etree import _Element

_DROP = tuple(
    f"{W}{name}"
    for name in (
        "del", "moveFrom", "delText", "delInstrText", "proofErr", "permStart", "permEnd", "lastRenderedPageBreak",
        "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef",
        "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
        "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "trPrChange", "tcPrChange",
        "numberingChange", "cellIns", "cellDel", "cellMerge", "smartTagPr", "customXmlPr",
        *(f"customXml{change}Range{end}" for change in ("Ins", "Del", "MoveFrom", "MoveTo") for end in ("Start", "End")),
    )
)  # fmt: skip
_UNWRAP = tuple(f"{W}{name}" for name in ("ins", "moveTo", "smartTag", "customXml", "dir", "bdo"))
_BOOKMARKS = (f"{W}bookmarkStart", f"{W}bookmarkEnd")


def clean(root: _Element) -> None:
    """Remove from the tree below *root* what no reader of the report needs."""
    from lxml import etree

    etree.strip_tags(root, etree.Comment, etree.PI)
    for deleted in [row for row in root.iter(f"{W}tr") if row.find(f"{W}trPr/{W}del") is not None]:
        _remove(deleted)
    last_place = {item.get(f"{W}id") for item in root.iter(_BOOKMARKS[0]) if item.get(f"{W}name") == "_GoBack"}
    for bookmark in [mark for mark in root.iter(*_BOOKMARKS) if mark.get(f"{W}id") in last_place]:
        _remove(bookmark)
    etree.strip_elements(root, *_DROP)
    etree.strip_tags(root, *_UNWRAP)
    for element in root.iter():
        for name in [str(name) for name in element.attrib]:
            if name.startswith(f"{W}rsid") or ("word/2010/wordml" in name and name.endswith(("}paraId", "}textId"))):
                del element.attrib[name]


def _remove(element: _Element) -> None:
    if (parent := element.getparent()) is not None:
        parent.remove(element)
