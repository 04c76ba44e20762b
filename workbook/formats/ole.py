"""OLE compound files (.xls): taking a stream out, bounded, and wrapping a stream for calamine.

calamine follows sector chains without looking for loops and reserves what the header claims; a damaged file could
take the process down with it.  So streams are taken out here and calamine is given a container of our own making.
"""

from __future__ import annotations

import struct
from array import array

from workbook.values import dataclass

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_LAST_SECTOR = 0xFFFFFFFA
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_HEADER = struct.Struct("<8s16sHHHHH6xIIIIIIIII")
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")
_SECTOR = 4096
_MINI_CUTOFF = 4096


class OleError(ValueError):
    """Not a compound file, or one whose structure is damaged."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A directory entry."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int

    @classmethod
    def read(cls, content: bytes, position: int) -> _Entry:
        raw, length, kind, _, left, right, child, _, _, _, _, start, size = _ENTRY.unpack_from(content, position)
        name = raw[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        return cls(name, kind, left, right, child, start, size & 0xFFFFFFFF)


class OleFile:
    """The streams of a compound file, by name."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(SIGNATURE):
            raise OleError("no compound file header")
        (_, _, _, _, _, shift, mini_shift, _, _, directory, _, self._cutoff, mini_start, _, difat, _) = (
            _HEADER.unpack_from(data)
        )
        if shift not in (9, 12) or mini_shift != 6:
            raise OleError("unknown sector size")
        self._data = data
        self._size = 1 << shift
        self._fat = self._read_fat(difat)
        self._entries = self._read_directory(directory)
        self._mini_fat = _words(self._chain(mini_start, self._fat))
        self._mini: bytes | None = None

    @property
    def names(self) -> list[str]:
        """Names of the streams and storages at the top."""
        return [entry.name for entry in self._entries]

    def stream(self, *names: str) -> bytes:
        """Content of the first stream that has one of *names* (in the order given)."""
        for wanted in names:
            for entry in self._entries:
                if entry.kind == 2 and entry.name.lower() == wanted.lower():
                    return self._read(entry.start, entry.size)
        raise OleError("no such stream")

    def _read(self, start: int, size: int) -> bytes:
        if size >= self._cutoff:
            return self._chain(start, self._fat)[:size]
        if self._mini is None:
            root = self._entries[0]
            self._mini = self._chain(root.start, self._fat)[: root.size]
        mini = self._mini
        return b"".join([mini[n * 64 : n * 64 + 64] for n in self._walk(start, self._mini_fat)])[:size]

    def _read_fat(self, difat: int) -> array[int]:
        sectors = list(_words(self._data[76:512]))
        per_sector = self._size // 4
        for _ in range(len(self._data) // self._size):
            if difat >= _LAST_SECTOR:
                break
            words = _words(self._sector(difat))
            sectors.extend(words[: per_sector - 1])
            difat = words[per_sector - 1] if len(words) == per_sector else _END
        fat = array("I")
        seen = set()
        for sector in sectors:
            if sector < _LAST_SECTOR and sector not in seen:
                seen.add(sector)
                fat.extend(_words(self._sector(sector)))
        return fat

    def _read_directory(self, start: int) -> list[_Entry]:
        """The root entry and what lies directly in it (embedded objects have streams of the same names)."""
        content = self._chain(start, self._fat)
        entries = [_Entry.read(content, position) for position in range(0, len(content) - 127, 128)]
        if not entries:
            raise OleError("empty directory")
        found, open_ends, seen = [entries[0]], [entries[0].child], set()
        while open_ends:
            number = open_ends.pop()
            if number < len(entries) and number not in seen:
                seen.add(number)
                found.append(entries[number])
                open_ends += (entries[number].right, entries[number].left)
        return found

    def _chain(self, start: int, fat: array[int]) -> bytes:
        return b"".join([self._sector(sector) for sector in self._walk(start, fat)])

    def _walk(self, sector: int, fat: array[int]) -> list[int]:
        """Sector numbers of the chain that begins at *sector*; a chain longer than the file is a loop."""
        chain: list[int] = []
        while sector < _LAST_SECTOR:
            if sector >= len(fat) or len(chain) > len(fat):
                raise OleError("broken sector chain")
            chain.append(sector)
            sector = fat[sector]
        return chain

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._data[start : start + self._size]


def _words(data: bytes) -> array[int]:
    words = array("I")
    words.frombytes(data[: len(data) // 4 * 4])
    return words


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A compound file with *streams* (each padded to at least 4096 bytes, so that no mini stream is needed)."""
    contents = [content.ljust(_MINI_CUTOFF, b"\0") for content in streams.values()]
    contents.insert(0, b"\0" * _SECTOR)  # the root's mini stream: unused, but readers expect one
    counts = [-(-len(content) // _SECTOR) for content in contents]
    directory_sectors = -(-128 * (len(streams) + 1) // _SECTOR)
    data_sectors = directory_sectors + sum(counts)
    fat_sectors = 1
    while fat_sectors * (_SECTOR // 4) < fat_sectors + data_sectors:
        fat_sectors += 1
    if fat_sectors > 109:
        raise OleError("too large")
    fat = array("I", [_FAT] * fat_sectors)
    starts = []
    for count in (directory_sectors, *counts):
        first = len(fat)
        starts.append(first)
        fat.extend(range(first + 1, first + count))
        fat.append(_END)
    fat.extend([_FREE] * (fat_sectors * (_SECTOR // 4) - len(fat)))
    counts_and_starts = (directory_sectors, fat_sectors, starts[0], 0, _MINI_CUTOFF, _END, 0, _END, 0)
    header = _HEADER.pack(SIGNATURE, b"", 0x3E, 4, 0xFFFE, 12, 6, *counts_and_starts)
    difat = array("I", [*range(fat_sectors), *[_FREE] * (109 - fat_sectors)])
    entries = [_entry("Root Entry", 5, starts[1], _SECTOR, child=1)]
    for number, (name, content, start) in enumerate(zip(streams, contents[1:], starts[2:], strict=True), 1):
        entries.append(_entry(name, 2, start, len(content), right=number + 1 if number < len(streams) else _FREE))
    parts = [header + difat.tobytes(), fat.tobytes(), b"".join(entries), *contents]
    return b"".join(part.ljust(-(-len(part) // _SECTOR) * _SECTOR, b"\0") for part in parts)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE) -> bytes:
    raw = name.encode("utf-16-le")
    return _ENTRY.pack(raw, len(raw) + 2, kind, 1, _FREE, right, child, b"", 0, 0, 0, start, size)
