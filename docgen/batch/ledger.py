"""What is known of an output folder: which files are ours, where those of each unit go, which units are done.

A list beside the outputs, every line on disk at once, since a batch may be killed.  ``[name, size, time, hash]`` is a file
as it was written: one that is not listed, or that somebody has changed since, is left alone, and what would have taken its
place gets a number.  A key and a result are a unit: what was asked for, every file that was read (also those that would
have been, had they been there), what came out.  It is done again when any of that differs, when an output was changed or
is gone, when the program or a template pack is another, or when it was not finished.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from docgen.batch.model import FAILED, Check, FileState, Finding, UnitJob, UnitResult, UnitRow, Verdict
from docgen.job.inputs import user_packs
from workbook import __version__
from workbook.errors import InputError, system_words
from workbook.pack.loading import TEMPLATES
from workbook.paths import shown
from workbook.safe_save import try_lock, write_atomically

LEDGER = ".juesuan-batch.jsonl"
_MAX_BYTES = 500 * 1024 * 1024
"""A longer list was not written by us."""
_PLANNED = -1
"""Size of a file that a batch was going to write when it was last heard of."""
_SOON = 30 * 10**9
"""Nanoseconds between the last note of a batch that was killed and the last file it wrote."""
_REDONE = FAILED - {Verdict.ERROR}
"""Outcomes that may be others next time though no file has changed."""
_MAX_NAME = 190
"""Bytes of a file name without its ending: systems allow 255, temporary names and ours need some."""
_MAX_PATH = 250
"""Characters of a whole path on Windows."""
_REPORT, _LIST, _CHECKS = "公开报告.docx", "_审核结果.xlsx", "_检查表.xlsx"


def states(paths: Iterable[Path]) -> tuple[FileState, ...]:
    """How these files are now."""
    return tuple(map(_state, dict.fromkeys(paths)))


def _state(path: Path) -> FileState:
    try:
        state = path.stat()
    except OSError:
        return FileState(str(path), -1, 0)
    return FileState(str(path), state.st_size, state.st_mtime_ns)


def written(path: Path) -> FileState:
    """What to note of a file that was just written."""
    return _state(path)._replace(sha256=hashlib.sha256(path.read_bytes()).hexdigest())


class Ledger:
    """The list of the output *folder* for units below *root*.

    It is made when it is missing, and goes again when nothing was put into it.  *pack*: the folder of the one pack that
    is used, if it is one.  With *restart* every unit is done again.  Raises :class:`InputError` when nothing can be
    written there.
    """

    def __init__(self, root: Path, folder: Path, pack: str = "", *, restart: bool = False) -> None:
        self.root, self.folder, self._path = root, folder, folder / LEDGER
        self._taken: set[int] = set()
        """Hashes of paths given out: should two ever agree, a file gets a number that it would not need."""
        self._program = _program((TEMPLATES, user_packs(), *((Path(pack),) if pack else ())))
        self._files: dict[str, FileState] = {}
        """Files of ours, by their names as seen from the folder."""
        self._units: dict[str, int] = {}
        """Key of a job → where its line begins."""
        self._left = 0
        """When an earlier batch made its last note."""
        self._is_new, self._has_notes = not folder.exists(), False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                self._left = self._path.stat().st_mtime_ns
            self._stream = self._path.open("a+b")
            if try_lock(self._stream.fileno()) is False:
                self._stream.close()
                raise InputError(folder, "另一个批量处理正在往这里写结果", "请等它完成，或换一个文件夹")
            self._load()
        except OSError as error:
            raise InputError(folder, f"不能写入结果（{system_words(error)}）", "请换一个可写的文件夹") from error
        if restart:
            self._units.clear()

    def _load(self) -> None:
        if self._stream.tell() > _MAX_BYTES:
            self._stream.truncate(0)
        self._stream.seek(0)
        place, line = 0, b"\n"
        for line in self._stream:
            if line.startswith(b"["):
                with suppress(ValueError, TypeError, RecursionError):
                    name, size, mtime_ns, sha256 = json.loads(line)
                    self._files[str(name)] = FileState(str(name), int(size), int(mtime_ns), str(sha256))
            elif line.endswith(b"\n"):
                self._units[line.partition(b" ")[0].decode("ascii", "replace")] = place
            place += len(line)
        if not line.endswith(b"\n"):  # a batch was killed in the middle of a line
            self._stream.write(b"\n")

    # ---------------------------------------------------------------- files
    def owns(self, path: Path) -> bool:
        """Whether *path* is a file of an earlier batch, as that left it."""
        try:
            _, size, mtime_ns, sha256 = self._files[self._name(path)]
            state = path.stat()
            if size == _PLANNED:  # the batch was killed after it wrote the file and before it could note that
                return state.st_mtime_ns <= self._left + _SOON
            if state.st_size != size:
                return False
            return state.st_mtime_ns == mtime_ns or hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        except (KeyError, OSError):
            return False

    def plan(self, names: Iterable[str]) -> None:
        """Note, before anything is written, which files there will be: those there are none of yet."""
        self._write(self._lines(FileState(name, _PLANNED, 0) for name in names if not Path(name).exists()))

    def wrote(self, path: Path) -> None:
        self._write(self._lines([written(path)]))

    def _lines(self, files: Iterable[FileState]) -> Iterator[bytes]:
        for file in files:
            name = self._name(Path(file.path))
            self._files[name] = file._replace(path=name)
            yield _line(self._files[name])

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    # ---------------------------------------------------------------- names: like the unit's own, and what nobody else has
    def outputs(self, unit: Path, *, is_folder: bool) -> tuple[str, str, str]:
        """Where report, issue list and checklist of a unit go."""
        folder = self.folder / (unit if is_folder else unit.parent).relative_to(self.root)
        stem = self._shortened(folder, shown(unit.name if is_folder else unit.stem), unit)
        base = stem.removesuffix("公开表")
        report = f"{base}{_REPORT}" if base != stem and base else f"{stem}_决算{_REPORT}"
        return self._free(folder, report), self._free(folder, f"{stem}{_LIST}"), self._free(folder, f"{stem}{_CHECKS}")

    def summary(self) -> Path:
        """Where the summary goes; another place each time it is asked."""
        return Path(self._free(self.folder, "summary.xlsx"))

    def _free(self, folder: Path, name: str) -> str:
        """*name* in *folder*, numbered when another unit has it or a file that is not ours is there."""
        stem, dot, suffix = name.rpartition(".")
        for number in count(1):
            path = folder / (f"{stem}（{number}）{dot}{suffix}" if number > 1 else name)
            key = hash(unicodedata.normalize("NFC", str(path)).casefold())
            if key not in self._taken and (not path.exists() or self.owns(path)):
                self._taken.add(key)
                return str(path)
        raise AssertionError

    def _shortened(self, folder: Path, stem: str, path: Path) -> str:
        """*stem*, cut to what file systems allow; what was cut off still makes a difference."""
        room = _MAX_NAME
        if sys.platform == "win32":
            room = min(room, max(30, 3 * (_MAX_PATH - len(str(folder)) - len(_REPORT) - 12)))
        if len(stem.encode()) <= room:
            return stem
        mark = hashlib.sha256(str(path.relative_to(self.root)).encode("utf-8", "surrogateescape")).hexdigest()[:6]
        return stem.encode()[: room - 10].decode(errors="ignore").rstrip(" .") + "…" + mark

    # ---------------------------------------------------------------- units
    def note(self, job: UnitJob, result: UnitResult) -> None:
        """Keep the result of *job*.  Raises :class:`InputError` when the disk is full.

        Files that an earlier batch wrote and this one did not are taken away: an old report beside new 错误 misleads.
        """
        for path in map(Path, set(job.outputs) - {file.path for file in result.written}):
            if self.owns(path):
                with suppress(OSError):
                    path.unlink()
        files = b"".join(self._lines(result.written))
        self._units[key := self._key(job)] = self._stream.seek(0, os.SEEK_END) + len(files)
        self._write((files, key.encode(), b" ", json.dumps(result).encode(), b"\n"))

    def _write(self, lines: Iterable[bytes]) -> None:
        try:
            self._stream.writelines(lines)
            self._stream.flush()
        except OSError as error:
            raise InputError(self.folder, f"无法写入结果（{system_words(error)}）", "请检查磁盘空间后再运行一次，会接着做") from error
        self._has_notes = True

    def result(self, job: UnitJob) -> UnitResult | None:
        """What came of *job* when it was last done."""
        place = self._units.get(self._key(job))
        if place is None:
            return None
        try:
            self._stream.seek(place)
            return _result(json.loads(self._stream.readline().partition(b" ")[2]))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):  # written by another version, or damaged
            return None

    def unchanged(self, job: UnitJob) -> UnitResult | None:
        """The result of *job* from an earlier batch; ``None`` when it must be done (again)."""
        found = self.result(job)
        if found is None or found.row.verdict in _REDONE:
            return None
        is_same = all(_state(Path(file.path)) == file for file in found.read) and all(
            self.owns(Path(file.path)) for file in found.written)
        return found if is_same else None

    def _key(self, job: UnitJob) -> str:
        return hashlib.sha256(json.dumps((self._program, *job)).encode()).hexdigest()

    def close(self, jobs: Sequence[UnitJob]) -> None:
        """Write the list anew, without files that are no longer there and units other than *jobs*."""
        with suppress(OSError, InputError), TemporaryFile() as kept:
            with self._stream:
                kept.writelines(_line(file) for _, file in sorted(self._files.items()) if (self.folder / file.path).exists())
                for place in (self._units.get(self._key(job)) for job in jobs):
                    if place is not None:
                        self._stream.seek(place)
                        kept.write(self._stream.readline())
            if self._has_notes:
                kept.seek(0)
                write_atomically(self._path, kept)
        with suppress(OSError):
            if not self._path.stat().st_size:
                self._path.unlink()
            if self._is_new:
                self.folder.rmdir()  # unless something lies in it


def _line(file: FileState) -> bytes:
    return f"{json.dumps(file)}\n".encode()  # escaped: a name may hold bytes that are no text


def _result(line: Any) -> UnitResult:
    (verdict, *row), findings, checks, written, read, fault = line
    return UnitResult(
        UnitRow(Verdict(verdict), *row),
        tuple(Finding(*finding) for finding in findings), tuple(Check(*check) for check in checks),
        tuple(FileState(*file) for file in written), tuple(FileState(*file) for file in read), fault)


def _program(packs: Iterable[Path]) -> str:
    """What tells one state of program and template packs from another."""
    digest = hashlib.sha256(__version__.encode())
    for folder in packs:
        for place, folders, files in os.walk(folder):
            folders.sort()
            digest.update(repr([_state(Path(place, name)) for name in sorted(files)]).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
