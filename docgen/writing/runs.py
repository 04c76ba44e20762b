"""Spans as runs of WordprocessingML: text, linked figures, reasons, highlighted prompts.

The tag of a content control is the figure's id, or ``原因:`` and the slot of a reason; Word allows 64 characters, a
longer tag is cut and ends in a checksum.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from zlib import crc32

from docgen.docx.xml import RUN_PROPERTIES, attribute, escape
from docgen.model import ChangeText, Figure, FigureSpan, PlaceText, PromptSpan, ReasonSpan, Span, Text
from docgen.template import InlineXml

FIRST_CONTROL = 710_000_000  # ids of content controls: positive, far from those that Word gives
BOLD = "b"
LONGEST = 64  # characters of a content control's tag or title
REASON_TITLE = "变动原因或文字"
KEEP = "\u00a0"
"""No-break space (every font has it) that keeps a figure and its unit on one line (a text search takes it for white space)."""
_BEFORE_UNIT = re.compile(r"(?<=[\d%]) (?=[万亿元个人辆台套批次年月日家项分])")
_BREAKS, _MARKS = re.compile("([\n\t])"), {"\n": "<w:br/>", "\t": "<w:tab/>"}
_SHORT = 120  # characters of a text that is worth remembering
# Text that needs neither escaping nor elements nor kept spaces: nearly all of it.
_PLAIN = re.compile('(?! )(?:[^&<>"\x00-\x20\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]| (?! |$))+').fullmatch
# Characters that Word takes from the Latin font unless told otherwise: quotation marks, dashes, dots, numerals.
_AMBIGUOUS = re.compile("[\u00a1-\u2e7f\ue000-\uf8ff]")
_ORDER = {name: place for place, name in enumerate(RUN_PROPERTIES)}
_PROPERTY = re.compile(r"<w:(\w+)(?:\s[^>]*)?(?:/>|>.*?</w:\1>)")


@lru_cache(maxsize=4096)
def run_properties(base: str, bold: str = "", hint: bool = False, highlight: bool = False) -> str:
    """*base* (``<w:rPr>…</w:rPr>`` or empty) with more properties, in the order that the schema asks for.

    *bold* is the id of a character style, or ``b`` for the plain property.
    """
    found = {match.group(1): match.group(0) for match in _PROPERTY.finditer(base[7:-8])} if base else {}
    if bold == BOLD and "b" not in found:
        found |= {"b": "<w:b/>", "bCs": "<w:bCs/>"}
    elif bold and "b" not in found:
        found["rStyle"] = f'<w:rStyle w:val="{bold}"/>'
    if hint:
        fonts = found.get("rFonts", "<w:rFonts/>")
        found["rFonts"] = fonts.replace("<w:rFonts", '<w:rFonts w:hint="eastAsia"', 1)
    if highlight:
        found["highlight"] = '<w:highlight w:val="yellow"/>'
    if not found:
        return ""
    ordered = sorted(found.items(), key=lambda item: _ORDER.get(item[0], 99))
    return f"<w:rPr>{''.join(xml for _, xml in ordered)}</w:rPr>"


def kept(text: str) -> str:
    """*text* with numbers and their units on one line."""
    return _BEFORE_UNIT.sub(KEEP, text)


def run(text: str, base: str = "", bold: str = "", highlight: bool = False) -> str:
    """*text* as one run; line breaks and tabs become elements."""
    return (_known_run if len(text) <= _SHORT else _run)(text, base, bold, highlight)


def _run(text: str, base: str, bold: str, highlight: bool) -> str:
    text = kept(text)
    hint = not text.isascii() and _AMBIGUOUS.search(text) is not None
    properties = run_properties(base, bold, hint, highlight) if bold or hint or highlight else base
    return f"<w:r>{properties}{f'<w:t>{text}</w:t>' if _PLAIN(text) else text_content(text)}</w:r>"


_known_run = lru_cache(maxsize=8192)(_run)  # headings, labels and set phrases are the same in every report


def text_content(text: str) -> str:
    """The content of a run."""
    return "".join(_MARKS.get(piece) or _content(piece) for piece in _BREAKS.split(text) if piece)


def _content(text: str) -> str:
    space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() or "  " in text else ""
    return f"<w:t{space}>{escape(text)}</w:t>"


def tag_of(text: str) -> str:
    """*text* as a tag: at most 64 characters, different texts differ."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 9]}~{crc32(text.encode()):08x}"


