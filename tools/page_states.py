"""States of the window's pages for the pictures of the manual.

``STATES`` maps a picture's name to a function that brings an opened window (on a copy of the sample) into that state.
Run as a script, it makes these pictures: ``python tools/page_states.py docs/images``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from gui.main_window import MainWindow

WRONG, OPEN = "收支.本年支出.比上年", ("财拨.总计.比上年", "一般公共.2080502.比年初", "三公.决算.比预算", "运行.经费.比上年")


def wait(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Let the window work until *condition* holds."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)
    QApplication.processEvents()


def _unfinished(window: MainWindow) -> None:
    """Some reasons open, one doubtful: as in the middle of the work."""
    session = window.session
    companion = session.companion_or_new()
    texts = {WRONG: "本年项目支出增加", **dict.fromkeys(OPEN, "")}
    session.set_companion(replace(companion, reasons=tuple(
        replace(r, text=r.text.with_text(texts[r.slot])) if r.slot in texts else r for r in companion.reasons)))


def checking(window: MainWindow) -> None:
    """A broken total, its finding chosen."""
    session = window.session
    ref = session.accounts.tables["公开02"].ref("合计", "本年收入合计")
    window.pages.show("check")
    if ref is not None:
        session.edit_cell("公开02", ref.row, ref.column, "550.17")
        session.cell_requested.emit(ref)
    wait(lambda: False, 0.3)


def welcome(window: MainWindow) -> None:
    """Where the work begins."""
    window.pages.show("open")


def reasons(window: MainWindow) -> None:
    """One doubtful reason chosen."""
    _unfinished(window)
    window.pages.show("reasons")
    _page(window, "reasons").show_slot(WRONG)
    wait(lambda: False, 0.3)


def _tab(name: str) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        window.pages.show("texts")
        page = _page(window, "texts")
        page.tabs.setCurrentWidget(getattr(page, name))
        if name == "overview":
            from workbook.companion.model import Part

            page.overview.choose(Part.WORK)
        if name == "performance":
            page.performance.projects.setCurrentRow(1)
            page.performance.editor.tabs.setCurrentIndex(2)
        wait(lambda: False, 0.3)

    return show


def preview(window: MainWindow) -> None:
    """Part two, with prompts."""
    _unfinished(window)
    window.pages.show("preview")
    page = _page(window, "preview")
    wait(lambda: page.preview is not None and bool(page.preview.report.prompts) and bool(page.paper.headings))
    titles = [h.text for h in page.paper.headings]
    page.paper.go_to_heading(titles.index("四、财政拨款收入支出决算总体情况说明"))
    wait(lambda: all(s.document is not None for s in page.paper.sheets))


def _page(window: MainWindow, name: str) -> Any:
    return window.pages.page(name)


STATES: dict[str, Callable[[MainWindow], None]] = {
    "打开": welcome, "校验": checking, "变动原因": reasons, "概况文字": _tab("overview"), "年初预算": _tab("budget"),
    "绩效自评": _tab("performance"), "预览": preview,
}


def picture(name: str, target: Path, width: int = 1366, height: int = 768) -> None:
    """Make the picture *name* of a window of this size, on a copy of the sample."""
    from gui.app import make_window
    from gui.sample import copy_sample
    from gui.settings import Settings
    from gui.theme import Mode

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "settings.ini")
        settings.mode = Mode.LIGHT
        window = make_window(settings)
        window.resize(width, height)
        window.show()
        if name != "打开":
            window.session.open_now(copy_sample(Path(folder)))
        wait(lambda: not window.session.jobs.is_busy)
        STATES[name](window)
        wait(lambda: False, 0.3)
        window.grab().save(str(target / f"{name}.png"))
        window.session.close()
        window.session.jobs.finish()
        window.close()


def main(arguments: list[str]) -> int:
    """Make all pictures in the folder named."""
    target = Path(arguments[0]) if arguments else Path("docs/images")
    target.mkdir(parents=True, exist_ok=True)
    home = tempfile.mkdtemp()
    for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = home
    for name in STATES:
        picture(name, target)
        sys.stdout.write(f"{name}.png\n")
    shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
