"""A program that answers as Word or WPS does to other programs (COM automation), for the smoke test of the PDF export.

``fake_office.py FOLDER`` is started by Windows for whoever asks for its class, or by the test as "the user's own". It
does what ``plan.json`` in FOLDER says and appends what it was asked to ``calls.jsonl``. Only the standard library.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
import time
import uuid
from ctypes import POINTER, Structure, byref, c_int32, c_uint16, c_uint32, c_void_p, cast
from pathlib import Path
from typing import Any

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n% fake\n%%EOF\n"

_NO_INTERFACE, _UNKNOWN_NAME, _EXCEPTION, _REJECTED = 0x80004002, 0x80020006, 0x80020009, 0x80010001
_UNKNOWN = "00000000-0000-0000-C000-000000000046"
_DISPATCH = "00020400-0000-0000-C000-000000000046"
_FACTORY = "00000001-0000-0000-C000-000000000046"
_LOCAL_SERVER, _SEVERAL_USES = 4, 1
_PUT = 4
_FUNCTION: Any = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
_kept: list[object] = []  # what the other side holds pointers to lives as long as this program


class Variant(Structure):
    """``VARIANT``, on 64 bits."""

    _fields_ = [("kind", c_uint16), ("_", c_uint16 * 3), ("data", c_void_p), ("_more", c_void_p)]


class Parameters(Structure):
    """``DISPPARAMS``."""

    _fields_ = [("values", POINTER(Variant)), ("names", POINTER(c_int32)), ("count", c_uint32), ("named", c_uint32)]


class Fault(Structure):
    """``EXCEPINFO``."""

    _fields_ = [
        ("code", c_uint16), ("_", c_uint16), ("source", c_void_p), ("description", c_void_p), ("help", c_void_p),
        ("topic", c_uint32), ("_pointer", c_void_p), ("_fill_in", c_void_p), ("status", c_int32),
    ]  # fmt: skip


class RefusalError(Exception):
    """The call fails with a code, and perhaps words."""

    def __init__(self, code: int, words: str = "") -> None:
        super().__init__(code, words)
        self.code, self.words = code, words


class Plan:
    """What the test wants, and the record of what was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wishes: dict[str, Any] = json.loads((folder / "plan.json").read_text("utf-8"))
        self._lock = threading.Lock()

    def wants(self, wish: str) -> bool:
        """Whether the plan says *wish*."""
        return bool(self.wishes.get(wish))

    def note(self, what: str, *arguments: object) -> None:
        """Append to the record."""
        with self._lock, (self.folder / "calls.jsonl").open("a", encoding="utf-8") as record:
            record.write(json.dumps([os.getpid(), what, *arguments], ensure_ascii=False) + "\n")


