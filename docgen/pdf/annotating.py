"""Notes in a copy of a PDF file: highlighted lines with a comment each; the file itself stays as it is."""

from __future__ import annotations

import ctypes
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from docgen.pdf.lines import Box
from docgen.pdf.pages import Upright, open_pdf
from workbook.errors import InputError
from workbook.safe_save import write_atomically

AUTHOR = "决算公开助手"
_ICON = 18.0
"""Height and width of a note that stands beside no text."""
_YELLOW, _SHINE = (255, 209, 71), 255


class Note(NamedTuple):
    """A comment and the lines that it is about."""

    page: int
    """1-based."""
    boxes: Sequence[Box]
    """Places on the page as it is seen; none: the page as a whole."""
    text: str


def write_annotated(path: Path, out: Path, notes: Iterable[Note]) -> None:
    """Write a copy of the PDF file *path* with *notes* as *out*.

    Raises:
        InputError: *out* is the file itself, or cannot be written, or *path* cannot be read.
    """
    with suppress(OSError):
        if out.resolve() == path.resolve() or (out.exists() and out.samefile(path)):
            raise InputError(out, "是要读取的文件，不能写在它上面", "请换一个文件名")
    by_page: dict[int, list[Note]] = defaultdict(list)
    for note in notes:
        by_page[note.page].append(note)
    document = open_pdf(path)
    try:
        for number, here in sorted(by_page.items()):
            page = document[min(max(number, 1), len(document)) - 1]
            text = page.get_textpage()
            upright = Upright.of(page, text)
            text.close()
            for place, note in enumerate(here):
                _annotate(page, note, upright, place)
            page.close()
        stream = io.BytesIO()
        document.save(stream)
    except pdfium.PdfiumError as error:
        raise InputError(path, "不能在这份 PDF 上加批注", "请改用 --format xlsx，问题清单写明页码") from error
    finally:
        document.close()
    write_atomically(out, stream.getvalue())


def _annotate(page: pdfium.PdfPage, note: Note, upright: Upright, place: int) -> None:
    boxes = note.boxes or [Box(_ICON, _ICON * (1 + place), 2 * _ICON, _ICON * (2 + place))]
    kind = raw.FPDF_ANNOT_HIGHLIGHT if note.boxes else raw.FPDF_ANNOT_TEXT
    annotation = raw.FPDFPage_CreateAnnot(page.raw, kind)
    if not annotation:
        raise pdfium.PdfiumError("no annotation")
    try:
        corners = [upright.back(x, y) for box in boxes for x, y in ((box.left, box.top), (box.right, box.bottom))]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        raw.FPDFAnnot_SetRect(annotation, raw.FS_RECTF(min(xs), max(ys), max(xs), min(ys)))
        raw.FPDFAnnot_SetColor(annotation, raw.FPDFANNOT_COLORTYPE_Color, *_YELLOW, _SHINE)
        for box in note.boxes:
            points = [upright.back(x, y) for y in (box.top, box.bottom) for x in (box.left, box.right)]
            numbers = [value for point in points for value in point]
            raw.FPDFAnnot_AppendAttachmentPoints(annotation, raw.FS_QUADPOINTSF(*numbers))
        for key, value in (("Contents", note.text), ("T", AUTHOR)):
            raw.FPDFAnnot_SetStringValue(annotation, key.encode(), _wide(value))
        raw.FPDFAnnot_SetFlags(annotation, raw.FPDF_ANNOT_FLAG_PRINT)
    finally:
        raw.FPDFPage_CloseAnnot(annotation)


def _wide(text: str) -> Any:
    """*text* as pdfium takes it: UTF-16 with a zero at the end."""
    data = f"{text}\0".encode("utf-16-le")
    return ctypes.cast(ctypes.create_string_buffer(data, len(data)), ctypes.POINTER(ctypes.c_ushort))
