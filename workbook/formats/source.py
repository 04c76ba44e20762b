"""Raw sheets: opening a workbook file, or a folder of them, whatever format it really has.

Values come from python-calamine (from :mod:`workbook.formats.html` and :mod:`workbook.formats.spreadsheetml` for HTML
and Excel 2003 XML).  What calamine does not tell (error values, formulas without a computed value, hidden rows and
columns, merged cells) is found by a scan that runs first, and also keeps away from calamine what would make it read
wrongly, or take the process down.
A file that cannot be used raises :class:`~workbook.errors.InputError`.
"""

from __future__ import annotations

import hashlib
import io
import stat
import struct
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from workbook.errors import ContentError, EncryptedError, InputError, unreadable
from workbook.formats.marks import MAX_BOOK_CELLS, MAX_CELLS, Extent, Marks, Prepared, ReadSheet, check_book
from workbook.formats.ole import decrypted
from workbook.formats.package import BROKEN, ENCRYPTED, REPAIR, UNLOCK
from workbook.formats.sniff import SAVE_AS, FileFormat, Sniffed, sniff
from workbook.paths import WORKBOOK_SUFFIXES
from workbook.values import dataclass

Content = object
"""A cell's content: ``str``, ``float`` as a file holds it or ``Decimal`` as it was typed, ``bool``, ``datetime`` …;
``""`` for none."""
NUMBER = (float, Decimal)
"""Types of a content that is a number."""


def is_whole(number: float | Decimal) -> bool:
    """Whether *number* has no decimals."""
    return number.is_integer() if isinstance(number, float) else number == number.to_integral_value()


MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_FOLDER_FILES = 200


