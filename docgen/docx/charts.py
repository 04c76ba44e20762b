"""The data of charts, as their parts hold them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from docgen.docx.xml import C

if TYPE_CHECKING:
    from lxml.etree import _Element

LABELS, VALUES = "cat", "val"


def chart_data(root: _Element) -> Iterator[list[tuple[str, str]]]:
    """Label and value of every slice or bar, as texts, series by series; *root* is that of the chart's part."""
    for series in root.iter(f"{C}ser"):
        labels, values = (_points(series.find(f"{C}{name}")) for name in (LABELS, VALUES))
        yield [(label, values[index]) for index, label in labels.items() if index in values]


def _points(data: _Element | None) -> dict[int, str]:
    """The texts kept of a row of data, in its order."""
    points = data.iter(f"{C}pt") if data is not None else ()
    found = {int(index): p.findtext(f"{C}v") or "" for p in points if (index := p.get("idx", "0")).isdecimal()}
    return dict(sorted(found.items()))
