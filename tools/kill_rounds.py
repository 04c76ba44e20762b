"""Kill the window while somebody types, saves, and other programs write the same files: what was typed must come back.

    python tools/kill_rounds.py --rounds 100

Each round opens a copy of the sample in a window of its own (off screen), types into a cell, and into a reason, an entry,
a paragraph and a table of the 底稿, saves now and then, and is killed after a random time.  In some rounds the 底稿 is held by another program, its folder is
read-only, or the workbook is written by another program meanwhile.  Then the unit is opened again: of everything typed more
than two seconds before the kill nothing may be missing.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

GRACE = 2.0
"""Seconds of typing that may be lost."""
MODES = ("typing", "typing", "saving", "saving", "companion held", "companion read-only", "workbook changed")
CELL = ("公开02", "2050299", "财政拨款收入")
REASON, CONTACT, PART = "收支.本年支出.比上年", "联系人", "主要职能、职责"


def sample(folder: Path) -> Path:
    """A copy of the sample unit; this year's workbook."""
    from workbook.pack.loading import TEMPLATES

    for file in (TEMPLATES / "sample").glob("*.xlsx"):
        shutil.copyfile(file, folder / file.name)
    return next(p for p in sorted(folder.glob("*2024*.xlsx")) if not p.stem.endswith("_底稿"))


# ---------------------------------------------------------------- the window that will be killed


