"""HTML tables, which government systems save as .xls, and their MIME form (.mht)."""

from __future__ import annotations

import re
import time
from dataclasses import field
from html.parser import HTMLParser

from workbook.errors import ContentError
from workbook.formats.marks import ERROR_TEXT, MAX_BOOK_CELLS, TRIM, Grid, ReadSheet, finished, number_or_text
from workbook.values import dataclass

_MAX_HTML_BYTES = 12 * 1024 * 1024
_STEP = 16 * 1024
_MAX_SECONDS = 12.0
_MAX_CONSTRUCT = 256 * 1024  # longest single tag or comment
_MAX_TABLES = 1000
_MAX_NAME = 60
_MAX_LINES_BEFORE = 20
_MAX_COLSPAN, _MAX_ROWSPAN, _MAX_COLUMNS = 1000, 65534, 16384

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:Name>\s*(.*?)\s*</x:Name>", re.IGNORECASE | re.DOTALL)
_SHEET_PLACE = re.compile(r"<x:WorksheetSource\s[^>]*HRef=[\"']?([^\"'>\s]+)", re.IGNORECASE)
_SHEET_NUMBER = re.compile(r"^(?:Sheet|工作表)\s?\d+[:：]\s?")  # LibreOffice's headings
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_TEXT_FORMAT = re.compile(r"mso-number-format\s*:\s*[\"']?\\+@", re.IGNORECASE)
SAVE_AS = "请用 Excel/WPS 打开并另存为 .xlsx 后重试"
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({"p", "div", "li", "center", "title", "head", "body"}) | _HEADINGS
_WORDS = re.compile(r"[^\d\s.,%()¥￥$+\-—－]|\d-\d")  # shown as a date or a word, not as a number
_SKIPPED = frozenset({"script", "style"})


def read_html(data: bytes) -> list[ReadSheet]:
    """The tables of the web page, or MIME archive of pages, *data*: each a sheet."""
    if len(data) > _MAX_HTML_BYTES:
        raise ContentError("内容过大", TRIM)
    pages = _archived_pages(data) if b"mime-version:" in data[:4096].lower() else [("", decode(data))]
    grids: list[Grid] = []
    for name, page in pages:
        tables = _Tables()
        tables.read(page)
        found = [grid for grid in tables.grids if not grid.is_empty]
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


@dataclass(slots=True)
class _Table:
    """A table while it is read."""

    grid: Grid
    row: int
    column: int = 0
    """Where the next cell stands, if no span from above covers it."""
    columns: int = 0
    """How many ``col`` elements have said something so far."""
    taken: dict[int, int] = field(default_factory=dict)
    """Column → last row that a span from above covers."""
    cell: tuple[int, dict[str, str]] | None = None
    """Column and attributes of the cell whose text is being read."""
    text: list[str] = field(default_factory=list)
    caption: list[str] | None = None

    def start_cell(self, attributes: dict[str, str]) -> int:
        """A cell begins; how many columns it covers."""
        self.end_cell()
        self.row = max(self.row, 0)
        while self.taken.get(self.column, -1) >= self.row:
            self.column += 1
        columns, rows = _span(attributes.get("colspan", ""), _MAX_COLSPAN), _span(attributes.get("rowspan", ""), _MAX_ROWSPAN)
        if self.column + columns > _MAX_COLUMNS:
            raise ContentError("表格的列过多", TRIM)
        if rows > 1 or columns > 1:
            self.grid.merge(self.row, self.column, self.row + rows - 1, self.column + columns - 1)
        if rows > 1:
            self.taken.update(dict.fromkeys(range(self.column, self.column + columns), self.row + rows - 1))
        self.cell = self.column, attributes
        self.column += columns
        return columns

    def end_cell(self) -> None:
        """The text of a cell is complete."""
        if self.cell is None:
            return
        (column, attributes), self.cell = self.cell, None
        lines = [" ".join(line.split()) for line in "".join(self.text).split("\n")]
        text = "\n".join(line for line in lines if line)
        self.text = []
        if ERROR_TEXT.match(text):
            self.grid.put_error(self.row, column, text)
        else:
            self.grid.put(self.row, column, _value(attributes, text))
        if "x:fmla" in attributes:
            self.grid.put_formula(self.row, column, computed=bool(text))


