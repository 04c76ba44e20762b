"""Keeping an error in a method that Qt calls from ending the process.

With CPython 3.11, PySide6 6.8 crashes (a segmentation fault, the window vanishes) when a Python method that overrides
one of Qt's raises an exception that the interpreter or a C function raised: such an exception is not an instance yet,
and PySide takes it for one.  Catching it and raising it again makes it one; then the error reaches
``sys.excepthook`` as any other.  So every override in this package is wrapped, when its class is made.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from PySide6.QtCore import QObject

_QT = ("PySide6", "Shiboken")
_ROOT: Any = QObject.__mro__[1]
"""``Shiboken.Object``, the base of all Qt classes."""


def install() -> None:
    """Wrap the overrides of every class of ours that is made from now on."""
    if sys.version_info < (3, 12):  # later versions make the instance at once
        _ROOT.__init_subclass__ = classmethod(_wrap_overrides)


def _wrap_overrides(cls: type, /, **_options: object) -> None:
    super(_ROOT, cls).__init_subclass__()  # typing.Generic's, when the class is generic
    if cls.__module__.partition(".")[0] != "gui":
        return
    bases = [base for base in cls.__mro__[1:] if base.__module__.partition(".")[0] in _QT]
    for name, member in list(vars(cls).items()):
        if isinstance(member, FunctionType) and name != "__init__" and any(name in vars(base) for base in bases):
            setattr(cls, name, _settled(member))


def _settled(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return method(*arguments, **named)
        except BaseException:  # noqa: TRY203  # raising it again makes it an instance, see above
            raise

    return call
