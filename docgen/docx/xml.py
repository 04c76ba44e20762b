"""XML of Word files: names, safe parsing, text that survives, elements as strings without namespaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# What XML 1.0 forbids, and the noncharacters that mark places in a rendered template.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SPECIAL = re.compile('[&<>"\x00-\x08\x0b-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]')
_PLAIN = re.compile('[^&<>"\x00-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]*').fullmatch
_DECLARED = re.compile(r' xmlns(?::[\w.-]+)?="[^"]*"')


def w(name: str) -> str:
    """The qualified name of a WordprocessingML element or attribute."""
    return f"{{{W}}}{name}"


def escape(text: str) -> str:
    """*text* for element content or an attribute value; characters that XML forbids become U+FFFD."""
    if not _SPECIAL.search(text):
        return text
    text = _UNSAFE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def is_plain(text: str) -> bool:
    """Whether *text* can stand in an attribute as it is."""
    return _PLAIN(text) is not None


def attribute(text: str) -> str:
    """*text* for an attribute value: as :func:`escape`, on one line."""
    if _PLAIN(text):
        return text
    return escape(" ".join(text.split()))


def parse(content: bytes) -> _Element:
    """The root element of *content*; no entities, no network.

    Raises:
        ValueError: not well-formed, or with a document type declaration (no Word file has one).
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise ValueError("DOCTYPE")
    return root


def outer(element: _Element, declared: frozenset[str] | None = None) -> str:
    """*element* as a string; namespace declarations that the root makes anyway (*declared*) are left out."""
    from lxml import etree

    text = etree.tostring(element, encoding="unicode", with_tail=False)
    if declared is None:
        return text
    end = text.index(">")
    head = _DECLARED.sub(lambda match: "" if match.group(0) in declared else match.group(0), text[:end])
    return head + text[end:]


def declarations(root: _Element) -> frozenset[str]:
    """The namespace declarations of *root*, each as it is written."""
    return frozenset(f' xmlns{":" + prefix if prefix else ""}="{uri}"' for prefix, uri in root.nsmap.items())


def start_tag(root: _Element) -> str:
    """The start tag of *root* with its declarations and attributes."""
    from lxml import etree

    bare = etree.Element(root.tag, attrib=dict(root.attrib), nsmap=root.nsmap)
    text = etree.tostring(bare, encoding="unicode")
    return text[: text.rindex("/>")] + ">"
