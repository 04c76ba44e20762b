"""What is said about a figure under the mouse: its cells with what they hold, and how it was computed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from docgen.job.sources import SourceCell
from docgen.model import Figure

_SHOWN = 8


def figure_lines(figure: Figure, cells: Sequence[SourceCell]) -> list[str]:
    """The lines, as rich text: value, source cells, how computed, what is missing, what a click does."""
    unit = "" if figure.unit == "%" else f" {figure.unit}"
    lines = [f"<b>{escape(figure.label)}　{escape(figure.text)}{escape(unit)}</b>"]
    lines += [escape(cell.words) for cell in cells[:_SHOWN]]
    if len(cells) > _SHOWN:
        lines.append(f"共 {len(cells)} 个单元格")
    if how := how_words(figure, cells):
        lines.append(f"算法：{escape(how)}")
    if figure.missing:
        lines.append(f"缺少{escape(figure.missing)}，算不出来")
    if cells:
        lines.append("点击转到单元格" if any(cell.is_here for cell in cells) else "点击查看")
    return lines


def how_words(figure: Figure, cells: Sequence[SourceCell]) -> str:
    """How *figure* was computed; empty when it is the content of its one cell."""
    return "" if len(cells) == 1 and figure.how in cells[0].label else figure.how
