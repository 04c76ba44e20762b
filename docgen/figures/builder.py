"""Section builders share this: cells, registry, reasons and the growing tree of names."""

from __future__ import annotations

from collections.abc import Iterable

from docgen.figures.nodes import ChangeNode, FigureNode, Node, RatioNode, ReasonOf, SpansNode
from docgen.figures.quantity import Cells, Quantity, total
from docgen.figures.registry import Registry
from docgen.job.context import ReportContext
from docgen.model import Change, Figure
from workbook.pack.formula import COMPANION

LAST_YEAR, INITIAL, ADJUSTED = "上年决算", "年初预算", "全年预算"


class Builder:
    """Builds nodes for one report."""

    def __init__(self, context: ReportContext, reason_of: ReasonOf, level_words: str = "") -> None:
        self.context = context
        self.registry = Registry()
        self.reason_of = reason_of
        self.level_words = level_words
        self.cells = Cells(context.accounts.tables)
        self.prior = Cells(context.prior, "上年")
        self.companion = Cells(context.companion.tables() if context.companion else {})

    def amount(self, figure_id: str, label: str, section: int, quantity: Quantity) -> FigureNode:
        """A figure node for an amount."""
        return FigureNode(self.registry.amount(figure_id, label, section, quantity))

    def count(self, figure_id: str, label: str, section: int, quantity: Quantity, unit: str) -> FigureNode:
        """A figure node for a count."""
        return FigureNode(self.registry.count(figure_id, label, section, quantity, unit))

    def ratio(self, figure_id: str, label: str, section: int, part: Quantity, whole: Quantity) -> SpansNode:
        """A figure node for a percentage; an empty node when the whole is zero."""
        figure = self.registry.ratio(figure_id, label, section, part, whole)
        return RatioNode(figure) if figure is not None else SpansNode(())

    def change(
        self, change_id: str, label: str, section: int, against: str, current: Quantity, base: Quantity, figure: Figure
    ) -> ChangeNode:
        """A change node with its reason."""
        change = self.registry.change(change_id, label, section, against, current, base, figure)
        return ChangeNode(change, self.reason_of, self.level_words)

    def compared(
        self, figure_id: str, label: str, section: int, table: str, row: str, column: str = "决算数"
    ) -> FigureNode:
        """An amount of this year with ``比上年`` from the same cell of last year's workbook."""
        current = self.cells.get(table, row, column)
        node = self.amount(figure_id, label, section, current)
        base = self.prior.get(table, row, column)
        node.put("比上年", self.change(f"{figure_id}.比上年", label, section, LAST_YEAR, current, base, node.figure))
        return node

    def of_companion(self, row: str, what: str) -> Quantity:
        """An amount of the 底稿; a blank there is missing, not zero."""
        if self.companion.has(COMPANION):
            table = self.companion.tables[COMPANION]
            value, ref = table.value(row, "数"), table.ref(row, "数")
            if value is not None:
                return Quantity(value, (ref,) if ref else (), f"底稿 {what}")
        return Quantity(None, (), f"底稿 {what}", f"底稿“{what}”")

    def sum_cells(self, table: str, rows: Iterable[str], column: str = "决算数", how: str = "") -> Quantity:
        """Sum of cells of this year."""
        return total((self.cells.get(table, r, column) for r in rows), how)


def changes_of(node: object) -> Iterable[Change]:
    """All changes in a tree of nodes (depth first)."""
    if isinstance(node, ChangeNode):
        yield node.change
    elif isinstance(node, Node):
        for _, child in node.names():
            yield from changes_of(child)
    elif isinstance(node, list | tuple):
        for child in node:
            yield from changes_of(child)
