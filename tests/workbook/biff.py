"""Hand-made .xls files: what no writing library at hand produces (old BIFF, odd records, damage)."""

import struct

from workbook.formats.ole import compound_file


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def unicode_string(text: str, length: str = "<H") -> bytes:
    return struct.pack(length, len(text)) + b"\x01" + text.encode("utf-16-le")


def number(row: int, column: int, value: float, xf: int = 0) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, xf, value))


def label(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHH", row, column, 0) + unicode_string(text))


def rich_label(row: int, column: int, text: str) -> bytes:
    runs = struct.pack("<HHH", 1, 0, 5)
    return record(0x00D6, struct.pack("<HHH", row, column, 0) + unicode_string(text) + runs)


def byte_label(row: int, column: int, text: bytes) -> bytes:
    """BIFF5: the string is in the file's code page."""
    return record(0x0204, struct.pack("<HHHH", row, column, 0, len(text)) + text)


def shared_label(row: int, column: int, index: int) -> bytes:
    return record(0x00FD, struct.pack("<HHHI", row, column, 0, index))


def error(row: int, column: int, code: int) -> bytes:
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, code, 1))


def formula(row: int, column: int, result: bytes, options: int = 0) -> bytes:
    tokens = b"\x1e\x01\x00"
    return record(0x0006, struct.pack("<HHH", row, column, 0) + result + struct.pack("<HIH", options, 0, 3) + tokens)


BLANK_RESULT = struct.pack("<HIH", 3, 0, 0xFFFF)
STRING_RESULT = struct.pack("<HIH", 0, 0, 0xFFFF)


def error_result(code: int) -> bytes:
    return struct.pack("<HHHH", 2, code, 0, 0xFFFF)


def string_value(text: str) -> bytes:
    """The value of the formula before it."""
    return record(0x0207, unicode_string(text))


def row_info(row: int, *, hidden: bool) -> bytes:
    return record(0x0208, struct.pack("<HHHHHHI", row, 0, 1, 300, 0, 0, 0x100 | (0x20 if hidden else 0)))


def column_info(first: int, last: int, *, hidden: bool) -> bytes:
    return record(0x007D, struct.pack("<HHHHHH", first, last, 2000, 15, int(hidden), 0))


def merged(*ranges: tuple[int, int, int, int]) -> bytes:
    return record(0x00E5, struct.pack("<H", len(ranges)) + b"".join(struct.pack("<HHHH", *r) for r in ranges))


def shared_strings(*texts: str, count: int | None = None) -> bytes:
    total = len(texts) if count is None else count
    return record(0x00FC, struct.pack("<II", total, total) + b"".join(unicode_string(text) for text in texts))


def stream(
    sheets: dict[str, bytes],
    *,
    extra: bytes = b"",
    version: int = 0x0600,
    codepage: int = 1200,
    encoding: str = "gbk",
    dimensions: tuple[int, int] = (0, 0),
    hidden: tuple[str, ...] = (),
) -> bytes:
    """A Workbook stream with *sheets* (name to cell records); *extra* records go into the globals."""

    def bof(kind: int) -> bytes:
        return record(
            0x0809, struct.pack("<HHHH", version, kind, 0x0DBB, 1996) + (b"\0" * 8 if version >= 0x600 else b"")
        )

    def sheet_name(name: str) -> bytes:
        if version < 0x0600:
            raw = name.encode(encoding)
            return bytes([len(raw)]) + raw
        return bytes([len(name), 1]) + name.encode("utf-16-le")

    bodies = []
    for cells in sheets.values():
        size = struct.pack("<IIHHH", 0, dimensions[0], 0, dimensions[1], 0)
        size = size if version >= 0x600 else struct.pack("<HHHHH", 0, dimensions[0], 0, dimensions[1], 0)
        bodies.append(bof(0x10) + record(0x0200, size) + cells + record(0x000A))
    head = bof(0x05) + record(0x0042, struct.pack("<H", codepage)) + extra
    names = [struct.pack("<BB", int(name in hidden), 0) + sheet_name(name) for name in sheets]
    position = len(head) + sum(len(name) + 8 for name in names) + 4
    bound = b""
    for name, body in zip(names, bodies, strict=True):
        bound += record(0x0085, struct.pack("<I", position) + name)
        position += len(body)
    return head + bound + record(0x000A) + b"".join(bodies)


def xls(sheets: dict[str, bytes], **options: object) -> bytes:
    """An .xls file with *sheets*; options as of :func:`stream`."""
    version = options.get("version", 0x0600)
    return compound_file({"Workbook" if version == 0x0600 else "Book": stream(sheets, **options)})  # type: ignore[arg-type]
