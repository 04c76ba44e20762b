"""What merging does not reach: linked figures wherever they stand, and what people wrote that is left behind.

Figures that people copied into sentences of their own, or in reports whose record of what was written is lost, get
their values and the word of direction before them.  Numbers typed by hand and reasons for changes that are others now
are named.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

from docgen.docx.editing import control_around, tag_around, tag_of_control
from docgen.docx.inline import Piece
from docgen.docx.xml import W
from docgen.model import Change
from docgen.reasons.drivers import Drivers, TwoYears
from docgen.reasons.objections import ABOUT_AMOUNTS, object_to, object_to_former
from docgen.refresh.paragraph_merge import EDITED, Edit, Kind
from docgen.refresh.places import Place, plain
from docgen.refresh.reports import unknown
from docgen.report.narrative import narrative_of
from docgen.writing.baseline import FIGURE, LITERAL, REASON, TEXT, Bit, Item, TextItem
from workbook.pack.words import Words, any_of

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docgen.job.inputs import Inputs
    from docgen.refresh.document_merge import Merging, Note

TURNED = "增减方向变了"
FOLLOWED = "增减方向变了，已随数改写，请核对这一段里人工写的原因"
VANISHED = "报告不再列示这个数"
_NUMBER = re.compile(r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?)(\s*[%％])?")
_OPEN = "【"


class Control(NamedTuple):
    """A content control that shows something: its paragraph, the id of the figure or the slot of the reason, its text."""

    element: _Element
    paragraph: _Element
    key: str
    text: str


def directions(items: Sequence[Item], words: Words) -> dict[str, str]:
    """The word of direction that the report writes before a figure, by the figure's id."""
    last = re.compile(rf"({any_of((*words.pairs[0], *words.pairs[1])).pattern})\s*$")
    found: dict[str, str] = {}
    for item in items:
        if isinstance(item, TextItem):
            for before, bit in zip(item.bits, item.bits[1:], strict=False):
                if bit.kind == FIGURE and not before.kind and (match := last.search(before.text)):
                    found[bit.key] = match[1]
    return found