@dataclass(frozen=True, slots=True, eq=False)
class RawSheet:
    """One sheet as read: rows of contents from A1 on, and its marks.  A value: an edit makes a new one (:meth:`with_cells`)."""

    file: Path
    name: str
    rows: Sequence[Sequence[Content]]
    marks: Marks = field(default_factory=Marks)
    visible: bool = True
    alone: bool = False
    """The only sheet of its file (then the file's name may tell which table it is)."""

    def content(self, row: int, column: int) -> Content:
        """Content of the 0-based cell; ``""`` outside the used area."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def with_cells(self, contents: Mapping[tuple[int, int], Content], marks: Marks) -> RawSheet:
        """The sheet with other *contents* at these 0-based positions, and with *marks*."""
        rows = list(self.rows)
        for (row, column), content in contents.items():
            rows += [[] for _ in range(row + 1 - len(rows))]
            cells = list(rows[row])
            cells += [""] * (column + 1 - len(cells))
            cells[column] = content
            rows[row] = cells
        return replace(self, rows=rows, marks=marks)


@dataclass(frozen=True, slots=True)
class Source:
    """What was opened: path, sheets, format and a hash of the bytes (of all files of a folder)."""

    path: Path
    sheets: tuple[RawSheet, ...]
    format: FileFormat
    sha256: str
    problems: tuple[InputError, ...] = ()
    """Files of a folder that could not be read; the others still are."""
    password: str = field(default="", repr=False)
    """What opened it; empty: it is not encrypted."""


def open_source(path: Path) -> Source:
    """Open a workbook file or a folder with one file per table."""
    try:
        return _open_folder(path) if path.is_dir() else _open_file(path)
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:  # a null character in the path
        raise InputError(str(path).replace("\0", "?"), "路径无效", "请检查路径和文件名") from error


def _open_folder(folder: Path) -> Source:
    files = sorted(
        file for file in folder.iterdir()
        if file.suffix.lower() in WORKBOOK_SUFFIXES and not file.name.startswith(("~$", "."))
        and "底稿" not in file.name and not file.is_dir())
    if not files:
        raise InputError(folder, "文件夹里没有 Excel 决算表", "请选择存放公开表的文件夹或工作簿文件")
    if len(files) > MAX_FOLDER_FILES:
        raise InputError(folder, f"文件夹里有 {len(files)} 个表格文件", "请选择只存放一个单位决算表的文件夹")
    return open_files(folder, files)


def open_files(folder: Path, files: Iterable[Path]) -> Source:
    """The *files* of a folder, one for each table, as one source; others that lie in it do not matter."""
    sheets: list[RawSheet] = []
    problems: list[InputError] = []
    digest = hashlib.sha256()
    cells, password = 0, ""
    for file in files:
        try:
            source = _open_file(file)
        except (InputError, OSError) as error:
            problems.append(error if isinstance(error, InputError) else unreadable(file, error))
            continue
        digest.update(bytes.fromhex(source.sha256))
        sheets.extend(source.sheets)
        password = password or source.password
        cells += sum(sheet.marks.extent.cells for sheet in source.sheets)
        if cells > MAX_BOOK_CELLS:
            raise InputError(folder, "各文件的表格范围合计过大", "请选择只存放一个单位决算表的文件夹")
    if not sheets:
        raise problems[0]
    return Source(folder, tuple(sheets), FileFormat.FOLDER, digest.hexdigest(), tuple(problems), password)


def _open_file(path: Path) -> Source:
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):  # a pipe, for which one would wait for ever
        raise InputError(path, "不是普通文件", "请选择决算公开表的 Excel 文件")
    if about.st_size > MAX_FILE_BYTES:
        raise _too_large(path)
    return source_of_bytes(path, path.read_bytes())


def _too_large(path: Path) -> InputError:
    return InputError(path, f"文件过大（超过 {MAX_FILE_BYTES // 1024 // 1024} MB）", "请删除多余的工作表和空白行后另存")


def source_of_bytes(path: Path, data: bytes) -> Source:
    """The sheets of the workbook whose bytes are *data*; *path* is only its name."""
    if not data:
        raise InputError(path, "文件是空的（0 字节）", "请重新导出或换一份文件")
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(path)
    password = ""
    try:
        try:
            format_, read = _content(data)
        except EncryptedError:
            plain, password = decrypted(data)
            format_, read = _content(plain)
    except ContentError as error:
        raise error.of(path) from error
    if not read:
        raise InputError(path, "工作簿里没有工作表", "请换一份文件")
    sheets = [RawSheet(path, s.name, s.rows, s.marks, s.visible, alone=len(read) == 1) for s in read]
    return Source(path, tuple(sheets), format_, hashlib.sha256(data).hexdigest(), password=password)


def _content(data: bytes) -> tuple[FileFormat, list[ReadSheet]]:
    """The real format of *data*, and the sheets in it; a file that is not built as its format says is damaged."""
    try:
        found = sniff(data)
        return found.format, _sheets(data, found)
    except (ValueError, LookupError, SyntaxError, struct.error) as error:  # SyntaxError: of the XML
        raise ContentError(BROKEN, REPAIR) from error


def _sheets(data: bytes, found: Sniffed) -> list[ReadSheet]:
    """The sheets in *data*, by the reader of its format."""
    if found.ole is not None:
        from workbook.formats.xls import prepare_xls

        prepared = prepare_xls(found.ole)
    elif found.package is None and found.format is FileFormat.HTML:
        from workbook.formats.html import read_html

        return read_html(data)
    elif found.package is None:
        from workbook.formats.spreadsheetml import read_spreadsheetml

        return read_spreadsheetml(data)
    elif found.format is FileFormat.XLSB:
        from workbook.formats.xlsb import prepare_xlsb

        prepared = prepare_xlsb(found.package)
    elif found.format is FileFormat.ODS:
        from workbook.formats.ods import prepare_ods

        prepared = prepare_ods(found.package)
    else:
        from workbook.formats.xlsx import XlsxBook

        return _calamine_sheets(XlsxBook(found.package).prepare())
    sheets = _calamine_sheets(prepared)
    for sheet in sheets:
        _make_floats(sheet.rows)
    return sheets


def _calamine_sheets(prepared: Prepared) -> list[ReadSheet]:
    for name, marks in prepared.sheets:
        marks.check(name)
    check_book((marks for _, marks in prepared.sheets), prepared.text)
    names = Counter(name for name, _ in prepared.sheets)
    if twice := next((name for name, count in names.items() if count > 1), None):  # calamine would show the first's cells
        raise ContentError(f"有两张工作表都叫“{twice}”", "请改名后另存")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(prepared.data))
        return _read_sheets(book, prepared.sheets)
    except PasswordError as error:
        raise ContentError(ENCRYPTED, UNLOCK) from error
    except (CalamineError, ValueError, OSError, OverflowError) as error:
        raise ContentError("文件已损坏，无法读取", SAVE_AS) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # calamine's own fault; it derives from BaseException
            raise
        raise ContentError("文件已损坏，无法读取", SAVE_AS) from None


def _read_sheets(book: CalamineWorkbook, expected: list[tuple[str, Marks]]) -> list[ReadSheet]:
    sheets = []
    metadata = book.sheets_metadata
    if [meta.name for meta in metadata] != [name for name, _ in expected]:
        raise ContentError("工作表目录已损坏", SAVE_AS)
    for index, (meta, (_, marks)) in enumerate(zip(metadata, expected, strict=True)):
        if meta.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(index)
        end = sheet.end
        marks.extent = Extent() if end is None else Extent(end[0] + 1, end[1] + 1)
        marks.extent.check(meta.name)
        rows: list[list[Content]] = sheet.to_python(  # type: ignore[assignment]  # list is invariant; we only read
            skip_empty_area=False)
        if marks.errors or marks.uncomputed:
            _show_marked(rows, marks)
            marks.extent.check(meta.name)
        marks.trim()
        sheets.append(ReadSheet(meta.name, rows, marks, meta.visible is SheetVisibleEnum.Visible))
    return sheets


def _make_floats(rows: list[list[Content]]) -> None:
    """Calamine gives the whole numbers of .xls as ``int``; everywhere else numbers are ``float``."""
    for row in rows:
        for column, content in enumerate(row):
            if type(content) is int:
                row[column] = float(content)


def _show_marked(rows: list[list[Content]], marks: Marks) -> None:
    """Cells without a value are blank whatever the file says beside them, and lie within the rows."""
    marked = (*marks.errors, *marks.uncomputed)
    for cell in marked:
        marks.extent.include(*cell)
    if marks.extent.cells > MAX_CELLS:
        return
    width = marks.extent.columns
    for row in rows:
        row.extend([""] * (width - len(row)))
    rows.extend([""] * width for _ in range(marks.extent.rows - len(rows)))
    for row_index, column in marked:
        rows[row_index][column] = ""
