"""The table of contents: a real TOC field, its entries filled in with links and page numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from docgen.docx.xml import escape
from docgen.writing.runs import run_properties, text_content

_CODE = re.compile(r"<w:instrText[^>]*>\s*(TOC[^<]*?)\s*</w:instrText>")
_LEVELS = re.compile(r'\\o\s+&?q?u?o?t?;?"?(\d)-(\d)')
_DEFAULT_CODE = 'TOC \\o "1-2" \\h \\z \\u'
FIRST_BOOKMARK = 71000


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading in the contents."""

    level: int
    """0 for a part."""
    text: str
    bookmark: str
    page: int


def field_code(xml: str) -> str:
    """The code of the contents field in the template's *xml*, still escaped."""
    match = _CODE.search(xml)
    return match.group(1) if match else escape(_DEFAULT_CODE)


def deepest_level(code: str) -> int:
    """The deepest outline level that the contents lists (0 for parts only)."""
    match = re.search(r"\\o\s+(?:&quot;|\")\d-(\d)", code)
    return int(match.group(1)) - 1 if match else 1


def bookmark_name(number: int) -> str:
    """Name of the bookmark around heading *number*."""
    return f"_Toc{710000000 + number}"


def bookmark(number: int) -> str:
    """The start of the bookmark around heading *number*."""
    return f'<w:bookmarkStart w:id="{FIRST_BOOKMARK + number}" w:name="{bookmark_name(number)}"/>'


def bookmark_end(number: int) -> str:
    """The end of the bookmark around heading *number*."""
    return f'<w:bookmarkEnd w:id="{FIRST_BOOKMARK + number}"/>'


def write_contents(code: str, entries: Sequence[Entry], style_of: Sequence[str]) -> str:
    """The contents as paragraphs; *style_of* gives the style id for each level."""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    out = []
    for number, entry in enumerate(entries):
        style = style_of[min(entry.level, len(style_of) - 1)]
        first, last = begin if number == 0 else "", end if number == len(entries) - 1 else ""
        out.append(f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{first}{_entry(entry)}{last}</w:p>')
    if not entries:
        out.append(f'<w:p><w:pPr><w:pStyle w:val="{style_of[0]}"/></w:pPr>{begin}{end}</w:p>')
    return "".join(out)


def _entry(entry: Entry) -> str:
    hint = run_properties("", hint=True)
    text = " ".join(entry.text.split()) if "\n" in entry.text else entry.text
    return (
        f'<w:hyperlink w:anchor="{entry.bookmark}" w:history="1"><w:r>{hint}{text_content(text)}</w:r>'
        '<w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> PAGEREF {entry.bookmark} \\h </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{entry.page}</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:hyperlink>'
    )