class Sweep:
    """Looks at every linked figure of the document."""

    def __init__(self, work: Merging) -> None:
        self.work, self.fresh, self.words = work, work.fresh, work.fresh.words
        self.directions, self.former = directions(self.fresh.items, self.words), directions(work.base, self.words)
        self.ups, downs = (
            (*own, *(pair[n] for pair in self.words.spoken)) for n, own in enumerate((self.words.ups, self.words.downs)))
        self.before = re.compile(rf".*({any_of((*self.ups, *downs)).pattern})[^，。；、\n\d]{{0,6}}$", re.DOTALL)
        self.turned: set[_Element] = set()

    def can_follow(self, paragraph: _Element, keys: frozenset[str]) -> bool:
        """Whether these figures all stand in *paragraph* in their controls, with words of direction where these must turn."""
        standing = {control.key: control for control in self.controls(paragraph)}
        return bool(keys) and all(key in standing and self._follows(standing[key]) for key in keys)

    def _follows(self, control: Control) -> bool:
        figure, old = self.fresh.figures.get(control.key), plain(self.work.stored.figures.get(control.key, ""))
        if figure is None or not figure.is_known or control.text not in (old, plain(figure.text)):
            return False
        before, now = (found.get(control.key) for found in (self.former, self.directions))
        turns = (before in self.ups, before is None) != (now in self.ups, now is None)
        return not turns or self._word_before(control) is not None

    def values(self) -> None:
        """Give figures that still have their old value the new one; report the others."""
        former = set(map(plain, self.work.stored.figures.values()))
        for control in self.controls(self.work.body):
            if control.key in self.work.settled.get(control.paragraph, ()):
                continue
            figure, old = self.fresh.figures.get(control.key), plain(self.work.stored.figures.get(control.key, ""))
            if figure is None:
                self.work.report(control.paragraph, "", control.text, "", VANISHED)
            elif control.text == plain(figure.text):
                if not figure.is_known and not old.startswith("【") and control.text not in former:
                    self.work.report(control.paragraph, "", "", "", unknown(figure))  # what was missing already is no news
            elif not figure.is_known:
                self.work.report(control.paragraph, "", control.text, "", unknown(figure))
            elif control.text == old:
                self.work.editor.set_value(
                    control.element, Bit(FIGURE, control.key, old), Bit(FIGURE, control.key, figure.text))
                self.work.numbers += 1
                self._turn(control)
            elif plain(figure.text) != old:
                self.work.report(control.paragraph, "", control.text, figure.text, EDITED)

    def current(self) -> frozenset[str]:
        """Ids of the figures that stand somewhere with their present value."""
        figures = self.fresh.figures
        known = (c for c in self.controls(self.work.body) if c.key in figures)
        return frozenset(c.key for c in known if c.text == plain(figures[c.key].text))

    def controls(self, root: _Element, wanted: str = FIGURE) -> Iterator[Control]:
        """The controls of figures (or reasons) in *root* that show something."""
        for element in list(root.iter(f"{W}sdt")):
            kind, key = self.work.tags.get(tag_of_control(element), (LITERAL, ""))
            paragraph = next(element.iterancestors(f"{W}p"), None)
            content = element.find(f"{W}sdtContent")
            if kind == wanted and paragraph is not None and content is not None:
                figure = self.fresh.figures.get(key)
                text = plain("".join(content.itertext(f"{W}t", with_tail=False)))
                if figure is None or text != plain(figure.text):  # what is seen, without what is deleted or hidden
                    text = plain("".join(shown(p) for p in self.work.document.pieces(content)))
                if text:
                    yield Control(element, paragraph, key, text)

    def _contradicting(self, control: Control) -> tuple[int, str, str] | None:
        """The word of direction before a figure, where it is not that of its sign.

        Where it begins, itself, and the right one.
        """
        wanted = self.directions.get(control.key)
        match = self._word_before(control) if wanted is not None else None
        if wanted is None or match is None or (match[1] in self.ups) is (wanted in self.ups):
            return None
        return match.start(1), match[1], wanted

    def _word_before(self, control: Control) -> re.Match[str] | None:
        """The word of direction before a figure (group 1) in its paragraph's text."""
        pieces = self.work.document.pieces(control.paragraph)
        start = next((p.start for p in pieces if control_around(p.run) is control.element), None)
        return self.before.match(plain("".join(shown(p) for p in pieces))[:start]) if start is not None else None

    def _turn(self, control: Control) -> None:
        """Make the word of direction before a figure follow its sign."""
        if (found := self._contradicting(control)) is not None:
            start, word, _ = found
            edit = Edit(start, start + len(word), (Bit(LITERAL, "", self.words.opposite(word)),), (), Kind.WORDS, None)
            self.work.editor.make(control.paragraph, edit)
            self.turned.add(control.paragraph)

    def check_directions(self, paragraphs: set[_Element]) -> None:
        """Report figures in these paragraphs whose word of direction contradicts their sign."""
        for control in [control for paragraph in paragraphs for control in self.controls(paragraph)]:
            is_settled = control.key in self.work.settled.get(control.paragraph, ())
            if not is_settled and (found := self._contradicting(control)) is not None:
                _, word, wanted = found
                self.work.report(control.paragraph, "", f"{word} {control.text}", f"{wanted} {control.text}", TURNED)


def shown(piece: Piece) -> str:
    """The characters of a piece; a tab, a break as a space."""
    return piece.element.text or "" if piece.element.tag == f"{W}t" else " "


