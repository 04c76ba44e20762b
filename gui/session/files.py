"""The kinds of files that the window opens and writes, asking for them, and showing them outside."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from workbook.paths import WORKBOOK_SUFFIXES

REPORT_SUFFIXES = (".docx", ".docm", ".pdf", ".doc", ".wps", ".odt", ".rtf")
ANY_EXCEL = " ".join(f"*{suffix}" for suffix in WORKBOOK_SUFFIXES)
WORKBOOKS = f"决算公开表 ({ANY_EXCEL});;所有文件 (*)"
REPORTS = f"报告 ({' '.join(f'*{suffix}' for suffix in REPORT_SUFFIXES)});;所有文件 (*)"
EXCEL, WORD, PDF = "Excel 工作簿 (*.xlsx)", "Word 文档 (*.docx)", "PDF 文件 (*.pdf)"


def is_workbook(path: Path) -> bool:
    """Whether *path* looks like a workbook, or is a folder that may hold its tables."""
    return path.is_dir() or path.suffix.lower() in WORKBOOK_SUFFIXES


def is_report(path: Path) -> bool:
    """Whether *path* looks like a report; what of it cannot be read is told in one sentence."""
    return path.suffix.lower() in REPORT_SUFFIXES and not path.is_dir()


def dropped(data: QMimeData) -> list[Path]:
    """The files and folders that are dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def beside(path: Path, ending: str) -> Path:
    """A file beside a workbook or folder, called after it."""
    return path.with_name(f"{path.name if path.is_dir() else path.stem}{ending}")


def ask_source(parent: QWidget, title: str, start: Path, kinds: str = "") -> Path | None:
    """Ask for a file of these *kinds* that is to be read; for a folder where no kinds are given."""
    name = QFileDialog.getOpenFileName(parent, title, str(start), kinds)[0] if kinds else QFileDialog.getExistingDirectory(parent, title, str(start))
    return Path(name) if name else None


def ask_target(parent: QWidget, title: str, proposal: Path, kinds: str) -> Path | None:
    """Ask where to write; a name without suffix gets that of the *proposal*."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(proposal), kinds)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_name(path.name + proposal.suffix)


def open_outside(path: Path) -> bool:
    """Open a file or folder with the program that the system has for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
