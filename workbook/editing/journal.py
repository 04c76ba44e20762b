"""The recovery journal: edits that are not saved yet, kept on disk so that a crash loses none of them.

One small JSON file for each workbook, written atomically after every edit and removed when the edits are saved or
given up.  It is only offered for the very bytes it was made for.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import datetime
from decimal import Decimal, DecimalException
from pathlib import Path
from typing import Any

from workbook.editing.cell_states import CellState, Change
from workbook.editing.session import EditSession
from workbook.errors import InputError
from workbook.issues import CellRef
from workbook.safe_save import write_atomically
from workbook.values import dataclass

VERSION = 1


@dataclass(frozen=True, slots=True)
class Recovered:
    """Edits found in a journal."""

    path: Path
    """The workbook they belong to."""
    sha256: str
    saved_at: datetime
    changes: tuple[Change, ...]


class Journal:
    """The journals in one folder of the user's data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, workbook: Path) -> Path:
        """The journal of a workbook."""
        key = hashlib.sha256(str(workbook.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:20]
        return self.folder / f"{key}.json"

    def write(self, editor: EditSession) -> None:
        """Keep the pending edits (remove the journal when there are none).  Raises :class:`InputError`."""
        source = editor.accounts.source
        file = self.file(source.path)
        if not editor.is_dirty:
            self.discard(source.path)
            return
        record = {
            "version": VERSION,
            "workbook": str(source.path.resolve()),
            "sha256": source.sha256,
            "time": datetime.now().astimezone().isoformat(timespec="seconds"),
            "cells": [_record(ref, state) for ref, state in editor.edits.items() if not state.is_formula],
        }
        if (old := _read(file)) is not None and old.sha256 != source.sha256:
            with suppress(OSError):  # edits made to an earlier state of the file: not ours to lose
                file.replace(file.with_suffix(".old"))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(self.folder, "无法写入自动保存", "请检查磁盘空间") from error
        write_atomically(file, json.dumps(record, ensure_ascii=False).encode("utf-8"))

    def discard(self, workbook: Path) -> None:
        """Forget the journal of a workbook."""
        with suppress(OSError):
            self.file(workbook).unlink(missing_ok=True)

    def read(self, workbook: Path) -> Recovered | None:
        """The edits kept for a workbook; ``None`` when there are none or the journal cannot be read."""
        return _read(self.file(workbook))

    def all(self) -> tuple[Recovered, ...]:
        """Every journal that can be read and whose workbook is still there, newest first."""
        found = [r for file in sorted(self.folder.glob("*.json")) if (r := _read(file)) and r.path.exists()]
        return tuple(sorted(found, key=lambda r: r.saved_at, reverse=True))


def _record(ref: CellRef, state: CellState) -> dict[str, Any]:
    content = state.content
    kind = "number" if isinstance(content, Decimal) else "text"
    return {"file": ref.file, "sheet": ref.sheet, "row": ref.row, "column": ref.column, kind: str(content)}


def _read(file: Path) -> Recovered | None:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if record["version"] != VERSION:
            return None
        changes = tuple(
            (
                CellRef(str(c["file"]), str(c["sheet"]), int(c["row"]), int(c["column"])),
                CellState(Decimal(c["number"]) if "number" in c else str(c["text"])),
            )
            for c in record["cells"]
        )
        return Recovered(
            Path(record["workbook"]), str(record["sha256"]), datetime.fromisoformat(record["time"]), changes)
    except (OSError, ValueError, KeyError, TypeError, DecimalException):
        return None
