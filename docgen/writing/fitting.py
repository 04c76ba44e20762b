"""How high a table is, and in which size it fits on its page."""

from __future__ import annotations

from itertools import accumulate

from docgen.writing.linebreaks import Measured, lines_of, measured
from docgen.writing.tables import MARGIN, Grid, Look

_BORDER = 0.5  # points that borders add to a row
_CLOSE, _WIDE, _EASY = 1.25, 2.2, 1.6  # least line height, most and usual height of a row, in font sizes
_SMALLEST = 7.5  # points
_SPARE = 6.0  # points left free below a table that fills a page
_NEARLY = 1.7  # pages: a longer table goes over several


class Measure:
    """The heights of a table's rows, for any size of letters up to *largest* points."""

    def __init__(self, table: Grid, largest: float) -> None:
        self.rows = len(table.rows)
        self._long: list[tuple[int, int, Measured, float]] = []
        """Cells that may need several lines: row, rows covered, text, width in points."""
        edges = [0.0, *(edge / 20 for edge in accumulate(table.widths))]
        for number, row in enumerate(table.rows):
            for cell, column, continues in row:
                spans = cell.spans
                if continues or not spans:
                    continue
                text = spans[0].text if len(spans) == 1 else cell.text
                room = edges[column + cell.columns] - edges[column] - MARGIN / 10
                if len(text) * largest > room or "\n" in text:
                    self._long.append((number, cell.rows, measured(text), room))

    def heights(self, look: Look) -> list[float]:
        """Heights of the rows; a merged cell that needs more than its rows have makes the last of them higher."""
        size, line = look.size, look.line
        lines = [1] * self.rows
        merged: list[tuple[int, int, float]] = []  # first row, row after the last, height needed
        for number, rows, text, room in self._long:
            count = lines_of(text, room / size)
            if rows > 1:
                merged.append((number, number + rows, count * line))
            elif count > lines[number]:
                lines[number] = count
        heights = [max(count * line, look.row) + _BORDER for count in lines]
        for first, end, needed in merged:
            if end <= self.rows:
                heights[end - 1] += max(0.0, needed - sum(heights[first:end]))
        return heights


def fitted(measure: Measure, font_size: float, room: float) -> tuple[Look, list[float]]:
    """How a table is set so that it stands on one page with *room* points, if it nearly does so anyway.

    First the rows come closer together, then the letters become smaller, down to what is readable on paper.
    The second value are the heights of its rows.
    """
    close = Look(font_size, font_size * _CLOSE)
    room -= _SPARE
    heights = measure.heights(close)
    natural = sum(heights)
    if natural <= room:
        spare = (room - natural) / max(measure.rows, 1)
        look = close._replace(row=min(close.line + spare * 0.9, font_size * _WIDE))
        return look, measure.heights(look)
    size = font_size
    while size > _SMALLEST and natural <= room * _NEARLY:
        size -= 0.5
        look = Look(size, size * _CLOSE)
        heights = measure.heights(look)
        if sum(heights) <= room:
            return look, heights
    look = close._replace(row=font_size * _EASY)
    return look, measure.heights(look)
