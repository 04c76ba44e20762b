"""Opening a report that people hand in, whatever kind of file it is."""

from __future__ import annotations

import tempfile
from pathlib import Path

from docgen.docx.paragraphs import ReportFile
from workbook.errors import InputError

WORD, PDF = frozenset({".docx", ".docm"}), b"%PDF-"
OTHERS = frozenset({".doc", ".wps", ".odt", ".rtf", ".wpt", ".dot"})
"""What an office program can make a PDF of."""
REPORT_SUFFIXES = frozenset({*WORD, *OTHERS, ".pdf"})
_HEAD = 1024
"""So many bytes at most stand before the mark of a PDF file."""


def read_report(path: Path) -> ReportFile:
    """Read the report *path*: a .docx or a .pdf (or a .docx made of one).

    Other documents are read by way of the office program of this computer.

    Raises:
        InputError: it cannot be used; one clear sentence.
    """
    from docgen.docx.reading import read_document

    if is_pdf(path):
        from docgen.pdf.reading import read_pdf

        return read_pdf(path)
    if path.suffix.lower() in OTHERS and path.is_file():
        return _converted(path)
    document = read_document(path)
    if document.has_boxes:
        from docgen.imports.framed import is_framed, read_framed

        if is_framed(document):
            return read_framed(document)
    return document


def is_pdf(path: Path) -> bool:
    """Whether a file is a PDF, by what it holds; one that cannot be read, by its name."""
    try:
        with path.open("rb") as file:
            return PDF in file.read(_HEAD)
    except OSError:
        return path.suffix.lower() == ".pdf"


def _converted(path: Path) -> ReportFile:
    """A document of another kind, as the PDF that an office program makes of it."""
    from dataclasses import replace

    from docgen.pdf.export import NoOfficeError, export_pdf
    from docgen.pdf.reading import read_pdf

    with tempfile.TemporaryDirectory(prefix="juesuan-review-", ignore_cleanup_errors=True) as folder:
        made = Path(folder) / "report.pdf"
        try:
            export_pdf(path, made, lambda: None)
        except NoOfficeError as error:
            raise InputError(path, f"是 {path.suffix} 文件，这台电脑上没有能打开它的办公软件", "请用 Word/WPS 另存为 .docx 或导出为 PDF") from error
        except InputError as error:
            raise InputError(path, "办公软件没有能打开它", "请用 Word/WPS 另存为 .docx 或导出为 PDF") from error
        return replace(read_pdf(made), path=path)
