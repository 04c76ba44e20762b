"""Putting a whole sheet, made by XlsxWriter, into an existing package: a new one, or in place of one.

The other sheets stay as they are.  Styles of the new sheet are appended to the package's; its texts
become inline strings; comments and drawings of a sheet that is replaced are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from workbook.formats.package import Package, PackageError, book_parts, elements, relations_part
from workbook.values import dataclass

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
