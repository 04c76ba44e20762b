"""Where the files of each unit go: a folder like the unit's own, names that nobody else has."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from itertools import count
from pathlib import Path
from typing import NamedTuple

from docgen.batch.ledger import Ledger
from docgen.batch.shown import shown

_MAX_BYTES = 190
"""Of a file name without its ending: systems allow 255, temporary names and ours need some."""
_MAX_PATH = 250
"""Characters of a whole path on Windows."""
_REPORT, _LIST, _CHECKS = "公开报告.docx", "_审核结果.xlsx", "_检查表.xlsx"


class UnitFiles(NamedTuple):
    """What is written for a unit, and where."""

    report: Path
    issue_list: Path
    checklist: Path
    stale: tuple[Path, ...]
    """Files that an earlier batch wrote under these names."""


class Names:
    """Gives out the names in one output folder."""

    def __init__(self, root: Path, out: Path, ledger: Ledger) -> None:
        self.root, self.out, self.ledger = root, out, ledger
        self._taken: set[int] = set()
        """Hashes of paths: should two ever agree, a file gets a number that it would not need."""

    def of(self, unit: Path, *, is_folder: bool) -> UnitFiles:
        """Where the files of a unit go."""
        folder = self.out / (unit if is_folder else unit.parent).relative_to(self.root)
        stem = self._shortened(folder, shown(unit.name if is_folder else unit.stem), unit)
        base = stem.removesuffix("公开表")
        report = f"{base}{_REPORT}" if base != stem and base else f"{stem}_决算{_REPORT}"
        paths = [self._free(folder, name) for name in (report, f"{stem}{_LIST}", f"{stem}{_CHECKS}")]
        return UnitFiles(paths[0], paths[1], paths[2], tuple(path for path in paths if path.exists()))

    def summary(self) -> Path:
        """Where the summary goes."""
        return self._free(self.out, "summary.xlsx")

    def _free(self, folder: Path, name: str) -> Path:
        """*name* in *folder*, numbered when another unit has it or a file that is not ours is there."""
        stem, dot, suffix = name.rpartition(".")
        for number in count(1):
            path = folder / (f"{stem}（{number}）{dot}{suffix}" if number > 1 else name)
            key = hash(unicodedata.normalize("NFC", str(path)).casefold())
            if key not in self._taken and (not path.exists() or self.ledger.owns(path)):
                self._taken.add(key)
                return path
        raise AssertionError

    def _shortened(self, folder: Path, stem: str, path: Path) -> str:
        """*stem*, cut to what file systems allow; what was cut off still makes a difference."""
        room = _MAX_BYTES
        if sys.platform == "win32":
            room = min(room, max(30, 3 * (_MAX_PATH - len(str(folder)) - len(_REPORT) - 12)))
        if len(stem.encode()) <= room:
            return stem
        mark = hashlib.sha256(str(path.relative_to(self.root)).encode("utf-8", "surrogateescape")).hexdigest()[:6]
        return stem.encode()[: room - 10].decode(errors="ignore").rstrip(" .") + "…" + mark
