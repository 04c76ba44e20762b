"""Which files in the output folder are ours: only those may be written over, or taken away, by a later batch.

A list beside the outputs holds size, time and hash of every file as it was written.  A file that is not on it, or
that somebody has changed since, is left alone, and what would have taken its place gets a number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from docgen.batch.model import Written
from workbook.errors import InputError
from workbook.safe_save import write_atomically

LEDGER = ".juesuan-batch.jsonl"
MAX_BYTES = 500 * 1024 * 1024
"""A longer list was not written by us."""
_PLANNED = -1
"""Size of a file that a batch was going to write when it was last heard of."""
_SOON = 30 * 10**9
"""Nanoseconds between the last note of a batch that was killed and the last file it wrote."""


def written(path: Path) -> Written:
    """What to note of a file that was just written."""
    data, state = path.read_bytes(), path.stat()
    return Written(str(path), state.st_size, state.st_mtime_ns, hashlib.sha256(data).hexdigest())


class Ledger:
    """The list of one output folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / LEDGER
        self._entries: dict[str, tuple[int, int, str]] = {}
        self._stream: IO[str] | None = None
        self._left = 0
        """When an earlier batch made its last note."""
        with suppress(OSError):
            state = self._path.stat()
            self._left = state.st_mtime_ns
            if state.st_size <= MAX_BYTES:
                with self._path.open(encoding="utf-8", errors="replace") as lines:
                    for line in lines:
                        self._read(line)

    def _read(self, line: str) -> None:
        with suppress(ValueError, TypeError, RecursionError):
            name, size, mtime_ns, sha256 = json.loads(line)
            self._entries[str(name)] = int(size), int(mtime_ns), str(sha256)

    def owns(self, path: Path) -> bool:
        """Whether *path* is a file of an earlier batch, as that left it."""
        entry = self._entries.get(self._name(path))
        if entry is None:
            return False
        try:
            state = path.stat()
            if entry[0] == _PLANNED:  # the batch was killed after it wrote the file and before it could note that
                return state.st_mtime_ns <= self._left + _SOON
            if state.st_size != entry[0]:
                return False
            return state.st_mtime_ns == entry[1] or hashlib.sha256(path.read_bytes()).hexdigest() == entry[2]
        except OSError:
            return False

    def plan(self, paths: Iterable[Path]) -> None:
        """Note, before anything is written, which of *paths* there will be files at: those there are none at yet."""
        self.note(Written(str(path), _PLANNED, 0, "") for path in paths if not path.exists())

    def note(self, files: Iterable[Written]) -> None:
        """Add *files* to the list, on disk at once: a batch may be killed."""
        for file in files:
            name = self._name(Path(file.path))
            entry = self._entries[name] = file.size, file.mtime_ns, file.sha256
            with suppress(OSError):  # a list that cannot be kept costs numbered names next time, no more
                if self._stream is None:
                    self._stream = self._path.open("a", encoding="utf-8")
                self._stream.write(_line(name, entry))
        if self._stream is not None:
            with suppress(OSError):
                self._stream.flush()

    def close(self) -> None:
        """Write the list anew, without what is no longer there."""
        if self._stream is None:
            return
        with suppress(OSError):
            self._stream.close()
        self._stream = None
        lines = [_line(name, entry) for name, entry in sorted(self._entries.items()) if (self.folder / name).exists()]
        with suppress(InputError):
            write_atomically(self._path, "".join(lines).encode())

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def _line(name: str, entry: tuple[int, int, str]) -> str:
    return json.dumps([name, *entry]) + "\n"  # escaped: a name may hold bytes that are no text
