"""The codes of a form's sheets as people write them: ``公开01``, ``公开1表``, or only the number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from workbook.pack.layout import SheetLayout


class SheetCodes:
    """Finds a sheet by its code or by the number in it."""

    def __init__(self, layouts: Iterable[SheetLayout]) -> None:
        numbered = [layout for layout in layouts if layout.number]
        times = Counter(int(layout.number) for layout in numbered)  # two series in one form (甲01, 乙01) have no numbers
        self.by_number = {number: layout.code for layout in numbered if times[number := int(layout.number)] == 1}
        heads = {layout.code.removesuffix(layout.number) for layout in numbered}
        self.heads = "|".join(sorted(map(re.escape, heads), reverse=True))
        """What stands before the number, as alternatives of a pattern."""
        self._mark = re.compile(rf"(?:{self.heads})0?(\d{{1,2}})表?")

    def is_mark(self, text: str) -> bool:
        """Whether *text* is written as a code of the form, of one of its sheets or of none."""
        return self._mark.fullmatch(text) is not None

    def named(self, text: str) -> str:
        """The code of the sheet that *text* names; empty when it names none of the form."""
        match = self._mark.fullmatch(text)
        return self.by_number.get(int(match[1]), "") if match else ""
