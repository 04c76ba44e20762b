"""The table of contents: a real TOC field, its entries filled in with links and page numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docgen.docx.xml import escape
from docgen.writing.runs import run_properties, text_content

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
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{"" if place else _field(code)}{entry}{_END if place == last else ""}</w:p>'
        for place, (style, entry) in enumerate(entries))


def _field(code: str) -> str:
    """A field up to its result."""
    return (f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>')  # fmt: skip


def _entry(bookmark: str, text: str, page: int) -> str:
    line, code = " ".join(text.split()) if "\n" in text else text, f"PAGEREF {bookmark} \\h"
    return (f'<w:hyperlink w:anchor="{bookmark}" w:history="1"><w:r>{run_properties("", hint=True)}{text_content(line)}</w:r>'
            f"<w:r><w:tab/></w:r>{_field(code)}<w:r><w:t>{page}</w:t></w:r>{_END}</w:hyperlink>")  # fmt: skip
