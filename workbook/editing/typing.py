"""Texts that are being typed, key by key, until they stand in the 底稿: a crash costs no word of them.

One file of lines for each workbook; a line is a place of the 底稿 and its text, the last one of a place counts.  Written
without waiting for the disk: it is for the end of the program, not of the machine.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LONG, _MOST = 1024 * 1024, 16 * 1024 * 1024
"""Bytes after which the file is begun anew; what is larger still is none of ours."""


class TypedTexts:
    """The texts that are being typed into the 底稿 of one workbook."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.texts: dict[str, str] = {}
        """By place, those that may not stand in the 底稿 yet."""

    def note(self, place: str, text: str) -> None:
        """A key was pressed."""
        self.texts[place] = text
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            lines = {place: text}
            if self.file.exists() and self.file.stat().st_size > _LONG:
                lines = self.texts
                self.file.unlink()
            with self.file.open("a", encoding="utf-8", errors="surrogatepass") as stream:
                stream.writelines(json.dumps([place, text], ensure_ascii=False) + "\n" for place, text in lines.items())

    def settle(self, standing: dict[str, str]) -> None:
        """The 底稿 was written: what stands in it (texts by place) needs no keeping."""
        self.texts = {place: text for place, text in self.texts.items() if standing.get(place, "").strip() != text.strip()}
        if not self.texts:
            self.forget()

    def forget(self) -> None:
        """Nothing is kept any more."""
        self.texts = {}
        with suppress(OSError):
            self.file.unlink(missing_ok=True)


def typed_texts(file: Path) -> dict[str, str]:
    """What was being typed when a session was cut off; lines that are damaged are passed over."""
    found: dict[str, str] = {}
    with suppress(OSError):
        if file.stat().st_size <= _MOST:
            for line in file.read_text("utf-8", errors="replace").splitlines():
                with suppress(ValueError, TypeError, RecursionError):
                    place, text = json.loads(line)
                    if isinstance(place, str) and isinstance(text, str):
                        found[place] = text
    return found
