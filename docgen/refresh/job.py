"""The whole refresh: read, compare, change, write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docgen.docx.package import open_word
from docgen.docx.reading import Document, document_of
from docgen.docx.xml import part_bytes
from docgen.job.inputs import Inputs
from docgen.refresh.document_merge import Merging, Note
from docgen.refresh.linked_figures import Doubts
from docgen.refresh.reports import Fresh, Stored, prompts_left
from docgen.writing.baseline import write_items
from workbook.errors import InputError
from workbook.formats.package import PackageError
from workbook.paths import free_name
from workbook.safe_save import owner_file, write_atomically
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Something that changed in the workbook or the 底稿 and could not be placed in the report."""

    paragraph: int | None
    """Number of the paragraph in the report as written (``None``: it is not there)."""
    text: str
    """The paragraph, shortened."""
    stated: str
    """What stands there (empty: nothing does any more)."""
    expected: str
    """What it should be (empty: nothing should stand there)."""
    why: str
    """Why it was left, as a clause."""


@dataclass(frozen=True)
class Refreshed:
    """The outcome of one refresh."""

    path: Path
    numbers: int = 0
    """Figures whose value was replaced, in the text and in tables."""
    sentences: int = 0
    """Paragraphs and tables whose wording changed, that were added or removed."""
    charts: int = 0
    kept: int = 0
    """Paragraphs, tables and charts that people changed, added or removed, all kept."""
    unplaced: tuple[Unplaced, ...] = ()
    doubtful: tuple[Unplaced, ...] = ()
    """Numbers and reasons in people's own words that the new figures may have made stale."""
    prompts: tuple[str, ...] = ()
    """Prompts (``【请填写…】``) that still stand in the report."""
    backup: Path | None = None
    """The report as it was, when the new one was written in its place."""
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything in the report is different now."""
        return bool(self.numbers or self.sentences or self.charts)

    @property
    def complete(self) -> bool:
        """Whether everything was placed and nothing remains to be filled in or looked at."""
        return not self.unplaced and not self.doubtful and not self.prompts


def refresh_report(report: Path, inputs: Inputs, out: Path) -> Refreshed:
    """Bring the linked report *report* up to date with *inputs* and write it to *out*.

    Everything people changed in it stays.  *out* may be *report*: then a copy of it is made first.

    Raises:
        InputError: no linked report, a report of another unit or year, or a file that cannot be read or written.
    """
    file = open_word(report)
    document = document_of(file)
    try:
        stored = Stored(file)
        _refuse_others(report, stored, inputs)
        fresh = Fresh(inputs, report)
        work = Merging(document, stored, fresh)
        work.run()
        doubts = Doubts(work, inputs).notes()
        data = _package_bytes(work, stored, fresh)
    except PackageError as error:
        raise InputError(report, str(error), "请用 Word/WPS 另存为 .docx 后再试") from error
    read = document_of(file) if work.found or doubts else document
    backup = _write(report, file.package.data, data, out)
    notes = ("报告正在 Word/WPS 中打开，还没有保存的修改不在其中",) if owner_file(report) is not None else ()
    return Refreshed(
        out, work.numbers, work.sentences, work.charts, work.kept, _numbered(work.found, read), _numbered(doubts, read),
        prompts_left(fresh.report.prompts, file.body), backup, notes)


def unreadable_words(inputs: Inputs) -> str:
    """Which cells of the workbook or of last year's hold no amount (empty: all do), as a clause.

    From such a workbook figures cannot be computed that stand in the report already.
    """
    for accounts, name in ((inputs.accounts, ""), (inputs.prior_accounts, "上年决算表")):
        faulty = [(table, *place, fault) for table in (accounts.tables.values() if accounts else ())
                  for place, fault in table.faults.items()]
        if faulty:
            table, row, column, fault = faulty[0]
            ref = table.ref(row, column)
            return f"{name}{table.code} {ref.a1 if ref is not None else row} 等 {len(faulty)} 个单元格不是可以用的金额（{fault}）"
    return ""


def _refuse_others(path: Path, stored: Stored, inputs: Inputs) -> None:
    """Raise :class:`InputError` when the report is not about what *inputs* are about."""
    if stored.unit and stored.unit != inputs.unit_name:
        raise InputError(path, f"是“{stored.unit}”的报告，工作簿是“{inputs.unit_name}”的", "请核对文件，或重新生成报告")
    if stored.year and stored.year != str(inputs.year):
        raise InputError(path, f"是 {stored.year} 年度的报告，工作簿是 {inputs.year} 年度的", "请核对文件，或重新生成报告")
    if stored.pack and stored.pack != inputs.pack.name:
        raise InputError(path, f"是用模板包“{stored.pack}”生成的，现在用的是“{inputs.pack.name}”", f"请加 --pack {stored.pack}，或重新生成报告")


def _package_bytes(work: Merging, stored: Stored, fresh: Fresh) -> bytes:
    """The file as it is to be written; byte for byte the old one when nothing is different."""
    file = work.document.file
    package = file.package
    baseline = write_items(work.next_base).encode()
    figures = fresh.document.file.package.read(fresh.stored.figures_part)
    changed = bool(work.numbers or work.sentences or work.charts or work.relinked)
    unchanged_facts = stored.sha256 == fresh.stored.sha256 and dict(stored.figures) == dict(fresh.stored.figures)
    if not changed and unchanged_facts and stored.baseline_part and package.read(stored.baseline_part) == baseline:
        return package.data
    if changed:
        package.write(file.part, part_bytes(work.body, strict=file.is_strict))
    work.importer.save()
    package.write(stored.figures_part, figures)
    if stored.baseline_part:
        package.write(stored.baseline_part, baseline)
    return package.to_bytes()


def _numbered(found: Sequence[Note], read: Document) -> tuple[Unplaced, ...]:
    """What could not be placed, with the paragraphs' numbers and texts as the report now has them, in its order."""
    result = []
    for element, text, stated, expected, why in found:
        elements = element.iter() if element is not None else ()
        number = next((read.numbers[e] for e in elements if e in read.numbers), None)
        here = read.paragraphs[number - 1].text if number is not None else ""
        result.append(Unplaced(number, text or here, stated, expected, why))
    return tuple(sorted(dict.fromkeys(result), key=lambda entry: entry.paragraph or len(read.paragraphs) + 1))


def _write(report: Path, before: bytes, data: bytes, out: Path) -> Path | None:
    """Write *data* to *out*; the copy made of the report when it is written over."""
    backup = None
    if out.exists() and report.samefile(out):
        if data == before:
            return None
        if owner_file(report) is not None:
            raise InputError(report, "正在 Word/WPS 中打开，不能写在它上面", "请先关闭它，或换一个文件名")
        if report.read_bytes() != before:
            raise InputError(report, "在读取之后被其他程序修改过，没有覆盖", "请再刷新一次，或换一个文件名")
        backup = free_name(report, "刷新前", ".docx")
        write_atomically(backup, before)
    write_atomically(out, data)
    return backup
