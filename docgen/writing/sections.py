"""What frames the blocks of a document: its sections, and the table of contents.

Portrait sections are as the template has them, landscape ones are made from them.  The contents are a real TOC field,
its entries filled in with links and page numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from docgen.docx.xml import escape
from docgen.writing.runs import run_properties, text_content

_START = re.compile(r' w:start="\d+"')
_SIZE = re.compile(r"<w:pgSz [^>]*/>")
_MARGINS = re.compile(r"<w:pgMar [^>]*/>")
_TYPE = re.compile(r"<w:type [^>]*/>")
_ATTRIBUTE = re.compile(r'w:(\w+)="(-?\d+)"')
_BEFORE_TYPE = re.compile(r"<w:sectPr[^>]*>(?:<w:(?:headerReference|footerReference) [^>]*/>)*")
# Pages for tables: 22 mm above and at the sides, 20 mm below, so that wide and long tables stay readable.
_TABLE_MARGINS = (
    '<w:pgMar w:top="1247" w:right="1247" w:bottom="1134" w:left="1247" w:header="680" w:footer="567" w:gutter="0"/>'
)


@lru_cache(maxsize=64)  # a pack's template has few
def page_of(section: str) -> dict[str, int]:
    """Page size and margins in twips: ``w h top right bottom left``."""
    fallback = {"w": 11906, "h": 16838, "top": 2098, "right": 1474, "bottom": 1984, "left": 1587}
    stated = "".join(match[0] for pattern in (_SIZE, _MARGINS) if (match := pattern.search(section)))
    return fallback | {name: int(value) for name, value in _ATTRIBUTE.findall(stated)}


def text_width(section: str) -> int:
    """Width between the margins, in twips."""
    page = page_of(section)
    return page["w"] - page["left"] - page["right"]


def text_height(section: str) -> int:
    """Height between the margins, in twips."""
    page = page_of(section)
    return page["h"] - page["top"] - page["bottom"]


class Sections:
    """The sections of a document as it is written: those of the template, interrupted by landscape pages."""

    def __init__(self, properties: list[str]) -> None:
        self._left = properties  # of the template's sections that have not ended, the last one's at the end
        self.is_landscape = False
        self.current = properties[0]
        """Properties of the section being written."""

    def turn(self, *, landscape: bool) -> str:
        """Go on with landscape pages, or with portrait ones; the properties of the section that begins."""
        return self._begin(split=True, landscape=landscape)

    def end(self, section: str) -> str:
        """A *section* of the template ends; the properties of the one that begins."""
        if len(self._left) > 1 and self._left[0] == section:
            self._left.pop(0)
        return self._begin(split=False, landscape=self.is_landscape)

    def _begin(self, *, split: bool, landscape: bool) -> str:
        self.is_landscape = landscape
        section = continued(self._left[0]) if split else self._left[0]
        self.current = turned(section) if landscape else section
        return self.current


@lru_cache(maxsize=64)
def start_of(section: str) -> int | None:
    """The page number with which *section* begins; ``None`` when it goes on counting."""
    match = re.search(r'<w:pgNumType [^>]*w:start="(\d+)"', section)
    return int(match.group(1)) if match else None


@lru_cache(maxsize=64)
def continued(section: str) -> str:
    """*section* on a new page with page numbers that go on."""
    section = _START.sub("", section).replace("<w:pgNumType/>", "").replace("<w:titlePg/>", "")
    if _TYPE.search(section):
        return _TYPE.sub('<w:type w:val="nextPage"/>', section)
    return _BEFORE_TYPE.sub(lambda match: match.group(0) + '<w:type w:val="nextPage"/>', section, count=1)


@lru_cache(maxsize=64)
def turned(section: str) -> str:
    """The portrait *section* turned to landscape, with the margins of a page for tables."""
    page = page_of(section)
    long, short = max(page["w"], page["h"]), min(page["w"], page["h"])
    size = f'<w:pgSz w:w="{long}" w:h="{short}" w:orient="landscape"/>'
    return _MARGINS.sub(_TABLE_MARGINS, _SIZE.sub(size, section))


# ------------------------------------------------------------ the table of contents

_CODE = re.compile(r"<w:instrText[^>]*>\s*(TOC[^<]*?)\s*</w:instrText>")
_DEFAULT_CODE = 'TOC \\o "1-2" \\h \\z \\u'
_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
FIRST_BOOKMARK = 71000


def field_code(xml: str) -> str:
    """The code of the contents field in the template's *xml*, still escaped."""
    match = _CODE.search(xml)
    return match[1] if match else escape(_DEFAULT_CODE)


def deepest_level(code: str) -> int:
    """The deepest outline level that the contents lists (0 for parts only)."""
    match = re.search(r"\\o\s+(?:&quot;|\")\d-(\d)", code)
    return int(match[1]) - 1 if match else 1


def _bookmark_name(number: int) -> str:
    return f"_Toc{710000000 + number}"


def bookmarked(number: int, content: str) -> str:
    """*content* with the bookmark of heading *number* around it."""
    identifier = f'w:id="{FIRST_BOOKMARK + number}"'
    return f'<w:bookmarkStart {identifier} w:name="{_bookmark_name(number)}"/>{content}<w:bookmarkEnd {identifier}/>'


def write_contents(code: str, headings: Sequence[tuple[int, str, int]], style_of: Sequence[str]) -> str:
    """The contents as paragraphs: an entry for each of the *headings* (level, 0 for a part; text; page).

    *style_of* gives the style id for each level.
    """
    entries = [(style_of[min(level, len(style_of) - 1)], _entry(_bookmark_name(number), text, page))
               for number, (level, text, page) in enumerate(headings)] or [(style_of[0], "")]  # fmt: skip
    last = len(entries) - 1
    return "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{"" if place else _field(code)}{entry}'
        f'{_END if place == last else ""}</w:p>'
        for place, (style, entry) in enumerate(entries))


def _field(code: str) -> str:
    """A field up to its result."""
    return (f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>')  # fmt: skip


def _entry(bookmark: str, text: str, page: int) -> str:
    line, code = " ".join(text.split()) if "\n" in text else text, f"PAGEREF {bookmark} \\h"
    return (f'<w:hyperlink w:anchor="{bookmark}" w:history="1"><w:r>{run_properties("", hint=True)}{text_content(line)}</w:r>'
            f"<w:r><w:tab/></w:r>{_field(code)}<w:r><w:t>{page}</w:t></w:r>{_END}</w:hyperlink>")  # fmt: skip
