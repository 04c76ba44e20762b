"""Changing cells of an .xlsx or .xlsm without losing anything: only those cells' XML changes.

Every other part of the package is copied with its compressed bytes.  Formulas that are replaced leave the
calculation chain; when asked, Excel is told to recalculate on load.

A whole sheet, made by XlsxWriter, can be put in too: a new one, or in place of one.  Its styles are appended to the
package's, its texts become inline strings; comments and drawings of a sheet that is replaced are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from workbook.editing.sheet_edit import MAX_TEXT, Cached, Edit, SheetEditor
from workbook.formats.package import BookParts, Package, PackageError, book_parts, elements, relations_part
from workbook.numerals import column_index, column_letters
from workbook.values import dataclass

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


# ---------------------------------------------------------------- whole sheets


_STRING_CELL = re.compile(r'(<c r="[^"]+"(?: s="\d+")?) t="s"><v>(\d+)</v></c>')
_STRING = re.compile(r"<si>(.*?)</si>", re.DOTALL)
_STYLE = re.compile(r'(<(?:c|row|col)\s[^>]*?\b(?:s|style)=")(\d+)(")')
_LISTS = ("numFmts", "fonts", "fills", "borders", "cellXfs")
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
_OVERLAYS = re.compile(r"<(?:\w+:)?(drawing|legacyDrawing)\s[^>]*r:id=\"([^\"]+)\"[^>]*/>")


def put_sheet(package: Package, name: str, made: bytes) -> None:
    """Put the first sheet of the workbook *made* by XlsxWriter into *package* as the sheet *name*."""
    source = Package(made)
    part = next(iter(book_parts(source).worksheets.values()))
    xml = _inline(source.read(part).decode("utf-8"), source)
    offset = _append_styles(package, source.read("xl/styles.xml").decode("utf-8"))
    xml = _STYLE.sub(lambda m: f"{m[1]}{int(m[2]) + offset}{m[3]}", xml)
    xml = xml.replace(' tabSelected="1"', "")
    existing = book_parts(package).worksheets.get(name)
    if existing is None:
        package.write(_new_part(package, name), xml.encode("utf-8"))
        return
    overlays = "".join(
        f'<{m[1]} r:id="{m[2]}"/>' for m in _OVERLAYS.finditer(package.read(existing).decode("utf-8", "replace")))
    package.write(existing, xml.replace("</worksheet>", f"{overlays}</worksheet>").encode("utf-8"))


def _inline(xml: str, source: Package) -> str:
    """The sheet with its shared strings written into the cells."""
    strings = _STRING.findall(source.read("xl/sharedStrings.xml").decode("utf-8")) if "xl/sharedStrings.xml" in source else []
    return _STRING_CELL.sub(lambda m: f'{m[1]} t="inlineStr"><is>{strings[int(m[2])]}</is></c>', xml)


@dataclass(slots=True)
class _Group:
    """One list of a style sheet (``<fonts count="2">…</fonts>``)."""

    start: int
    end: int
    prefix: str
    items: list[str]


def _group(styles: str, name: str) -> _Group | None:
    match = re.search(rf"<((?:\w+:)?){name}(?=[\s>])[^>]*?(?:/>|>(.*?)</(?:\w+:)?{name}>)", styles, re.DOTALL)
    if match is None:
        return None
    child = {"numFmts": "numFmt", "fonts": "font", "fills": "fill", "borders": "border", "cellXfs": "xf"}[name]
    tag = rf"<(?:\w+:)?{child}(?=[\s/>])"
    items = re.findall(rf"{tag}[^>]*/>|{tag}.*?</(?:\w+:)?{child}>", match[2] or "", re.DOTALL)
    return _Group(match.start(), match.end(), match[1], items)


def _append_styles(package: Package, new: str) -> int:
    """Append the styles of *new* to the package's; returns by how much the cell style numbers rise."""
    part = book_parts(package).related("styles")
    if not part:
        raise PackageError("文件没有样式表，不能添加工作表")
    styles = package.read(part).decode("utf-8")
    if re.search(r"<\w+:styleSheet", styles):
        raise PackageError("文件的样式表写法特殊，不能添加工作表")
    sizes = {name: len(group.items) if (group := _group(styles, name)) else 0 for name in _LISTS}
    formats, base = {}, max([163, *(int(a["numFmtId"]) for _, a in elements(styles, "numFmt"))])
    for number, (_, attributes) in enumerate(elements(new, "numFmt"), 1):
        formats[attributes["numFmtId"]] = str(base + number)

    def renumber(attribute: str, shift: Callable[[str], str]) -> Callable[[str], str]:
        return lambda item: re.sub(rf'(\b{attribute}=")(\d+)(")', lambda m: f"{m[1]}{shift(m[2])}{m[3]}", item)

    changes: dict[str, list[Callable[[str], str]]] = {
        "numFmts": [renumber("numFmtId", lambda n: formats[n])],
        "cellXfs": [
            renumber("numFmtId", lambda n: formats.get(n, n)), renumber("fontId", lambda n: str(int(n) + sizes["fonts"])),
            renumber("fillId", lambda n: str(int(n) + sizes["fills"])), renumber("borderId", lambda n: str(int(n) + sizes["borders"])),
            renumber("xfId", lambda _: "0")],
    }
    for name in _LISTS:
        added = _group(new, name)
        items = added.items if added else []
        for change in changes.get(name, ()):
            items = [change(item) for item in items]
        if items:
            styles = _extended(styles, name, items)
    package.write(part, styles.encode("utf-8"))
    return sizes["cellXfs"]


