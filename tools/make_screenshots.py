"""Pictures of every page and dialog at any size, light and dark, for looking at (the manual's: page_states.py).

    .venv/bin/python tools/make_screenshots.py [--size 1366x768] [--dark] [--sheets] [--out build/screenshots]

Needs a Chinese font (Noto Sans CJK SC, or Microsoft YaHei on Windows) and no screen.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from gui.frame.app import make_application
from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme

MISTAKES = (("公开03", "2050299", "基本支出", "12.25"), ("公开01", "年末结转和结余", "决算数", "30.07"))
"""Amounts typed wrong, so that there is something to see."""


class Studio:
    """The window, and a folder for its pictures."""

    def __init__(self, out: Path, size: tuple[int, int], *, dark: bool) -> None:
        self.out = out
        out.mkdir(parents=True, exist_ok=True)
        self.application = make_application()
        self.folder = Path(tempfile.mkdtemp(prefix="juesuan-"))
        settings = Settings(self.folder / "settings.json")
        settings.mode = theme.Mode.DARK if dark else theme.Mode.LIGHT
        theme.apply(self.application, settings.mode)
        self.window = MainWindow(Session(data_folder=self.folder), settings)
        self.window.showNormal()
        self.window.resize(*size)
        self.window.show()
        self.settle()

    def settle(self, seconds: float = 0.4) -> None:
        """Let jobs end, timers fire and everything be painted."""
        end = time.monotonic() + seconds
        while time.monotonic() < end or self.window.session.jobs.is_busy:
            QApplication.processEvents()
            time.sleep(0.01)

    def take(self, name: str, widget: QWidget | None = None) -> None:
        """A picture of the window, or of a dialog."""
        self.settle()
        (widget or self.window).grab().save(str(self.out / f"{name}.png"))

    def page(self, name: str) -> None:
        """A page of the workflow."""
        self.window.pages.show(PageName(name))
        self.take(name)

    def dialog(self, name: str, dialog: QDialog) -> None:
        """A dialog, without its event loop."""
        dialog.show()
        self.take(name, dialog)
        dialog.close()

    def open_sample(self) -> None:
        """A copy of the sample unit."""
        for file in (ROOT / "templates" / "sample").glob("*.xlsx"):
            shutil.copyfile(file, self.folder / file.name)
        self.window.session.open_now(next(self.folder.glob("*2024*决算公开表.xlsx")))
        self.settle(1.5)

    def make_mistakes(self) -> None:
        """Type the wrong amounts and go to the first finding."""
        session = self.window.session
        for code, row, column, text in MISTAKES:
            place = session.accounts.tables[code].position(row, column)
            if place is None:
                raise SystemExit(f"the sample has no {code}[{row}, {column}]")
            session.edit_cell(code, *place, text)
        self.window.pages.checking.issues.step(1)


def take_all(studio: Studio, *, with_sheets: bool) -> None:
    """Every page and dialog; with each of the sheets when asked."""
    from gui.dialogs.about import AboutDialog
    from gui.dialogs.asking import NewYearDialog, SettingsDialog

    window = studio.window
    studio.take("welcome")
    studio.open_sample()
    studio.page("check")
    for number in range(window.pages.checking.tabs.count() if with_sheets else 0):
        window.pages.checking.tabs.setCurrentIndex(number)
        studio.take(f"sheet-{number + 1:02}")
    window.pages.checking.tabs.setCurrentIndex(0)
    for name in ("reasons", "texts", "preview", "review", "library"):
        studio.page(name)
    studio.make_mistakes()
    window.pages.show(PageName.CHECK)
    studio.take("findings")
    session = window.session
    studio.dialog("new-year", NewYearDialog(session.jobs, studio.folder, None, window))
    studio.dialog("settings", SettingsDialog(window.settings, session, window))
    studio.dialog("about", AboutDialog(window))
    session.undo_stack.setIndex(0)
    session.close()
    window.close()


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="1366x768")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--sheets", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screenshots")
    arguments = parser.parse_args()
    width, _, height = arguments.size.partition("x")
    studio = Studio(arguments.out, (int(width), int(height)), dark=arguments.dark)
    take_all(studio, with_sheets=arguments.sheets)
    shutil.rmtree(studio.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
