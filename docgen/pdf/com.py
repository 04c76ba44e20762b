"""Objects of another program, used by the names of their members (COM automation, ``IDispatch``); Windows only.

comtypes makes the calls.  What Word and WPS need beside it is here: patience while they are busy, and one kind of
error.  Its wrapper modules are not used, so none is written into a folder of the user's.
"""

from __future__ import annotations

import sys
import time
from types import ModuleType
from typing import Any

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
    sys.coinit_flags = 0  # type: ignore[attr-defined]  # asked by comtypes: no message loop of ours is needed to wait for an answer
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
