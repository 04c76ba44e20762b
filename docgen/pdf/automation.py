"""The conversation with Word or WPS: open our copy, renew page numbers, write the PDF, leave everything as it was.

Only members that both programs have are used, because WPS may answer in Word's name.  An instance that the user works
in is neither set otherwise nor closed.

It is led by a process of our own (:func:`work`), which can be ended when the suite does not answer.  comtypes makes the
calls; its wrapper modules are not used, so none is written into a folder of the user's.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

from docgen.pdf import SuiteError
from docgen.pdf.windows import Server, WindowsProcesses, idle, launched

_METHOD_OR_GET, _PUT = 1 | 2, 4
_BUSY = (0x80010001, 0x8001010A)  # call rejected, try later: the program is just starting, or shows a message
_PATIENCE_S, _PAUSE_S = 60.0, 0.25


class ComError(Exception):
    """A call that failed."""

    def __init__(self, member: str, code: int, text: str = "") -> None:
        super().__init__(f"{member}: {code:#010x} {text}".rstrip())
        self.code = code
        """The HRESULT, as an unsigned number."""
        self.text = text
        """What the other program said, in its own language; often nothing."""


MISSING = object()
"""Stands for an optional argument that is left out, before others that are given."""


def start(program_id: str, folder: str) -> RemoteObject:
    """A new object of the class that is registered as *program_id*; starts its program, never one inside ours.

    *folder* is one that may be written to.  Every object must be given up before the process ends.
    """
    # Asked by comtypes: no message loop of ours is needed to wait for an answer.
    sys.coinit_flags = 0  # type: ignore[attr-defined]  # typeshed does not know it
    import comtypes
    from comtypes.automation import IDispatch

    comtypes.gen = sys.modules["comtypes.gen"] = ModuleType("comtypes.gen")  # else comtypes keeps a folder for this package
    comtypes.gen.__path__ = [folder]
    try:
        identity = comtypes.GUID.from_progid(program_id)
        return RemoteObject(comtypes.CoCreateInstance(identity, IDispatch, comtypes.CLSCTX_LOCAL_SERVER))
    except OSError as error:
        raise ComError(program_id, getattr(error, "winerror", 0) & 0xFFFFFFFF) from error


class RemoteObject:
    """An object of the other program."""

    def __init__(self, pointer: Any) -> None:
        self._pointer = pointer

    def call(self, name: str, *arguments: object) -> Any:
        """Call the method, or get the property, called *name*; tries again while the program is busy.

        Arguments are ``str``, ``bool``, ``int`` or :data:`MISSING`; the result one of these, ``float``, ``None`` or
        another :class:`RemoteObject`.

        Raises:
            ComError: the program has no such member, or the call failed.
        """
        from comtypes.automation import VARIANT, IDispatch

        found = self._invoke(name, _METHOD_OR_GET, *(VARIANT.missing if a is MISSING else a for a in arguments))
        return RemoteObject(found.QueryInterface(IDispatch)) if hasattr(found, "QueryInterface") else found

    def put(self, name: str, value: object) -> None:
        """Set the property called *name*; raises like :meth:`call`."""
        self._invoke(name, _PUT, value)

    def _invoke(self, name: str, kind: int, *arguments: object) -> Any:
        from comtypes import COMError

        end = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return self._pointer.Invoke(self._pointer.GetIDsOfNames(name)[0], *arguments, _invkind=kind)
            except COMError as error:
                code, text = _told(*error.args)
                if code not in _BUSY or time.monotonic() > end:
                    raise ComError(name, code, text) from None
            time.sleep(_PAUSE_S)


def _told(code: int, _: str | None, details: Any) -> tuple[int, str]:
    """The code that says what happened, and the program's own words, where it gave any."""
    if not isinstance(details, tuple) or len(details) != 5:
        return code & 0xFFFFFFFF, ""
    words, *_others, own = details
    return (own or code) & 0xFFFFFFFF, " ".join((words or "").split())


START, OPEN, RENEW, EXPORT, CLOSE = "start", "open", "renew", "export", "close"
"""The steps of a conversation; with CLOSE the PDF is there."""

_PATIENCE_ALONE_S = 60
_PDF = 17  # wdExportFormatPDF and wdFormatPDF
_NO_ALERTS, _NO_MACROS, _NO_SAVING = 0, 3, 0
_UNKNOWN = 0x80020006
_LOST = (0x800706BA, 0x800706BE, 0x80010108, 0x80010007, 0x80010012)
_WORDS = {
    0x80040154: "没有正确安装", 0x800401F3: "没有正确安装", 0x80080005: "系统没能运行它", 0x80070005: "系统拒绝访问",
    0x80010001: "一直没有空闲，可能有对话框在等待", 0x8001010A: "一直没有空闲，可能有对话框在等待",
    _UNKNOWN: "这个版本没有这项功能", **dict.fromkeys(_LOST, "它中途退出了"),
}  # fmt: skip
_FAILED = {START: "启动失败", OPEN: "打不开报告", RENEW: "打不开报告", EXPORT: "不能导出", CLOSE: "没有正常关闭"}


