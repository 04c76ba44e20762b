"""Names of files: what a workbook is called, where its 底稿 lies, how a result beside it is named, how people read them."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et")


def companion_path(workbook: Path) -> Path:
    """Where the 底稿 of a workbook file or folder is kept: ``<stem>_底稿.xlsx`` beside it."""
    stem = workbook.name if workbook.is_dir() else workbook.stem
    return workbook.with_name(f"{stem}_底稿.xlsx")


def free_name(path: Path, what: str, suffix: str) -> Path:
    """``<stem>_<what><suffix>`` beside *path*; numbered when people may have written into an earlier one."""
    names = (f"{path.stem}_{what}{f'（{n}）' if n > 1 else ''}{suffix}" for n in count(1))
    return next(free for name in names if not (free := path.with_name(name)).exists())


def shown(name: str) -> str:
    """*name* as text: what an archive from Windows left as bytes of another encoding (on Linux) is read as Chinese."""
    try:
        name.encode()
    except UnicodeEncodeError:
        data = os.fsencode(name)
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            return data.decode(errors="replace")
    return name
