"""The history of a workbook: the states in which it and its 底稿 were opened and saved, a bounded number of each.

One folder for each workbook in the user's data: the files by their hashes, each kept once, and a list of the states.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from workbook.errors import InputError
from workbook.safe_save import write_atomically
from workbook.values import dataclass

MOST_STATES = 30
MOST_BYTES = 100 * 1024 * 1024
"""Of all files kept for one workbook; the oldest states go first."""
_LIST = "states.json"


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
        return self._root / hashlib.sha256(str(workbook.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:20]

    def states(self, workbook: Path) -> tuple[State, ...]:
        """What is kept for a workbook, newest first; a list that cannot be read is none."""
        try:
            records = json.loads((self._folder(workbook) / _LIST).read_text("utf-8"))
            return tuple(
                State(datetime.fromisoformat(r["time"]), str(r["what"]), {str(n): str(h) for n, h in r["files"].items()}, str(r["companion"]))
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
        records = [{"time": s.time.isoformat(timespec="seconds"), "what": s.what, "files": dict(s.files), "companion": s.companion} for s in states]
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
