"""A reviewed report as one document to read: paragraphs, tables, contents, with its findings and figures marked.

Long tables and the contents are folded to one line each; the owner says which of them are open.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from itertools import groupby, pairwise, product
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextLength

from gui.paper import looks
from gui.paper.looks import POINT, Look, TextWriter, linked, look
from gui.paper.tables import Cell, insert_cells, table_format
from gui.style.theme import LIGHT
from workbook.issues import Severity, count_by_severity

if TYPE_CHECKING:
    from docgen.docx.paragraphs import DocParagraph
    from gui.pages.review.model import Reviewed, ShownFinding

_BY_LEVEL = ("正文", "部分标题", "一级标题", "二级标题", "三级标题")
_TITLES = frozenset(("title", "标题", "文件标题"))
_CONTENTS = re.compile(r"^(?:toc|目录|目次)\s*\d", re.IGNORECASE)
_INDENTED = (" ", "\u3000", "\u00a0", "\t")
_LINES = {
    Severity.ERROR: QTextCharFormat.UnderlineStyle.WaveUnderline, Severity.NOTICE: QTextCharFormat.UnderlineStyle.DashUnderline,
    Severity.TAIL: QTextCharFormat.UnderlineStyle.DotLine,
}
_SCALE = 0.75
"""Body text of 16 points is shown in 12."""
_LIKE = str.maketrans({
    "\n": "\u2028", "\r": " ", "\x0b": "\u2028", "\x0c": "\u2028", "\u2029": "\u2028",
    "\ufffc": " ", "\ufdd0": " ", "\ufdd1": " ",
})
"""What means something else to Qt, character for character."""
_AMOUNT = re.compile(r"[-−－]?(?:[\d,，]*\d\.\d+|\d{1,3}(?:[,，]\d{3})+|\d{1,2})%?")
"""Longer whole numbers are codes."""
_GRID_INK = QColor("#B4BDC6")
_NARROWEST, _WIDEST = 3.0, 11.0
"""Of a column, in Chinese characters; longer texts have several lines, numbers never."""
_MANY_COLUMNS = 7
"""A table with more is shown smaller."""
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


class Segment(NamedTuple):
    """A stretch of a paragraph that is about the same finding, and the same known figure (their numbers; -1 for none)."""

    start: int
    end: int
    finding: int
    found: int


def segments(length: int, findings: Sequence[Span], found: Sequence[Span]) -> Iterator[Segment]:
    """Cut a text of *length* at the ends of spans; of findings that overlap the first counts."""
    edges = sorted({0, length, *(min(max(e, 0), length) for start, end, _ in (*findings, *found) for e in (start, end))})
    for start, end in pairwise(edges):
        yield Segment(
            start, end, *(next((n for a, b, n in spans if a <= start and end <= b), -1) for spans in (findings, found)))


def look_of(paragraph: DocParagraph) -> Look:
    """How a paragraph looks: by its style where that is one of ours, else by its level as a heading."""
    style = paragraph.style
    if _CONTENTS.match(style):
        return Look(looks.SONG, 13, 24, indent=0)
    form = looks.LOOKS.get(style) or look(
        "文件标题" if style.lower() in _TITLES else _BY_LEVEL[min(paragraph.level, len(_BY_LEVEL) - 1)])
    if paragraph.text.startswith(_INDENTED):
        form = replace(form, indent=0)
    if style == "封面日期":
        form = replace(form, before=40)
    return replace(form, before=max(form.before, 10)) if form.level is not None else form


class Place(NamedTuple):
    """Where something stands in the document."""

    start: int
    end: int


class ReportText(TextWriter):
    """The document, and where everything is in it."""

    def __init__(self, reviewed: Reviewed, opened: frozenset[int], zoom: float = 1.0) -> None:
        super().__init__()
        self.reviewed, self.opened, self.zoom = reviewed, opened, zoom * _SCALE
        self.parts = parts_of(reviewed.review.paragraphs)
        self.part_of: Mapping[int, Part] = {p.number: part for part in self.parts for p in part.paragraphs}
        self.paragraphs: dict[int, Place] = {}
        """Paragraph number → its whole text; paragraphs of a folded part are at its line."""
        self.findings: dict[int, Place] = {}
        """Number of a finding → what it is about."""
        self._spans = _spans(reviewed)
        self.cursor.beginEditBlock()
        if whole := [f for f in reviewed.findings if f.issue.paragraph is None]:
            self.findings.update(dict.fromkeys((f.number for f in whole), self._note("整篇报告", "", whole)))
        for part in self.parts:
            self._write(part)
        self.cursor.endEditBlock()
        self._place_findings()

    # ------------------------------------------------------------ writing
    def _write(self, part: Part) -> None:
        if part.folds:
            self._fold_line(part)
        if part.folds and part.key not in self.opened:
            return
        if part.kind is Kind.TABLE:
            insert_grid(self.cursor, part.paragraphs, self._scaled(look("决算表格")), self._text)
            self.is_first = False
        else:
            for paragraph in part.paragraphs:
                self._text(paragraph, self.cursor, self.open(self._scaled(look_of(paragraph))))

    def _scaled(self, form: Look) -> Look:
        return replace(form, **{name: getattr(form, name) * self.zoom for name in ("size", "line", "before", "after")})

    def _note(self, words: str, href: str, findings: Sequence[ShownFinding]) -> Place:
        """A line of the program's own."""
        characters = self.open(self._scaled(Look(looks.HEAD, 13, 30, before=2, after=2)))
        characters = linked(characters, href) if href else characters
        characters.setForeground(QColor(LIGHT.accent if href else LIGHT.muted))
        start = self.cursor.position()
        self.cursor.insertText(words, characters)
        for severity, count in count_by_severity(f.issue for f in findings).items():
            if count:
                characters.setForeground(QColor(LIGHT.of(severity)))
                self.cursor.insertText(f"　{severity.sign} {severity} {count}", characters)
        return Place(start, self.cursor.position())

    def _fold_line(self, part: Part) -> None:
        is_open = part.key in self.opened
        numbers = {p.number for p in part.paragraphs}
        here = [f for f in self.reviewed.findings if f.issue.paragraph in numbers]
        place = self._note(f"{'▾' if is_open else '▸'} {part.words}", f"p{part.key}", here)
        if not is_open:
            self.paragraphs.update(dict.fromkeys(numbers, place))

    def _text(self, paragraph: DocParagraph, cursor: QTextCursor, base: QTextCharFormat) -> None:
        """The text of a paragraph, findings and figures as anchors."""
        begin, text = cursor.position(), paragraph.text.translate(_LIKE)
        if paragraph.numbering:
            cursor.insertText(paragraph.numbering, base)
        for segment in segments(len(text), *self._spans.get(paragraph.number, ([], []))):
            cursor.insertText(text[segment.start : segment.end], self._format(base, segment))
        self.paragraphs[paragraph.number] = Place(begin, cursor.position())

    def _format(self, base: QTextCharFormat, segment: Segment) -> QTextCharFormat:
        names = [f"{kind}{number}" for kind, number in (("r", segment.finding), ("f", segment.found)) if number >= 0]
        if not names:
            return base
        form = linked(base, ";".join(names))
        if segment.finding >= 0:
            severity = self.reviewed.findings[segment.finding].issue.severity
            form.setUnderlineStyle(_LINES[severity])
            form.setUnderlineColor(QColor(LIGHT.of(severity)))
        else:
            form.setFontUnderline(True)
            form.setUnderlineColor(looks.FIGURE_LINE)
        return form

    def _place_findings(self) -> None:
        """Where each finding is, now that the paragraphs are written."""
        texts = {p.number: p for p in self.reviewed.review.paragraphs}
        for finding in self.reviewed.findings:
            number = finding.issue.paragraph
            if number is None:
                continue
            place = self.paragraphs.get(number)
            if place is None:  # an empty paragraph, which is not shown: the next one that is
                place = next((self.paragraphs[n] for n in sorted(self.paragraphs) if n >= number), Place(0, 0))
                place = Place(place.start, place.start)
            elif finding.span[0] < finding.span[1] and not self.is_folded(number):
                text, before = texts[number].text, _units(texts[number].numbering)
                start, end = (place.start + before + _units(text[:n]) for n in finding.span)
                place = Place(start, min(end, place.end))
            self.findings[finding.number] = place

    def is_folded(self, paragraph: int) -> bool:
        """Whether a paragraph's part is shown as one line now."""
        part = self.part_of.get(paragraph)
        return part is not None and part.folds and part.key not in self.opened


