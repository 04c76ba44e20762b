"""What the window remembers: settings of the user, window layout, recent files.

Plain texts in a JSON file.  Not QSettings: PySide unpickles what such a file says is a Python object, so that whoever
can write the user's settings could run code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QByteArray

from gui.style.theme import Mode

T = TypeVar("T")
MAX_RECENT = 8
MAX_KEPT = 300


class _Kept(Generic[T]):
    """A setting: how it is read from its text (empty: never set), and written."""

    def __init__(self, key: str, read: Callable[[str], T], write: Callable[[T], str] = str) -> None:
        self._key, self._read, self._write = key, read, write

    def __get__(self, settings: Settings, _owner: object = None) -> T:
        return self._read(settings.text(self._key))

    def __set__(self, settings: Settings, value: T) -> None:
        settings.keep(self._key, self._write(value))


_YES_OR_NO = {True: "是", False: "否"}


def _paths(text: str) -> list[Path]:
    return [Path(line) for line in text.split("\n") if line]


def _lines(paths: Iterable[object]) -> str:
    return "\n".join(map(str, paths))


class Settings:
    """The user's settings, in one file of the user's configuration folder; each is written when it changes."""

    mode = _Kept("界面/主题", lambda text: Mode(text) if text in list(Mode) else Mode.SYSTEM)
    """Light, dark, or as the system."""
    shows_tails = _Kept("校验/显示尾差", lambda text: text != "否", _YES_OR_NO.__getitem__)
    """Whether rounding tails (尾差) are listed and marked."""
    zoom = _Kept("校验/显示比例", lambda text: min(max(int(text) if text.isdigit() else 100, 60), 200))
    """Size of the sheets, per cent."""
    pack = _Kept("校验/模板包", str)
    """The template pack chosen (:attr:`gui.session.opening.PackChoice.key`); empty for the standard one."""
    packs = _Kept(
        "文件/模板包",
        lambda text: {Path(path): key for path, _, key in (line.partition("\t") for line in text.split("\n") if line)},
        lambda packs: _lines(f"{path}\t{key}" for path, key in [*packs.items()][-MAX_KEPT:]))
    """The template packs that the user chose for single workbooks."""
    folder = _Kept("文件/文件夹", lambda text: Path(text) if text and Path(text).is_dir() else documents())
    """Where file dialogs start."""
    recent = _Kept("文件/最近", _paths, _lines)
    """Files opened lately, newest first (also those that are gone)."""
    trusted = _Kept("文件/选用", _paths, lambda paths: _lines(sorted(paths)[-MAX_KEPT:]))
    """Files outside their 底稿's folders that the user chose himself (the last some hundred)."""

    def __init__(self, file: Path | None = None) -> None:
        import platformdirs

        self.file = file or Path(platformdirs.user_config_dir("juesuan", appauthor=False)) / "settings.json"
        self._values: dict[str, str] = {}
        with suppress(OSError, ValueError, RecursionError, AttributeError):  # not there, or nonsense
            self._values = {
                key: value for key, value in json.loads(self.file.read_text("utf-8")).items() if isinstance(value, str)}

    def note_opened(self, path: Path) -> None:
        self.recent = [path, *(p for p in self.recent if p != path)][:MAX_RECENT]
        self.folder = path if path.is_dir() else path.parent

    def forget(self, path: Path) -> None:
        """Take *path* off the recent files."""
        self.recent = [p for p in self.recent if p != path]

    # ------------------------------------------------------------ layout
    def layout(self, name: str) -> QByteArray:
        """A saved layout (window geometry, splitter …); empty when there is none."""
        return QByteArray.fromBase64(self.text(f"布局/{name}").encode())

    def keep_layout(self, name: str, value: QByteArray) -> None:
        self.keep(f"布局/{name}", bytes(value.toBase64().data()).decode())

    def is_folded(self, part: str) -> bool | None:
        """Whether the user folded a part of a page away; ``None``: left to the room there is."""
        return {"是": True, "否": False}.get(self.text(f"折叠/{part}"))

    def keep_folded(self, part: str, value: bool) -> None:
        self.keep(f"折叠/{part}", _YES_OR_NO[value])

    def text(self, key: str) -> str:
        """A setting as it is kept; empty when it never was."""
        return self._values.get(key, "")

    def keep(self, key: str, value: str) -> None:
        if self._values.get(key) == value:
            return
        self._values[key] = value
        part = self.file.with_suffix(".part")
        with suppress(OSError):  # a folder that cannot be written: remembered until the window closes
            self.file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self._values, ensure_ascii=False, indent=1), "utf-8")
            part.replace(self.file)


def documents() -> Path:
    """The user's documents folder."""
    import platformdirs

    folder = Path(platformdirs.user_documents_dir())
    return folder if folder.is_dir() else Path.home()
