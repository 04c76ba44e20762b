"""Units that an earlier batch has done and of which nothing has changed since: their results are taken as they were.

Beside the list of outputs lies one line for each unit: what was asked for, every file that was read (also those that
would have been read had they been there), and the result.  A unit is done again when any of that differs, when an
output was changed or is gone, when the program or a template pack is another, or when it was not finished.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from docgen.batch.ledger import MAX_BYTES
from docgen.batch.model import FAILED, Check, Finding, Seen, UnitJob, UnitResult, UnitRow, Verdict, Written
from docgen.job.inputs import companion_places, user_packs
from workbook import __version__
from workbook.errors import InputError
from workbook.pack.loading import TEMPLATES
from workbook.safe_save import write_atomically

DONE = ".juesuan-units.jsonl"
_REDONE = FAILED - {Verdict.ERROR}
"""Outcomes that may be others next time though no file has changed."""


def seen(paths: Iterable[Path]) -> tuple[Seen, ...]:
    """How these files are now."""
    return tuple(map(_seen, dict.fromkeys(paths)))


def _seen(path: Path) -> Seen:
    try:
        state = path.stat()
    except OSError:
        return Seen(str(path), -1, 0)
    return Seen(str(path), state.st_size, state.st_mtime_ns)


def inputs_of_job(job: UnitJob) -> list[Path]:
    """The files that a unit's job names, and where its 底稿 would be."""
    path = Path(job.path)
    return [*map(Path, job.tables or (job.path,)), *companion_places(path), *map(Path, (job.prior, *job.documents) if job.prior else job.documents)]


class Done:
    """The results kept in one output folder."""

    def __init__(self, folder: Path, owns: Callable[[Path], bool], pack: str = "", *, restart: bool = False) -> None:
        self._path, self._owns = folder / DONE, owns
        self._program = _program((TEMPLATES, user_packs(), *((Path(pack),) if pack else ())))
        self._lines: dict[str, int] = {}
        """Key of a job → where its line begins in the file."""
        self._stream: IO[bytes] | None = None
        with suppress(OSError):
            if not restart and self._path.stat().st_size <= MAX_BYTES:
                self._find()

    def _find(self) -> None:
        place = 0
        with self._path.open("rb") as lines:
            for line in lines:
                key, _, rest = line.partition(b" ")
                if rest.endswith(b"\n"):  # a batch may have been killed in the middle of a line
                    self._lines[key.decode("ascii", "replace")] = place
                place += len(line)

    def result(self, job: UnitJob) -> UnitResult | None:
        """The result of *job* from an earlier batch; ``None`` when it must be done (again)."""
        place = self._lines.get(self._key(job))
        if place is None:
            return None
        try:
            with self._path.open("rb") as stream:
                stream.seek(place)
                found = _result(json.loads(stream.readline().partition(b" ")[2]))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):  # written by another version, or damaged
            return None
        is_same = all(_seen(Path(file.path)) == file for file in found.read) and all(self._owns(Path(file.path)) for file in found.written)
        return found if is_same else None

    def note(self, job: UnitJob, result: UnitResult) -> None:
        """Keep the result of *job*, on disk at once."""
        if result.row.verdict in _REDONE:
            return
        line = f"{self._key(job)} {json.dumps([result.row, result.findings, result.omitted, result.written, result.read, result.checks])}\n".encode()
        with suppress(OSError):  # what cannot be kept is done again next time, no more
            if self._stream is None:
                self._stream = self._path.open("ab")
            self._lines[self._key(job)] = self._stream.tell()
            self._stream.write(line)
            self._stream.flush()

    def close(self, jobs: Sequence[UnitJob]) -> None:
        """Write the file anew with the lines of *jobs* only."""
        if self._stream is None:
            return
        self._stream.close()
        self._stream = None
        kept = []
        with suppress(OSError, InputError), self._path.open("rb") as stream:
            for job in jobs:
                if (place := self._lines.get(self._key(job))) is not None:
                    stream.seek(place)
                    kept.append(stream.readline())
            write_atomically(self._path, b"".join(kept))

    def _key(self, job: UnitJob) -> str:
        asked = (self._program, job.path, job.report, job.issue_list, job.checklist, job.tables, job.prior, job.documents, job.is_report, job.note, job.closed, job.pack)
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _result(line: Any) -> UnitResult:
    (verdict, *row), findings, omitted, written, read, checks = line
    return UnitResult(
        UnitRow(Verdict(verdict), *row), tuple(Finding(*finding) for finding in findings), omitted,
        tuple(Written(*file) for file in written), read=tuple(Seen(*file) for file in read),
        checks=tuple(Check(*check) for check in checks))


def _program(packs: Iterable[Path]) -> str:
    """What tells one state of program and template packs from another."""
    digest = hashlib.sha256(__version__.encode())
    for folder in packs:
        for place, folders, files in os.walk(folder):
            folders.sort()
            digest.update(repr([_seen(Path(place, name)) for name in sorted(files)]).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
