"""File names as people can read them, and where the files of each unit go: a folder like the unit's own, names that nobody else has."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from contextlib import suppress
from itertools import count
from pathlib import Path

from docgen.batch.ledger import Ledger
from workbook.paths import shown

_MAX_BYTES = 190
"""Of a file name without its ending: systems allow 255, temporary names and ours need some."""
_MAX_PATH = 250
"""Characters of a whole path on Windows."""
_REPORT, _LIST, _CHECKS = "公开报告.docx", "_审核结果.xlsx", "_检查表.xlsx"


def relative(path: str, root: Path) -> str:
    """*path* as seen from the folder *root*, with slashes; the name of *root* itself."""
    found = Path(path)
    with suppress(ValueError):
        found = found.relative_to(root)
    return "/".join(map(shown, found.parts)) or shown(root.name)


class Names:
    """Gives out the names in the output folder of *ledger* for units below *root*."""

    def __init__(self, root: Path, ledger: Ledger) -> None:
        self.root, self.ledger = root, ledger
        self._taken: set[int] = set()
        """Hashes of paths: should two ever agree, a file gets a number that it would not need."""

    def of(self, unit: Path, *, is_folder: bool) -> tuple[str, str, str]:
        """Where report, issue list and checklist of a unit go."""
        folder = self.ledger.folder / (unit if is_folder else unit.parent).relative_to(self.root)
        stem = self._shortened(folder, shown(unit.name if is_folder else unit.stem), unit)
        base = stem.removesuffix("公开表")
        report = f"{base}{_REPORT}" if base != stem and base else f"{stem}_决算{_REPORT}"
        return self._free(folder, report), self._free(folder, f"{stem}{_LIST}"), self._free(folder, f"{stem}{_CHECKS}")

    def summary(self) -> Path:
        """Where the summary goes; another place each time it is asked."""
        return Path(self._free(self.ledger.folder, "summary.xlsx"))

    def _free(self, folder: Path, name: str) -> str:
        """*name* in *folder*, numbered when another unit has it or a file that is not ours is there."""
        stem, dot, suffix = name.rpartition(".")
        for number in count(1):
            path = folder / (f"{stem}（{number}）{dot}{suffix}" if number > 1 else name)
            key = hash(unicodedata.normalize("NFC", str(path)).casefold())
            if key not in self._taken and (not path.exists() or self.ledger.owns(path)):
                self._taken.add(key)
                return str(path)
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
