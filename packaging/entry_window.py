"""Start of the windowed program, 决算公开助手(.exe): a window, or a sentence that says why there is none.

A windowed program on Windows has no console: ``sys.stdout`` and ``sys.stderr`` are None, so what libraries print
and what the interpreter says when it crashes go to a file beside the log, and our own words into a message box.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import multiprocessing
import os
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

TITLE = "决算公开助手"
_LONGEST_OUTPUT = 256 * 1024  # bytes


def arguments_of(argv: Sequence[str]) -> argparse.Namespace:
    """The workbook that Windows passes with 打开方式, and ``--smoke DIR`` from the smoke test."""
    parser = argparse.ArgumentParser(prog=TITLE, add_help=False, exit_on_error=False)
    parser.add_argument("workbook", nargs="?")
    parser.add_argument("--smoke", metavar="DIR")
    known, _rest = parser.parse_known_args(list(argv))
    return known


def output_path() -> Path:
    """Where printed text and the traces of crashes below Python go."""
    from workbook.log import log_file

    return log_file().with_name("output.log")


def give_streams() -> None:
    """Let everything that would be printed or lost go to a file, when there is no console.

    Not to the log itself: what is open cannot be renamed on Windows, and the log is renamed when it has grown.
    """
    if sys.stdout is not None and sys.stderr is not None:
        return
    with contextlib.suppress(OSError):
        path = output_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = "a" if path.is_file() and path.stat().st_size < _LONGEST_OUTPUT else "w"
        stream = path.open(mode, buffering=1, encoding="utf-8", errors="replace")  # open as long as the program runs
        sys.stdout = sys.stdout or stream
        sys.stderr = sys.stderr or stream
        faulthandler.enable(stream)  # a crash below Python leaves its stack


def choose_input_method(environment: MutableMapping[str, str]) -> None:
    """On Linux: Qt's own libraries know IBus; fcitx, whose module they lack, answers to it as well."""
    if environment.get("QT_IM_MODULE", "").startswith("fcitx"):
        environment["QT_IM_MODULE"] = "ibus"


def show_icon(application: QApplication) -> None:
    """The program's icon in the title bar and the task bar."""
    from PySide6.QtGui import QIcon

    application.setWindowIcon(QIcon(str(Path(__file__).resolve().parent / "packaging" / "juesuan.png")))


def tell(text: str) -> None:
    """Show *text* without Qt, which may be what failed."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, TITLE, 0x10)  # the stop sign
    elif sys.stderr is not None:
        sys.stderr.write(f"{text}\n")


def main(argv: Sequence[str]) -> int:
    """Open the window and return its exit code; nothing ends in silence."""
    give_streams()
    if sys.platform == "linux":
        choose_input_method(os.environ)
    arguments = arguments_of(argv)
    try:
        from gui.frame import app

        show_icon(app.make_application())
        if arguments.smoke:
            return app.smoke(arguments.workbook, arguments.smoke)
        return app.run_window(arguments.workbook)
    except Exception as error:  # noqa: BLE001  # the last place where a fault can be told
        from workbook.errors import JuesuanError
        from workbook.log import log_unexpected

        if isinstance(error, JuesuanError):
            text = str(error)
        else:
            text = f"程序出现意外错误（{type(error).__name__}），详细信息已记入\n{log_unexpected(error)}\n请把该文件发给维护人员。"
        if arguments.smoke is None:  # nobody is there to press the button of a test
            tell(text)
        return 2


if __name__ == "__main__":
    multiprocessing.freeze_support()  # a worker process is this program again, started with a worker's arguments
    sys.exit(main(sys.argv[1:]))
