"""Word and WPS as suites: their worker process watched, stopped when asked or too slow, and nothing left running."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from docgen.pdf import SuiteError, automation
from docgen.pdf.windows import Server, WindowsProcesses, idle
from workbook.values import dataclass

LIMITS_S = {
    automation.START: 90.0, automation.OPEN: 60.0, automation.RENEW: 60.0, automation.EXPORT: 180.0, automation.CLOSE: 15.0,
}  # fmt: skip
"""How long each step may take: old computers need a minute for the first start of a day."""
_POLL_S = 0.1
_GRACE_S = 5.0  # from the wish to stop to the end by force
_LEAVE_S = 8.0  # from the end of the conversation to that of the suite


@dataclass(frozen=True, slots=True)
class Automated:
    """A suite that is asked through its automation interface."""

    server: Server
    processes: Callable[[], WindowsProcesses] = WindowsProcesses
    work: Callable[..., None] = automation.work
    """What the worker process does; see :func:`docgen.pdf.automation.work`."""
    limits: dict[str, float] | None = None

    @property
    def name(self) -> str:
        """See :class:`docgen.pdf.Suite`."""
        return self.server.name

    def convert(self, source: Path, target: Path, check: Callable[[], None]) -> None:
        """See :class:`docgen.pdf.Suite`."""
        run = _Run(self, str(source), str(target))
        try:
            run.follow(check)
        finally:
            run.end()
        if not target.is_file():
            raise SuiteError("没有生成 PDF")


class _Run:
    """One conversation, as the window sees it."""

    def __init__(self, suite: Automated, source: str, target: str) -> None:
        self._processes = suite.processes()
        self._server = suite.server
        self._limits = suite.limits or LIMITS_S
        self._before = {process.number for process in self._processes.running()}
        self._is_hung = False
        context = multiprocessing.get_context("spawn")
        self._pipe, its_end = context.Pipe()
        self._worker = context.Process(target=suite.work, args=(its_end, suite.server, source, target), daemon=True)
        self._worker.start()
        its_end.close()

    def follow(self, check: Callable[[], None]) -> None:
        """Wait for the end; what *check* raises is raised on."""
        step, end = automation.START, time.monotonic() + self._limits[automation.START]
        while True:
            check()
            try:
                kind, words = self._pipe.recv() if self._pipe.poll(_POLL_S) else ("", "")
            except (EOFError, OSError):
                kind, words = "failed", "转换进程意外退出"
            if kind == "step":
                step, end = words, time.monotonic() + self._limits[words]
            elif kind == "done" or (kind and step == automation.CLOSE):
                return
            elif kind:
                raise SuiteError(words or "中途停止了")
            elif time.monotonic() > end:
                self._is_hung = True
                if step == automation.CLOSE:  # the PDF is there all the same
                    return
                raise SuiteError(f"{self._limits[step]:.0f} 秒没有反应，已停止")

    def end(self) -> None:
        """Ask the worker to stop, end it if it does not, then end what the suite left running."""
        if self._worker.is_alive():
            with suppress(OSError):
                self._pipe.send("stop")
            self._worker.join(0 if self._is_hung else _GRACE_S)
        end = time.monotonic() + _LEAVE_S
        if self._worker.is_alive():
            self._worker.kill()
            self._worker.join()
            end = 0
        self._pipe.close()
        while left := idle(self._processes, self._before, self._server.image, self._worker.pid or 0):
            if time.monotonic() > end:
                for number in left:
                    self._processes.end(number)
                return
            time.sleep(_POLL_S)