class _Tables(HTMLParser):
    """Collects the tables of a page; text before a table becomes rows at its top, as in Excel."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grids: list[Grid] = []
        self._open: list[_Table] = []
        self._before: list[str] = []
        self._heading = self._title = ""
        self._line: list[str] = []
        self._placed = 0

    def read(self, page: str) -> None:
        """Parse *page* piece by piece: a hostile one can make each piece slow, but not all of them."""
        end = time.monotonic() + _MAX_SECONDS
        for start in range(0, len(page), _STEP):
            self.feed(page[start : start + _STEP])
            if len(self.rawdata) > _MAX_CONSTRUCT or time.monotonic() > end:
                raise ContentError("网页内容过于复杂，或已损坏", SAVE_AS)
        while self._open:
            self._end_table()
        if len(self.grids) == 1:
            self.grids[0].name = self.grids[0].name or self._title

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._start_table()
        elif not self._open:
            if tag in _BLOCKS or tag == "br":
                self._end_line()
        else:
            self._start_within(self._open[-1], tag, {name: value or "" for name, value in attrs})

    def _start_table(self) -> None:
        self._end_line()
        lines = [_SHEET_NUMBER.sub("", self._heading), *(line for line in self._before if "：" not in line and ":" not in line)]
        if len(self._open) + len(self.grids) > _MAX_TABLES:
            raise ContentError("网页里的表格过多", SAVE_AS)
        table = _Table(Grid(next((line for line in lines if line and len(line) <= _MAX_NAME), "")), len(self._before) - 1)
        for row, line in enumerate(self._before):
            table.grid.put(row, 0, line)
        self._open.append(table)
        self._before, self._heading = [], ""

    def _start_within(self, table: _Table, tag: str, attributes: dict[str, str]) -> None:
        is_hidden = _HIDDEN.search(attributes.get("style", "")) is not None
        if tag == "tr":
            table.end_cell()
            table.row, table.column = table.row + 1, 0
            if is_hidden:
                table.grid.marks.hidden_rows.add(table.row)
        elif tag in ("td", "th"):
            self._placed += table.start_cell(attributes)
            if self._placed > MAX_BOOK_CELLS:
                raise ContentError("合并单元格过多", TRIM)
        elif tag == "col":
            span = _span(attributes.get("span", ""), _MAX_COLSPAN)
            if is_hidden:
                table.grid.marks.hide_columns(table.columns, table.columns + span - 1)
            table.columns += span
        elif tag == "caption":
            table.caption = []
        elif tag in ("br", "p", "div") and table.cell is not None:
            table.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if not self._open:
            if tag in _BLOCKS:
                self._end_line(tag)
            return
        table = self._open[-1]
        if tag == "table":
            self._end_table()
        elif tag in ("td", "th", "tr"):
            table.end_cell()
        elif tag == "caption" and table.caption is not None:
            table.grid.name, table.caption = " ".join("".join(table.caption).split())[:_MAX_NAME], None

    def handle_data(self, data: str) -> None:
        if self.cdata_elem in _SKIPPED:
            return
        table = self._open[-1] if self._open else None
        if table is None:
            self._line.append(data)
        elif table.cell is not None:
            table.text.append(data)
        elif table.caption is not None:
            table.caption.append(data)

    def _end_line(self, tag: str = "") -> None:
        line = " ".join("".join(self._line).split())
        self._line = []
        if tag == "title":
            self._title = line[:_MAX_NAME]
        elif line:
            if tag in _HEADINGS and self._before[-1:] != [self._heading]:  # what stands above belongs elsewhere
                self._before = []
            self._before = [*self._before, line][-_MAX_LINES_BEFORE:]
            if tag in _HEADINGS:
                self._heading = line

    def _end_table(self) -> None:
        table = self._open.pop()
        table.end_cell()
        self.grids.append(table.grid)


def _value(attributes: dict[str, str], text: str) -> object:
    """Content of a cell: the full number where Excel or LibreOffice wrote it beside the shown text."""
    if "x:str" in attributes or _TEXT_FORMAT.search(attributes.get("style", "")):
        return text
    number = attributes.get("x:num") or attributes.get("sdval")
    if number and not _WORDS.search(text):
        try:
            return float(number)
        except ValueError:
            return text
    return number_or_text(text)


def _span(value: str, limit: int) -> int:
    digits = value.strip()
    return min(max(int(digits), 1), limit) if digits.isdecimal() and len(digits) < 10 else 1
