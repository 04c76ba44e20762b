"""HTML tables, which government systems save as .xls, and their MIME form (.mht)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from workbook.errors import ContentError
from workbook.formats.marks import (
    ERROR_TEXT,
    MAX_BOOK_CELLS,
    MAX_COLUMNS,
    TRIM,
    Grid,
    ReadSheet,
    finished,
    number_or_text,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_HTML_BYTES = 12 * 1024 * 1024
_MAX_PIECES = 1_000_000
"""What may begin an element or an attribute: each, with the text behind it, costs the parser up to 300 bytes."""
_MAX_TABLES = 1000
_MAX_NAME = 60
_MAX_LINES_BEFORE = 20
_MAX_COLSPAN, _MAX_ROWSPAN = 1000, 65534

_PIECE = re.compile(r"<(?!/)|(?<!<)[\s\"'/]+(?=[^\s<>\"'/=])")
_PAGE_ENDS = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:Name>\s*(.*?)\s*</x:Name>", re.IGNORECASE | re.DOTALL)
_SHEET_PLACE = re.compile(r"<x:WorksheetSource\s[^>]*HRef=[\"']?([^\"'>\s]+)", re.IGNORECASE)
_SHEET_NUMBER = re.compile(r"^(?:Sheet|工作表)\s?\d+[:：]\s?")  # LibreOffice's headings
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_TEXT_FORMAT = re.compile(r"mso-number-format\s*:\s*[\"']?\\+@", re.IGNORECASE)
SAVE_AS = "请用 Excel/WPS 打开并另存为 .xlsx 后重试"
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({"p", "div", "li", "center", "title", "head", "body", "br", "table"}) | _HEADINGS
_BREAKS = frozenset({"br", "p", "div"})
_WORDS = re.compile(r"[^\d\s.,%()¥￥$+\-—－]|\d-\d")  # shown as a date or a word, not as a number
_APART = frozenset({"script", "style", "table"})
"""What is no text of the element that it stands in."""


def read_html(data: bytes) -> list[ReadSheet]:
    """The tables of the web page, or MIME archive of pages, *data*: each a sheet."""
    if len(data) > _MAX_HTML_BYTES:
        raise ContentError("内容过大", TRIM)
    pages = _archived_pages(data) if b"mime-version:" in data[:4096].lower() else [("", decode(data))]
    grids: list[Grid] = []
    for name, page in pages:
        found = [grid for grid in _grids(_tree(page)) if not grid.is_empty]
        names = [name] if name else _SHEET_NAME.findall(page)
        if len(names) == len(found):
            for grid, sheet_name in zip(found, names, strict=True):
                grid.name = " ".join(sheet_name.split())
        grids += found
    if not grids:
        raise ContentError("是网页文件，里面没有表格", SAVE_AS)
    return finished(grids)


def decode(data: bytes, declared: str = "") -> str:
    """Text of a page: by its byte order mark, its declared charset, or as UTF-8 or GB 18030, whichever fits."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0" or data[:1] == b"\0":
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    match = _CHARSET.search(data[:4096])
    charset = declared or (match[1].decode("ascii", "replace") if match else "")
    charset = "gb18030" if charset.lower() in ("gb2312", "gbk", "gb_2312-80", "x-gbk") else charset
    for encoding in (charset, "utf-8", "gb18030"):
        try:
            return data.decode(encoding or "utf-8").lstrip("\ufeff")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("gb18030", "replace")


def _archived_pages(data: bytes) -> list[tuple[str, str]]:
    """Sheet name and text of the pages of a MIME archive; the frame pages around them are left out."""
    from email import message_from_bytes, policy

    pages: list[tuple[str, str]] = []  # location, text
    for part in message_from_bytes(data.lstrip(), policy=policy.compat32).walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            content = payload if isinstance(payload, bytes) else b""
            location = str(part.get("Content-Location", "")).rpartition("/")[2]
            pages.append((location, decode(content, str(part.get_content_charset() or ""))))
    for _, page in pages:
        names, locations = _SHEET_NAME.findall(page), _SHEET_PLACE.findall(page)
        if names and len(names) == len(locations):
            texts = dict(pages)
            sheets = zip(names, (location.rpartition("/")[2] for location in locations), strict=True)
            if found := [(name, texts[location]) for name, location in sheets if location in texts]:
                return found
    return [("", page) for _, page in pages]


