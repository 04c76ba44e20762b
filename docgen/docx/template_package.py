"""The zip package of a Word file: parts read once, unchanged parts copied as they are compressed.

Word files made from a template differ from it in a few parts only.  Copying the other parts' compressed
bytes, instead of inflating and deflating them again, is what makes writing a report quick.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from workbook.errors import InputError, system_words
from workbook.values import dataclass

LARGEST_PART = 64 * 2**20  # bytes of one part, inflated; a template is far below
LARGEST_PACKAGE = 256 * 2**20
LEVEL = 3  # zlib: half the time of the default for a tenth more bytes

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_DATE = (1 << 5) | 1  # 1980-01-01: the same content gives the same bytes
_READ_WRITE = 0o600 << 16  # Word for Mac refuses files without attributes


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the package, compressed as it lies in the archive."""

    name: str
    method: int
    """0 stored, 8 deflated."""
    crc: int
    size: int
    data: bytes

    def read(self) -> bytes:
        """The content."""
        return self.data if self.method == 0 else zlib.decompress(self.data, -15)


def make_part(name: str, content: bytes | str, *, level: int = LEVEL) -> Part:
    """A part with *content* (text is encoded as UTF-8), compressed unless that gains nothing."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -15)
    data = squeeze.compress(raw) + squeeze.flush()
    if len(data) >= len(raw):
        return Part(name, 0, zlib.crc32(raw), len(raw), raw)
    return Part(name, 8, zlib.crc32(raw), len(raw), data)


def read_parts(path: Path) -> dict[str, Part]:
    """All parts of the Word file *path* by name, in the file's order.

    Raises:
        InputError: missing, no permission, or as :func:`parts_of`.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(path, "文件不存在", "请检查路径") from None
    except OSError as error:
        raise InputError(path, f"无法读取（{system_words(error)}）", "请检查权限，或先关闭打开它的程序") from None
    return parts_of(content, path)


def parts_of(content: bytes, path: Path) -> dict[str, Part]:
    """All parts of the Word file with these bytes; *path* is for messages.

    Raises:
        InputError: not a .docx, encrypted, damaged, or too large to be one.
    """
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(path, "是旧版 .doc 或设了密码的文件", "请用 Word/WPS 打开，取消密码并另存为 .docx")
    try:
        return _parts_of(content, path)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, ValueError, EOFError):
        raise InputError(path, "不是可用的 Word 文件（.docx），或已损坏", "请用 Word/WPS 打开并另存为 .docx") from None


def _parts_of(content: bytes, path: Path) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > LARGEST_PACKAGE:
        raise InputError(path, "解压后过大，不像 Word 文件", "请换一个文件")
    for entry in entries:
        if entry.is_dir():
            continue
        if entry.flag_bits & 1:
            raise InputError(path, "设了密码", "请取消密码后再用")
        if entry.file_size > LARGEST_PART or entry.compress_type not in {0, 8}:
            raise InputError(path, f"其中的 {entry.filename} 过大或压缩方式不认识", "请用 Word/WPS 另存一次")
        start = entry.header_offset
        name_length, extra_length = struct.unpack_from("<HH", content, start + 26)
        start += _LOCAL.size + name_length + extra_length
        data = content[start : start + entry.compress_size]
        part = Part(entry.filename, entry.compress_type, entry.CRC, entry.file_size, data)
        _verify(part)
        parts[entry.filename] = part
    return parts


def _verify(part: Part) -> None:
    """Inflate *part* once, no further than it says it is long."""
    if part.method == 0:
        raw = part.data
    else:
        inflate = zlib.decompressobj(-15)
        raw = inflate.decompress(part.data, part.size + 1)
    if len(raw) != part.size or zlib.crc32(raw) != part.crc:
        raise zipfile.BadZipFile(part.name)


def write_package(parts: Iterable[Part]) -> bytes:
    """The bytes of a zip archive holding *parts* in this order, all dated 1980-01-01."""
    out: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for part in parts:
        name = part.name.encode("utf-8")
        flags = 0 if name.isascii() else 0x800
        header = _LOCAL.pack(
            0x04034B50, 20, flags, part.method, 0, _DATE, part.crc, len(part.data), part.size, len(name), 0
        )
        central = _CENTRAL.pack(
            0x02014B50, 0x0314, 20, flags, part.method, 0, _DATE, part.crc, len(part.data), part.size,
            len(name), 0, 0, 0, 0, _READ_WRITE, offset,
        )  # fmt: skip
        out += (header, name, part.data)
        directory += (central, name)
        offset += len(header) + len(name) + len(part.data)
    central_bytes = b"".join(directory)
    count = len(directory) // 2
    end = _END.pack(0x06054B50, 0, 0, count, count, len(central_bytes), offset, 0)
    return b"".join((*out, central_bytes, end))
