"""Objects of another program, used by the names of their members (COM automation, ``IDispatch``); Windows only.

What this program needs of COM are eight calls of the system, so they are made here with ctypes: no library that
would have to be shipped, and none that writes wrapper modules into folders of the user's.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Sequence
from ctypes import POINTER, Structure, Union, byref, c_double, c_int32, c_short, c_uint16, c_uint32, c_void_p, cast
from typing import Any

_FUNCTION: Any = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
"""Makers of function types with the calling convention of COM (on 64 bits there is only one)."""

Guid = ctypes.c_ubyte * 16
NULL_GUID = Guid()
IID_DISPATCH = Guid.from_buffer_copy(bytes.fromhex("0004020000000000C000000000000046"))

_MULTITHREADED = 0  # no message loop of ours is needed to wait for an answer
_LOCAL_SERVER = 4  # a program of its own, never a library inside ours
_USER_LANGUAGE = 0x400
_METHOD_OR_GET, _PUT = 1 | 2, 4
_PUT_NAME = c_int32(-3)  # DISPID_PROPERTYPUT: the value of a property that is set is a named argument
_RELEASE, _IDS_OF_NAMES, _INVOKE = 2, 5, 6  # places in the table of methods

_BUSY = (0x80010001, 0x8001010A)  # call rejected, try later: the program is just starting, or shows a message
_PATIENCE_S, _PAUSE_S = 60.0, 0.25
_EXCEPTION = 0x80020009
NOT_FOUND = 0x80020004
"""An optional argument that is not given."""


class Value(Structure):
    """``VARIANT``: one argument or result."""

    class Content(Union):
        """What it holds, by kind."""

        _fields_ = [
            ("short", c_short), ("long", c_int32), ("double", c_double), ("pointer", c_void_p), ("_size", c_void_p * 2),
        ]  # fmt: skip

    _anonymous_ = ("content",)
    _fields_ = [("kind", c_uint16), ("_reserved", c_uint16 * 3), ("content", Content)]


EMPTY, NULL, INT16, INT32, DOUBLE, TEXT, OBJECT, ERROR, BOOLEAN = 0, 1, 2, 3, 5, 8, 9, 10, 11
"""Kinds of :class:`Value`."""


class Parameters(Structure):
    """``DISPPARAMS``: the arguments of a call, last one first."""

    _fields_ = [
        ("values", POINTER(Value)), ("names", POINTER(c_int32)), ("count", c_uint32), ("named", c_uint32),
    ]  # fmt: skip


class Fault(Structure):
    """``EXCEPINFO``: what the other program says about a failure."""

    _fields_ = [
        ("code", c_uint16), ("_reserved", c_uint16), ("source", c_void_p), ("description", c_void_p), ("help", c_void_p),
        ("topic", c_uint32), ("_pointer", c_void_p), ("_fill_in", c_void_p), ("status", c_int32),
    ]  # fmt: skip


class ComError(Exception):
    """A call that failed."""

    def __init__(self, member: str, code: int, text: str = "") -> None:
        super().__init__(f"{member}: {code:#010x} {text}".rstrip())
        self.member = member
        """What was called."""
        self.code = code
        """The HRESULT, as an unsigned number."""
        self.text = text
        """What the other program said, in its own language; often nothing."""


class Missing:
    """The type of :data:`MISSING`."""


MISSING = Missing()
"""Stands for an optional argument that is left out, before others that are given."""


class System:
    """The calls of Windows that COM begins with; made on first use, so that this module can be loaded anywhere."""

    def __init__(self) -> None:
        library: Any = getattr(ctypes, "WinDLL", None)
        if library is None:
            raise OSError("COM is a part of Windows")
        self.ole: Any = library("ole32")
        self.texts: Any = library("oleaut32")
        self.texts.SysAllocStringLen.restype = c_void_p
        self.texts.SysAllocStringLen.argtypes = [ctypes.c_wchar_p, c_uint32]
        self.texts.SysStringLen.argtypes = self.texts.SysFreeString.argtypes = [c_void_p]
        self.texts.SysFreeString.restype = None

    def begin(self) -> None:
        """Let the calling thread use COM."""
        _require("CoInitializeEx", self.ole.CoInitializeEx(None, _MULTITHREADED))

    def end(self) -> None:
        """The calling thread needs COM no more; every :class:`RemoteObject` must have been closed."""
        self.ole.CoUninitialize()

    def create(self, program_id: str) -> RemoteObject:
        """A new object of the class that is registered as *program_id*; starts its program."""
        identity, made = Guid(), c_void_p()
        _require(program_id, self.ole.CLSIDFromProgID(ctypes.c_wchar_p(program_id), byref(identity)))
        status = self.ole.CoCreateInstance(byref(identity), None, _LOCAL_SERVER, byref(IID_DISPATCH), byref(made))
        _require(program_id, status)
        return RemoteObject(made.value or 0, self)

    def text(self, words: str) -> int:
        """A string as COM passes it (``BSTR``), to be freed with :meth:`free`."""
        units = len(words.encode("utf-16-le")) // 2
        return int(self.texts.SysAllocStringLen(words, units) or 0)

    def words(self, text: int | None) -> str:
        """What a ``BSTR`` says; a null pointer is the empty string."""
        return ctypes.wstring_at(text, self.texts.SysStringLen(text)) if text else ""

    def free(self, text: int | None) -> None:
        """Free a ``BSTR``."""
        self.texts.SysFreeString(text)

    def clear(self, value: Value) -> None:
        """Free what *value* holds."""
        self.texts.VariantClear(byref(value))


class RemoteObject:
    """An object of the other program; :meth:`close` gives it back."""

    def __init__(self, pointer: int, system: System) -> None:
        self._pointer = pointer
        self._system = system

    def call(self, name: str, *arguments: object) -> Any:
        """Call the method, or get the property, called *name*; tries again while the program is busy.

        Arguments are ``str``, ``bool``, ``int`` or :data:`MISSING`; the result one of these, ``float``, ``None`` or
        another :class:`RemoteObject`.

        Raises:
            ComError: the program has no such member, or the call failed.
        """
        result = Value()
        self._invoke(name, _METHOD_OR_GET, arguments, result)
        return self._python(result)

    def put(self, name: str, value: object) -> None:
        """Set the property called *name*; raises like :meth:`call`."""
        self._invoke(name, _PUT, (value,), None)

    def close(self) -> None:
        """Give the object back; it must not be used again."""
        pointer, self._pointer = self._pointer, 0
        if pointer:
            _method(pointer, _RELEASE)(pointer)

    def __del__(self) -> None:
        self.close()

    def _invoke(self, name: str, kind: int, arguments: Sequence[object], result: Value | None) -> None:
        end = time.monotonic() + _PATIENCE_S
        while True:
            code, text = self._try(name, kind, arguments, result)
            if code < 0x80000000:
                return
            if code not in _BUSY or time.monotonic() > end:
                raise ComError(name, code, text)
            time.sleep(_PAUSE_S)

    def _try(self, name: str, kind: int, arguments: Sequence[object], result: Value | None) -> tuple[int, str]:
        """One call: its HRESULT, and the words that came with it."""
        names, number = (ctypes.c_wchar_p * 1)(name), c_int32()
        find = _method(self._pointer, _IDS_OF_NAMES, c_void_p, c_void_p, c_uint32, c_uint32, c_void_p)
        code = _unsigned(find(self._pointer, byref(NULL_GUID), byref(names), 1, _USER_LANGUAGE, byref(number)))
        if code >= 0x80000000:
            return code, ""
        values = (Value * len(arguments))()
        fault, wrong = Fault(), c_uint32()
        try:
            for value, argument in zip(reversed(values), arguments, strict=True):
                self._fill(value, argument)
            parameters = Parameters(values, None, len(values), 0)
            if kind == _PUT:
                parameters.names, parameters.named = ctypes.pointer(_PUT_NAME), 1
            invoke = _method(
                self._pointer, _INVOKE, c_int32, c_void_p, c_uint32, c_uint16, c_void_p, c_void_p, c_void_p, c_void_p)
            code = _unsigned(invoke(
                self._pointer, number, byref(NULL_GUID), _USER_LANGUAGE, kind, byref(parameters),
                byref(result) if result is not None else None, byref(fault), byref(wrong)))
            return self._told(code, fault)
        finally:
            for value in values:
                self._system.clear(value)

    def _told(self, code: int, fault: Fault) -> tuple[int, str]:
        """The code that says what happened, and the program's own words."""
        text = " ".join(self._system.words(fault.description).split())
        for part in (fault.source, fault.description, fault.help):
            self._system.free(part)
        if code == _EXCEPTION and fault.status:
            code = _unsigned(fault.status)
        return code, text

    def _fill(self, value: Value, argument: object) -> None:
        if isinstance(argument, bool):
            value.kind, value.short = BOOLEAN, -1 if argument else 0
        elif isinstance(argument, int):
            value.kind, value.long = INT32, argument
        elif isinstance(argument, str):
            value.kind, value.pointer = TEXT, self._system.text(argument)
        elif isinstance(argument, Missing):
            value.kind, value.long = ERROR, c_int32(NOT_FOUND).value
        else:
            raise TypeError(f"no automation value: {argument!r}")

    def _python(self, value: Value) -> Any:
        """What *value* holds, which is taken from it."""
        if value.kind == OBJECT:
            return RemoteObject(value.pointer, self._system) if value.pointer else None
        readers: dict[int, Callable[[], Any]] = {
            INT16: lambda: int(value.short), INT32: lambda: int(value.long), DOUBLE: lambda: float(value.double),
            TEXT: lambda: self._system.words(value.pointer), BOOLEAN: lambda: value.short != 0,
        }  # fmt: skip
        found = readers[value.kind]() if value.kind in readers else None
        self._system.clear(value)
        return found


def _method(pointer: int, place: int, *types: Any) -> Any:
    """The method at *place* in the table of the object at *pointer*, to be called with that pointer first."""
    table: Any = cast(pointer, POINTER(POINTER(c_void_p)))[0]
    kind: Any = _FUNCTION(c_int32, c_void_p, *types)
    return kind(table[place])


def _unsigned(status: int) -> int:
    return status & 0xFFFFFFFF


def _require(what: str, status: int) -> None:
    if _unsigned(status) >= 0x80000000:
        raise ComError(what, _unsigned(status))