def _tree(page: str) -> _Element:
    """The root of *page*; one that is built as nobody builds pages is refused before it takes memory."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    page = _PAGE_ENDS.sub("<br>", page)  # the parser would leave out what follows: some programs write a page for each sheet
    if sum(1 for _ in _PIECE.finditer(page)) <= _MAX_PIECES:
        root = etree.fromstring(b"<html>" + page.encode("utf-8", "replace"), parser)  # so that it is never empty
        if not any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
            return root
    raise ContentError("网页内容过于复杂，或已损坏", SAVE_AS)


def _outline(root: _Element) -> Iterator[tuple[str, str, _Element | None]]:
    """The lines of a page outside of its tables, each with the tag that it ends with, and the tables."""
    line: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag, is_start = element.tag, event == "start"
        if tag in _BLOCKS:
            if text := " ".join("".join(line).split()):
                yield "" if is_start else tag, text, None
            line = []
        if is_start and tag == "table":
            yield "", "", element
        if is_start and tag in _APART:
            walk.skip_subtree()
        else:
            line.append((element.text if is_start else element.tail) or "")


def _grids(root: _Element) -> list[Grid]:
    """The tables of a page; text before a table becomes rows at its top, as in Excel."""
    grids: list[Grid] = []
    before: list[str] = []
    heading = title = ""
    placed = 0
    for tag, text, element in _outline(root):
        if tag == "title":
            title = text[:_MAX_NAME]
        elif tag in _HEADINGS and before[-1:] != [heading]:  # what stands above belongs elsewhere
            before = []
        if text and tag != "title":
            before, heading = [*before, text][-_MAX_LINES_BEFORE:], text if tag in _HEADINGS else heading
        for table in element.iter("table") if element is not None else ():
            if len(grids) == _MAX_TABLES:
                raise ContentError("网页里的表格过多", SAVE_AS)
            lines = [_SHEET_NUMBER.sub("", heading), *(line for line in before if "：" not in line and ":" not in line)]
            grids.append(grid := Grid(next((line for line in lines if line and len(line) <= _MAX_NAME), "")))
            placed = _Table(grid, before, placed).read(table)
            before, heading = [], ""
    if len(grids) == 1:
        grids[0].name = grids[0].name or title
    return grids


class _Table:
    """A table while its cells are put into *grid*, below the lines *before* it.

    *placed*: columns that all cells of the page cover, in every row.
    """

    def __init__(self, grid: Grid, before: list[str], placed: int) -> None:
        self.grid, self.row, self.column, self.placed = grid, len(before) - 1, 0, placed
        self.taken: dict[int, int] = {}
        """Column → last row that a span from above covers."""
        for row, line in enumerate(before):
            grid.put(row, 0, line)

    def read(self, table: _Element) -> int:
        """Read it all; how many columns the cells cover now."""
        marks, columns = self.grid.marks, 0
        walk = etree.iterwalk(table, events=("start",), tag=("table", "tr", "td", "th", "col", "caption"))
        for _, element in walk:
            is_hidden = element.tag in ("tr", "col") and _HIDDEN.search(element.get("style", "")) is not None
            if element.tag in ("td", "th"):
                self._cell(element)
            elif element.tag == "tr":
                self.row, self.column = self.row + 1, 0
                marks.hidden_rows.update([self.row] if is_hidden else ())
            elif element.tag == "col":
                first, columns = columns, columns + _span(element, "span", _MAX_COLSPAN)
                marks.hide_columns(first, (columns if is_hidden else first) - 1)
            elif element.tag == "caption":
                self.grid.name = " ".join(_text(element).split())[:_MAX_NAME]
            elif element is not table:
                walk.skip_subtree()
        return self.placed

    def _cell(self, cell: _Element) -> None:
        self.row = max(self.row, 0)
        while self.taken.get(self.column, -1) >= self.row:
            self.column += 1
            self.placed += 1
        row, column = self.row, self.column
        columns, rows = _span(cell, "colspan", _MAX_COLSPAN), _span(cell, "rowspan", _MAX_ROWSPAN)
        self.placed += columns
        self.column += columns
        if self.column > MAX_COLUMNS or self.placed > MAX_BOOK_CELLS:
            raise ContentError("表格的列或合并单元格过多", TRIM)
        if rows > 1 or columns > 1:
            self.grid.marks.merged.append((row, column, row + rows - 1, column + columns - 1))
        if rows > 1:
            self.taken.update(dict.fromkeys(range(column, column + columns), row + rows - 1))
        lines = [" ".join(line.split()) for line in _text(cell).split("\n")]
        text = "\n".join(line for line in lines if line)
        if ERROR_TEXT.match(text):
            self.grid.put_error(row, column, text)
        else:
            self.grid.put(row, column, _value(cell, text))
        if "x:fmla" in cell.attrib:
            self.grid.put_formula(row, column, computed=bool(text))


def _text(element: _Element) -> str:
    """The text in *element*, without scripts and tables in it."""
    if not len(element):
        return element.text or ""
    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        if event == "end":
            parts.append((inner.tail if inner is not element else "") or "")
        elif inner.tag in _APART:
            walk.skip_subtree()
        else:
            parts += ("\n" if inner.tag in _BREAKS else "", inner.text or "")
    return "".join(parts)


def _value(cell: _Element, text: str) -> object:
    """Content of a cell: the full number where Excel or LibreOffice wrote it beside the shown text."""
    if "x:str" in cell.attrib or _TEXT_FORMAT.search(cell.get("style", "")):
        return text
    number = cell.get("x:num") or cell.get("sdval")
    if number and not _WORDS.search(text):
        try:
            return float(number)
        except ValueError:
            return text
    return number_or_text(text)


def _span(element: _Element, name: str, limit: int) -> int:
    digits = element.get(name, "").strip()
    return min(max(int(digits), 1), limit) if digits.isdecimal() and len(digits) < 10 else 1
