"""What is worked out of the built-in packs when the program is set up or packaged, so that no command does it again.

It lies beside the program's own bytecode and is trusted as that is: dev.py and build.spec have it written there, the
program never writes any.  A file's name is a hash of what it was made from (the pack's files, the code, Python): what
is found under it cannot be stale.  What is a user's own is worked out when it is used.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

PROGRAM = Path(__file__).parents[1]


class Store(NamedTuple):
    """A folder of such files of one kind."""

    folder: Path
    ending: str
    code: tuple[str, ...]
    """What they depend on besides what they are made from: modules, and the modules that lie in a folder."""

    def fetch(self, content: bytes, libraries: str = "") -> bytes | None:
        """What was made of *content*; ``None`` when that is not at hand.  *libraries*: versions that it depends on."""
        try:
            return self._file(self.folder, content, _program(self.code, libraries, frozen=False)).read_bytes()
        except OSError:
            return None

    def keep(
        self, made: Mapping[bytes, bytes], libraries: str = "", folder: Path | None = None, *, frozen: bool = False
    ) -> list[Path]:
        """Write what was *made* (content → data) into *folder*, where nothing else of the kind stays; the files.

        *frozen*: for a packaged program, which holds no source files: there only the package's own version is left.
        """
        folder = folder or self.folder
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for content, data in made.items():
            file = self._file(folder, content, _program(self.code, libraries, frozen=frozen))
            part = file.with_suffix(".part")
            part.write_bytes(data)
            part.replace(file)
            files.append(file)
        for old in set(folder.glob(f"*{self.ending}")) - set(files):
            old.unlink(missing_ok=True)
        return files

    def _file(self, folder: Path, content: bytes, program: str) -> Path:
        return folder / f"{hashlib.sha256(content + program.encode()).hexdigest()[:32]}{self.ending}"


@lru_cache(maxsize=8)
def _program(code: tuple[str, ...], libraries: str, *, frozen: bool) -> str:
    """A hash of all that a file depends on besides what it is made from."""
    from workbook import __version__

    digest = hashlib.sha256(f"{__version__} {sys.version} {libraries}".encode())
    for path in () if frozen else code_files(code):
        source = path.read_bytes()
        digest.update(f"{path.name} {len(source)} ".encode() + source)
    return digest.hexdigest()


def code_files(code: tuple[str, ...]) -> Iterator[Path]:
    """The source files of modules and folders of them; none in a packaged program."""
    for name in code:
        place = PROGRAM / name
        yield from sorted(place.glob("*.py")) if place.suffix != ".py" else [place] * place.is_file()


forget = _program.cache_clear
"""Forget the hashes of the program's code (for tests that change it)."""
