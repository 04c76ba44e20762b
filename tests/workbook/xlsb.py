"""Hand-made .xlsb files: no library at hand writes them."""

import io
import struct
import zipfile

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([(kind & 0x7F) | 0x80, kind >> 7])
    size = len(data)
    while True:
        byte, size = size & 0x7F, size >> 7
        head += bytes([byte | (0x80 if size else 0)])
        if not size:
            return head + data


def text(value: str) -> bytes:
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    flags = bytes([0, 0x10 if hidden else 0, 0])
    return record(0x00, struct.pack("<IIH", number, 0, 300) + flags + struct.pack("<I", 0)) + b"".join(cells)


def _cell(kind: int, column: int, data: bytes) -> bytes:
    return record(kind, struct.pack("<II", column, 0) + data)


def number(column: int, value: float) -> bytes:
    return _cell(0x05, column, struct.pack("<d", value))


def string(column: int, value: str) -> bytes:
    return _cell(0x06, column, text(value))


def shared(column: int, index: int) -> bytes:
    return _cell(0x07, column, struct.pack("<I", index))


def error(column: int, code: int) -> bytes:
    return _cell(0x03, column, bytes([code]))


def blank(column: int) -> bytes:
    return _cell(0x01, column, b"")


_TOKENS = struct.pack("<HI", 0, 3) + b"\x1e\x01\x00" + struct.pack("<I", 0)


def formula(column: int, value: float) -> bytes:
    return _cell(0x09, column, struct.pack("<d", value) + _TOKENS)


def formula_error(column: int, code: int) -> bytes:
    return _cell(0x0B, column, bytes([code]) + _TOKENS)


def columns(first: int, last: int, *, hidden: bool) -> bytes:
    info = record(0x3C, struct.pack("<IIIIH", first, last, 2000, 0, int(hidden)))
    return record(0x186) + info + record(0x187)


def merged(*ranges: tuple[int, int, int, int]) -> bytes:
    """First row, last row, first column, last column of each."""
    cells = b"".join(record(0xB0, struct.pack("<IIII", *area)) for area in ranges)
    return record(0xB1, struct.pack("<I", len(ranges))) + cells + record(0xB2)


def sheet(rows: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    dimensions = record(0x94, struct.pack("<IIII", 0, 0, 0, 0))
    return record(0x81) + dimensions + before + record(0x91) + rows + record(0x92) + after + record(0x82)


def xlsb(sheets: dict[str, bytes], strings: tuple[str, ...] = (), *, hidden: tuple[str, ...] = ()) -> bytes:
    """A workbook with *sheets* (name to part)."""
    bundle, relations, parts = b"", "", {}
    for index, (name, content) in enumerate(sheets.items(), 1):
        bundle += record(0x9C, struct.pack("<II", int(name in hidden), index) + text(f"rId{index}") + text(name))
        relations += (
            f'<Relationship Id="rId{index}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{index}.bin"/>'
        )
        parts[f"xl/worksheets/sheet{index}.bin"] = content
    parts["xl/workbook.bin"] = (
        record(0x83)
        + record(0x99, bytes(12))
        + record(0x8F)
        + bundle
        + record(0x90)
        + record(0x9D, bytes(26))
        + record(0x84)
    )
    parts["xl/_rels/workbook.bin.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'.encode()
    )
    items = b"".join(record(0x13, b"\0" + text(value)) for value in strings)
    parts["xl/sharedStrings.bin"] = record(0x9F, struct.pack("<II", len(strings), len(strings))) + items + record(0xA0)
    parts["[Content_Types].xml"] = f'<Types xmlns="{_PACKAGE}/content-types"/>'.encode()
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return output.getvalue()
