"""A session with the sample unit opened, as the window's pages get it."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui.session.session import Session
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample"


def sample_copy(folder: Path) -> Path:
    """Copy the sample unit's files; the path of this year's workbook."""
    for file in SAMPLE.glob("*.xlsx"):
        shutil.copyfile(file, folder / file.name)
    return next(p for p in sorted(folder.glob("*2024*.xlsx")) if not p.stem.endswith("_底稿"))


def opened_session(folder: Path, *, companion: bool = True, prior: bool = True) -> Session:
    """The sample unit, opened; without its 底稿 or last year's workbook when asked."""
    workbook = sample_copy(folder)
    if not companion:
        workbook.with_name(f"{workbook.stem}_底稿.xlsx").unlink()
    if not prior:
        for file in folder.glob("*2023*"):
            file.unlink()
    session = Session(data_folder=folder / "数据")
    session.open_now(workbook)
    return session


def type_text(widget: QWidget, text: str) -> None:
    """Type Chinese as an input method does (QTest's key clicks know Latin only)."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)
