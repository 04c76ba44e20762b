"""What a PDF file draws on each page, read with pdfium."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import PdfMatrix, raw

from docgen.pdf.lines import Box, Glyph, PageMarks, Rule
from workbook.errors import InputError, unreadable

MAX_BYTES, MAX_PAGES, MAX_CHARACTERS = 100 * 1024 * 1024, 600, 2_000_000
_DEEPEST, _MOST_OBJECTS = 8, 300_000
"""Of forms within forms; things drawn on a page that are looked at."""
_THIN = 3.0
"""A filled rectangle not wider than this is a line."""
_SLANT = 1.0
"""A line that leaves its direction by no more than this is straight."""
_SHORTEST = 3.0
_SMALLEST, _LARGEST, _FARTHEST = 0.5, 500.0, 50_000.0
"""In points: what is smaller, larger or farther off nobody reads."""
_SLANTING = 0.1
"""Text that leaves the edges of the page by more, in quarters of a turn, is a watermark."""
_SAMPLE = 7
"""Every so many characters one is asked for its direction."""
_UNREADABLE = frozenset({0, 0xFFFD, 0xFFFE, 0xFFFF})


def read_pages(path: Path) -> Iterator[PageMarks]:
    """The pages of the PDF file *path*.  Raises :class:`InputError` when it cannot be used."""
    document = open_pdf(path)
    try:
        if len(document) > MAX_PAGES:
            raise InputError(path, f"有 {len(document)} 页", "请只选择决算公开报告")
        total = 0
        for index in range(len(document)):
            try:
                page = _page(document, index)
            except pdfium.PdfiumError as error:
                raise InputError(path, f"第 {index + 1} 页已损坏，无法读取", "请重新导出或换一份文件") from error
            total += len(page.glyphs)
            if total > MAX_CHARACTERS:
                raise InputError(path, "文字过多", "请只选择决算公开报告")
            yield page
    finally:
        document.close()


def open_pdf(path: Path) -> pdfium.PdfDocument:
    """Open the PDF file *path*; whoever opens it closes it.  Raises :class:`InputError`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(path, f"文件过大（超过 {MAX_BYTES // 1024 // 1024} MB）", "请另存为较小的 PDF，或换成 Word 文件")
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(path, "PDF 有打开密码", "请先去掉密码再审校") from error
        raise InputError(path, "PDF 文件已损坏，无法读取", "请重新导出或换一份文件") from error


