"""Marks of .xlsx/.xlsm workbooks, and a package that calamine reads rightly.

calamine looks for the parts where Excel puts them, takes every part for UTF-8 and fails on error values newer than
itself; a package that differs is rewritten in memory.
"""

from __future__ import annotations

import re
from html import escape

from workbook.formats.archive import Member, make_member, write_archive
from workbook.formats.marks import MAX_TEXT_BYTES, Marks, Prepared
from workbook.formats.package import BOOK, BROKEN, REPAIR, Package, PackageError, book_parts
from workbook.formats.safe_xml import has_markup, plain_xml
from workbook.formats.sheet_scan import NotPlainError, plain_sheet, scan_plain

_SHARED = "xl/sharedStrings.xml"
_STYLES = "xl/styles.xml"
_MAX_STRINGS = 3_000_000
_MAX_SHARED_BYTES = 64 * 1024 * 1024
_MAX_STYLES_BYTES = 32 * 1024 * 1024
_KNOWN_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
_CLAIM = re.compile(rb"<(?:\w+:)?sst\s[^>]*?\buniqueCount\s*=\s*[\"'](\d{1,30})")
_SHARED_CELL = re.compile(rb't="s"[^>]*>\s*<(?:\w+:)?v>(\d{1,9})<')
_EMPTY_STRING = re.compile(rb"<(?:\w+:)?si\s*/>")
_END_OF_STRING = re.compile(rb"</(?:\w+:)?si\s*>")
_SHORTEST_CELL = len('<c r="A1" t="s"><v>0</v></c>')
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class XlsxBook:
    """The parts of a workbook, as its relationships name them."""

    def __init__(self, package: Package) -> None:
        self.package = package
        parts = book_parts(package)
        self.book, self.sheets = parts.part, parts.sheets
        self.shared = parts.related("sharedStrings") or _SHARED
        self.styles = parts.related("styles") or _STYLES

    def prepare(self) -> Prepared:
        """Scan every sheet; give the marks and the bytes for calamine."""
        package, changed = self.package, dict[str, bytes]()
        package.verify(self.shared, _MAX_SHARED_BYTES)
        package.verify(self.styles, _MAX_STYLES_BYTES)
        sheets = [(name, self._scan(name, relation.part, changed)) for name, _, relation in self.sheets]
        self._check_text()
        for part in (self.book, self.shared, self.styles):
            if part in package and package.start(part, 2) in _WIDE:
                changed[part] = _utf8(package.read(part))
        if self.shared in package:
            strings = changed.get(self.shared) or package.read(self.shared)
            if has_markup(strings):
                changed[self.shared] = strings = plain_xml(strings)
            if (claim := _CLAIM.search(strings)) and int(claim[1]) > _MAX_STRINGS:  # calamine reserves room for so many
                raise PackageError(BROKEN, REPAIR)
        usual = not changed and self._is_usual()
        return Prepared(self.package.data if usual else self._rewritten(changed), sheets)

    def _scan(self, name: str, part: str, changed: dict[str, bytes]) -> Marks:
        if part not in self.package:
            return Marks()
        xml = self.package.read(part)
        if b"sheetData" not in xml and b"<chartsheet" in xml:
            return Marks()
        try:
            marks = scan_plain(xml)
        except NotPlainError:
            try:
                xml = changed[part] = plain_sheet(xml)
                marks = scan_plain(xml)
            except (PackageError, NotPlainError) as error:
                raise PackageError(f"工作表“{name}”已损坏", REPAIR) from error
        for value in set(marks.errors.values()) - _KNOWN_ERRORS:
            xml = changed[part] = xml.replace(f">{value}<".encode(), b">#N/A<")
        return marks

    def _check_text(self) -> None:
        """Refuse a workbook in which many cells share a huge string."""
        parts = {relation.part for _, _, relation in self.sheets if relation.part in self.package}
        cells = sum(map(self.package.size, parts)) // _SHORTEST_CELL
        if self.shared not in self.package or self.package.size(self.shared) * cells <= MAX_TEXT_BYTES:
            return
        xml = _EMPTY_STRING.sub(b"</si>", self.package.read(self.shared))
        lengths = [len(piece) for piece in _END_OF_STRING.split(xml)]
        if b"<!" in xml:  # a comment may hide what it likes
            lengths = [max(lengths)]
        if max(lengths) * cells <= MAX_TEXT_BYTES:
            return
        total = 0
        for part in parts:
            for match in _SHARED_CELL.finditer(self.package.read(part)):
                total += lengths[min(int(match[1]), len(lengths) - 1)]
            if total > MAX_TEXT_BYTES:
                raise PackageError("单元格文字过多", "请删除多余的内容后另存")

    def _is_usual(self) -> bool:
        """Whether calamine finds the parts by itself."""
        targets = [relation.target for _, _, relation in self.sheets]
        return (
            self.book == BOOK
            and (self.shared == _SHARED or self.shared not in self.package)
            and (self.styles == _STYLES or self.styles not in self.package)
            and not any("\\" in target or target.startswith(".") or "/." in target for target in targets)
        )

    def _rewritten(self, changed: dict[str, bytes]) -> bytes:
        """The package with its parts in the usual places, and *changed* contents."""

        def content(part: str) -> bytes:
            return changed[part] if part in changed else self.package.read(part)

        members: list[Member] = []
        relations = []

        def add(name: str, xml: bytes | str) -> None:
            members.append(make_member(name, xml, level=1))

        for number, (_, key, relation) in enumerate(self.sheets, 1):
            if relation.part in self.package:
                target = f"{relation.kind or 'worksheet'}s/sheet{number}.xml"
                relations.append((key, relation.kind, target))
                add(f"xl/{target}", content(relation.part))
        for part, usual, kind in ((self.shared, _SHARED, "sharedStrings"), (self.styles, _STYLES, "styles")):
            if part in self.package:
                relations.append((kind, kind, usual.removeprefix("xl/")))
                add(usual, content(part))
        add("xl/_rels/workbook.xml.rels", _relationships(relations))
        add("_rels/.rels", _relationships([("book", "officeDocument", BOOK)]))
        add(BOOK, content(self.book))
        add("[Content_Types].xml", content("[Content_Types].xml"))
        return write_archive(members)


def _relationships(relations: list[tuple[str, str, str]]) -> str:
    """A relationships part with *relations*: id, kind and target of each."""
    lines = [
        f'<Relationship Id="{escape(key)}" Type="{_RELATIONSHIPS}/{kind}" Target="{target}"/>'
        for key, kind, target in relations
    ]
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{"".join(lines)}</Relationships>'


def _utf8(xml: bytes) -> bytes:
    """A UTF-16 part as UTF-8 without a declaration."""
    encoding = "utf-16" if xml[:2] in _WIDE[:2] else "utf-16-le" if xml[1:2] == b"\0" else "utf-16-be"
    return _DECLARATION.sub("", xml.decode(encoding, "replace")).encode()
