"""Finding words in the texts of a 底稿, and putting others in their place."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, NamedTuple

from workbook.companion.model import Companion, Project
from workbook.entries import Entry
from workbook.pack.companion_form import Role

_PROJECT_TEXTS = ("name", "achievement", "problems", "measures")
Change = Callable[[str, str, Entry], Entry]
"""What becomes of a text: its place in words, where the window shows it, the text."""


class TextHit(NamedTuple):
    """A text that holds the words."""

    number: int
    """In the order of the 底稿."""
    place: str
    """Where it stands, in words."""
    target: str
    """The slot of a reason, else the sheet of the 底稿."""
    is_reason: bool
    text: str


def texts_with(companion: Companion, words: str) -> list[TextHit]:
    """Every text of the 底稿 that holds *words*."""
    found: list[TextHit] = []
    reasons = {reason.slot for reason in companion.reasons}
    count = 0

    def look(place: str, target: str, entry: Entry) -> Entry:
        nonlocal count
        count += 1
        if words in entry.text:
            found.append(TextHit(count, place, target, target in reasons, entry.text))
        return entry

    _mapped(companion, look)
    return found


def with_replaced(companion: Companion, old: str, new: str, numbers: Collection[int]) -> Companion:
    """The 底稿 with *new* instead of *old* in the texts of these numbers (:attr:`TextHit.number`)."""
    count = 0

    def put(_place: str, _target: str, entry: Entry) -> Entry:
        nonlocal count
        count += 1
        return entry.with_text(entry.text.replace(old, new)) if count in numbers else entry

    return _mapped(companion, put)


def _mapped(companion: Companion, change: Change) -> Companion:
    """*companion* with every text that people write changed; numbers are passed over."""
    form = companion.form
    name = form.name

    def text(place: str, target: str, entry: Entry) -> Entry:
        return change(place, target, entry) if entry.text and entry.value is None else entry

    def project(one: Project) -> Project:
        sheet, label = name(Role.PROJECTS), one.name.text
        changes: dict[str, Any] = {field: text(f"{sheet} {label}", sheet, getattr(one, field)) for field in _PROJECT_TEXTS}
        return replace(one, **changes)

    return replace(
        companion,
        entries={key: text(form.entries[key].label if key in form.entries else key, form.entries[key].group if key in form.entries else "", entry)
                 for key, entry in companion.entries.items()},
        overview=tuple(replace(p, text=text(p.part, name(Role.OVERVIEW), p.text)) for p in companion.overview),
        units=tuple(replace(u, name=text(name(Role.UNITS), name(Role.UNITS), u.name)) for u in companion.units),
        reasons=tuple(replace(r, text=text(f"{name(Role.REASONS)} {r.section} {r.item}".strip(), r.slot, r.text)) for r in companion.reasons),
        projects=tuple(map(project, companion.projects)),
        glossary=tuple(
            replace(t, term=text(name(Role.GLOSSARY), name(Role.GLOSSARY), t.term),
                    explanation=text(f"{name(Role.GLOSSARY)} {t.term.text}", name(Role.GLOSSARY), t.explanation)) for t in companion.glossary))