class Upright(NamedTuple):
    """How a page lies whose text runs from left to right: what makes places on it of the file's points, and its size."""

    turn: PdfMatrix
    width: float
    height: float

    @classmethod
    def of(cls, page: pdfium.PdfPage, text: pdfium.PdfTextPage) -> Upright:
        """That of a page with its *text*: a wide table may lie on its side, whether the page is shown turned or not."""
        left, bottom, right, top = page.get_bbox()
        width, height, quarter = right - left, top - bottom, _upright(text.raw)
        turn = (
            PdfMatrix(1, 0, 0, -1, 0, height), PdfMatrix(0, 1, 1, 0),
            PdfMatrix(-1, 0, 0, 1, width), PdfMatrix(0, -1, -1, 0, height, width),
        )[page.get_rotation() // 90 % 4 if quarter is None else quarter]
        return cls(PdfMatrix(e=-left, f=-bottom).multiply(turn), *((height, width) if turn.b else (width, height)))

    def back(self, x: float, y: float) -> tuple[float, float]:
        """The point of the file that is seen at a place."""
        a, b, c, d, e, f = self.turn.get()
        return (d * (x - e) - c * (y - f)) / (a * d - b * c), (a * (y - f) - b * (x - e)) / (a * d - b * c)


def _page(document: pdfium.PdfDocument, index: int) -> PageMarks:
    page = document[index]
    text = page.get_textpage()
    upright = Upright.of(page, text)
    try:
        glyphs, unreadable = _glyphs(text.raw, upright.turn)
    finally:
        text.close()
    across: list[Rule] = []
    down: list[Rule] = []
    shapes: list[Box] = []
    has_pictures = False
    for drawn in islice(page.get_objects(max_depth=_DEEPEST), _MOST_OBJECTS):
        has_pictures |= drawn.type == raw.FPDF_PAGEOBJ_IMAGE
        for is_filled, points in _outlines(drawn, upright.turn) if drawn.type == raw.FPDF_PAGEOBJ_PATH else ():
            _add(is_filled, points, across, down, shapes)
    page.close()
    return PageMarks(index + 1, upright.width, upright.height, glyphs, across, down, shapes, has_pictures, unreadable)


def _upright(text: Any) -> int | None:
    """By how many quarters a page must be turned for most of its text to run from left to right; ``None`` without text."""
    angles = Counter(
        round(_quarters(text, index)) % 4
        for index in range(0, raw.FPDFText_CountChars(text), _SAMPLE) if not raw.FPDFText_IsGenerated(text, index))
    return -angles.most_common(1)[0][0] % 4 if angles else None


def _quarters(text: Any, index: int) -> float:
    """By how many quarters a character is turned."""
    return float(raw.FPDFText_GetCharAngle(text, index)) / (math.pi / 2)


def _glyphs(text: Any, turn: PdfMatrix) -> tuple[list[Glyph], int]:
    """The characters, those left out that pdfium adds between words and lines and those that slant across the page."""
    found: list[Glyph] = []
    unreadable = 0
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    box_at, x_at, y_at = ctypes.byref(box), ctypes.byref(x), ctypes.byref(y)
    for index in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, index)
        if raw.FPDFText_IsGenerated(text, index) or code < 0x20:
            unreadable += code in _UNREADABLE
            continue
        if code in _UNREADABLE or 0xD800 <= code <= 0xDFFF:
            unreadable += 1
            continue
        if abs((quarters := _quarters(text, index)) - round(quarters)) > _SLANTING:
            continue
        raw.FPDFText_GetLooseCharBox(text, index, box_at)
        raw.FPDFText_GetCharOrigin(text, index, x_at, y_at)
        x1, y1 = turn.on_point(box.left, box.bottom)
        x2, y2 = turn.on_point(box.right, box.top)
        _, base = turn.on_point(x.value, y.value)
        left, right = min(x1, x2), max(x1, x2)
        size = right - left if code > 0x2E7F else abs(y1 - y2)
        # also when one is no number
        if not (left < right and _SMALLEST < size < _LARGEST and abs(left) + abs(base) < _FARTHEST):
            continue
        found.append(Glyph(chr(code), left, right, base, size))
    return found, unreadable


def _outlines(path: pdfium.PdfObject, turn: PdfMatrix) -> Iterator[tuple[bool, list[tuple[float, float]]]]:
    """The outlines that a path draws, and whether they are filled (and not stroked)."""
    fill, stroke, object_ = ctypes.c_int(), ctypes.c_int(), path.raw
    raw.FPDFPath_GetDrawMode(object_, ctypes.byref(fill), ctypes.byref(stroke))
    if not fill.value and not stroke.value:
        return
    matrix, form = path.get_matrix(), path.container
    while form is not None:
        matrix, form = matrix.multiply(form.get_matrix()), form.container
    matrix = matrix.multiply(turn)
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for index in range(raw.FPDFPath_CountSegments(object_)):
        segment = raw.FPDFPath_GetPathSegment(object_, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO and points:
            yield not stroke.value, points
            points = []
        points.append(matrix.on_point(x.value, y.value))
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if points:
        yield not stroke.value, points


def _add(is_filled: bool, points: list[tuple[float, float]], across: list[Rule], down: list[Rule], shapes: list[Box]) -> None:
    """Add the straight lines of an outline: strokes along the edges of the page, and filled rectangles as thin as lines."""
    if not is_filled:
        for (x1, y1), (x2, y2) in pairwise(points):
            if abs(y1 - y2) <= _SLANT and abs(x1 - x2) >= _SHORTEST:
                across.append(Rule((y1 + y2) / 2, min(x1, x2), max(x1, x2)))
            elif abs(x1 - x2) <= _SLANT and abs(y1 - y2) >= _SHORTEST:
                down.append(Rule((x1 + x2) / 2, min(y1, y2), max(y1, y2)))
        return
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    box = Box(min(xs), min(ys), max(xs), max(ys))
    width, height = box.right - box.left, box.bottom - box.top
    if height <= _THIN < width:
        across.append(Rule((box.top + box.bottom) / 2, box.left, box.right))
    elif width <= _THIN < height:
        down.append(Rule((box.left + box.right) / 2, box.top, box.bottom))
    elif width > _THIN:
        shapes.append(box)
