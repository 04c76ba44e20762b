"""OLE compound files (.xls): taking a stream out, and wrapping a stream for calamine.

calamine follows sector chains without looking for loops and reserves what the header claims; a damaged file could
take the process down with it.  So streams are taken out here and calamine is given a container of our own making.
"""

from __future__ import annotations

import io
import struct
from array import array
from itertools import accumulate, count, pairwise

from olefile import STGTY_STREAM, OleFileIO

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_HEADER = struct.Struct("<8s16sHHHHH6xIIIIIIIII")
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")
_SECTOR = 4096
_MINI_CUTOFF = 4096


class OleFile:
    """The streams of a compound file, by name; ``ValueError``: there is none of that name, or the file is damaged."""

    def __init__(self, data: bytes) -> None:
        try:
            self._file = OleFileIO(io.BytesIO(data))
            self.names = [path[0] for path in self._file.listdir(storages=True) if len(path) == 1]
        except Exception as error:  # of a damaged file the library raises whatever comes
            raise ValueError("no compound file, or a damaged one") from error

    def stream(self, *names: str) -> bytes:
        """Content of the first stream at the top that has one of *names* (in the order given, whatever their case)."""
        for name in names:
            try:
                if self._file.get_type(name) == STGTY_STREAM:
                    return bytes(self._file.openstream(name).read())
            except Exception as error:
                raise ValueError("broken stream") from error
        raise ValueError("no such stream")


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A compound file with *streams* (each padded to at least 4096 bytes, so that no mini stream is needed)."""
    contents = [bytes(_SECTOR), *(content.ljust(_MINI_CUTOFF, b"\0") for content in streams.values())]
    # Directory, the root's mini stream (unused, but readers expect one), streams.
    counts = [-(-size // _SECTOR) for size in (128 * (len(streams) + 1), *map(len, contents))]
    fat_sectors = next(number for number in count(1) if number * (_SECTOR // 4) >= number + sum(counts))
    if fat_sectors > 109:
        raise ValueError("too large")
    starts = [*accumulate(counts, initial=fat_sectors)]
    fat = array("I", [_FAT] * fat_sectors)
    for first, end in pairwise(starts):
        fat.extend([*range(first + 1, end), _END])
    fat.extend([_FREE] * (fat_sectors * (_SECTOR // 4) - len(fat)))
    counts_and_starts = (counts[0], fat_sectors, starts[0], 0, _MINI_CUTOFF, _END, 0, _END, 0)
    header = _HEADER.pack(SIGNATURE, b"", 0x3E, 4, 0xFFFE, 12, 6, *counts_and_starts)
    difat = array("I", [*range(fat_sectors), *[_FREE] * (109 - fat_sectors)])
    entries = [_entry("Root Entry", 5, starts[1], _SECTOR, child=1)]
    for number, (name, content, start) in enumerate(zip(streams, contents[1:], starts[2:], strict=False), 1):
        entries.append(_entry(name, 2, start, len(content), right=number + 1 if number < len(streams) else _FREE))
    parts = [header + difat.tobytes(), fat.tobytes(), b"".join(entries), *contents]
    return b"".join(part.ljust(-(-len(part) // _SECTOR) * _SECTOR, b"\0") for part in parts)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE) -> bytes:
    raw = name.encode("utf-16-le")
    return _ENTRY.pack(raw, len(raw) + 2, kind, 1, _FREE, right, child, b"", 0, 0, 0, start, size)
