"""Results kept on disk until the summary is written: a batch of ten thousand units needs no more memory than one of ten."""

from __future__ import annotations

import json
import tempfile
from array import array
from dataclasses import fields

from docgen.batch.model import Finding, UnitResult, Verdict

_NAMES = tuple(field.name for field in fields(UnitResult) if field.name not in ("written", "fault"))
_NONE = -1


class Spool:
    """Results of *size* units, put in any order, taken out by number."""

    def __init__(self, size: int) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by close()
        self._places = array("q", [_NONE]) * size

    def put(self, number: int, result: UnitResult) -> None:
        """Keep the row of unit *number* (what was written and traces of faults are not part of it)."""
        self._places[number] = self._file.seek(0, 2)
        line = json.dumps([getattr(result, name) for name in _NAMES])  # escapes what is no valid text, too
        self._file.write(line.encode() + b"\n")

    def get(self, number: int) -> UnitResult | None:
        """The result of unit *number*; ``None`` when it was never put."""
        if self._places[number] == _NONE:
            return None
        self._file.seek(self._places[number])
        values = dict(zip(_NAMES, json.loads(self._file.readline()), strict=True))
        values["verdict"] = Verdict(values["verdict"])
        values["notes"] = tuple(values["notes"])
        values["findings"] = tuple(Finding(*row) for row in values["findings"])
        return UnitResult(**values)

    def close(self) -> None:
        """Delete everything."""
        self._file.close()
