"""Running many small pieces of work: in this process, in several, or on a cluster, all in the same way.

A runner takes a module's function and its inputs, and gives the results as they come, each with the number of its
input.  A piece that takes its process down is a :class:`Lost`, and costs no other piece.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from workbook.values import dataclass

T = TypeVar("T")
R = TypeVar("R")
Cancelled = Callable[[], bool]
FAULT = "程序意外错误"


@dataclass(frozen=True, slots=True)
class Lost:
    """In place of a result: the process that worked on it is gone."""

    reason: str


class Runner(Protocol):
    """Where the work is done."""

    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        """The results of *task* for *items*, each with its number, in any order.

        Ends early when *cancelled* says so: what is under way is finished, nothing new begun.
        """

    def close(self) -> None:
        """Let go of processes or connections."""


class OwnProcess:
    """One after the other, here."""

    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        with calm_collector():
            for number, item in enumerate(items):
                if cancelled():
                    return
                yield number, task(item)

    def close(self) -> None:
        """Nothing to let go of."""


@contextmanager
def calm_collector() -> Iterator[None]:
    """Let Python look for cyclic garbage less often: our values are many, and few are in cycles."""
    old = gc.get_threshold()
    gc.set_threshold(*CALM)
    try:
        yield
    finally:
        gc.set_threshold(*old)


CALM: tuple[Any, ...] = (50_000, 10, 10)
