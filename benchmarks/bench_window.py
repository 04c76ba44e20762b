"""How quick the window is: first paint, opening the sample, checking again after an edit, scrolling a long sheet.

    .venv/bin/python benchmarks/bench_window.py [--runs 5]

Each figure is the best of several runs, beside the bar that design.md section 6 sets.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROWS = 5000
CELL = ("公开02", "2050299", "财政拨款收入")


def sample(folder: Path) -> Path:
    """A copy of the sample unit."""
    for file in (ROOT / "templates" / "sample").glob("*.xlsx"):
        shutil.copyfile(file, folder / file.name)
    return next(folder.glob("*2024*决算公开表.xlsx"))


# ---------------------------------------------------------------- in the child: one start of the program


def child(started: float, path: str, folder: str) -> None:
    """Start as the program does; print the times since the parent called us."""
    from PySide6.QtCore import QEvent, QEventLoop, QObject
    from PySide6.QtWidgets import QWidget

    from gui.frame import app as program
    from gui.session.settings import Settings

    application = program.make_application()
    window = program.make_window(Settings(Path(folder) / "settings.json"))
    times: dict[str, float] = {}

    class Watch(QObject):
        """Notes when a widget has been painted."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
            if event.type() is QEvent.Type.Paint:
                times.setdefault(watched.objectName(), time.monotonic())
            return False

    watch = Watch()

    def look_for(widget: QWidget, name: str) -> None:
        widget.setObjectName(name)
        widget.installEventFilter(watch)

    def wait_for(name: str) -> float:
        while name not in times:
            application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        return times[name]

    look_for(window.pages.welcome, "welcome")
    window.show()
    painted = wait_for("welcome")
    while window.session.jobs.is_busy or window.session.pack is None:
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    opening = time.monotonic()
    window.session.opened.connect(lambda: look_for(window.pages.checking.view.viewport(), "sheet"))
    window.files.open(Path(path))
    shown = wait_for("sheet")
    print(json.dumps({"paint": painted - started, "open": shown - opening}))
    window.session.close()
    window.session.jobs.finish()
    os._exit(0)


def starts(runs: int, folder: Path) -> list[dict[str, float]]:
    """Several starts in processes of their own, bytecode compiled as after an installation."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    path = sample(folder)
    found = []
    for _ in range(runs + 1):
        command = [sys.executable, __file__, "--child", repr(time.monotonic()), str(path), str(folder)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        found.append(json.loads(done.stdout))
    return found[1:]  # the first one compiles


# ---------------------------------------------------------------- in this process


def long_book(folder: Path) -> Path:
    """A consistent workbook with 5,000 rows in 公开02 and 公开03."""
    from tests.units import standard_pack
    from workbook.create.workbook import create_workbook

    pack = standard_pack()
    sections = [c for c in pack.functional.names if len(c) == 5 and c[:3] in pack.class_codes][: ROWS // 99 + 1]
    items = [f"{section}{n:02}" for section in sections for n in range(1, 100)][:ROWS]
    totals: dict[str, Decimal] = {}
    for number, item in enumerate(items):
        for code in ("合计", item[:3], item[:5], item):
            totals[code] = totals.get(code, Decimal(0)) + Decimal(number + 1) / 100
    total = totals["合计"]
    amounts = {
        (table, code, column): value
        for table, columns in (("公开02", ("本年收入合计", "其他收入")), ("公开03", ("本年支出合计", "基本支出")))
        for code, value in totals.items() for column in columns
    }
    for row in ("其他收入", "本年收入合计", "收入总计", "本年支出合计", "支出总计"):
        amounts["公开01", row, "决算数"] = total
    amounts |= {("公开01", code, "决算数"): value for code, value in totals.items() if len(code) == 3}
    path = folder / "long.xlsx"
    names = {code: pack.functional.names.get(code, "某项支出") for code in totals}
    create_workbook(path, pack, unit_name="长表单位", year=2024, amounts=amounts, names=names)
    return path


def edits(folder: Path, runs: int) -> list[float]:
    """Seconds from what was typed to the window's models being up to date."""
    from gui.frame.app import make_window
    from gui.pages.base import PageName
    from gui.session.settings import Settings

    window = make_window(Settings(folder / "settings.json"))
    window.show()
    window.session.open_now(sample(folder))
    window.session.jobs.finish()
    window.pages.show(PageName.CHECK)
    place = window.session.accounts.tables[CELL[0]].position(*CELL[1:])
    assert place is not None
    times = []
    for number in range(10 * runs):
        start = time.perf_counter()
        window.session.edit_cell(CELL[0], *place, str(number + 3))
        times.append(time.perf_counter() - start)
    window.session.undo_stack.setIndex(0)
    window.session.close()
    window.session.jobs.finish()
    return times


def scrolling(folder: Path, path: Path, steps: int = 200) -> list[float]:
    """Seconds for each step of three rows, painted."""
    from PySide6.QtWidgets import QApplication

    from gui.pages.check.sheet_model import SheetModel
    from gui.pages.check.sheet_view import SheetView
    from gui.session.session import Session

    session = Session(data_folder=folder)
    session.open_now(path)
    view = SheetView(session)
    view.resize(1000, 600)
    view.show_sheet(SheetModel(session, session.accounts.tables["公开02"].sheet, "公开02"))
    view.show()
    QApplication.processEvents()
    bar = view.verticalScrollBar()
    times = []
    for step in range(1, steps):
        start = time.perf_counter()
        bar.setValue(step * 66)
        QApplication.processEvents()
        times.append(time.perf_counter() - start)
    session.close()
    session.jobs.finish()
    return times


def report(rows: list[tuple[str, float, str]]) -> None:
    """Print the figures beside their bars."""
    for name, seconds, bar in rows:
        print(f"{name:<36}{seconds * 1000:>9.1f} ms    {bar}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--child", nargs=3)
    arguments = parser.parse_args()
    if arguments.child:
        child(float(arguments.child[0]), *arguments.child[1:])
        return
    with tempfile.TemporaryDirectory(prefix="juesuan-") as name:
        folder = Path(name)
        found: list[dict[str, Any]] = starts(arguments.runs, folder)
        edited = edits(folder, arguments.runs)
        path = long_book(folder)
        start = time.perf_counter()
        steps = scrolling(folder, path)
        opened = time.perf_counter() - start - sum(steps)
    report([
        ("process start to first paint", min(f["paint"] for f in found), "at most 400 ms"),
        ("sample opened and shown", min(f["open"] for f in found), "at most 150 ms"),
        ("edit, checked again, models updated", min(edited), "at most 5 ms"),
        ("  median of the edits", statistics.median(edited), ""),
        (f"{ROWS} rows: one scroll step, median", statistics.median(steps), "no stutter: at most 16 ms"),
        ("  slowest scroll step", max(steps), ""),
        (f"{ROWS} rows: opened, checked and shown", opened, "at most 500 ms to open and check"),
    ])


if __name__ == "__main__":
    main()
