"""The charts of a report: what their slices or bars show against the income and expenditure of the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import TYPE_CHECKING

from docgen.docx.charts import chart_data
from docgen.docx.package import WordFile
from docgen.docx.relations import parse_part
from docgen.review.characters import alike, pairs
from docgen.review.expected import Expected, Share
from docgen.review.lines import line_of
from docgen.review.model import Finding
from docgen.review.phrasing import Phrasing
from docgen.review.rules import Finder
from workbook.amounts import ZERO, round_half_up
from workbook.formats.package import PackageError
from workbook.pack.layout import normalise
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_CHART = re.compile(r"^word/charts/chart(\d+)\.xml$")
_CAPTION = re.compile(r"^图\s*(\d+)")
_LIKE = 0.72
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Point:
    """One slice or bar: its label and its value."""

    label: str
    value: Decimal


def read_charts(file: WordFile) -> Iterator[tuple[int, tuple[Point, ...]]]:
    """The points of every chart in the Word file, in the order of their numbers."""
    names = {int(m[1]): n for n in file.package.names if (m := _CHART.match(n))}
    for number in sorted(names):
        try:
            yield number, tuple(_points(parse_part(file.package, names[number])))
        except PackageError:
            continue  # Word itself shows no such chart


def _points(root: _Element) -> Iterator[Point]:
    for label, value in chain.from_iterable(chart_data(root)):
        with suppress(InvalidOperation):
            yield Point(label, Decimal(value))


def review_charts(file: WordFile, expected: Expected, finder: Finder, phrasing: Phrasing) -> Iterator[Finding]:
    """Points whose value is neither the amount nor the share that the workbook gives."""
    captions = {int(m[1]): p for p in finder.text.paragraphs if not p.table and (m := _CAPTION.match(p.text.strip()))}
    shares = {share.name: share for shares in expected.shares.values() for share in shares}
    for number, points in read_charts(file):
        caption = captions.get(number)
        for point in points:
            share = _share_of(point.label, shares)
            if share is None or (shown := _wrong(point, share, phrasing)) is None:
                continue
            figure = share.amount
            yield from finder.on(
                "表文-27", at=(caption.number if caption else None, 0, 0), stated=f"{shown} 万元", expected=f"{figure.text} 万元",
                figure=figure, amounts=(shown, figure.value), 图号=number, 名称=normalise(point.label.split(" ")[0]))


def _share_of(label: str, shares: Mapping[str, Share]) -> Share | None:
    """What a point is about."""
    bare = pairs(normalise(re.split(r"[\s\d（(：:，]", label.strip())[0]))
    name, likeness = max(((n, alike(bare, pairs(normalise(n)))) for n in shares), key=lambda pair: pair[1], default=("", 0.0))
    return shares[name] if likeness >= _LIKE else None


def _wrong(point: Point, share: Share, phrasing: Phrasing) -> Decimal | None:
    """The amount that a point shows instead of its own; ``None`` when it shows that.

    A point may show the amount (in 万元 or 元) or the share (as per cent or fraction); its label may state the amount.
    """
    figure, exact = share.amount, share.share.exact
    written = _number_in(point.label, phrasing)
    if written is not None and written != figure.value:
        return written
    shown = {figure.value, round_half_up((figure.exact or ZERO).scaleb(4))}
    if exact is not None:
        shown |= {share.share.value, round_half_up(exact / _HUNDRED, 4)}
    return None if {round_half_up(point.value), round_half_up(point.value, 4)} & shown else round_half_up(point.value)


def _number_in(label: str, phrasing: Phrasing) -> Decimal | None:
    """The amount that a label states."""
    return next((n.value for n in line_of(label, phrasing, ()).numbers if n.unit == "万元"), None)
