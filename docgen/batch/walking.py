"""The folders below the one to work on, with what lies in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from docgen.batch.ledger import LEDGER
from docgen.batch.model import Skipped
from workbook.errors import system_words
from workbook.paths import WORKBOOK_SUFFIXES
from workbook.values import dataclass

_HIDDEN = ("~$", ".", "__MACOSX", "$RECYCLE")
COMPANION_WORD = "底稿"
_LIST_WORD = "_审核结果"


@dataclass(slots=True)
class Folder:
    """One folder: paths in the order of their names."""

    path: Path
    books: list[Path]
    """Spreadsheets that may be units, parts of one, or last year's."""
    companions: list[Path]
    """Spreadsheets that are 底稿 by their names."""
    documents: list[Path]
    """Word files."""
    skipped: list[Skipped]
    error: str = ""
    """Why the folder could not be looked into."""


def walk(root: Path, out: Path) -> Iterator[Folder]:
    """Every folder from *root* down, except hidden ones, *out* and what earlier batches wrote.

    Links to folders are named, not followed: they may lead in a circle.
    """
    left = [root]
    output = _identity(out)
    while left:
        path = left.pop()
        folder = Folder(path, [], [], [], [])
        try:
            with os.scandir(path) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            folder.error = system_words(error)
            yield folder
            continue
        if path != root and any(entry.name == LEDGER for entry in found):
            continue
        folders: list[Path] = []
        for entry in found:
            if not entry.name.startswith(_HIDDEN):
                _sort_in(entry, folder, folders)
        left += reversed([f for f in folders if _identity(f) != output])
        yield folder


def _sort_in(entry: os.DirEntry[str], folder: Folder, folders: list[Path]) -> None:
    path = Path(entry.path)
    suffix = path.suffix.lower()
    if _is_folder(entry):
        if entry.is_symlink() or _is_junction(entry):
            folder.skipped.append(Skipped(entry.path, "是指向其他文件夹的链接，没有进入"))
        else:
            folders.append(path)
    elif suffix in WORKBOOK_SUFFIXES:
        if COMPANION_WORD in entry.name:
            folder.companions.append(path)
        elif _LIST_WORD in entry.name:
            folder.skipped.append(Skipped(entry.path, "是审核结果清单"))
        else:
            folder.books.append(path)
    elif suffix in (".docx", ".doc"):
        folder.documents.append(path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """A link to a folder of the older Windows kind."""
    tag = getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0)
    return bool(tag) and tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)


def _identity(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()