def _spans(reviewed: Reviewed) -> Mapping[int, tuple[list[Span], list[Span]]]:
    """Paragraph number → spans of its findings and of its known figures."""
    spans: defaultdict[int, tuple[list[Span], list[Span]]] = defaultdict(lambda: ([], []))
    for finding in sorted(reviewed.findings, key=lambda f: f.issue.severity.rank):
        if finding.issue.paragraph is not None and finding.span[0] < finding.span[1]:
            spans[finding.issue.paragraph][0].append((*finding.span, finding.number))
    for index, found in enumerate(reviewed.review.figures):
        spans[found.paragraph][1].append((found.start, found.end, index))
    return spans


def _units(text: str) -> int:
    """Length in Qt's units: characters beyond the first 65,536 (rare ones of names) are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def insert_grid(
    cursor: QTextCursor, cells: Sequence[DocParagraph], base: Look,
    write: Callable[[DocParagraph, QTextCursor, QTextCharFormat], None]
) -> None:
    """Insert a table at *cursor* and leave the cursor behind it; *write* writes the text of a paragraph."""
    rows = {row: i for i, row in enumerate(sorted({p.row for p in cells}))}
    columns = {column: i for i, column in enumerate(sorted({p.column for p in cells}))}
    places: dict[tuple[int, int], list[DocParagraph]] = {place: [] for place in product(rows.values(), columns.values())}
    widths = dict.fromkeys(columns.values(), _NARROWEST)
    for paragraph in cells:
        row, column = rows[paragraph.row], columns[paragraph.column]
        places[row, column].append(paragraph)
        widths[column] = max(widths[column], _needed(paragraph.text.strip()))
    form = table_format(
        [width * 100 / sum(widths.values()) for width in widths.values()], QTextLength.Type.PercentageLength, 0.5)
    form.setTopMargin(4 * POINT)
    form.setBottomMargin(6 * POINT)
    insert_cells(
        cursor, [Cell(*place, [partial(write, p) for p in found], _side(found)) for place, found in places.items()], form,
        replace(base, size=base.size * 0.9) if len(columns) > _MANY_COLUMNS else base, _GRID_INK, 2 * POINT)


def _side(paragraphs: Sequence[DocParagraph]) -> Qt.AlignmentFlag:
    is_amount = any(_AMOUNT.fullmatch(p.text.strip()) for p in paragraphs)
    return Qt.AlignmentFlag.AlignRight if is_amount else Qt.AlignmentFlag.AlignLeft


def _needed(text: str) -> float:
    """How wide a column must be for a text, in Chinese characters."""
    if text.isascii():
        return 1.6 + 0.62 * len(text) if " " not in text else _NARROWEST
    return min(1.0 + sum(0.6 if ch.isascii() else 1.0 for ch in text), _WIDEST) if len(text) > 4 else 1.0 + len(text)
