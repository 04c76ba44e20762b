"""Starting the window, and the program's own smoke test."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from gui.frame.main_window import MainWindow
from gui.session.errors import Guard
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from workbook import __version__
from workbook.log import start_log

_SWITCH_SECONDS = 0.001
"""How soon a worker gives way to the GUI thread."""


def make_application() -> QApplication:
    """The Qt application, in Chinese."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication([sys.argv[0] if sys.argv else "juesuan"])
    application.setApplicationName("juesuan")
    application.setApplicationDisplayName("决算公开助手")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("juesuan")
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    translator = QTranslator(application)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
    return application


def make_window(settings: Settings | None = None) -> MainWindow:
    """The main window, dressed, not shown."""
    settings = settings or Settings()
    application = make_application()
    theme.apply(application, settings.mode)
    return MainWindow(Session(), settings)


def run_window(path: str | None = None) -> int:
    """Open the window, with a workbook when *path* names one; returns the exit code."""
    start_log()
    application = make_application()
    sys.setswitchinterval(_SWITCH_SECONDS)
    guard = Guard()
    guard.install()
    window = make_window()
    window.show()
    if path:
        window.open_later(Path(path))
    code = application.exec()
    window.session.jobs.finish()
    return code


def smoke(path: str | None, out_dir: str) -> int:
    """Open the sample (or *path*), check it, write the report, take a picture; 0 when all of it worked.

    Writes ``smoke.json`` (times, counts), ``report.docx`` and ``window.png`` into *out_dir*.
    """
    from gui.frame.smoke import run_smoke

    started = time.perf_counter()
    start_log()
    application = make_application()
    out = Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    window = make_window(Settings(out / "settings.json"))
    result = run_smoke(application, window, Path(path) if path else None, out, started)
    (out / "smoke.json").write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if result["ok"] else 1
