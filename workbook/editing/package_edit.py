"""Changing cells of an .xlsx or .xlsm without losing anything: only those cells' XML changes.

Every other part of the package is copied with its compressed bytes.  Formulas that are replaced leave the
calculation chain; when asked, Excel is told to recalculate on load.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from workbook.editing.sheet_edit import MAX_TEXT, Cached, Edit, SheetEditor
from workbook.formats.package import BookParts, Package, PackageError, book_parts, elements, relations_part
from workbook.numerals import column_index, column_letters

__all__ = ["Cached", "Edit", "Package", "PackageError", "edit_package"]

CellEdits = Mapping[tuple[int, int], Edit]
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_AFTER_CALC = (
    "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr",
    "webPublishObjects", "extLst")
"""Elements that follow ``calcPr`` in a workbook part."""
_CALC = re.compile(r"<((?:\w+:)?)calcPr(?=[\s/>])((?:[^>\"'/]|\"[^\"]*\"|'[^']*')*)(/?)>")


def edit_package(data: bytes, edits: Mapping[str, CellEdits], *, recalculate: bool = False) -> bytes:
    """The package with cells changed, by sheet name and 0-based ``(row, column)``.

    A value is a number, a text, ``None`` (blank, the style stays) or :class:`Cached` (a formula's new value; the formula
    stays).  *recalculate* makes Excel compute everything on load.
    Raises :class:`PackageError` (a Chinese clause) when the file cannot be edited without loss.
    """
    package = Package(data)
    apply_edits(package, edits, recalculate=recalculate)
    return package.to_bytes() if package.changed or package.removed else data


def apply_edits(package: Package, edits: Mapping[str, CellEdits], *, recalculate: bool = False) -> None:
    """As :func:`edit_package`, on an open package."""
    book = book_parts(package)
    parts = book.worksheets
    replaced = False
    for sheet, cells in edits.items():
        if not cells:
            continue
        part = parts.get(sheet)
        if part is None:
            raise PackageError(f"没有名为“{sheet}”的工作表")
        _refuse(package, part, cells)
        editor = SheetEditor(package.read(part))
        package.write(part, editor.edit(cells))
        replaced = replaced or editor.replaced_formulas
    if replaced:
        _drop_calculation_chain(package, book)
    if recalculate:
        _recalculate_on_load(package, book.part)


def _refuse(package: Package, part: str, cells: CellEdits) -> None:
    for (row, column), value in cells.items():
        where = f"{column_letters(column)}{row + 1}"
        if not (0 <= row < MAX_ROW and 0 <= column < MAX_COLUMN):
            raise PackageError(f"{where} 超出工作表的范围")
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise PackageError(f"{where} 的文字超过 {MAX_TEXT} 个字，单元格放不下")
        if isinstance(value, bool | float):
            raise PackageError(f"{where} 的数必须是十进制数")
    for relation in package.relations(part).values():
        if relation.kind == "table":
            _refuse_table_header(package, relation.part, cells)


def _refuse_table_header(package: Package, part: str, cells: CellEdits) -> None:
    """A table's header cells must agree with its definition, which we do not change."""
    for match, attributes in elements(package.read(part).decode("utf-8", "replace"), "table"):
        corner = re.match(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?", attributes.get("ref", ""))
        if corner is None or attributes.get("headerRowCount") == "0":
            continue
        row, left, right = int(corner[2]) - 1, column_index(corner[1]), column_index(corner[3] or corner[1])
        if hit := next(((r, c) for r, c in cells if r == row and left <= c <= right), None):
            raise PackageError(f"{column_letters(hit[1])}{hit[0] + 1} 是表格“{attributes.get('displayName', match[1])}”的标题，不能在这里修改")


def _drop_calculation_chain(package: Package, book: BookParts) -> None:
    """Excel builds the chain anew; an entry for a cell without formula would make it repair the file."""
    chain = next(((i, relation.part) for i, relation in book.relations.items() if relation.kind == "calcChain"), None)
    if chain is None:
        return
    identifier, part = chain
    name = relations_part(book.part)
    package.write(name, _without(package.read(name), "Relationship", "Id", identifier))
    package.write("[Content_Types].xml", _without(package.read("[Content_Types].xml"), "Override", "PartName", f"/{part}"))
    package.remove(part)


def _without(xml: bytes, element: str, attribute: str, value: str) -> bytes:
    """*xml* without the empty *element* whose *attribute* is *value*."""
    text = xml.decode("utf-8")
    for match, attributes in elements(text, element):
        if attributes.get(attribute) == value:
            end = match.end()
            if not match[0].endswith("/>"):
                end = text.index(">", text.index("</", end)) + 1
            return (text[: match.start()] + text[end:]).encode("utf-8")
    return xml


def _recalculate_on_load(package: Package, part: str) -> None:
    """Set ``fullCalcOnLoad`` in the workbook part."""
    text = package.read(part).decode("utf-8")
    if match := _CALC.search(text):
        start, end, prefix, empty = match.start(), match.end(), match[1], match[3]
        kept = re.sub(r"\s+fullCalcOnLoad=(\"[^\"]*\"|'[^']*')", "", match[2]).rstrip()
    else:
        root = re.search(r"<((?:\w+:)?)workbook[\s>]", text)
        prefix, empty, kept = root[1] if root else "", "/", ""
        offsets = [m.start() for name in _AFTER_CALC if (m := re.search(rf"<{prefix}{name}[\s/>]", text))]
        start = end = min(offsets, default=text.rindex(f"</{prefix}workbook>"))
    package.write(part, f'{text[:start]}<{prefix}calcPr{kept} fullCalcOnLoad="1"{empty}>{text[end:]}'.encode())
