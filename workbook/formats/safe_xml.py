"""XML of unknown origin, read by a parser that knows no document types."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from xml.parsers import expat

from workbook.errors import ContentError

BROKEN = "文件不完整或已损坏"
REPAIR = "请重新导出，或用 Excel/WPS 打开并另存后重试"
Start = Callable[[str, dict[str, str]], object]


class PackageError(ContentError):
    """A package or part that cannot be read, or not be taken apart and put together without loss."""


def local(tag: str) -> str:
    """A tag's name without its namespace prefix."""
    return tag.rpartition(":")[2]


def parse_xml(
    data: bytes, start: Start, end: Callable[[str], object] | None = None, text: Callable[[str], object] | None = None, *,
    whole: bool = True,
) -> None:
    """Call these for every start tag (with attributes), end tag and text of *data*.

    A document type is refused, so neither internal nor external entities exist.  What is not well-formed, of an unknown
    encoding, or makes a callback raise ``ValueError``, raises :class:`PackageError`.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, whole)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise PackageError(BROKEN, REPAIR) from error


def has_markup(xml: bytes) -> bool:
    """Whether *xml* may hold comments, CDATA, processing instructions or character references."""
    return (
        (b"!" in xml and b"<!" in xml) or (b"#" in xml and b"&#" in xml)
        or (xml.find(b"?", 5) >= 0 and xml.find(b"<?", 5) >= 0))


def plain_xml(xml: bytes) -> bytes:
    """*xml* with the same elements and texts, without comments, CDATA, processing instructions and character references."""
    out: list[str] = []
    parse_xml(
        xml,
        lambda tag, attributes: out.append(
            f"<{tag}" + "".join(f' {key}="{escape(value)}"' for key, value in attributes.items()) + ">"),
        lambda tag: out.append(f"</{tag}>"),
        lambda text: out.append(escape(text, quote=False)))
    return "".join(out).encode()


def _refuse(*_: object) -> None:
    raise ValueError("document type")
