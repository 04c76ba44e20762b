"""A reviewed report cut up to be shown: into parts, the parts' texts where findings and figures begin and end; and how a paragraph looks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gui.paper import looks
from gui.paper.looks import Look, look

if TYPE_CHECKING:
    from docgen.docx.paragraphs import DocParagraph

_BY_LEVEL = ("正文", "部分标题", "一级标题", "二级标题", "三级标题")
_TITLES = frozenset(("title", "标题", "文件标题"))
_CONTENTS = re.compile(r"^(?:toc|目录|目次)\s*\d", re.IGNORECASE)
_INDENTED = (" ", "\u3000", "\u00a0", "\t")
Span = tuple[int, int, int]
"""Begin and end in a paragraph's text, and the number of the finding or figure."""


class Kind(Enum):
    """Kinds of parts."""

    LINE = auto()
    TABLE = auto()
    CONTENTS = auto()


_UNFOLDED = {Kind.LINE: 1, Kind.TABLE: 80, Kind.CONTENTS: 4}
"""A part of more paragraphs is shown as one line until somebody opens it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the report that is shown as one: a paragraph, a table, the contents."""

    kind: Kind
    paragraphs: tuple[DocParagraph, ...]

    @property
    def key(self) -> int:
        """Number of its first paragraph."""
        return self.paragraphs[0].number

    @property
    def folds(self) -> bool:
        """Whether it is shown as one line until somebody opens it."""
        return len(self.paragraphs) > _UNFOLDED[self.kind]

    @property
    def words(self) -> str:
        """What the line says while it is folded."""
        if self.kind is Kind.CONTENTS:
            return f"目录　{len(self.paragraphs)} 行"
        return f"表格　{len({p.row for p in self.paragraphs})} 行 {len({p.column for p in self.paragraphs})} 列"


def parts_of(paragraphs: Iterable[DocParagraph]) -> list[Part]:
    """The report cut into parts; empty paragraphs outside tables are left out."""
    def place(paragraph: DocParagraph) -> tuple[Kind, int]:
        if paragraph.table:
            return Kind.TABLE, paragraph.table
        return (Kind.CONTENTS, 0) if _CONTENTS.match(paragraph.style) else (Kind.LINE, paragraph.number)

    parts = (Part(kind, tuple(found)) for (kind, _), found in groupby(paragraphs, place))
    return [p for p in parts if p.kind is not Kind.LINE or p.paragraphs[0].text.strip() or p.paragraphs[0].numbering]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a paragraph that is about the same things."""

    start: int
    end: int
    finding: int = -1
    """Number of the finding, -1 for none."""
    found: int = -1
    """Number of the known figure, -1 for none."""


def segments(length: int, findings: Sequence[Span], found: Sequence[Span]) -> Iterator[Segment]:
    """Cut a text of *length* at the ends of spans; of findings that overlap the first counts."""
    edges = sorted({0, length, *(min(max(e, 0), length) for start, end, _ in (*findings, *found) for e in (start, end))})
    for start, end in pairwise(edges):
        yield Segment(start, end, *(
            next((n for a, b, n in spans if a <= start and end <= b), -1) for spans in (findings, found)))


def look_of(paragraph: DocParagraph) -> Look:
    """How a paragraph looks: by its style where that is one of ours, else by its level as a heading."""
    style = paragraph.style
    if _CONTENTS.match(style):
        return Look(looks.SONG, 13, 24, indent=0)
    if style in looks.LOOKS:
        form = looks.LOOKS[style]
    elif style.lower() in _TITLES:
        form = look("文件标题")
    else:
        form = look(_BY_LEVEL[min(paragraph.level, len(_BY_LEVEL) - 1)])
    if paragraph.text.startswith(_INDENTED):
        form = replace(form, indent=0)
    if form.align is Qt.AlignmentFlag.AlignHCenter and style == "封面日期":
        form = replace(form, before=40)
    return replace(form, before=max(form.before, 10) if form.level is not None else form.before)
