"""The layouts in which units really hand in the eleven sheets (domain.md section 3)."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from tools.compose_accounts import CellKey
from workbook.reading.accounts import Accounts

NAMES = ("title", "mark", "gk", "finance", "numbered", "digits")
CODES = ("text", "number", "spaced", "split", "split-sparse", "split-whole", "split-number", "combined")
LABELS = ("official", "bare", "half", "indented", "alias", "coded")
TEXTS = ("numbers", "commas", "full-width")
NUMBER_ROWS = ("numbers", "text", "none")
TOTALS = ("first", "last", "head", "below-head")
"""first, last, in the line of 类, 款 and 项 (or of the last headings), its label there and its amounts in the line below."""
PANELS = (3, 2, 1)
UNIT = "示例市第一中学（本级）"
NINE_ABSENT = ("公开07", "公开11")



@dataclass(frozen=True)
class Variant:
    """One layout; the defaults are close to the official form."""

    names: str = "title"
    folder: bool = False
    shift: int = 0
    shift_columns: int = 0
    lines: bool = True
    codes: str = "text"
    labels: str = "official"
    totals: str = "first"
    extra_sheets: bool = False
    texts: str = "numbers"
    alternating: bool = False
    nine: bool = False
    number_row: str = "numbers"
    panels: int = 3
    title_inside: bool = True
    title_alias: bool = False
    merged: bool = True
    joined_frame: bool = False
    dashes: bool = False
    line_breaks: bool = False
    name_levels: bool = False
    """A column of names for each level."""
    page_breaks: bool = False
    """The head is repeated among the rows."""
    footer: bool = False
    """Persons and telephone numbers below the table."""
    colon: bool = False
    """``合计：``"""

    @classmethod
    def random(cls, rng: random.Random) -> "Variant":
        """Any combination that the field knows."""
        variant = cls(
            names=rng.choice(NAMES), folder=rng.random() < 0.3, shift=rng.randint(0, 3),
            shift_columns=rng.randint(0, 1), lines=rng.random() < 0.5, codes=rng.choice(CODES),
            labels=rng.choice(LABELS), totals=rng.choice(TOTALS), extra_sheets=rng.random() < 0.4,
            texts=rng.choice(TEXTS), alternating=rng.random() < 0.5, nine=rng.random() < 0.3,
            number_row=rng.choice(NUMBER_ROWS), panels=rng.choice(PANELS), title_inside=rng.random() < 0.7,
            title_alias=rng.random() < 0.3, merged=rng.random() < 0.7, joined_frame=rng.random() < 0.5,
            dashes=rng.random() < 0.3, line_breaks=rng.random() < 0.3, name_levels=rng.random() < 0.2,
            page_breaks=rng.random() < 0.2, footer=rng.random() < 0.3, colon=rng.random() < 0.2,
        )
        named = variant.names in ("title", "gk", "finance") or (variant.names == "mark" and not variant.nine)
        values = {f.name: getattr(variant, f.name) for f in fields(cls)}
        return cls(**{**values, "title_inside": variant.title_inside or not named})


def single_changes() -> Iterator[Variant]:
    """Each way of differing from the default, alone."""
    choices: dict[str, tuple[Any, ...]] = {
        "names": NAMES, "codes": CODES, "labels": LABELS, "totals": TOTALS, "texts": TEXTS, "panels": PANELS,
        "number_row": NUMBER_ROWS, "shift": (0, 1, 3), "shift_columns": (0, 1),
    }
    for f in fields(Variant):
        for value in choices.get(f.name, (True, False)):
            if value != f.default:
                yield Variant(**{f.name: value})


def read_amounts(accounts: Accounts) -> dict[CellKey, Decimal]:
    """Everything that was read."""
    return {
        (code, row, column): value
        for code, table in accounts.tables.items()
        for column, values in table.columns.items() for row, value in values.items()
    }
