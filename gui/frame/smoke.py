"""The smoke test of an installed program: what a user does first, without a user."""

from __future__ import annotations

import shutil
import time
import traceback
from typing import TYPE_CHECKING, Any

from docgen.job.samples import sample_workbook
from gui.pages.base import PageName
from workbook.formats.encrypted import encrypted

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from gui.frame.main_window import MainWindow


def run_smoke(
    application: QApplication, window: MainWindow, path: Path | None, out: Path, started: float
) -> dict[str, Any]:
    """Open, check, generate, review, export where Word or WPS is there, take a picture; what happened, as JSON-ready values."""
    result: dict[str, Any] = {"ok": False}
    try:
        window.resize(1280, 760)
        window.show()
        application.processEvents()
        result["first_paint_s"] = round(time.perf_counter() - started, 3)
        workbook = _copied(path or sample_workbook(), out)
        window.session.open_now(workbook)
        application.processEvents()
        result["opened_s"] = round(time.perf_counter() - started, 3)
        report = window.session.report
        result["summary"] = report.summary() if report else {}
        result["report"] = _report(window, out / "report.docx")
        result["review"] = _review(window, out / "report.docx")
        result["pdf"] = _pdf(window, out / "report.pdf")
        result["encrypted"] = len(encrypted(workbook.read_bytes(), "密码"))  # opened again, too: its library is imported by nothing else
        window.pages.show(PageName.CHECK)
        window.session.jobs.finish()
        application.processEvents()
        picture = out / "window.png"
        result["picture"] = window.grab().save(str(picture))
        result["ok"] = bool(
            result["picture"] and result["report"] and result["summary"].get("公式") and result["review"] == "✓")
        window.session.close()
        window.close()
    except Exception as error:  # noqa: BLE001  # whatever fails is the test's result
        result["error"] = f"{type(error).__name__}: {error}"
        result["traceback"] = traceback.format_exc()
    return result


def _copied(workbook: Path, out: Path) -> Path:
    """The workbook and its neighbours, where they may be written to."""
    folder = out / "示例 数据"
    folder.mkdir(exist_ok=True)
    for file in workbook.parent.iterdir():
        if file.suffix in (".xlsx", ".docx"):
            shutil.copyfile(file, folder / file.name)
    return folder / workbook.name


def _report(window: MainWindow, target: Path) -> bool:
    """Write the report as the page does; whether the file is there and holds figures."""
    from docgen.report.assembly import build_report, write_word

    context = window.session.context
    window.session.jobs.wait_for(lambda: write_word(build_report(context), context, target, linked=True))
    return target.stat().st_size > 10_000


def _review(window: MainWindow, report: Path) -> str:
    """Review the report that was written, on its page; ``✓``, or how many findings there are."""
    window.pages.review(report)
    window.session.jobs.finish()
    return window.pages.badge(PageName.REVIEW)


def _pdf(window: MainWindow, target: Path) -> str:
    """Export through Word or WPS as the page does, and what it says then; nothing where neither is there."""
    from docgen.pdf.automated import Automated
    from gui.pages.preview.model import make_preview

    page = window.pages.preview
    if not any(isinstance(suite, Automated) for suite in page.writer.suites()):
        return ""
    page.writer.ask_path = lambda *_: target
    page.writer.pdf(make_preview(window.session.context, window.session.report), ready=True)
    window.session.jobs.finish()
    return page.notice.text
