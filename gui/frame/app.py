"""Starting the window, unexpected errors (written to the log, told in one sentence; the window stays), and the smoke test."""

from __future__ import annotations

import json
import logging
import shutil
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QtMsgType, QTranslator, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox

from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from workbook import __version__
from workbook.errors import JuesuanError, sentence
from workbook.log import LOGGER, log_file, start_log

_SWITCH_SECONDS = 0.001
"""How soon a worker gives way to the GUI thread."""
_LEVELS = {QtMsgType.QtCriticalMsg: logging.ERROR, QtMsgType.QtFatalMsg: logging.ERROR, QtMsgType.QtWarningMsg: logging.WARNING}


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
    Guard().install()
    window = make_window()
    window.show()
    if path:
        QTimer.singleShot(0, window, lambda: window.files.open(Path(path)))  # when it is painted
    code = application.exec()
    window.session.jobs.finish()
    return code


# ---------------------------------------------------------------- unexpected errors


class ErrorDialog(QMessageBox):
    """What happened; where the program is at fault, that nothing is lost, where the log is, and the traceback behind 详细信息."""

    def __init__(self, error: BaseException, details: str) -> None:
        super().__init__(QMessageBox.Icon.Warning, "决算公开助手", sentence(error), parent=QApplication.activeWindow())
        if not isinstance(error, JuesuanError):
            self.setInformativeText(f"刚才的操作没有完成，窗口可以继续使用。如果再次出现，请把日志文件发给维护人员：\n{log_file()}")
            self.setDetailedText(details)
        self.addButton("知道了", QMessageBox.ButtonRole.AcceptRole)
        for button in self.buttons():
            if self.buttonRole(button) is QMessageBox.ButtonRole.ActionRole:
                button.setText("详细信息")


class Guard:
    """Stands in for ``sys.excepthook`` while the window is open, and logs Qt's own messages."""

    def __init__(self) -> None:
        self._is_showing = False

    def install(self) -> None:
        sys.excepthook = self
        qInstallMessageHandler(lambda kind, _, text: LOGGER.log(_LEVELS.get(kind, logging.DEBUG), "Qt: %s", text))

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        LOGGER.error("%s", details)
        if not self._is_showing and QApplication.instance() is not None:
            self._is_showing = True
            try:
                self.show(error, details)
            finally:
                self._is_showing = False

    def show(self, error: BaseException, details: str) -> None:
        ErrorDialog(error, details).exec()


# ---------------------------------------------------------------- what a user does first, without a user


def smoke(path: str | None, out_dir: str) -> int:
    """Open the sample (or *path*), check, generate, review, export where Word or WPS is there; 0 when all of it worked.

    Writes ``smoke.json`` (times, counts), ``report.docx`` and ``window.png`` into *out_dir*.
    """
    started = time.perf_counter()
    start_log()
    application = make_application()
    out = Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    window = make_window(Settings(out / "settings.json"))
    result: dict[str, Any] = {"ok": False}
    try:
        _first_use(application, window, Path(path) if path else None, out, started, result)
    except Exception as error:  # noqa: BLE001  # whatever fails is the test's result
        result |= {"error": f"{type(error).__name__}: {error}", "traceback": "".join(traceback.format_exception(error))}
    (out / "smoke.json").write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if result["ok"] else 1


def _first_use(
    application: QApplication, window: MainWindow, path: Path | None, out: Path, started: float, result: dict[str, Any]
) -> None:
    """What a user does first, each step by the way that the pages take; *result* tells what happened."""
    from docgen.job.samples import sample_workbook
    from docgen.report.assembly import build_report, write_word
    from workbook.formats.ole import encrypted

    session, written = window.session, out / "report.docx"
    window.resize(1280, 760)
    window.show()
    application.processEvents()
    result["first_paint_s"] = round(time.perf_counter() - started, 3)
    workbook = path or sample_workbook()
    folder = out / "示例 数据"  # the workbook and its neighbours, where they may be written to
    folder.mkdir(exist_ok=True)
    for file in workbook.parent.iterdir():
        if file.suffix in (".xlsx", ".docx"):
            shutil.copyfile(file, folder / file.name)
    session.open_now(folder / workbook.name)
    application.processEvents()
    result["opened_s"] = round(time.perf_counter() - started, 3)
    result["summary"] = session.report.summary() if session.report else {}
    session.jobs.wait_for(lambda: write_word(build_report(session.context), session.context, written, linked=True))
    result["report"] = written.stat().st_size > 10_000  # it holds figures
    window.pages.review(written)
    session.jobs.finish()
    result["review"] = window.pages.badge(PageName.REVIEW)
    result["pdf"] = _pdf(window, out / "report.pdf")
    # opened again, too: its library is imported by nothing else
    result["encrypted"] = len(encrypted((folder / workbook.name).read_bytes(), "密码"))
    window.pages.show(PageName.CHECK)
    session.jobs.finish()
    application.processEvents()
    result["picture"] = window.grab().save(str(out / "window.png"))
    result["ok"] = bool(result["picture"] and result["report"] and result["summary"].get("公式") and result["review"] == "✓")
    session.close()
    window.close()


def _pdf(window: MainWindow, target: Path) -> str:
    """Export through Word or WPS as the page does, and what it says then; nothing where neither is there."""
    from docgen.pdf.automated import Automated
    from gui.pages.preview.output import make_preview

    page = window.pages.preview
    if not any(isinstance(suite, Automated) for suite in page.writer.suites()):
        return ""
    page.writer.ask_path = lambda *_: target
    page.writer.pdf(make_preview(window.session.context, window.session.report), ready=True)
    window.session.jobs.finish()
    return page.notice.text
