"""What was worked out from a template file, kept between runs of the program.

Reading and compiling a template takes longer than writing the report.  Like Python's own ``.pyc`` files, the
result lies in the user's cache folder; it is found by the checksum of the template and by the program that made
it, so it is never stale, and when anything about it is odd it is made anew.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import pickle
import sys
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from workbook import __version__

if TYPE_CHECKING:
    from docgen.template.shell import Reading

_KEEP = 12  # files


def fetch(digest: str) -> Reading | None:
    """What is known of the template with this checksum; ``None`` when nothing is."""
    try:
        content = _file(digest).read_bytes()
        seal, facts = content[:32], content[32:]
        if hashlib.sha256(facts).digest() != seal:
            return None
        shell, elements, styles, lines, code = pickle.loads(facts)  # noqa: S301 - our own file, as with .pyc
        from docgen.template.shell import Reading

        return Reading(shell, elements, styles, marshal.loads(code), lines)  # noqa: S302 - likewise
    except Exception:  # noqa: BLE001 - a cache that cannot be read is no cache
        return None


def store(digest: str, reading: Reading) -> None:
    """Keep *reading*, when the folder can be written."""
    facts = (reading.shell, reading.elements, reading.styles, reading.lines, marshal.dumps(reading.code))
    content = pickle.dumps(facts, protocol=pickle.HIGHEST_PROTOCOL)
    with suppress(OSError):
        target = _file(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        Path(name).replace(target)
        old = sorted(target.parent.glob("*.bin"), key=lambda path: path.stat().st_mtime, reverse=True)[_KEEP:]
        for path in old:
            path.unlink()


def _file(digest: str) -> Path:
    import platformdirs

    folder = Path(platformdirs.user_cache_dir("juesuan", appauthor=False)) / "templates"
    return folder / f"{digest[:32]}-{_program()}.bin"


@lru_cache(maxsize=1)
def _program() -> str:
    """What the result depends on besides the template: Python, Jinja2, and our own code."""
    import jinja2

    facts = [sys.version, __version__]
    ours = Path(__file__).parent
    for path in (*sorted(ours.glob("*.py")), ours.parent / "model.py", Path(jinja2.__file__)):
        with suppress(OSError):  # a frozen program has no source files; there the version decides
            state = path.stat()
            facts.append(f"{path.name}:{state.st_mtime_ns}:{state.st_size}")
    return hashlib.sha256("|".join(facts).encode()).hexdigest()[:16]
