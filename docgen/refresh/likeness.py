"""How alike two items are, and what stays the same of one when only values change."""

from __future__ import annotations

from docgen.refresh.align import alike
from docgen.refresh.items import ChartItem, Item, TableItem, TextItem
from docgen.refresh.places import GRID, PICTURE, TEXT, Place

KINDS = {TextItem: TEXT, TableItem: GRID, ChartItem: PICTURE}
"""What an item is in a document."""


def key(item: Item) -> str:
    """What stays the same of *item* when only values change."""
    if isinstance(item, TextItem):
        return f"{item.style}|{''.join(f'<{bit.key}>' if bit.kind else bit.text for bit in item.bits)}"
    if isinstance(item, TableItem):
        return f"表|{item.rows[:2]}{len(item.rows)}"
    return f"图|{item.id}"


def like(one: Item, other: Item) -> float:
    """How alike two items are (0-1)."""
    if isinstance(one, TextItem) and isinstance(other, TextItem):
        return _like_texts(one.keys, one.text, other.keys, other.text) if one.style == other.style else 0.0
    if isinstance(one, TableItem) and isinstance(other, TableItem):
        return _like_tables(one.text, other.text)
    return 1.0 if isinstance(one, ChartItem) and isinstance(other, ChartItem) and one.id == other.id else 0.0


def like_place(item: Item, place: Place) -> float:
    """How alike an item and a place of a document are (0-1)."""
    if KINDS[type(item)] != place.kind:
        return 0.0
    if isinstance(item, TextItem):
        return _like_texts(item.keys, item.text, place.keys, place.text)
    if isinstance(item, TableItem):
        return _like_tables(item.text, place.text)
    return 1.0 if any(e.get("descr") == item.alt for e in place.element.iter() if e.get("descr")) else 0.6


def _like_texts(keys: frozenset[tuple[str, str]], text: str, other_keys: frozenset[tuple[str, str]], other: str) -> float:
    words = alike(text, other)
    if keys and other_keys:
        return 0.6 * len(keys & other_keys) / min(len(keys), len(other_keys)) + 0.4 * words
    return words if not keys and not other_keys else 0.9 * words


def _like_tables(one: str, other: str) -> float:
    """By the texts of their cells that are no numbers."""
    first, second = ({t for line in text.split("\n") for t in line.split("\t") if t and not t[-1].isdigit()} for text in (one, other))
    shared = len(first & second) / (min(len(first), len(second)) or 1)
    return 0.4 + 0.6 * shared if shared or not (first and second) else 0.0
