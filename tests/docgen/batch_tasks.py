"""Work for the runners' tests; in a module of its own, since other processes must find it by name."""

import os
import time
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def own_process(_: int) -> int:
    time.sleep(0.02)  # so that every worker gets some
    return os.getpid()


def die(number: int) -> int:
    """Take the process down for 3 and 7."""
    if number in (3, 7):
        os._exit(9)
    return number


def die_once(path: str) -> str:
    """Take the process down the first time."""
    mark = Path(path)
    if not mark.exists():
        mark.touch()
        os._exit(1)
    return "survived"


def fail(number: int) -> float:
    return 1 / number


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def grown(_: int) -> int:
    """Keep a little more memory each time."""
    _kept.append(bytearray(1024))
    return len(_kept)


_kept: list[bytearray] = []
