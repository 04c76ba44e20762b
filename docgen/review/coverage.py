"""How many of a report's numbers were compared, and why the others were not: what a review did not look at it says."""

from __future__ import annotations

from decimal import Decimal

from workbook.values import dataclass

_FEWEST = 10
"""A report that states no more numbers than this is judged by what it holds."""
_TOO_FEW = Decimal("0.1")
"""Less than this part of the numbers compared is no review."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of numbers."""

    stated: int = 0
    """Numbers in the narrative."""
    compared: int = 0
    """Of them, those compared with the tables or with each other."""
    without_input: int = 0
    """Of them, those known to state something that no input gives (last year's accounts, the budget …)."""
    cells: int = 0
    """Amounts of the attached tables compared."""
    expected: int = 0
    """Numbers that such a report states."""

    @property
    def not_understood(self) -> int:
        """Numbers of the narrative of which nothing is known."""
        return self.stated - self.compared - self.without_input

    @property
    def present(self) -> int:
        """All numbers: in the narrative and in the attached tables."""
        return self.stated + self.cells

    @property
    def all_compared(self) -> int:
        """All that were compared."""
        return self.compared + self.cells

    @property
    def is_too_little(self) -> bool:
        """Whether so little was compared that nothing can be said of the report."""
        if not self.compared:
            return True
        return self.compared < _TOO_FEW * min(max(self.stated, _FEWEST), max(self.expected, 1))

    def words(self) -> str:
        """``全文 485 个数，核对 480 个（其中附表 250 个）；未核对：没有资料可比 3 个，没有认出 2 个``."""
        tables = f"（其中附表 {self.cells:,} 个）" if self.cells else ""
        reasons = [f"{why} {count:,} 个" for why, count in (
            ("没有资料可比", self.without_input), ("没有认出说的是什么", self.not_understood)) if count]
        rest = f"；未核对：{'，'.join(reasons)}" if reasons else ""
        return f"全文 {self.present:,} 个数，核对 {self.all_compared:,} 个{tables}{rest}"
