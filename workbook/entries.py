"""Entries: what people typed into a cell of the 底稿 or of a performance table, with the cell it stands in."""

from __future__ import annotations

from decimal import Decimal

from workbook.amounts import format_amount, plain_number
from workbook.issues import CellRef
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell's content: as text, and as a number where it is one.

    A blank entry has neither; its ``ref`` (when known) is the cell to be filled.
    """

    text: str = ""
    """As the file holds it (outer white space removed)."""
    value: Decimal | None = None
    """The number: amounts in 万元 whatever the sheet's unit; counts, scores, percentages as they are."""
    ref: CellRef | None = None

    @classmethod
    def of(cls, content: str | Decimal | int | None) -> Entry:
        """An entry that is not in a file yet."""
        if content is None:
            return cls()
        if isinstance(content, str):
            return cls(content)
        value = Decimal(content)
        return cls(f"{value:f}", value)

    @property
    def is_blank(self) -> bool:
        return not self.text and self.value is None

    def same(self, other: Entry) -> bool:
        """Whether both say the same (where they stand does not matter)."""
        if self.value is not None and other.value is not None:
            return self.value == other.value
        return self.value is other.value and self.text == other.text

    def with_text(self, text: str) -> Entry:
        """The same cell with another text."""
        return Entry(text, None, self.ref)

    def with_value(self, value: Decimal | None) -> Entry:
        """The same cell with another number."""
        return Entry("" if value is None else f"{value:f}", value, self.ref)

    def shown(self, places: int = 2) -> str:
        """The number as printed (half-up), or the text."""
        return self.text if self.value is None else format_amount(self.value, places)

    def plain(self) -> str:
        """The number in its shortest form (``5``, ``4.8``), or the text."""
        return self.text if self.value is None else plain_number(self.value)


BLANK = Entry()
