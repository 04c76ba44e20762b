"""Which file belongs to which: where the 底稿 of a workbook lies."""

from __future__ import annotations

from pathlib import Path


def companion_path(workbook: Path) -> Path:
    """Where the 底稿 of a workbook file or folder is kept: ``<stem>_底稿.xlsx`` beside it."""
    stem = workbook.name if workbook.is_dir() else workbook.stem
    return workbook.with_name(f"{stem}_底稿.xlsx")
