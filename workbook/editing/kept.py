"""What is kept of a workbook in the user's data: what was typed and is not saved yet, and its earlier states.

The **recovery journal**, so that a crash loses nothing: two files of JSON for each workbook, replaced as a whole: the cells,
after every edit; and, key by key, what the 底稿 holds otherwise than its file.  The disk is not waited for then; a copy of each
that also a failure of the power leaves whole follows.  All go when what they hold is saved or given up.

The **history**: a folder for each workbook with a bounded number of states; its files by their hashes, each kept once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal, DecimalException
from pathlib import Path
from threading import Lock
from typing import Any

from workbook.amounts import MAX_DIGITS
from workbook.editing.cells import CellState, Change
from workbook.editing.session import EditSession
from workbook.errors import InputError
from workbook.issues import CellRef
from workbook.safe_save import sync_folder, write_atomically
from workbook.values import dataclass

VERSION = 1
_MOST = 64 * 1024 * 1024
"""Bytes of a journal; a larger one is none of ours."""
MOST_STATES = 30
MOST_BYTES = 100 * 1024 * 1024
"""Of all files kept for one workbook; the oldest states go first."""
_LIST = "states.json"


def _key(workbook: Path) -> str:
    """What a workbook goes by in the user's data."""
    return hashlib.sha256(str(workbook.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Texts:
    """What a 底稿 holds otherwise than its file."""

    base: str
    """SHA-256 of that file; empty: there was none."""
    pieces: tuple[Any, ...]
    """See :mod:`workbook.companion.changes`."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What is found in the journal of a workbook."""

    path: Path
    """The workbook it belongs to."""
    sha256: str
    """Of the workbook that the changes were made in; empty when there are none."""
    saved_at: datetime
    changes: tuple[Change, ...] = ()
    texts: Texts | None = None

    def words(self) -> str:
        """What it is, briefly: ``3 个单元格、底稿里的文字``."""
        parts = (f"{len(self.changes)} 个单元格" if self.changes else "", "底稿里的文字" if self.texts else "")
        return "、".join(p for p in parts if p)


class Journal:
    """The journals in one folder of the user's data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held = Lock()
        """Held while a file is read to be copied (Windows neither replaces nor removes one that is open), and removed."""

    def file(self, workbook: Path, suffix: str = ".json") -> Path:
        """The journal of a workbook."""
        return self.folder / f"{_key(workbook)}{suffix}"

    def write(self, editor: EditSession) -> None:
        """Keep the pending edits (remove them when there are none).  Raises :class:`InputError`."""
        source = editor.accounts.source
        file = self.file(source.path)
        if not editor.is_dirty:
            self.discard_cells(source.path)
            return
        if (old := _read(file)) is not None and old.sha256 != source.sha256:
            with suppress(OSError):  # edits made to an earlier state of the file: not ours to lose
                file.replace(file.with_suffix(".old"))
        cells = [_record(ref, state) for ref, state in editor.edits.items() if not state.is_formula]
        self._write(file, source.path, {"sha256": source.sha256, "cells": cells})

    def keep_texts(self, workbook: Path, texts: Texts) -> None:
        """Keep what a 底稿 holds otherwise than its file.  Raises :class:`InputError`."""
        self._write(self.file(workbook, _TEXTS), workbook, {"base": texts.base, "pieces": texts.pieces})

    def _write(self, file: Path, workbook: Path, record: dict[str, object]) -> None:
        time = datetime.now().astimezone().isoformat(timespec="seconds")
        record = {"version": VERSION, "workbook": str(workbook.resolve()), "time": time, **record}
        data = json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            part.write_bytes(data)
            with self._held:
                part.replace(file)
        except OSError as error:
            raise InputError(file, "无法写入自动保存", "请检查磁盘空间") from error

    def make_last(self, workbook: Path) -> None:
        """Copy what is kept so that it outlasts the machine (this waits for the disk)."""
        for file in (self.file(workbook), self.file(workbook, _TEXTS)):
            made = file.with_suffix(_MADE)
            with suppress(OSError, InputError):
                with self._held:
                    data = file.read_bytes()
                write_atomically(made, data)
                with self._held:  # what was discarded meanwhile must not come back
                    if file.exists():
                        made.replace(file.with_suffix(_COPY))
                    else:
                        made.unlink()
                sync_folder(self.folder)

    def discard(self, workbook: Path) -> None:
        """Forget all that is kept for a workbook."""
        self.discard_cells(workbook)
        self.discard_texts(workbook)

    def discard_cells(self, workbook: Path) -> None:
        """Forget its edits."""
        self._discard(self.file(workbook))

    def discard_texts(self, workbook: Path) -> None:
        """Forget its 底稿."""
        self._discard(self.file(workbook, _TEXTS))

    def _discard(self, file: Path) -> None:
        with suppress(OSError), self._held:
            for each in (file, file.with_suffix(_COPY), file.with_suffix(_MADE)):
                each.unlink(missing_ok=True)

    def read(self, workbook: Path) -> Recovered | None:
        """What is kept for a workbook; ``None`` when there is nothing that can be read."""
        return self._found(_key(workbook))

    def all(self) -> tuple[Recovered, ...]:
        """All that can be read and whose workbook is still there, newest first."""
        files = {file.name.split(".")[0] for file in self.folder.glob("*.json")}
        found = [r for key in sorted(files) if (r := self._found(key))]
        return tuple(sorted((r for r in found if r.path.exists()), key=lambda r: r.saved_at, reverse=True))

    def _found(self, key: str) -> Recovered | None:
        files = (self.folder / f"{key}.json", self.folder / f"{key}{_TEXTS}")
        cells, texts = (_read(file) or _read(file.with_suffix(_COPY)) for file in files)
        if cells is None or texts is None:
            return cells or texts
        return Recovered(cells.path, cells.sha256, max(cells.saved_at, texts.saved_at), cells.changes, texts.texts)


_TEXTS, _COPY, _MADE = ".texts.json", ".copy.json", ".copy.part"


def _record(ref: CellRef, state: CellState) -> dict[str, Any]:
    content = state.content
    kind = "number" if isinstance(content, Decimal) else "text"
    return {"file": ref.file, "sheet": ref.sheet, "row": ref.row, "column": ref.column, kind: str(content)}


def _read(file: Path) -> Recovered | None:
    """What a journal holds, if it is whole."""
    try:
        if file.stat().st_size > _MOST:
            return None
        record = json.loads(file.read_bytes().decode("utf-8", "surrogatepass"))
        if record["version"] != VERSION:
            return None
        path, time = Path(record["workbook"]), datetime.fromisoformat(record["time"])
        if "pieces" in record:
            return Recovered(path, "", time, texts=Texts(str(record["base"]), tuple(record["pieces"])))
        changes = tuple(
            (CellRef(str(c["file"]), str(c["sheet"]), int(c["row"]), int(c["column"])),
             CellState(_number(str(c["number"])) if "number" in c else str(c["text"])))
            for c in record["cells"])
        return Recovered(path, str(record["sha256"]), time, changes)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, DecimalException, RecursionError):
        return None


def _number(text: str) -> Decimal:
    """An amount as :meth:`Journal.write` keeps it; ``ValueError`` for one that nobody can have typed."""
    value = Decimal(text)
    if not value.is_finite() or len(text) > 2 * MAX_DIGITS + 10 or abs(value.adjusted()) > 2 * MAX_DIGITS:
        raise ValueError(text[:40])
    return value


# ---------------------------------------------------------------- the history


@dataclass(frozen=True, slots=True)
class State:
    """How the files were at one time."""

    time: datetime
    what: str
    """What was done then: ``打开``, ``保存``."""
    files: Mapping[str, str]
    """Hash of each file of the workbook by its name."""
    companion: str = ""
    """Hash of the 底稿; empty: there was none."""


class History:
    """The histories in one folder of the user's data."""

    def __init__(self, folder: Path) -> None:
        self._root = folder

    def _folder(self, workbook: Path) -> Path:
        return self._root / _key(workbook)

    def states(self, workbook: Path) -> tuple[State, ...]:
        """What is kept for a workbook, newest first; a list that cannot be read is none."""
        try:
            records = json.loads((self._folder(workbook) / _LIST).read_text("utf-8"))
            return tuple(
                State(
                    datetime.fromisoformat(r["time"]), str(r["what"]),
                    {str(n): str(h) for n, h in r["files"].items()}, str(r["companion"]))
                for r in records[:MOST_STATES])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return ()

    def note(self, workbook: Path, what: str, files: Iterable[Path], companion: Path | None) -> None:
        """Keep the present state of the files, if it is another than the newest.  Raises :class:`InputError`, ``OSError``."""
        folder = self._folder(workbook)
        folder.mkdir(parents=True, exist_ok=True)
        kept = {file.name: self._keep(folder, file) for file in files}
        text = self._keep(folder, companion) if companion is not None and companion.is_file() else ""
        before = self.states(workbook)
        if before and (dict(before[0].files), before[0].companion) == (kept, text):
            return
        states = _bounded(folder, (State(datetime.now().astimezone(), what, kept, text), *before))
        records = [
            {"time": s.time.isoformat(timespec="seconds"), "what": s.what, "files": dict(s.files), "companion": s.companion}
            for s in states]
        write_atomically(folder / _LIST, json.dumps(records, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        wanted = {name for state in states for name in (*state.files.values(), state.companion)}
        for file in folder.glob("*.xls*"):
            if file.stem not in wanted:
                with suppress(OSError):
                    file.unlink()

    @staticmethod
    def _keep(folder: Path, file: Path) -> str:
        data = file.read_bytes()
        name = hashlib.sha256(data).hexdigest()
        if not (place := folder / f"{name}{_suffix(file)}").exists():
            write_atomically(place, data)
        return name

    def file(self, workbook: Path, sha256: str) -> Path:
        """A file that is kept.  Raises :class:`InputError` when it is gone, or not what was kept."""
        with suppress(OSError):
            for file in self._folder(workbook).glob(f"{sha256}.*"):
                if hashlib.sha256(file.read_bytes()).hexdigest() == sha256:
                    return file
        raise InputError(workbook, "这个历史版本的文件已不在", "请选另一个历史版本，或用旁边的 .bak 文件")


def _suffix(file: Path) -> str:
    """Of the kept copy; files of other formats are told by their content when they are opened."""
    suffix = file.suffix.lower()
    return suffix if suffix.startswith(".xls") else ".xlsx"


def _bounded(folder: Path, states: tuple[State, ...]) -> list[State]:
    """The newest *states*, as many as may be kept; the first always."""
    kept: list[State] = []
    sizes: dict[str, int] = {}
    for state in states[:MOST_STATES]:
        for name in (*state.files.values(), state.companion):
            if name and name not in sizes:
                sizes[name] = sum(file.stat().st_size for file in folder.glob(f"{name}.*"))
        if kept and sum(sizes.values()) > MOST_BYTES:
            break
        kept.append(state)
    return kept
