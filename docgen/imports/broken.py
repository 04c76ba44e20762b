"""Word files in which every line is a paragraph, as some programs make them of PDF files: read with the lines put together.

Paragraphs keep their numbers: the text stands in the first of those that belong together, the others are left empty.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from itertools import pairwise

from docgen.docx.paragraphs import DocParagraph, ReportFile
from docgen.docx.reading import Document
from workbook.values import dataclass

_LONGEST, _SHORTEST = 110, 44
"""Width of a line of such files, in half characters; a file with more than a few longer paragraphs is none of them."""
_FEW = 0.03
_SLACK = 6
"""So much may a line that is broken in a sentence fall short of the edge."""
_FEWEST, _SHARE = 6, 0.1
"""So many paragraphs that break off in the middle of a sentence, and so large a share of all."""
_ENDS = ("。", "！", "？")
_HEADING = re.compile(r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、](?!\d)|[(（]\d{1,2}[)）]")
_FIRST_WORD = re.compile(r"[A-Za-z0-9.,%]+|.")


@dataclass(frozen=True)
class BrokenReport(ReportFile):
    """Such a file as it is read."""

    word: Document = field(repr=False)

    def place(self, number: int, start: int, end: int) -> tuple[int, int, int]:
        """The Word file's own paragraph in which a stretch of a text begins, and where in it."""
        own = self.word.paragraphs
        while start >= len(own[number - 1].text) and number < len(own) and not self.paragraphs[number].text and own[number].text:
            size = len(own[number - 1].text)
            start, end, number = start - size, end - size, number + 1
        return number, start, min(end, len(own[number - 1].text))


def read_broken(document: Document) -> BrokenReport | None:
    """*document* with its lines put together; ``None`` where its paragraphs are whole."""
    body = [p for p in document.paragraphs if not p.table and p.text.strip()]
    widths = sorted(width for p in body if (width := _width(p.text)) >= _SHORTEST)
    if len(widths) < _FEWEST or sum(width > _LONGEST for width in widths) > _FEW * len(widths):
        return None
    lines = [width for width in widths if width <= _LONGEST]
    edge = lines[len(lines) * 3 // 4]
    joined = [(a, b) for a, b in pairwise(body) if _goes_on(a, b, edge)]
    if len(joined) < max(_FEWEST, _SHARE * len(body)):
        return None
    head: dict[int, int] = {}
    texts: dict[int, str] = {}
    for first, second in joined:
        top = head.get(first.number, first.number)
        head[second.number] = top
        texts[top] = texts.get(top, first.text) + second.text
        texts[second.number] = ""
    paragraphs = tuple([replace(p, text=texts[p.number]) if p.number in texts else p for p in document.paragraphs])
    blocks = tuple([paragraphs[b.number - 1] if isinstance(b, DocParagraph) else b for b in document.blocks])
    return BrokenReport(document.path, paragraphs, document.tables, blocks, document.margins, document)


def _goes_on(first: DocParagraph, second: DocParagraph, edge: int) -> bool:
    """Whether *second* goes on with the sentence of *first*, which fills its line."""
    if second.number != first.number + 1 or first.level or second.level or second.numbering or second.style != first.style:
        return False
    if second.text[:1].isspace() or _HEADING.match(second.text):
        return False
    if first.text.rstrip().endswith(_ENDS):  # the last line of a paragraph is seldom a full one
        return _width(first.text) >= edge and (second.text.rstrip().endswith((*_ENDS, "；")) or _width(second.text) >= edge - _SLACK)
    word = _FIRST_WORD.match(second.text)
    return _width(first.text) + _width(word[0] if word else "") >= edge - _SLACK


def _width(text: str) -> int:
    """Width in half characters."""
    return sum(2 if character > "\u2e7f" or character in "“”—…" else 1 for character in text.strip())