class Typist:
    """Types into a window; every state is logged when the key was pressed."""

    def __init__(self, workbook: Path, data: Path, log: Path, seed: int) -> None:
        from PySide6.QtTest import QTest

        from gui.frame.app import make_application
        from gui.frame.main_window import MainWindow
        from gui.session.session import Session
        from gui.session.settings import Settings

        self.application = make_application()
        self.rng, self.test, self.workbook = random.Random(seed), QTest, workbook  # noqa: S311  # no secret
        self.window = MainWindow(Session(data_folder=data), Settings(data / "settings.json"))
        self.window.show()
        self.window.session.open_now(workbook)
        QTest.qWait(300)
        self.log = log.open("a", encoding="utf-8")

    def note(self, field: str, text: str) -> None:
        self.log.write(f"{time.time():.3f}\t{field}\t{text}\n")
        self.log.flush()

    def cell(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QLineEdit

        from gui.pages.base import PageName

        self.window.pages.show(PageName.CHECK)
        page, text = self.window.pages.checking, str(self.rng.randint(100, 99_999))
        page.show_cell(self.window.session.accounts.tables[CELL[0]].ref(*CELL[1:]))
        self.test.keyClick(page.view, text[0])  # typing over opens the editor
        editor = self.application.focusWidget()
        if not isinstance(editor, QLineEdit):
            raise SystemExit("no editor")
        self.test.keyClicks(editor, text[1:])
        self.test.keyClick(editor, Qt.Key.Key_Return)
        self.test.qWait(1)
        self.note("cell", text)

    def reason(self) -> None:
        from gui.pages.base import PageName

        self.window.pages.show(PageName.REASONS, REASON)
        edit = self.window.pages.reasons.editor.edit
        self.letters("reason", edit, edit.toPlainText)

    def contact(self) -> None:
        from PySide6.QtWidgets import QLineEdit

        from gui.pages.base import PageName

        self.window.pages.show(PageName.TEXTS, f"文本.{CONTACT}")
        field = next(w for w in self.window.findChildren(QLineEdit) if w.accessibleName() == CONTACT)
        field.setFocus()
        self.letters("contact", field, field.text)

    def overview(self) -> None:
        from gui.pages.base import PageName

        self.window.pages.show(PageName.TEXTS, f"概况.{PART}")
        tab = self.window.pages.texts.tabs.currentWidget()
        tab.choose(PART)
        self.letters("overview", tab.editor, lambda: tab.editor.toPlainText().split("\n")[0])

    def glossary(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QPlainTextEdit

        from gui.pages.base import PageName

        self.window.pages.show(PageName.TEXTS, "名词解释")
        table = self.window.pages.texts.tabs.currentWidget().table
        table.setCurrentIndex(table.model().index(0, 1))
        self.test.keyClick(table, Qt.Key.Key_Return)
        editor = self.application.focusWidget()
        if not isinstance(editor, QPlainTextEdit):
            raise SystemExit("no field for the explanation")
        self.letters("glossary", editor, editor.toPlainText)

    def letters(self, field: str, widget: object, text: Callable[[], str]) -> None:
        for _ in range(self.rng.randint(4, 25)):
            self.test.keyClick(widget, self.rng.choice("abcdefghijklmnopqrstuvwxyz"))
            self.note(field, text())
            self.rest()

    def rest(self) -> None:
        self.test.qWait(self.rng.randint(10, 90))

    def go_on(self, mode: str) -> None:
        """Type until the end."""
        self.note("start", mode)
        while True:
            self.rng.choice((self.cell, self.reason, self.contact, self.overview, self.glossary))()
            if mode == "saving" and self.rng.random() < 0.6:
                self.window.actions_["save"].trigger()
            if mode == "workbook changed" and self.rng.random() < 0.5:
                self.workbook.write_bytes(self.workbook.read_bytes() + b"\0")
            self.rest()


# ---------------------------------------------------------------- the round


def last_wanted(log: Path, killed: float) -> dict[str, list[str]]:
    """For each field the states that may come back: the last one older than the grace, and all that are newer."""
    states: dict[str, list[str]] = {}
    for line in log.read_text("utf-8").splitlines():
        if line.count("\t") != 2:
            continue
        at, field, text = line.split("\t")
        if float(at) <= killed - GRACE:
            states[field] = [text]
        else:
            states.setdefault(field, [""]).append(text)
    states.pop("start", None)
    return states


def found_again(workbook: Path, data: Path) -> dict[str, str]:
    """What a user who opens the unit again has: files, and what was recovered."""
    from gui.frame.app import make_application
    from gui.session.session import Session

    make_application()
    session = Session(data_folder=data)
    left: list[object] = []
    session.recovery.left_over.connect(left.append)
    session.open_now(workbook)
    for offered in left:
        session.recovery.redo(offered)  # 仍然恢复
    value, companion = session.accounts.value(*CELL), session.companion
    reason = companion.reason(REASON) if companion is not None else None
    found = {
        "cell": f"{value.normalize():f}" if value is not None else "", "reason": reason.text.text if reason is not None else "",
        "contact": companion.text(CONTACT).text if companion is not None else "",
        "overview": companion.paragraphs(PART)[0].text.text if companion is not None else "",
        "glossary": companion.glossary[0].explanation.text if companion is not None else ""}
    session.close()
    session.jobs.finish()
    return found


def is_next_key(found: str, last: str) -> bool:
    """Whether *found* is one key further than what was logged *last*: the kill fell between the two."""
    return any(found[:i] + found[i + 1 :] == last for i in range(len(found)))


def one_round(number: int, seed: int) -> list[str]:
    """What was lost in a round; nothing, if all is well."""
    rng = random.Random(seed)  # noqa: S311  # no secret
    mode = MODES[number % len(MODES)]
    with tempfile.TemporaryDirectory(prefix="juesuan-kill-") as name:
        folder = Path(name)
        unit, data, log = folder / "单位", folder / "数据", folder / "log.txt"
        unit.mkdir()
        data.mkdir()
        workbook = sample(unit)
        companion = workbook.with_name(f"{workbook.stem}_底稿.xlsx")
        owner = companion.with_name(f"~${companion.name}")
        if mode == "companion held":
            owner.write_bytes(b"")
        elif mode == "companion read-only":
            companion.chmod(0o444)
        process = subprocess.Popen(
            [sys.executable, __file__, "--type", str(workbook), str(data), str(log), mode, str(seed)], cwd=ROOT, stderr=subprocess.PIPE)
        until = time.monotonic() + 60
        while not log.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        deadline = time.monotonic() + rng.uniform(0.5, 6)
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.02)
        ended = process.poll()
        killed = time.time()
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        _, errors = process.communicate(timeout=30)
        if ended is not None or not log.exists():
            return [f"the window ended by itself ({ended}): {errors.decode(errors='replace')[-600:]}"]
        owner.unlink(missing_ok=True)
        found = found_again(workbook, data)
        lost = [
            f"{field}: found {found[field]!r}, typed {states[0]!r} and then {states[1:][-3:]!r}"
            for field, states in last_wanted(log, killed).items()
            if not (found[field] in states or (states[0] == "" and len(states) > 1) or is_next_key(found[field], states[-1]))]
        litter = [p.name for p in unit.iterdir() if p.name.endswith((".juesuan.tmp", ".juesuan.lock"))]
        return [f"{mode}: {words}" for words in (*lost, *(f"left behind: {n}" for n in litter if not n.startswith(".~")))]


def main() -> int:
    """Run the rounds; 1 when anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first round: it decides what else goes on")
    parser.add_argument("--type", nargs=5, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.type:
        workbook, data, log, mode, seed = arguments.type
        Typist(Path(workbook), Path(data), Path(log), int(seed)).go_on(mode)
    lost = 0
    for number in range(arguments.first, arguments.first + arguments.rounds):
        found = one_round(number, arguments.seed * 10_000 + number)
        lost += bool(found)
        for words in found:
            print(f"round {number}: {words}", flush=True)
    print(f"{arguments.rounds} kills, {lost} with something lost")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
