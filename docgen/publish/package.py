"""Putting together what is published: checked first, then one folder, whole or not at all, never over an older one."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docgen.findings.unit import Findings, findings_of
from docgen.job.inputs import Inputs
from docgen.model import FigureSpan, Paragraph, TableBlock, TableCell
from docgen.pdf.export import ADVICE, NO_SUITE, NoOfficeError, export_pdf
from docgen.publish.checklist import PublishedFile, approved_on, checklist
from docgen.report.assembly import build_report, declared_time, readiness, write_word
from docgen.report.narrative import narrative_of, template_of
from docgen.report.tables import sheet_tables
from docgen.writing.tables import grid
from workbook.errors import InputError
from workbook.issues import Severity
from workbook.safe_save import not_written, write_atomically
from workbook.values import dataclass

if TYPE_CHECKING:
    from docgen.pdf import Suite
    from docgen.review.findings import Review
    from workbook.create.book import Book

_TOLD = 20  # things that are missing are listed up to this number
_NO_TIME = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # what the file of the tables states as its time: none of its maker's
_WIDEST, _NARROWEST = 44.0, 7.0
_ONE_PAGE = 60  # rows that are printed on one page
_UNSUITABLE = str.maketrans(dict.fromkeys('\\/:*?"<>|\n\r\t', ""))


@dataclass(frozen=True, slots=True)
class Package:
    """What came of it."""

    folder: Path
    files: tuple[str, ...] = ()
    """Names of the files written; none: something is missing."""
    missing: tuple[str, ...] = ()
    """What must be done before, in words."""
    remarks: tuple[str, ...] = ()
    """What else to say: why there is no PDF, and how to make it."""

    @property
    def is_done(self) -> bool:
        return bool(self.files)


def default_folder(inputs: Inputs, parent: Path) -> Path:
    """A new folder in *parent* with the name that the pack gives it."""
    named = _name(inputs, inputs.pack.report.publish.folder)
    return next(path for n in range(1, 1000) if not (path := parent / (named if n == 1 else f"{named}（{n}）")).exists())


def publish(
    inputs: Inputs, folder: Path, *, approved: dt.date | None = None, suites: Sequence[Suite] | None = None,
    say: Callable[[str], None] = lambda _: None, stop: Callable[[], None] = lambda: None,
) -> Package:  # fmt: skip
    """Check everything, then write Word file, PDF, tables and check list into the new *folder*.

    *approved*: when the finance bureau approved the accounts, unless the 底稿 says it; *suites*, *say* and *stop* as for
    :func:`docgen.pdf.export.export_pdf`.

    Raises:
        InputError: the folder holds something already, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(folder, "文件夹里已有文件，不覆盖以前的公开文件", "请换一个文件夹名")
    say("正在核对……")
    findings = findings_of(inputs)
    missing = _missing(inputs, findings)
    if missing:
        return Package(folder, missing=missing)
    folder = folder.absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}-", suffix=".juesuan", dir=folder.parent))
    except OSError as error:
        raise not_written(folder, error) from error
    try:
        package = _written(inputs, findings, approved, folder, part, partial(_pdf, suites=suites, say=say, stop=stop))
        if package.is_done:
            part.chmod(0o755)
            with suppress(OSError):
                folder.rmdir()  # an empty one
            os.replace(part, folder)  # noqa: PTH105  # one step, whatever the files
    except OSError as error:
        raise not_written(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return package


def _missing(inputs: Inputs, findings: Findings) -> tuple[str, ...]:
    """What must be corrected or filled in first."""
    inputs.needed_year()
    errors = [issue.message for issue in findings.issues if issue.severity is Severity.ERROR]
    ready = readiness(build_report(inputs))
    prompts = [prompt.text.strip("【】") for prompt in (*ready.reasons, *ready.texts)]
    return (
        *_listed("错误：{}", errors), *_listed("无法计算：{}", ready.problems), *_listed("{}", prompts))


def _listed(pattern: str, things: Sequence[str]) -> list[str]:
    shown = [pattern.format(thing) for thing in things[:_TOLD]]
    return [*shown, f"…… 同类的还有 {len(things) - _TOLD} 处"] if len(things) > _TOLD else shown


def _written(
    inputs: Inputs, findings: Findings, approved: dt.date | None, folder: Path, part: Path,
    pdf: Callable[[Path], tuple[str, ...]],
) -> Package:  # fmt: skip
    """Write the files into the folder *part*, unless the report does not pass its own review."""
    from docgen.docx.reading import read_document
    from docgen.review.engine import review_document
    from docgen.writing import ReportMeta, write_report

    form = inputs.pack.report.publish
    narrative = narrative_of(inputs)
    word = part / f"{_name(inputs, form.report)}.docx"
    write_word(build_report(inputs, narrative), inputs, word, linked=False)
    review: Review = review_document(read_document(word), inputs, narrative)
    if review.findings:
        return Package(folder, missing=tuple(_listed("审校：{}", [issue.message for issue in review.issues])))
    tables = part / f"{_name(inputs, form.tables)}.xlsx"
    write_atomically(tables, values_workbook(inputs))
    remarks = pdf(word)
    files = [
        PublishedFile(path.name, what, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path, what in ((word, "决算公开报告"), (word.with_suffix(".pdf"), "决算公开报告（PDF）"), (tables, "决算公开表")) if path.exists()
    ]
    title = _name(inputs, form.checklist)
    blocks = checklist(inputs, findings, review, files, approved or approved_on(inputs, form), declared_time().date())
    write_report(blocks, template_of(inputs), part / f"{title}.docx", linked=False, meta=ReportMeta(title))
    return Package(folder, (*(file.name for file in files), f"{title}.docx"), remarks=remarks)


def _pdf(word: Path, suites: Sequence[Suite] | None, say: Callable[[str], None], stop: Callable[[], None]) -> tuple[str, ...]:
    """Make the PDF beside the Word file; why there is none."""
    stop()
    try:
        made = export_pdf(word, word.with_suffix(".pdf"), stop, suites, say)
    except NoOfficeError:
        return (f"没有 PDF：{NO_SUITE}。",)
    except InputError as error:
        return (f"没有 PDF：{error.problem}。{ADVICE}。",)
    return tuple(f"{failure}，PDF 改由 {made.suite} 导出。" for failure in made.failures)


def _name(inputs: Inputs, pattern: str) -> str:
    """A file's name by the pack's *pattern*, without what file systems do not allow."""
    return pattern.format(单位=inputs.unit_name, 年度=inputs.needed_year()).translate(_UNSUITABLE).strip(" .")


# ---------------------------------------------------------------- the tables, as the report prints them


class _Printed(NamedTuple):
    """One sheet as the report prints it."""

    title: str
    above: tuple[Paragraph, ...]
    table: TableBlock
    below: tuple[Paragraph, ...]


def values_workbook(context: Inputs) -> bytes:
    """The workbook: one visible sheet for each table; no formula, link, comment, hidden row, author."""
    from workbook.create.book import Book

    book = Book(f"{context.unit_name}{context.year}年度决算公开表", created=_NO_TIME)
    for number, printed in enumerate(_printed(context), 1):
        name = f"{number:02} {printed.title.partition('、')[2] or printed.title}"
        _write(book, name, printed, "cents" if context.pack.report.tables.thousands else "plain")
    return book.to_bytes()


def _printed(context: Inputs) -> Iterator[_Printed]:
    """The tables of the report that the workbook has, each with what stands around it."""
    blocks = sheet_tables(context)
    starts = [place for place, block in enumerate(blocks) if isinstance(block, Paragraph) and block.style == "表标题"]
    for start, end in pairwise([*starts, len(blocks)]):
        group = blocks[start + 1 : end]
        place = next((n for n, block in enumerate(group) if isinstance(block, TableBlock)), None)
        title, table = blocks[start], group[place] if place is not None else None
        if isinstance(title, Paragraph) and isinstance(table, TableBlock):
            above, below = (tuple(b for b in part if isinstance(b, Paragraph)) for part in (group[:place], group[place or 0 :]))
            yield _Printed(title.text, above, table, below)


def _write(book: Book, name: str, printed: _Printed, amount: str) -> None:
    """Add a sheet; *amount* is the look of amounts."""
    from workbook.create.book import sheet_name

    sheet, last = book.sheet(sheet_name(name)), len(printed.table.widths) - 1
    sheet.widths([min(max(width + 1, _NARROWEST), _WIDEST) for width in printed.table.widths])
    sheet.put_across(0, printed.title, "title", line=28)
    for row, paragraph in enumerate(printed.above, 1):
        # unit at the left, year in the middle, money unit at the right; a single text at the right
        texts = paragraph.text.split("\t")
        places = ((last, "right"),) if len(texts) == 1 else ((0, "left"), ((last + 1) // 2, "center"), (last, "right"))
        for text, (column, align) in zip(texts, places, strict=False):
            if text:
                sheet.put(row, column, text, align)
    first = 1 + len(printed.above)
    below = first + len(printed.table.rows)
    for row, cells in enumerate(grid(printed.table.rows), first):
        for cell, column, continues in cells:
            if not continues:
                content, look = _content(cell, amount)
                sheet.put(row, column, content, f"box {cell.align} {look}", to=(row + cell.rows - 1, column + cell.columns - 1))
    for row, paragraph in enumerate(printed.below, below):
        sheet.put_across(row, paragraph.text, "left wrap")
    sheet.page((first, first + printed.table.header_rows - 1), pages=1 if below + len(printed.below) <= _ONE_PAGE else 0)


def _content(cell: TableCell, amount: str) -> tuple[Decimal | str, str]:
    """What a cell holds, and how it looks: a figure as a number."""
    figure = cell.spans[0].figure if len(cell.spans) == 1 and isinstance(cell.spans[0], FigureSpan) else None
    if figure is None or figure.value is None:
        return cell.text, "wrap"
    return figure.value, amount if figure.unit == "万元" else "whole"