class Node:
    """An object that other programs can use, with the methods and properties of its *members*."""

    def __init__(self, name: str, members: dict[str, Any], plan: Plan) -> None:
        self.name, self.members, self.plan = name, members, plan
        self.names = list(members)
        unknown = (_FUNCTION(c_int32, c_void_p, c_void_p, c_void_p)(self._query), _one(), _one())
        refuse = _FUNCTION(c_int32, c_void_p, c_void_p)(lambda _this, _count: _signed(0x80004001))
        no_types = _FUNCTION(c_int32, c_void_p, c_uint32, c_uint32, c_void_p)(lambda *_: _signed(0x80004001))
        find = _FUNCTION(c_int32, c_void_p, c_void_p, POINTER(ctypes.c_wchar_p), c_uint32, c_uint32, POINTER(c_int32))(self._find)
        invoke = _FUNCTION(
            c_int32, c_void_p, c_int32, c_void_p, c_uint32, c_uint16, POINTER(Parameters), POINTER(Variant), POINTER(Fault), c_void_p
        )(self._invoke)
        self.pointer = _object(*unknown, refuse, no_types, find, invoke)

    def _query(self, this: int, interface: int, out: int) -> int:
        return _query(this, interface, out, (_UNKNOWN, _DISPATCH))

    def _find(self, _this: int, _null: int, names: Any, _count: int, _language: int, found: Any) -> int:
        by_small = [name.lower() for name in self.names]
        if names[0].lower() not in by_small:
            self.plan.note(f"{self.name}.{names[0]}?")
            return _signed(_UNKNOWN_NAME)
        found[0] = by_small.index(names[0].lower()) + 1
        return 0

    def _invoke(self, _this: int, number: int, _null: int, _language: int, kind: int, given: Any, result: Any, fault: Any, _wrong: int) -> int:
        name = self.names[number - 1]
        arguments = [_python(given.contents.values[i]) for i in reversed(range(given.contents.count))]
        self.plan.note(f"{self.name}.{name}" + ("=" if kind & _PUT else ""), *arguments)
        try:
            if kind & _PUT:
                self.members[name] = arguments[0]
                return 0
            member = self.members[name]
            answer = member(*arguments) if callable(member) else member
        except RefusalError as failure:
            if failure.words and fault:
                fault.contents.description = _oleaut().SysAllocString(failure.words)
                fault.contents.status = _signed(failure.code)
                return _signed(_EXCEPTION)
            return _signed(failure.code)
        if result:
            _fill(result.contents, answer)
        return 0


def _one() -> Any:
    """AddRef or Release: nothing is ever freed."""
    return _FUNCTION(c_uint32, c_void_p)(lambda _this: 1)


def _object(*methods: Any) -> int:
    """A pointer to a pointer to a table of *methods*."""
    table = (c_void_p * len(methods))(*[cast(method, c_void_p) for method in methods])
    place = c_void_p(ctypes.addressof(table))
    _kept.append((methods, table, place))
    return ctypes.addressof(place)


def _query(this: int, interface: int, out: int, ours: tuple[str, ...]) -> int:
    asked = str(uuid.UUID(bytes_le=ctypes.string_at(interface, 16)))
    is_ours = asked.upper() in ours
    cast(out, POINTER(c_void_p))[0] = this if is_ours else None
    return 0 if is_ours else _signed(_NO_INTERFACE)


def _signed(code: int) -> int:
    return c_int32(code).value


def _oleaut() -> Any:
    library: Any = getattr(ctypes, "WinDLL")("oleaut32")  # noqa: B009  # of Windows only
    library.SysAllocString.restype = c_void_p
    library.SysAllocString.argtypes = [ctypes.c_wchar_p]
    return library


def _python(value: Variant) -> object:
    data = value.data or 0
    if value.kind == 8:
        return ctypes.wstring_at(data) if data else ""
    if value.kind == 11:
        return bool(data & 0xFFFF)
    return {3: _signed(data & 0xFFFFFFFF), 10: "—"}.get(value.kind, f"kind {value.kind}")


def _fill(value: Variant, answer: object) -> None:
    if isinstance(answer, bool):
        value.kind, value.data = 11, 0xFFFF if answer else 0
    elif isinstance(answer, int):
        value.kind, value.data = 3, answer
    elif isinstance(answer, str):
        value.kind, value.data = 8, _oleaut().SysAllocString(answer)
    elif isinstance(answer, Node):
        value.kind, value.data = 9, answer.pointer


