"""A chart of the report as an SVG picture, for previews (the Word file has a native chart)."""

from __future__ import annotations

import math
from html import escape

from docgen.model import ChartBlock

COLOURS = ("2F5D8A", "E08E2B", "5B9A68", "B5484B", "7B6AA8", "3FA3A8", "A67C52", "8C8C8C")
"""Distinguishable also in grey and by colour-blind readers; the first two are what nearly every unit needs."""
_RADIUS, _CENTRE, _ROW = 80, 100, 26


def chart_svg(block: ChartBlock) -> str:
    """*block* as a pie with a legend that states every amount and share."""
    amounts = [(name, figure.text, float(figure.value or 0)) for name, figure in block.slices]  # only for drawing
    total = sum(amount for _, _, amount in amounts)
    height = max(200, 40 + _ROW * len(amounts))
    shapes: list[str] = []
    start = 0.0
    for place, (name, text, amount) in enumerate(amounts):
        share = amount / total if total else 0.0
        colour = COLOURS[place % len(COLOURS)]
        shapes.append(_slice(start, start + share, colour))
        start += share
        y = height / 2 - _ROW * (len(amounts) - 1) / 2 + _ROW * place
        shapes.append(
            f'<rect x="215" y="{y - 6:.1f}" width="12" height="12" fill="#{colour}"/><text x="235" y="{y + 5:.1f}"'
            f' font-size="14">{escape(name)} {escape(text)} 万元（{share * 100:.2f}%）</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{height}" viewBox="0 0 640 {height}" role="img">'
        f"<title>{escape(block.alt)}</title>{''.join(shapes)}</svg>"
    )


def _slice(start: float, end: float, colour: str) -> str:
    if end - start > 0.9999:
        return f'<circle cx="{_CENTRE}" cy="{_CENTRE}" r="{_RADIUS}" fill="#{colour}"/>'
    points = [
        (_CENTRE + _RADIUS * math.sin(2 * math.pi * share), _CENTRE - _RADIUS * math.cos(2 * math.pi * share))
        for share in (start, end)
    ]
    (x0, y0), (x1, y1) = points
    large = 1 if end - start > 0.5 else 0
    return (
        f'<path d="M{_CENTRE},{_CENTRE} L{x0:.2f},{y0:.2f} A{_RADIUS},{_RADIUS} 0 {large} 1 {x1:.2f},{y1:.2f} Z"'
        f' fill="#{colour}" stroke="#fff"/>'
    )