def _extended(styles: str, name: str, items: list[str]) -> str:
    group = _group(styles, name)
    if group is None:  # only numFmts may be absent; it comes first
        root = re.search(r"<styleSheet[^>]*>", styles)
        if root is None:
            raise PackageError("文件的样式表写法特殊，不能添加工作表")
        return styles[: root.end()] + f'<{name} count="{len(items)}">{"".join(items)}</{name}>' + styles[root.end() :]
    head = re.match(rf"<{name}([^>]*?)/?>", styles[group.start : group.end])
    kept = re.sub(r'\s*\bcount="\d*"', "", head[1]) if head else ""
    every = [*group.items, *items]
    text = f'<{name} count="{len(every)}"{kept}>{"".join(every)}</{name}>'
    return styles[: group.start] + text + styles[group.end :]


def _new_part(package: Package, name: str) -> str:
    """Register a new worksheet called *name*; returns its part name."""
    book = book_parts(package).part
    folder = book.rpartition("/")[0]
    number = 1
    while (part := f"{folder}/worksheets/sheet{number}.xml") in package:
        number += 1
    relations = relations_part(book)
    text = package.read(relations).decode("utf-8")
    ids = {a.get("Id", "") for _, a in elements(text, "Relationship")}
    identifier = next(f"rId{n}" for n in range(1, len(ids) + 2) if f"rId{n}" not in ids)
    package.write(relations, _before_end(text, "Relationships", f'Relationship Id="{identifier}" Type="{_RELATION}" Target="/{part}"'))
    types = package.read("[Content_Types].xml").decode("utf-8")
    package.write("[Content_Types].xml", _before_end(types, "Types", f'Override PartName="/{part}" ContentType="{_WORKSHEET}"'))
    workbook = package.read(book).decode("utf-8")
    used = [int(a.get("sheetId", "0")) for _, a in elements(workbook, "sheet")]
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    space = re.search(r'xmlns:(\w+)="http://[^"]*/(?:officeDocument/2006|officeDocument)/relationships"', workbook)
    if space is None:
        raise PackageError("工作簿写法特殊，不能添加工作表")
    package.write(book, _before_end(
        workbook, "sheets", f'sheet name="{escaped}" sheetId="{max(used, default=0) + 1}" {space[1]}:id="{identifier}"'))
    return part


def _before_end(xml: str, parent: str, element: str) -> bytes:
    """*xml* with an empty *element* as last child of *parent* (in the parent's own prefix)."""
    match = re.search(rf"</((?:\w+:)?){parent}\s*>", xml)
    if match is None:
        raise PackageError("文件结构异常，不能添加工作表")
    return (xml[: match.start()] + f"<{match[1]}{element}/>" + xml[match.start() :]).encode("utf-8")