def make_pdf(application: RemoteObject, source: str, target: str, step: Callable[[str], None], *, is_new: bool) -> None:
    """Let *application* write the document *source* as *target*; both are full paths.

    *step* hears of each step before it is taken and may raise to stop.  *is_new* says that the program was started
    for us; if not, it may be one that the user has on the screen.

    Raises:
        ComError: the program failed; what was opened has been closed.
    """
    documents = application.call("Documents")
    is_alone = documents.call("Count") == 0 and (is_new or not application.call("Visible"))
    before = _quieten(application) if is_alone else {}
    try:
        step(OPEN)
        document = _open(documents, source, is_alone=is_alone)
        try:
            step(RENEW)
            _renew_page_numbers(document)
            step(EXPORT)
            _export(document, target)
            step(CLOSE)
        finally:
            with suppress(ComError):
                document.call("Close", _NO_SAVING)
    finally:
        _leave(application, documents, before, is_alone=is_alone)


def trouble(error: ComError, step: str) -> SuiteError:
    """What went wrong at *step*, in the user's words."""
    reason = error.text.rstrip("。.") or _WORDS.get(error.code, f"错误代码 {error.code:08X}")
    return SuiteError(f"{_FAILED[step]}（{reason}）")


def _quieten(application: RemoteObject) -> dict[str, object]:
    """No messages, no macros, no window; returns what was set before."""
    before: dict[str, object] = {}
    for name, value in (("DisplayAlerts", _NO_ALERTS), ("AutomationSecurity", _NO_MACROS), ("Visible", False)):
        with suppress(ComError):  # WPS lacks one or the other in some versions
            before[name] = application.call(name)
            application.put(name, value)
    return before


def _open(documents: RemoteObject, source: str, *, is_alone: bool) -> RemoteObject:
    """Open read-only, without questions about conversion and without a line among the recent files."""
    plain, opened = (source, False, True, False), None
    if not is_alone:  # without a window among those of the user
        with suppress(ComError):
            opened = documents.call("Open", *plain, *[MISSING] * 7, False)
    # some answer with nothing when they refuse a file
    if opened is None and (opened := documents.call("Open", *plain)) is None:
        raise ComError("Open", 0x80004005, "没有打开文件")
    return opened  # type: ignore[no-any-return]


def _renew_page_numbers(document: RemoteObject) -> None:
    """Let the contents state the pages as this program sets them; without that they state what we reckoned."""
    with suppress(ComError):
        document.call("Repaginate")
    with suppress(ComError):
        tables = document.call("TablesOfContents")
        for number in range(1, int(tables.call("Count")) + 1):
            tables.call("Item", number).call("UpdatePageNumbers")


def _ways(target: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Calls that write a PDF, the best first."""
    everything, for_print, content, headings = 0, 0, 0, 1
    with_properties, with_rights, with_structure, bitmap_fonts, archive = False, True, True, True, False
    yield "ExportAsFixedFormat", (
        target, _PDF, False, for_print, everything, 1, 1, content, with_properties, with_rights, headings,
        with_structure, bitmap_fonts, archive,
    )  # fmt: skip
    yield "ExportAsFixedFormat", (target, _PDF)
    yield "SaveAs2", (target, _PDF)
    yield "SaveAs", (target, _PDF)


def _export(document: RemoteObject, target: str) -> None:
    """Write the PDF in the first way that works; raises what the most telling one failed with."""
    told: ComError | None = None
    for name, arguments in _ways(target):
        try:
            document.call(name, *arguments)
        except ComError as error:
            if error.code in _LOST:
                raise
            if told is None or told.code == _UNKNOWN:
                told = error
        else:
            if Path(target).is_file():
                return
    raise told or ComError("ExportAsFixedFormat", 0x80004005, "没有生成文件")


def _leave(application: RemoteObject, documents: RemoteObject, before: dict[str, object], *, is_alone: bool) -> None:
    """Close the program that was started for us; one that holds other documents by now is the user's."""
    if not is_alone:
        return
    with suppress(ComError):
        if documents.call("Count") == 0:
            application.call("Quit", _NO_SAVING)
            return
        # Windows opened a file of the user's in our instance, which is hidden.
        for name, value in {**before, "Visible": True}.items():
            with suppress(ComError):
                application.put(name, value)


# ------------------------------------------------------------ the process of our own


class _StoppedError(Exception):
    """The window wants no more."""


def work(pipe: Connection, server: Server, source: str, target: str) -> None:
    """What the process of our own does: let *server* write *source* as *target*, and tell the window through *pipe*.

    It says ``("step", name)`` before each step and ends with ``("done", "")``, ``("failed", words)`` or ``("stopped",
    "")``; any message to it asks it to stop before the next step.
    """
    threading.Thread(target=_end_alone, args=(server.image, _numbers()), daemon=True).start()
    answer = ("done", "")
    try:
        _convert(pipe, server, source, target)
    except SuiteError as error:
        answer = ("failed", str(error))
    except _StoppedError:
        answer = ("stopped", "")
    except Exception as error:  # noqa: BLE001  # whatever it is, the window must hear of it
        answer = ("failed", f"出错（{type(error).__name__}）")
    with suppress(OSError):  # nobody listens any more
        pipe.send(answer)


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
    for number in idle(processes, before, image, os.getpid()):
        processes.end(number)
    os._exit(1)
