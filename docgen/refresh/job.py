"""The whole refresh: read, compare, change, write."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.package import WordFile, open_word
from docgen.docx.reading import Document, document_of
from docgen.docx.relations import declare_types, relate
from docgen.docx.xml import part_bytes
from docgen.job.inputs import Inputs
from docgen.refresh.document_merge import Merging
from docgen.refresh.items import write_items
from docgen.refresh.legacy import refresh_by_controls
from docgen.refresh.model import Refreshed, Unplaced
from docgen.refresh.new_report import Fresh, prompts_left, write_fresh
from docgen.refresh.stored import Stored, read_stored
from docgen.writing.baseline import NAMESPACE as BASELINE
from docgen.writing.links import store_parts
from workbook.errors import InputError
from workbook.formats.package import PackageError
from workbook.safe_save import owner_file, write_atomically

if TYPE_CHECKING:
    from lxml.etree import _Element

_PROPERTIES = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
LONGEST_TEXT = 60


def refresh_report(report: Path, inputs: Inputs, out: Path) -> Refreshed:
    """Bring the linked report *report* up to date with *inputs* and write it to *out*.

    Everything people changed in it stays.  *out* may be *report*: then a copy of it is made first.

    Raises:
        InputError: no linked report, a report of another unit or year, or a file that cannot be read or written.
    """
    file = open_word(report)
    document = document_of(file)
    try:
        package = file.package
        stored = read_stored(package, file.part, report)
        _refuse_others(report, stored, inputs)
        fresh = write_fresh(inputs, report)
        work = Merging(document, package, stored, fresh)
        if stored.items is None:
            refresh_by_controls(work)
        else:
            work.run()
        data = _package_bytes(work, stored, fresh)
    except PackageError as error:
        raise InputError(report, str(error), "请用 Word/WPS 另存为 .docx 后再试") from error
    unplaced = _numbered(work.found, document_of(file)) if work.found else ()
    backup = _write(report, package.data, data, out)
    notes = ("报告正在 Word/WPS 中打开，还没有保存的修改不在其中",) if owner_file(report) is not None else ()
    return Refreshed(
        out, work.numbers, work.sentences, work.charts, work.kept, unplaced, prompts_left(fresh.report.prompts, file.body),
        backup, notes)


def _refuse_others(path: Path, stored: Stored, inputs: Inputs) -> None:
    """Raise :class:`InputError` when the report is not about what *inputs* are about."""
    context = inputs.context
    if stored.unit and stored.unit != context.unit_name:
        raise InputError(path, f"是“{stored.unit}”的报告，工作簿是“{context.unit_name}”的", "请核对文件，或重新生成报告")
    if stored.year and stored.year != str(context.year):
        raise InputError(path, f"是 {stored.year} 年度的报告，工作簿是 {context.year} 年度的", "请核对文件，或重新生成报告")
    if stored.pack and stored.pack != context.pack.name:
        raise InputError(path, f"是用模板包“{stored.pack}”生成的，现在用的是“{context.pack.name}”", f"请加 --pack {stored.pack}，或重新生成报告")


def _package_bytes(work: Merging, stored: Stored, fresh: Fresh) -> bytes:
    """The file as it is to be written; byte for byte the old one when nothing is different."""
    package, is_strict = work.package, work.document.file.is_strict
    baseline = write_items(work.next_base).encode()
    figures = fresh.package.read(fresh.stored.figures_part)
    changed = bool(work.numbers or work.sentences or work.charts or work.relinked)
    unchanged_facts = stored.sha256 == fresh.stored.sha256 and dict(stored.figures) == dict(fresh.stored.figures)
    if not changed and unchanged_facts and stored.baseline_part and package.read(stored.baseline_part) == baseline:
        return package.data
    if changed:
        package.write(work.main, part_bytes(work.body, strict=is_strict))
    work.importer.save()
    package.write(stored.figures_part, figures)
    if stored.baseline_part:
        package.write(stored.baseline_part, baseline)
    elif stored.items is not None or work.rebased:
        _add_baseline(work.document.file, baseline.decode())
    return package.to_bytes()


def _add_baseline(file: WordFile, content: str) -> None:
    """Store the baseline in a report that has none yet."""
    package = file.package
    number = next(n for n in count(1) if f"customXml/item{n}.xml" not in package.names and f"customXml/itemProps{n}.xml" not in package.names)
    for part in store_parts(number, content, BASELINE):
        package.write(part.name, part.read())
    declare_types(package, {f"customXml/itemProps{number}.xml": _PROPERTIES})
    relate(file, "customXml", f"customXml/item{number}.xml")


def _numbered(found: Sequence[tuple[_Element | None, Unplaced]], read: Document) -> tuple[Unplaced, ...]:
    """What could not be placed, with the paragraphs' numbers and texts as the report now has them, in its order."""
    result = []
    for element, entry in found:
        number = None
        if element is not None:
            paragraph = element if element in read.numbers else next((p for p in element.iter() if p in read.numbers), None)
            number = read.numbers.get(paragraph) if paragraph is not None else None
        text = read.paragraphs[number - 1].text if number is not None and not entry.text else entry.text
        result.append(Unplaced(number, text, entry.stated, entry.expected, entry.why))
    result = list(dict.fromkeys(result))
    return tuple(sorted(result, key=lambda entry: entry.paragraph or len(read.paragraphs) + 1))


def _write(report: Path, before: bytes, data: bytes, out: Path) -> Path | None:
    """Write *data* to *out*; the copy made of the report when it is written over."""
    same = out.exists() and report.samefile(out)
    if not same:
        write_atomically(out, data)
        return None
    if data == before:
        return None
    if owner_file(report) is not None:
        raise InputError(report, "正在 Word/WPS 中打开，不能写在它上面", "请先关闭它，或换一个文件名")
    if report.read_bytes() != before:
        raise InputError(report, "在读取之后被其他程序修改过，没有覆盖", "请再刷新一次，或换一个文件名")
    backup = _backup_name(report)
    write_atomically(backup, before)
    write_atomically(out, data)
    return backup


def _backup_name(report: Path) -> Path:
    """``<stem>_刷新前.docx`` beside the report, numbered when there is one already."""
    names = (f"{report.stem}_刷新前{f'（{n}）' if n > 1 else ''}.docx" for n in count(1))
    return next(path for name in names if not (path := report.with_name(name)).exists())
