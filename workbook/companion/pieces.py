"""The pieces in which two states of a 底稿 differ, as JSON values: by them what is not in the file yet is kept.

A piece is a path (fields, keys and numbers), what stood there, and what stands there now.  An element of a list whose
length is the same is taken apart; of the reasons each is, by its slot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal, DecimalException
from functools import partial
from typing import Any, TypeAlias

from workbook.amounts import MoneyUnit
from workbook.companion.lists import LISTS
from workbook.companion.model import Companion, Level, Reason
from workbook.entries import BLANK, Entry
from workbook.performance.model import FundRow, Indicator, PerformanceTable

Piece: TypeAlias = "list[Any]"
_KEPT = ("entries", *(form.attribute for form in LISTS.values()))
"""What people fill in; all else of a 底稿 follows from its file."""
_CLASSES: dict[str, Any] = {kind.__name__: kind for kind in (
    *(form.record for form in LISTS.values()), Entry, PerformanceTable, FundRow, Indicator, Level, MoneyUnit, Decimal)}
_MANY = re.compile(r"(?:tuple\[|Mapping\[str, )(\w+)(?:, \.\.\.)?\]")
"""A field of several values, and of what kind they are."""


def pieces_between(before: Companion, after: Companion) -> list[Piece]:
    """What is otherwise in *after*; in which cell it stands does not matter."""
    return [piece for name in _KEPT for piece in _pieces([name], getattr(before, name), getattr(after, name))]


def _pieces(path: list[str | int], old: Any, new: Any) -> Iterator[Piece]:
    if old is new or old == new or (isinstance(old, Entry) and isinstance(new, Entry) and old.same(new)):
        return
    before, after = _parts(old), _parts(new)
    if after and type(old) is type(new) and not (_is_list(new) and len(before) != len(after)):
        for key, part in after.items():
            yield from _pieces([*path, key], before.get(key, _blank(new, key)), part)
    else:
        yield [path, _encoded(old), _encoded(new)]


def _parts(value: Any) -> dict[str | int, Any]:
    """What people fill in of *value*, part by part; nothing: it is one piece."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return {number if _is_list(value) else element.slot: element for number, element in enumerate(value)}
    if isinstance(value, Reason):
        return {"text": value.text}
    return {f.name: getattr(value, f.name) for f in fields(value) if f.compare} if is_dataclass(value) and not isinstance(value, Entry) else {}


def _blank(value: Any, key: str | int) -> Reason | None:
    """What stands where *value* has no such part."""
    return Reason(key) if isinstance(value, tuple) and isinstance(key, str) else None


def _is_list(value: Any) -> bool:
    """Whether it is a list whose elements are known by their places."""
    return isinstance(value, tuple) and not all(isinstance(element, Reason) for element in value)


def with_pieces(companion: Companion, pieces: Iterable[Piece], *, same_file: bool = True, forced: bool = False) -> tuple[Companion, list[Piece]]:
    """The 底稿 with the pieces whose place holds what it held then, or the beginning of what was typed; those not taken.

    Of another file than the *same_file* only the latter are taken; *forced*: all that have a place.
    """
    left = []
    for piece in pieces:
        try:
            path, was, now = piece
            if path[0] not in _KEPT:
                raise LookupError(path)  # noqa: TRY301  # like all that is damaged
            companion = _with(companion, "", path, partial(_put, was=was, now=now, same_file=same_file, forced=forced))
        except (LookupError, TypeError, ValueError, AttributeError, DecimalException, RecursionError):  # otherwise now, or damaged
            left.append(piece)
    return companion, left


def _with(value: Any, kind: str, path: list[Any], put: Callable[[Any, str], Any]) -> Any:
    """*value*, of a field of this *kind*, with what *put* makes of the part at the end of the *path*."""
    if not path:
        return put(value, kind)
    key, parts, many = path[0], _parts(value), _MANY.fullmatch(kind)
    part = _with(parts.get(key, _blank(value, key)), many[1] if many else _kinds(value)[key], path[1:], put)
    if isinstance(value, tuple):
        return tuple({**parts, key: part}.values())
    return {**value, key: part} if isinstance(value, Mapping) else replace(value, **{key: part})


def _kinds(record: Any) -> dict[str, str]:
    """The kinds of a record's fields."""
    return {field.name: str(field.type) for field in fields(record)}


def _put(value: Any, kind: str, *, was: Any, now: Any, same_file: bool, forced: bool) -> Any:
    """What stands *now* where *value* is.  Raises ``ValueError`` when that is neither what *was* there nor a beginning of it."""
    old, new = None if was is None else _decoded(was, kind), _decoded(now, kind)
    begun, words = (getattr(state, "text", state) for state in (value, new))
    goes_on = bool(begun) and isinstance(begun, str) and isinstance(words, str) and words.startswith(begun)
    is_as_it_was = isinstance(value, tuple) or any((state or BLANK).same(value or BLANK) if isinstance(new, Entry) else state == value for state in (old, new))
    if not (forced or goes_on or (same_file and is_as_it_was)):
        raise ValueError(value)
    return replace(value, text=new.text, value=new.value) if isinstance(value, Entry) else new


def _encoded(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_encoded(element) for element in value]
    if isinstance(value, Mapping):
        return {key: _encoded(part) for key, part in value.items()}
    if is_dataclass(value):
        return {f.name: _encoded(getattr(value, f.name)) for f in fields(value) if f.compare and f.name != "ref"}
    return str(value) if type(value).__name__ in _CLASSES else value


def _decoded(value: Any, kind: str) -> Any:
    """What stands for *value* in a field of this *kind*.  What is read may be damaged: raises whatever comes then."""
    if many := _MANY.fullmatch(kind):
        if kind.startswith("tuple"):
            return tuple([_decoded(part, many[1]) for part in value])
        return {key: _decoded(part, many[1]) for key, part in value.items()}
    name = kind.removesuffix(" | None")
    if (value is None and name != kind) or type(value).__name__ == name:
        return value
    made = _CLASSES[name]
    if not issubclass(made, str | Decimal):
        kinds = _kinds(made)
        return made(**{key: _decoded(part, kinds[key]) for key, part in value.items()})
    if isinstance(result := made(value), Decimal) and not result.is_finite():
        raise ValueError(value)
    return result
