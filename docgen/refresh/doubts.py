"""What people wrote that a refresh may have left behind: numbers typed by hand, reasons for changes that are others now."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from docgen.docx.editing import tag_around
from docgen.docx.inline import Piece
from docgen.model import Change
from docgen.reasons.contributions import TwoYears
from docgen.reasons.drivers import Drivers
from docgen.reasons.objections import ABOUT_AMOUNTS, object_to, object_to_former
from docgen.refresh.document_merge import Merging, Note
from docgen.refresh.linked_figures import Control, directions, shown
from docgen.refresh.places import Place, plain
from docgen.report.narrative import narrative_of
from docgen.writing.baseline import FIGURE, REASON, TEXT

if TYPE_CHECKING:

    from docgen.job.inputs import Inputs

_NUMBER = re.compile(r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?)(\s*[%％])?")
_OPEN = "【"
TURNED = "增减方向变了，已随数改写，请核对这一段里人工写的原因"


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
            if place.element in self.work.sweep.turned and all(
                self._kind(piece)[0] != REASON for piece in self.work.document.pieces(place.element)
            ):
                yield place.element, "", "", "", TURNED

    def _reasons(self) -> Iterator[Note]:
        """Reasons of changes that are not what they were, which quote the old amounts or say the opposite."""
        if not (given := self._given()):
            return
        before = directions(self.work.base, self.context.pack.words)
        narrative, years = narrative_of(self.context), TwoYears(self.context)
        for change in narrative.reasons.values():
            if change.id not in given or not self._has_moved(change):
                continue
            reason, drivers = given[change.id], Drivers(change, years)
            objections = (
                *object_to_former(reason.text, self._written(change, before), change, narrative.sentence(change), self.context),
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

    def _written(self, change: Change, before: dict[str, str]) -> Decimal | None:
        """The change as it was, signed."""
        word, value = before.get(change.difference.id), _value(self.work.stored.figures.get(change.difference.id, ""))
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
