"""Changing cells of an .xlsx or .xlsm without losing anything: only those cells' XML changes.

Every other part of the package is copied with its compressed bytes.  Formulas that are replaced leave the
calculation chain; when asked, Excel is told to recalculate on load.

A whole sheet, made by XlsxWriter, can be put in too: a new one, or in place of one.  Its styles are appended to the
package's, its texts become inline strings; comments and drawings of a sheet that is replaced are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook.editing.cells import CellState
from workbook.editing.sheet_edit import MAX_TEXT, Edit, SheetEditor
from workbook.formats.ole import encrypted, unlocked
from workbook.formats.package import BookParts, Package, PackageError, book_parts, relations_part
from workbook.formats.safe_xml import BROKEN, REPAIR
from workbook.numerals import a1, column_index

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Edit", "Package", "PackageError", "edit_package"]

CellEdits = Mapping[tuple[int, int], Edit]
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TYPES = "[Content_Types].xml"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_AFTER_CALC = {
    "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr",
    "webPublishObjects", "extLst"}
"""Elements that follow ``calcPr`` in a workbook part."""


def edit_package(
    data: bytes, edits: Mapping[str, CellEdits], *, anew: Mapping[str, bytes] | None = None, recalculate: bool = False
) -> bytes:
    """The package with cells changed, by sheet name and 0-based ``(row, column)``; what is encrypted stays so.

    A value is a number, a text, ``None`` (blank, the style stays) or a cell's state (of a formula its new value; the formula
    stays).  Sheets *anew* are put in first: each is the first sheet of a workbook made by XlsxWriter.  *recalculate* makes
    Excel compute everything on load.
    Raises ``ContentError`` (a Chinese clause) when the file cannot be edited without loss.
    """
    plain, password = unlocked(data)
    if not plain.startswith(b"PK"):
        raise PackageError("不是 .xlsx 格式（或已损坏），不能直接修改")
    package = Package(plain)
    for sheet, made in (anew or {}).items():
        _put_sheet(package, sheet, made)
    book, replaced = book_parts(package), False
    for sheet, states in edits.items():
        cells = {position: _plain(state) for position, state in states.items()}
        if not cells:
            continue
        part = book.worksheets.get(sheet)
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
    return encrypted(package.to_bytes(), password) if package.changed or package.removed else data


def _plain(value: Edit) -> Edit:
    """*value*, whose state matters only where it is that of a formula."""
    if isinstance(value, CellState) and not value.is_formula:
        value = value.content if isinstance(value.content, Decimal | bool) else str(value.content)
    return None if value == "" else value


def _refuse(package: Package, part: str, cells: CellEdits) -> None:
    for (row, column), value in cells.items():
        where = a1(row, column)
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
    table = _parsed(package, part)
    corner = re.match(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?", table.get("ref", ""))
    if corner is None or table.get("headerRowCount") == "0":
        return
    row, left, right = int(corner[2]) - 1, column_index(corner[1]), column_index(corner[3] or corner[1])
    if hit := next(((r, c) for r, c in cells if r == row and left <= c <= right), None):
        raise PackageError(f"{a1(*hit)} 是表格“{table.get('displayName', '')}”的标题，不能在这里修改")


def _drop_calculation_chain(package: Package, book: BookParts) -> None:
    """Excel builds the chain anew; an entry for a cell without formula would make it repair the file."""
    part = book.related("calcChain")
    if not part:
        return
    with _changed(package, relations_part(book.part)) as relations:
        _drop(relations, "Id", next(i for i, relation in book.relations.items() if relation.kind == "calcChain"))
    with _changed(package, _TYPES) as types:
        _drop(types, "PartName", f"/{part}")
    package.remove(part)


def _drop(parent: _Element, attribute: str, value: str) -> None:
    for item in parent:
        if item.get(attribute) == value:
            parent.remove(item)


def _recalculate_on_load(package: Package, part: str) -> None:
    """Set ``fullCalcOnLoad`` in the workbook part."""
    with _changed(package, part) as root:
        calc = root.find("{*}calcPr")
        if calc is None:
            after = next((n for n, item in enumerate(root) if _name(item) in _AFTER_CALC), len(root))
            root.insert(after, calc := root.makeelement(str(root.tag).replace("workbook", "calcPr")))
        calc.set("fullCalcOnLoad", "1")


@contextmanager
def _changed(package: Package, part: str) -> Iterator[_Element]:
    """The root of one of the package's own lists (no sheet), written back when it was changed."""
    root = _parsed(package, part)
    yield root
    package.write(part, _bytes(root))


