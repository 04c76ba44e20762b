"""OLE compound files: .xls workbooks, and encrypted ones of every kind.

calamine follows sector chains without looking for loops and reserves what the header claims; a damaged file could
take the process down with it.  So streams are taken out here and calamine is given a container of our own making.

Encrypted workbooks are read in memory with their password, and encrypted again with it.  What the format says is
msoffcrypto-tool's to know, which is imported when the first encrypted file is met.  Passwords are held while the program
runs, in memory only, and each encrypted file is tried with all of them: last year's workbook and the files of a folder
mostly have the same.
"""

from __future__ import annotations

import io
import re
import struct
from array import array
from functools import lru_cache
from itertools import accumulate, count, pairwise

from workbook.errors import ContentError, EncryptedError
from workbook.formats.package import ENCRYPTED, UNLOCK

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_HEADER = struct.Struct("<8s16sHHHHH6xIIIIIIIII")
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")
_SECTOR = 4096
_STREAM = 2  # olefile: the kind of an entry
_MINI_CUTOFF = 4096


class OleFile:
    """The streams of a compound file, by name; ``ValueError``: there is none of that name, or the file is damaged."""

    def __init__(self, data: bytes) -> None:
        from olefile import OleFileIO  # 10 ms that no other file needs

        try:
            self._file = OleFileIO(io.BytesIO(data))
            self.names = [path[0] for path in self._file.listdir(storages=True) if len(path) == 1]
        except Exception as error:  # of a damaged file the library raises whatever comes
            raise ValueError("no compound file, or a damaged one") from error

    def stream(self, *names: str) -> bytes:
        """Content of the first stream at the top that has one of *names* (in the order given, whatever their case)."""
        for name in names:
            try:
                if self._file.get_type(name) == _STREAM:
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


# ---------------------------------------------------------------- encrypted files


_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_NOBODYS = "VelvetSweatshop"
"""Excel encrypts an .xls whose structure is protected with this, and opens it without asking."""
_SPINS = re.compile(rb"spinCount\s*=\s*[\"'](\d{1,12})")
_MAX_SPINS = 1_000_000
"""Office hashes a password 100,000 times; a file that asks for many more only wants to take time."""
_MAX_INFO_BYTES = 64 * 1024
_known: list[str] = []


def give_password(password: str) -> None:
    """Try this password too, first, from now on."""
    if password:
        _known[:] = [password, *(known for known in _known if known != password)]


def forget_passwords() -> None:
    """Try none of the passwords given so far any more."""
    _known.clear()
    _decrypted.cache_clear()


def unlocked(data: bytes) -> tuple[bytes, str]:
    """The package (.xlsx …) that *data* is, or holds encrypted, and the password that opened it (empty: it is not encrypted).

    Raises :class:`EncryptedError`, or ``ContentError`` for a kind of encryption that is not known.
    """
    return decrypted(data) if not data.startswith(b"PK") and _PACKAGE in data else (data, "")


def decrypted(data: bytes) -> tuple[bytes, str]:
    """The workbook that *data* holds encrypted, and the password that opened it.  Raises as :func:`unlocked`."""
    for password in (*_known, *(() if _PACKAGE in data else (_NOBODYS,))):
        if (found := _decrypted(data, password)) is not None:
            return found, "" if password == _NOBODYS else password
    raise EncryptedError(ENCRYPTED, UNLOCK)


@lru_cache(maxsize=2)  # a second is spent on a password, and the same file is read for its cells, looks and formulas
def _decrypted(data: bytes, password: str) -> bytes | None:
    """What is encrypted in *data*; ``None``: not with this password."""
    import msoffcrypto
    from msoffcrypto.exceptions import InvalidKeyError
    from msoffcrypto.format.ooxml import OOXMLFile

    made = io.BytesIO()
    try:
        _guard(data)
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        if isinstance(file, OOXMLFile):
            file.load_key(password=password, verify_password=True)
        else:
            file.load_key(password=password)
        file.decrypt(made)
    except InvalidKeyError:
        return None
    except Exception as error:  # of a damaged file the library raises whatever comes
        raise ContentError(f"{ENCRYPTED}，但加密方式不认识，或内容已损坏", UNLOCK) from error
    return made.getvalue()


def _guard(data: bytes) -> None:
    """Refuse a container with loops, and a description that is no plain one or asks for too much.

    It is done before the library follows the description.
    """
    ole = OleFile(data)
    if _PACKAGE in data:
        about = ole.stream("EncryptionInfo")
        spins = _SPINS.search(about)
        if len(about) > _MAX_INFO_BYTES or b"<!" in about or (spins and int(spins[1]) > _MAX_SPINS):
            raise ValueError("not as Office encrypts")


def encrypted(package: bytes, password: str) -> bytes:
    """*package* encrypted with *password*, as Excel does; the same bytes when there is no password.

    What is written is opened again first.  Raises ``ContentError`` when it does not come out as it went in.
    """
    if not password:
        return package
    from msoffcrypto.format.ooxml import OOXMLFile

    made = io.BytesIO()
    OOXMLFile(io.BytesIO(package)).encrypt(password, made)
    again = io.BytesIO()
    file = OOXMLFile(io.BytesIO(made.getvalue()))
    file.load_key(password=password, verify_password=True)
    file.decrypt(again, verify_integrity=True)
    if again.getvalue() != package:
        raise ContentError("加密后的内容与原来不一致，没有写入", "请重试，或取消密码后另存")
    return made.getvalue()
