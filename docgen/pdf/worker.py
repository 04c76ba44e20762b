"""The process of our own that talks to Word or WPS; what it says to the window goes through a pipe.

It says ``("step", name)`` before each step and ends with ``("done", "")``, ``("failed", words)`` or ``("stopped",
"")``; any message to it asks it to stop before the next step.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from docgen.pdf.automation import CLOSE, START, make_pdf, trouble
from docgen.pdf.com import ComError, start
from docgen.pdf.processes import WindowsProcesses, launched
from docgen.pdf.servers import Server
from docgen.pdf.suites import SuiteError

Answer = tuple[str, str]
_PATIENCE_ALONE_S = 60


class _StoppedError(Exception):
    """The window wants no more."""


def work(pipe: Connection, server: Server, source: str, target: str) -> None:
    """What the process does: let *server* write *source* as *target*."""
    threading.Thread(target=_end_alone, args=(server.image, _numbers()), daemon=True).start()
    try:
        answer = _answer(pipe, server, source, target)
    except Exception as error:  # noqa: BLE001  # whatever it is, the window must hear of it
        answer = ("failed", f"出错（{type(error).__name__}）")
    with suppress(OSError):  # nobody listens any more
        pipe.send(answer)


def _answer(pipe: Connection, server: Server, source: str, target: str) -> Answer:
    try:
        _convert(pipe, server, source, target)
    except SuiteError as error:
        return ("failed", str(error))
    except _StoppedError:
        return ("stopped", "")
    return ("done", "")


def _convert(pipe: Connection, server: Server, source: str, target: str) -> None:
    """The conversation; no object of the other program outlives this call."""
    reached = START

    def step(name: str) -> None:
        nonlocal reached
        reached = name
        pipe.send(("step", name))
        if name != CLOSE and pipe.poll():
            raise _StoppedError

    step(START)
    before = _numbers()
    try:
        application = start(server.program_id, str(Path(target).parent))
        is_new = bool(launched(before, WindowsProcesses().running(), server.image, os.getpid()))
        make_pdf(application, source, target, step, is_new=is_new)
    except ComError as error:
        raise trouble(error, reached) from None


def _numbers() -> set[int]:
    return {process.number for process in WindowsProcesses().running()}


def _end_alone(image: str, before: set[int]) -> None:
    """When the window is gone, nobody ends a suite that does not answer: do it here, after some time."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    time.sleep(_PATIENCE_ALONE_S)
    processes = WindowsProcesses()
    for process in launched(before, processes.running(), image, os.getpid()):
        if not processes.has_window(process.number):
            processes.end(process.number)
    os._exit(1)