class Doubts:
    """Looks through a document whose figures are up to date."""

    def __init__(self, work: Merging, context: Inputs) -> None:
        self.work, self.context = work, context
        stored, figures = work.stored.figures, work.fresh.figures
        self.changed = {key for key, text in stored.items() if key not in figures or plain(figures[key].text) != plain(text)}
        self.old: dict[tuple[Decimal, bool], list[str]] = defaultdict(list)
        """Values that figures had, with whether they are percentages → ids of those figures, which have others now."""
        for key in stored:
            if key in self.changed and (value := _value(stored[key])) is not None and value[0]:
                self.old[value].append(key)
        self.current = {_value(figure.text) for figure in figures.values()}
        self.doubted: set[str] = set()

    def notes(self) -> list[Note]:
        """All that people should look at again."""
        return [*self._reasons(), *self._turned(), *self._numbers()] if self.changed else []

    # ------------------------------------------------------------ numbers typed by hand

    def _numbers(self) -> Iterator[Note]:
        """Numbers outside the figures' controls that are what a figure was before."""
        for place in self.work.mine if self.old else ():
            if place.kind == TEXT and place.element.getparent() is not None:
                yield from self._numbers_in(place)

    def _numbers_in(self, place: Place) -> Iterator[Note]:
        pieces = self.work.document.pieces(place.element)
        text = plain("".join(shown(piece) for piece in pieces))
        told = [stated for element, _, stated, *_ in self.work.found if element is place.element]
        for match in _NUMBER.finditer(text):
            kinds = [self._kind(piece) for piece in pieces if piece.start < match.end() and piece.end > match.start()]
            value = _value(match[0])
            keys = [key for key in (self.old.get(value, ()) if value else ()) if self._is_stated(key, match, text)]
            if not keys or any(kind == FIGURE for kind, _ in kinds) or any(match[0] in stated for stated in told):
                continue
            if any(kind == REASON and (slot in self.doubted or value in self.current) for kind, slot in kinds):
                continue  # a reason may well quote another amount of the tables
            yield place.element, "", match[0], "", self._was(match[0], keys)

    def _kind(self, piece: Piece) -> tuple[str, str]:
        return self.work.tags.get(tag_around(piece.run), ("", ""))

    def _is_stated(self, key: str, match: re.Match[str], text: str) -> bool:
        """A whole number is a figure's only with its unit behind it."""
        if match[2] or "." in match[1]:
            return True
        figure = self.work.fresh.figures.get(key)
        return figure is not None and text[match.end() :].lstrip().startswith(figure.unit)

    def _was(self, number: str, keys: list[str]) -> str:
        figures = [figure for key in keys if (figure := self.work.fresh.figures.get(key)) is not None]
        if not figures:
            return f"“{number}”是报告里原有的一个数，现在不再列示"
        first, now = figures[0], {figure.text for figure in figures}
        return f"“{number}”是{first.label}{'等' if len(now) > 1 else ''}刷新前的数，现在是 {first.text}"

    # ------------------------------------------------------------ reasons

    def _turned(self) -> Iterator[Note]:
        """Sentences of people's own whose direction turned: why it went the other way they give in their own words, too."""
        for place in self.work.mine:
            pieces = self.work.document.pieces(place.element) if place.element in self.work.sweep.turned else ()
            if pieces and all(self._kind(piece)[0] != REASON for piece in pieces):
                yield place.element, "", "", "", FOLLOWED

    def _reasons(self) -> Iterator[Note]:
        """Reasons of changes that are not what they were, which quote the old amounts or say the opposite."""
        if not (given := self._given()):
            return
        narrative, years = narrative_of(self.context), TwoYears(self.context)
        for change in narrative.reasons.values():
            if change.id not in given or not self._has_moved(change):
                continue
            reason, drivers = given[change.id], Drivers(change, years)
            objections = (
                *object_to_former(reason.text, self._written(change), change, narrative.sentence(change), self.context),
                *(o for o in object_to(reason.text, change, self.context, drivers=drivers) if o.code in ABOUT_AMOUNTS))
            for objection in objections[:1]:
                self.doubted.add(change.id)
                yield reason.paragraph, "", reason.text, "", f"{change.label}与{change.against}相比的原因：{objection.message}"

    def _given(self) -> dict[str, Control]:
        """The reasons that stand in the document, by slot; one may go on in other controls."""
        found: dict[str, Control] = {}
        for control in self.work.sweep.controls(self.work.body, REASON):
            former = found.get(control.key)
            found[control.key] = former._replace(text=former.text + control.text) if former else control
        return {slot: control for slot, control in found.items() if control.text.strip() and not control.text.startswith(_OPEN)}

    def _has_moved(self, change: Change) -> bool:
        figures = (change.current, change.base, change.difference, change.rate)
        return any(figure is not None and figure.id in self.changed for figure in figures)

    def _written(self, change: Change) -> Decimal | None:
        """The change as it was, signed."""
        figure_id = change.difference.id
        word, value = self.work.sweep.former.get(figure_id), _value(self.work.stored.figures.get(figure_id, ""))
        if word is None or value is None:
            return None
        return value[0] if word in self.context.pack.words.ups else -value[0]


def _value(text: str) -> tuple[Decimal, bool] | None:
    """The number that *text* is, and whether it is a percentage; ``None`` where it is none."""
    digits = plain(text).rstrip("%％ ")
    try:
        return Decimal(digits.replace(",", "")), digits != plain(text).rstrip()
    except InvalidOperation:
        return None
