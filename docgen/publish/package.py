"""Putting together what is published: checked first, then one folder, whole or not at all, never over an older one."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.findings.unit import Findings, findings_of
from docgen.job.inputs import Inputs
from docgen.pdf.export import ADVICE, NO_SUITE, NoOfficeError, export_pdf
from docgen.publish.checklist import PublishedFile, approved_on, checklist
from docgen.publish.tables import values_workbook
from docgen.report.assembly import build_report, declared_time, readiness, write_word
from docgen.report.narrative import narrative_of, template_of
from workbook.errors import InputError
from workbook.issues import Severity
from workbook.safe_save import not_written, write_atomically
from workbook.values import dataclass

if TYPE_CHECKING:
    from docgen.pdf import Suite
    from docgen.review.findings import Review

_TOLD = 20  # things that are missing are listed up to this number
_UNSUITABLE = str.maketrans(dict.fromkeys('\\/:*?"<>|\n\r\t', ""))


@dataclass(frozen=True, slots=True)
class Package:
    """What came of it."""

    folder: Path
    files: tuple[str, ...] = ()
    """Names of the files written; none: something is missing."""
    missing: tuple[str, ...] = field(default_factory=tuple)
    """What must be done before, in words."""
    remarks: tuple[str, ...] = field(default_factory=tuple)
    """What else to say: why there is no PDF, and how to make it."""

    @property
    def is_done(self) -> bool:
        """Whether the folder was written."""
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

    *approved*: when the finance bureau approved the accounts, unless the 底稿 says it; *suites*, *say* and *stop* as for :func:`docgen.pdf.export.export_pdf`.

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
    inputs: Inputs, findings: Findings, approved: dt.date | None, folder: Path, part: Path, pdf: Callable[[Path], tuple[str, ...]],
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
