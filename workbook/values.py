"""``dataclass`` and ``cached_property`` as in the standard library, quicker.

The standard decorator writes source for up to eight methods of every class and compiles it: a third of a millisecond a
class, and a command needs 160 of them, most of which it never makes a value of.  Here only ``__init__`` is made that way,
when the first value is made; comparison, hash and ``repr`` are ordinary functions.  ``frozen`` is for the type checker,
which refuses every assignment to such a value (and gives it a hash, as usual); while the program runs nothing is spent on
it, so values are also made three times as quickly.

Fields, ``replace``, ``fields`` and ``match`` are the standard library's own: a class made here is a dataclass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
    from functools import cached_property
else:
    import dataclasses
    from operator import attrgetter

    class cached_property:  # noqa: N801  # named as in the standard library
        """``functools.cached_property`` without the lock.

        The lock, which the standard one has no more from Python 3.12 on, doubles its cost.
        """

        def __init__(self, function):
            self.function, self.name, self.__doc__ = function, function.__name__, function.__doc__

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.function(instance)
            return value

    def dataclass(cls=None, *, frozen=False, slots=False, eq=True):
        """Make a dataclass of *cls*; see :func:`dataclasses.dataclass` for the options."""
        if cls is None:
            return lambda given: dataclass(given, frozen=frozen, slots=slots, eq=eq)
        if not cls.__doc__:
            cls.__doc__ = cls.__name__  # else the standard decorator works out a signature for it
        made = dataclasses.dataclass(cls, init="__init__" in cls.__dict__, eq=False, repr=False, slots=slots)
        own = made.__dict__
        methods = {"__repr__": _shown, **(_comparison(made, hashed=frozen) if eq else {})}
        if "__init__" not in own:
            methods["__init__"] = _first_init(made)
        for name, method in methods.items():
            if name not in own or (name == "__hash__" and own[name] is None):
                setattr(made, name, method)
        return made

    def _first_init(cls):
        """An ``__init__`` that makes the real one in its place when it is called first."""

        def __init__(self, *given, **named):  # noqa: N807  # it is the method
            cls.__init__ = _init(cls)
            cls.__init__(self, *given, **named)

        return __init__

    def _init(cls):
        """``__init__`` by the fields of *cls*."""
        known, parameters, lines = {"_missing": dataclasses.MISSING}, [], []
        for number, field in enumerate(f for f in dataclasses.fields(cls) if f.init):
            value = field.name
            if field.default is not dataclasses.MISSING:
                known[f"_{number}"] = field.default
                parameters.append(f"{field.name}=_{number}")
            elif field.default_factory is not dataclasses.MISSING:
                known[f"_{number}"] = field.default_factory
                parameters.append(f"{field.name}=_missing")
                value = f"_{number}() if {field.name} is _missing else {field.name}"
            else:
                parameters.append(field.name)
            lines.append(f" self.{field.name} = {value}")
        lines += [" self.__post_init__()"] if hasattr(cls, "__post_init__") else []
        body = "\n".join(lines or [" pass"])
        exec(f"def __init__(self, {', '.join(parameters)}):\n{body}", known)  # noqa: S102  # as the standard library does
        return known["__init__"]

    def _shown(self):
        """``Name(first=1, second=2)``."""
        shown = [f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr]
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _comparison(cls, *, hashed):
        """``__eq__`` and ``__hash__`` by the fields of *cls*."""
        names = [field.name for field in dataclasses.fields(cls) if field.compare]
        content = attrgetter(*names) if names else type

        def equal(self, other):
            if other.__class__ is self.__class__:
                return content(self) == content(other)
            return NotImplemented

        def content_hash(self):
            return hash(content(self))

        return {"__eq__": equal, "__hash__": content_hash if hashed else None}

__all__ = ["cached_property", "dataclass"]
