"""Encrypted workbooks: read in memory with their password, and encrypted again with it.

What the format says is msoffcrypto-tool's to know, which is imported when the first encrypted file is met.  Passwords
are held while the program runs, in memory only, and each encrypted file is tried with all of them: last year's workbook
and the files of a folder mostly have the same.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache

from workbook.errors import ContentError, EncryptedError
from workbook.formats.package import ENCRYPTED, UNLOCK

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
    """Refuse a container with loops, and a description that is no plain one or asks for too much, before the library follows it."""
    from workbook.formats.ole import OleFile

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
