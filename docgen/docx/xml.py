"""XML of Word files: names, safe parsing, text that survives, elements as strings without namespaces."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import ElementClassLookup, _Element

W_URI = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R_URI = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP_URI = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
A_URI = "http://schemas.openxmlformats.org/drawingml/2006/main"
C_URI = "http://schemas.openxmlformats.org/drawingml/2006/chart"
W, R, WP, C = (f"{{{uri}}}" for uri in (W_URI, R_URI, WP_URI, C_URI))
"""What the qualified names of elements and attributes begin with."""
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

RUN_PROPERTIES = (
    "rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow",
    "emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern", "position",
    "sz", "szCs", "highlight", "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang",
    "eastAsianLayout", "specVanish", "oMath",
)  # fmt: skip
"""The properties of a run in the order that the schema asks for."""

# What XML 1.0 forbids, and the noncharacters that mark places in a rendered template.
_UNSAFE = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
_PLAIN = re.compile('[^&<>"\x00-\x08\x0b-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]*').fullmatch
_VAL = f"{W}val"
_MOST_DIGITS = 6
_DECLARED = r' xmlns(?::[\w.-]+)?="[^"]*"'


def escape(text: str) -> str:
    """*text* for element content or an attribute value; characters that XML forbids become U+FFFD."""
    if _PLAIN(text):
        return text
    return xml_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def xml_text(text: str) -> str:
    """*text* as XML can hold it: characters that it forbids become U+FFFD."""
    return re.sub(_UNSAFE, "\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_plain(text: str) -> bool:
    """Whether *text* can stand in an attribute as it is."""
    return _PLAIN(text) is not None and "\n" not in text and "\t" not in text


def attribute(text: str) -> str:
    """*text* for an attribute value: as :func:`escape`, on one line."""
    if is_plain(text):
        return text
    return escape(" ".join(text.split()))


def parse(content: bytes, classes: ElementClassLookup | None = None) -> _Element:
    """The root element of *content*; no entities, no network; the strict form of the format under its usual names.

    *classes*: what its elements are to be, where python-docx works on them.

    Raises:
        ValueError: not well-formed, or with a document type declaration (no Word file has one).
    """
    from lxml import etree

    if b"<!DOCTYPE" in content[:2000]:
        raise ValueError("DOCTYPE")
    if is_strict(content):
        content = content.replace(_STRICT, W_URI.encode())
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    if classes is not None:
        parser.set_element_class_lookup(classes)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise ValueError("DOCTYPE")
    return root


def is_strict(content: bytes) -> bool:
    """Whether a part is in the strict form of the format, in which the namespaces have other names."""
    return _STRICT in content[:4096]


def part_bytes(element: _Element, *, strict: bool = False) -> bytes:
    """The whole part that *element* is in, as it is stored."""
    from lxml import etree

    content = etree.tostring(element.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return content.replace(W_URI.encode(), _STRICT) if strict else content


def value_of(element: _Element | None, path: str) -> str | None:
    """The ``w:val`` of the element at *path* (``pPr/outlineLvl``) below *element*."""
    found = element.find(_path(path)) if element is not None else None
    return found.get(_VAL) if found is not None else None


def number_of(text: str | None) -> int | None:
    """*text* as a number; ``None`` when it is none, or larger than anything in a Word file."""
    return int(text) if text is not None and text.isdecimal() and len(text) < _MOST_DIGITS else None


@lru_cache(maxsize=256)
def _path(path: str) -> str:
    return "/".join(f"{W}{step}" for step in path.split("/"))


def outer(element: _Element, declared: frozenset[str] | None = None) -> str:
    """*element* as a string; namespace declarations that the root makes anyway (*declared*) are left out."""
    from lxml import etree

    text = etree.tostring(element, encoding="unicode", with_tail=False)
    if declared is None:
        return text
    end = text.index(">")
    head = re.sub(_DECLARED, lambda match: "" if match.group(0) in declared else match.group(0), text[:end])
    return head + text[end:]


def declarations(root: _Element) -> frozenset[str]:
    """The namespace declarations of *root*, each as it is written."""
    return frozenset(f' xmlns{":" + prefix if prefix else ""}="{uri}"' for prefix, uri in root.nsmap.items())


def start_tag(root: _Element) -> str:
    """The start tag of *root* with its declarations and attributes."""
    from lxml import etree

    text = etree.tostring(root, encoding="unicode")  # in which an attribute's > is written &gt;
    return text[: text.index(">")].removesuffix("/") + ">"