class Office:
    """The application, its documents, and what goes wrong with them."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.ended, self.refused = plan, threading.Event(), 0
        self.open: list[Node] = []
        if plan.wants("users_document"):
            self.open.append(Node("UsersDocument", {"Close": lambda *_: None}, plan))
        documents = Node("Documents", {"Count": self._count, "Open": self._open}, plan)
        members = {"Documents": documents, "Visible": plan.wants("visible"), "DisplayAlerts": -1, "Quit": self._quit}
        if not plan.wants("no_security_property"):
            members["AutomationSecurity"] = 1
        self.application = Node("Application", members, plan)

    def _count(self) -> int:
        return len(self.open)

    def _open(self, path: str, *_more: object) -> Node:
        if self.refused < self.plan.wishes.get("busy", 0):
            self.refused += 1
            raise RefusalError(_REJECTED)
        if self.plan.wants("open_fails"):
            raise RefusalError(0x800A1436, "文件可能已经损坏。")
        if not Path(path).read_bytes().startswith(b"PK"):
            raise RefusalError(0x800A1436, "不是 Word 文件")
        pages = Node("Contents", {"UpdatePageNumbers": lambda: None}, self.plan)
        tables = Node("TablesOfContents", {"Count": 1, "Item": lambda _number: pages}, self.plan)
        members = {"TablesOfContents": tables, "Repaginate": lambda: None, "Close": lambda *_: self.open.remove(document)}
        if not self.plan.wants("old"):
            members |= {"ExportAsFixedFormat": self._export, "SaveAs2": self._export}
        document = Node("Document", {**members, "SaveAs": self._export}, self.plan)
        self.open.append(document)
        return document

    def _export(self, path: str, _kind: int, *more: object) -> None:
        if more and self.plan.wants("few_parameters"):
            raise RefusalError(0x8002000E)
        if self.plan.wants("export_fails"):
            raise RefusalError(0x800A11FD, "命令失败")
        if self.plan.wants("crashes"):
            os._exit(5)
        if self.plan.wants("user_opens_a_file"):
            self.open.append(Node("UsersDocument", {"Close": lambda *_: None}, self.plan))
        if self.plan.wants("shows_window"):
            threading.Thread(target=_show_window, daemon=True).start()
            time.sleep(1)
        if self.plan.wants("hangs"):
            time.sleep(3600)
        Path(path).write_bytes(PDF if not self.plan.wants("half_a_file") else PDF[:20])

    def _quit(self, *_saving: object) -> None:
        if not self.plan.wants("does_not_quit"):
            self.ended.set()


def _show_window() -> None:
    """A window that can be minimised."""
    user: Any = getattr(ctypes, "WinDLL")("user32")  # noqa: B009  # of Windows only
    visible, overlapped = 0x10000000, 0x00CF0000
    user.CreateWindowExW(0, "STATIC", "用户的文档 - Word", visible | overlapped, 50, 50, 300, 200, None, None, None, None)
    time.sleep(3600)


def serve(folder: Path) -> None:
    """Answer until told to quit."""
    plan = Plan(folder)
    plan.note("start", *sys.argv[2:])
    if plan.wants("dies"):
        sys.exit(3)
    if plan.wants("does_not_start"):
        time.sleep(3600)
    ole: Any = getattr(ctypes, "WinDLL")("ole32")  # noqa: B009  # of Windows only
    ole.CoInitializeEx(None, 0)
    office = Office(plan)

    def query(this: int, interface: int, out: int) -> int:
        return _query(this, interface, out, (_UNKNOWN, _FACTORY))

    def create(_this: int, _outer: int, interface: int, out: int) -> int:
        plan.note("create")
        return _query(office.application.pointer, interface, out, (_UNKNOWN, _DISPATCH))

    unknown = (_FUNCTION(c_int32, c_void_p, c_void_p, c_void_p)(query), _one(), _one())
    make = _FUNCTION(c_int32, c_void_p, c_void_p, c_void_p, c_void_p)(create)
    lock = _FUNCTION(c_int32, c_void_p, c_int32)(lambda _this, _is_locked: 0)
    factory = _object(*unknown, make, lock)
    identity = (ctypes.c_ubyte * 16).from_buffer_copy(uuid.UUID(plan.wishes["class"]).bytes_le)
    cookie = c_uint32()
    status = ole.CoRegisterClassObject(byref(identity), c_void_p(factory), _LOCAL_SERVER, _SEVERAL_USES, byref(cookie))
    plan.note("ready", status)
    office.ended.wait(600)
    time.sleep(0.2)  # the answer to Quit must go out
    plan.note("end")
    os._exit(0)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
