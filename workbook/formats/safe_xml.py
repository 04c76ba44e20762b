"""XML of unknown origin, read by a parser that knows no document types."""

from __future__ import annotations

from xml.parsers import expat


def local(tag: str) -> str:
    """A tag's name without its namespace prefix."""
    return tag.rpartition(":")[2]


class XmlError(ValueError):
    """XML that cannot be used: not well-formed, of an unknown encoding, or with values that make no sense."""


def safe_parser() -> expat.XMLParserType:
    """An expat parser that refuses document types, so neither internal nor external entities exist."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise XmlError("document type")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def parse_xml(parser: expat.XMLParserType, data: bytes, *, whole: bool = True) -> None:
    """Give *data* to *parser*; whatever is wrong with it raises ``XmlError``."""
    try:
        parser.Parse(data, whole)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise XmlError(str(error)) from error