def _bytes(root: _Element) -> bytes:
    from lxml import etree

    return _DECLARATION + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def _parsed(package: Package, part: str) -> _Element:
    from lxml import etree

    try:
        root = etree.fromstring(package.read(part), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise PackageError(BROKEN, REPAIR) from error
    if root.getroottree().docinfo.doctype:
        raise PackageError(BROKEN, REPAIR)
    return root


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


# ---------------------------------------------------------------- whole sheets


_LISTS = ("numFmts", "fonts", "fills", "borders", "cellXfs")
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _put_sheet(package: Package, name: str, made: bytes) -> None:
    """Put the first sheet of the workbook *made* by XlsxWriter into *package* as the sheet *name*."""
    source = Package(made)
    sheet = _parsed(source, next(iter(book_parts(source).worksheets.values())))
    strings = _parsed(source, "xl/sharedStrings.xml") if "xl/sharedStrings.xml" in source else None
    offset = _append_styles(package, _parsed(source, "xl/styles.xml"))
    for item in sheet.iter(f"{_MAIN}c", f"{_MAIN}row", f"{_MAIN}col"):
        for attribute in ("s", "style"):
            if (style := item.get(attribute)) is not None:
                item.set(attribute, str(int(style) + offset))
        if item.get("t") == "s" and strings is not None:
            item.set("t", "inlineStr")
            text = deepcopy(strings[int(item[0].text or 0)])
            text.tag = f"{_MAIN}is"
            item[:] = [text]
    for view in sheet.iter(f"{_MAIN}sheetView"):
        view.attrib.pop("tabSelected", None)
    part = book_parts(package).worksheets.get(name)
    if part is None:
        part = _new_part(package, name)
    else:
        sheet.extend([item for item in _parsed(package, part) if _name(item) in ("drawing", "legacyDrawing")])
    package.write(part, _bytes(sheet))


def _append_styles(package: Package, new: _Element) -> int:
    """Append the *new* styles to the package's; returns by how much the cell style numbers rise."""
    part = book_parts(package).related("styles")
    if not part:
        raise PackageError("文件没有样式表，不能添加工作表")
    with _changed(package, part) as styles:
        if styles.find(f"{_MAIN}numFmts") is None:  # the only list that may be absent; it comes first
            styles.insert(0, styles.makeelement(f"{_MAIN}numFmts"))
        lists = {name: mine for name in _LISTS if (mine := styles.find(_MAIN + name)) is not None}
        if len(lists) < len(_LISTS):
            raise PackageError("文件的样式表写法特殊，不能添加工作表")
        sizes = {name: len(mine) for name, mine in lists.items()}
        first = 1 + max([163, *(int(item.get("numFmtId", 0)) for item in lists["numFmts"])])
        formats = {item.get("numFmtId", ""): str(n) for n, item in enumerate(new.iter(f"{_MAIN}numFmt"), first)}
        for item in new.iter(f"{_MAIN}numFmt", f"{_MAIN}xf"):
            item.set("numFmtId", formats.get(number := item.get("numFmtId", "0"), number))
        for item in new.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf"):
            item.set("xfId", "0")
            for kind in ("font", "fill", "border"):
                item.set(f"{kind}Id", str(int(item.get(f"{kind}Id", 0)) + sizes[f"{kind}s"]))
        for name, mine in lists.items():
            mine.extend(new.findall(f"{_MAIN}{name}/*"))
            mine.set("count", str(len(mine)))
        if not len(lists["numFmts"]):
            styles.remove(lists["numFmts"])
    return sizes["cellXfs"]


def _new_part(package: Package, name: str) -> str:
    """Register a new worksheet called *name*; returns its part name."""
    book = book_parts(package).part
    folder, number = book.rpartition("/")[0], 1
    while (part := f"{folder}/worksheets/sheet{number}.xml") in package:
        number += 1
    with _changed(package, relations_part(book)) as relations:
        used = {item.get("Id") for item in relations}
        identifier = next(f"rId{n}" for n in range(1, len(used) + 2) if f"rId{n}" not in used)
        _add(relations, "Relationship", Id=identifier, Type=_RELATION, Target=f"/{part}")
    with _changed(package, _TYPES) as types:
        _add(types, "Override", PartName=f"/{part}", ContentType=_WORKSHEET)
    with _changed(package, book) as root:
        sheets = root.find("{*}sheets")
        if sheets is None or root.tag != f"{_MAIN}workbook":
            raise PackageError("工作簿写法特殊，不能添加工作表")
        number = max((int(item.get("sheetId", 0)) for item in sheets), default=0) + 1
        _add(sheets, "sheet", name=name, sheetId=str(number)).set(_ID, identifier)
    return part


def _add(parent: _Element, tag: str, **attributes: str) -> _Element:
    """Add an empty element in the namespace of its *parent*."""
    child = parent.makeelement(f"{str(parent.tag).rpartition('}')[0]}}}{tag}", attributes)
    parent.append(child)
    return child