def reason_tag(slot: str) -> str:
    """The tag of a reason or prompt."""
    return tag_of(f"原因:{slot}")


def source_title(figure: Figure, marks: Mapping[str, str]) -> str:
    """Where *figure* comes from, in at most 64 characters: ``公开01表 总计 C34``; *marks* are the short names of sheets."""
    places = [(marks.get(f"{ref.file}/{ref.sheet}", ref.sheet), ref.a1) for ref in figure.sources]
    if len(places) == 1:
        mark, cell = places[0]
        title = f"{mark} {figure.label} {cell}"
        if len(title) > LONGEST:
            title = f"{mark} {figure.label[: max(LONGEST - len(mark) - len(cell) - 3, 0)]}… {cell}"
    else:
        how = figure.how or "、".join(map(" ".join, places))
        title = f"{figure.label}：{how}" if how else figure.label
    return title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"


_WORDS: frozenset[type] = frozenset({Text, ChangeText, PlaceText})
"""Spans that are nothing but words (and no XML of the template)."""


class Spans:
    """Writes spans; remembers which figures and reasons it wrote."""

    def __init__(self, *, linked: bool, marks: Mapping[str, str], first: int = FIRST_CONTROL, bold: str = BOLD) -> None:
        self.linked = linked
        self._bold = bold  # how bold words are set, as run_properties takes it
        self.figures: dict[str, Figure] = {}
        self.reasons: dict[str, ReasonSpan | PromptSpan] = {}
        self._marks = marks
        self._heads: dict[str, str] = {}
        self._next = first  # the id given last

    @property
    def last(self) -> int:
        """The highest id of a control so far."""
        return self._next

    def xml(self, spans: Sequence[Span], formats: Sequence[str] = ("",)) -> str:
        """*spans* as runs, each with its run properties (the last of *formats* holds for the rest)."""
        if len(spans) == 1:  # a cell of a table
            return self._span(spans[0], formats[0] if formats else "")
        out: list[str] = []
        base, is_after_figure = "", False
        for place, span in enumerate(spans):
            base = formats[place] if place < len(formats) else base
            out.append(self._span(span, base, is_after_figure=is_after_figure))
            is_after_figure = type(span) is FigureSpan
        return "".join(out)

    def _span(self, span: Span, base: str, *, is_after_figure: bool = False) -> str:
        kind = type(span)
        if kind is FigureSpan:
            return self._figure(span.figure, base)  # type: ignore[union-attr]
        text = span.text
        if kind in _WORDS:
            text = KEEP + text[1:] if is_after_figure and text[:1] == " " else text
            return run(text, base, self._bold if span.bold else "") if text else ""  # type: ignore[union-attr]
        return span.xml if isinstance(span, InlineXml) else self._reason(span, base) if text else ""  # type: ignore[arg-type]

    def _figure(self, figure: Figure, base: str) -> str:
        """A figure, in a content control when figures are linked."""
        is_known = figure.value is not None  # then its text holds nothing but digits and signs
        content = f"<w:r>{base}<w:t>{figure.text}</w:t></w:r>" if is_known else run(figure.text, base, highlight=self.linked)
        if not self.linked:
            return content
        head = self._heads.get(figure.id)
        if head is None:
            self.figures[figure.id] = figure
            head = self._heads[figure.id] = _control(source_title(figure, self._marks), tag_of(figure.id))
        return self._controlled(head, content)

    def _reason(self, span: ReasonSpan | PromptSpan, base: str) -> str:
        self.reasons.setdefault(span.slot, span)
        if not self.linked:
            return run(span.text, base)
        content = run(span.text, base, highlight=isinstance(span, PromptSpan))
        return self._controlled(_control(REASON_TITLE, reason_tag(span.slot)), content, ' w:multiLine="1"')

    def _controlled(self, head: str, content: str, lines: str = "") -> str:
        self._next += 1
        return f'{head}{self._next}"/><w:text{lines}/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>'


@lru_cache(maxsize=4096)  # the cells of a form are the same in every report
def _control(title: str, tag: str) -> str:
    """The start of a content control, up to the number that is its id."""
    return f'<w:sdt><w:sdtPr><w:alias w:val="{attribute(title)}"/><w:tag w:val="{attribute(tag)}"/><w:id w:val="'
