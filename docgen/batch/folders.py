"""The folders below the one to work on, with what lies in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from docgen.batch.ledger import LEDGER
from docgen.batch.model import Skipped
from workbook.errors import system_words
from workbook.paths import WORKBOOK_SUFFIXES
from workbook.values import dataclass

_HIDDEN = ("~$", ".", "__MACOSX", "$RECYCLE")
_NO_UNITS = {"_审核结果": "是审核结果清单", "备份": "是备份", "副本": "是备份"}
"""What the name of a spreadsheet that is no unit contains."""
COMPANION_WORD = "底稿"
DOCUMENTS = (".docx", ".pdf", ".doc")
"""Files that may be reports; of two of one name the first of these kinds is read."""


@dataclass(slots=True)
class Folder:
    """One folder: paths in the order of their names."""

    path: Path
    books: list[Path] = field(default_factory=list)
    """Spreadsheets that may be units, tables of one, or last year's."""
    companions: list[Path] = field(default_factory=list)
    """Spreadsheets that are 底稿 by their names."""
    documents: list[Path] = field(default_factory=list)
    """Word and PDF files."""
    skipped: list[Skipped] = field(default_factory=list)
    closed: str = ""
    """Why the folder could not be looked into."""


def walk(root: Path, out: Path) -> Iterator[Folder]:
    """Every folder from *root* down, except hidden ones, *out* and what earlier batches wrote.  Both paths are whole.

    Links to folders are named, not followed: they may lead in a circle.
    """
    closed: list[OSError] = []
    for name, folders, files in os.walk(root, onerror=closed.append):
        folder = Folder(Path(name))
        if LEDGER in files and folder.path != root:
            folders.clear()
            continue
        folders[:] = sorted(_entered(folder, folders, out))
        for file in sorted(files):
            if not file.startswith(_HIDDEN):
                _sort_in(folder, folder.path / file)
        yield folder
    for error in closed:
        yield Folder(Path(error.filename), closed=system_words(error))


def _entered(folder: Folder, names: list[str], out: Path) -> Iterator[str]:
    for name in names:
        path = folder.path / name
        if _is_link(path):
            folder.skipped.append(Skipped(str(path), "是指向其他文件夹的链接，没有进入"))
        elif path != out and not name.startswith(_HIDDEN):
            yield name


def _is_link(folder: Path) -> bool:
    """Whether it is a link, or one of the older Windows kind (a junction)."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return folder.is_symlink() or (junction is not None and getattr(folder.lstat(), "st_reparse_tag", 0) == junction)


def _sort_in(folder: Folder, path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix in DOCUMENTS:
        folder.documents.append(path)
    elif suffix in WORKBOOK_SUFFIXES:
        if COMPANION_WORD in path.name:
            folder.companions.append(path)
        elif reason := next((reason for word, reason in _NO_UNITS.items() if word in path.name), ""):
            folder.skipped.append(Skipped(str(path), reason))
        else:
            folder.books.append(path)
