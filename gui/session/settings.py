"""What the window remembers: settings of the user, window layout, recent files.

Plain texts in a JSON file.  Not QSettings: PySide unpickles what such a file says is a Python object, so that whoever
can write the user's settings could run code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QByteArray

from gui.style.theme import Mode

MAX_RECENT = 8
MAX_KEPT = 300


class Settings:
    """The user's settings, in one file of the user's configuration folder; each is written when it changes."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or default_file()
        self._values = _read(self.file)

    # ------------------------------------------------------------ the user's choices
    @property
    def mode(self) -> Mode:
        """Light, dark, or as the system."""
        value = self._text("界面/主题")
        return Mode(value) if value in list(Mode) else Mode.SYSTEM

    @mode.setter
    def mode(self, value: Mode) -> None:
        self._keep("界面/主题", str(value))

    @property
    def shows_tails(self) -> bool:
        """Whether rounding tails (尾差) are listed and marked."""
        return self._text("校验/显示尾差", "是") == "是"

    @shows_tails.setter
    def shows_tails(self, value: bool) -> None:
        self._keep("校验/显示尾差", "是" if value else "否")

    @property
    def zoom(self) -> int:
        """Size of the sheets, per cent."""
        text = self._text("校验/显示比例", "100")
        return min(max(int(text) if text.isdigit() else 100, 60), 200)

    @zoom.setter
    def zoom(self, value: int) -> None:
        self._keep("校验/显示比例", str(value))

    @property
    def pack(self) -> str:
        """The template pack chosen (:attr:`gui.session.packs.PackChoice.key`); empty for the standard one."""
        return self._text("校验/模板包")

    @pack.setter
    def pack(self, value: str) -> None:
        self._keep("校验/模板包", value)

    @property
    def folder(self) -> Path:
        """Where file dialogs start."""
        saved = self._text("文件/文件夹")
        return Path(saved) if saved and Path(saved).is_dir() else documents()

    @folder.setter
    def folder(self, value: Path) -> None:
        self._keep("文件/文件夹", str(value))

    # ------------------------------------------------------------ recent files
    @property
    def recent(self) -> list[Path]:
        """Files opened lately, newest first (also those that are gone)."""
        return [Path(line) for line in self._text("文件/最近").split("\n") if line]

    def note_opened(self, path: Path) -> None:
        """Put *path* at the head of the recent files."""
        others = [p for p in self.recent if p != path]
        self._keep("文件/最近", "\n".join(str(p) for p in [path, *others][:MAX_RECENT]))
        self.folder = path if path.is_dir() else path.parent

    def forget(self, path: Path) -> None:
        """Take *path* off the recent files."""
        self._keep("文件/最近", "\n".join(str(p) for p in self.recent if p != path))

    # ------------------------------------------------------------ files that a 底稿 may name
    @property
    def trusted(self) -> list[Path]:
        """Files outside their 底稿's folders that the user chose himself."""
        return [Path(line) for line in self._text("文件/选用").split("\n") if line]

    def trust(self, paths: Iterable[Path]) -> None:
        """Remember these (the last some hundred)."""
        self._keep("文件/选用", "\n".join(map(str, sorted(paths)[-MAX_KEPT:])))

    @property
    def packs(self) -> dict[Path, str]:
        """The template packs that the user chose for single workbooks."""
        lines = (line.partition("\t") for line in self._text("文件/模板包").split("\n") if line)
        return {Path(path): key for path, _, key in lines}

    @packs.setter
    def packs(self, value: dict[Path, str]) -> None:
        self._keep("文件/模板包", "\n".join(f"{path}\t{key}" for path, key in [*value.items()][-MAX_KEPT:]))

    # ------------------------------------------------------------ layout
    def layout(self, name: str) -> QByteArray:
        """A saved layout (window geometry, splitter …); empty when there is none."""
        return QByteArray.fromBase64(self._text(f"布局/{name}").encode())

    def keep_layout(self, name: str, value: QByteArray) -> None:
        """Save a layout."""
        self._keep(f"布局/{name}", bytes(value.toBase64().data()).decode())

    def is_folded(self, part: str) -> bool | None:
        """Whether the user folded a part of a page away; ``None``: left to the room there is."""
        return {"是": True, "否": False}.get(self._text(f"折叠/{part}"))

    def keep_folded(self, part: str, value: bool) -> None:
        """Save what the user wants to see of a page."""
        self._keep(f"折叠/{part}", "是" if value else "否")

    def _text(self, key: str, default: str = "") -> str:
        return self._values.get(key, default)

    def _keep(self, key: str, value: str) -> None:
        if self._values.get(key) == value:
            return
        self._values[key] = value
        part = self.file.with_suffix(".part")
        with suppress(OSError):  # a folder that cannot be written: remembered until the window closes
            self.file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self._values, ensure_ascii=False, indent=1), "utf-8")
            part.replace(self.file)


def _read(file: Path) -> dict[str, str]:
    """The settings in *file*; none when it is not there, or nonsense."""
    try:
        values = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return {key: value for key, value in values.items() if isinstance(value, str)} if isinstance(values, dict) else {}


def default_file() -> Path:
    """The settings file."""
    import platformdirs

    return Path(platformdirs.user_config_dir("juesuan", appauthor=False)) / "settings.json"


def documents() -> Path:
    """The user's documents folder."""
    import platformdirs

    folder = Path(platformdirs.user_documents_dir())
    return folder if folder.is_dir() else Path.home()
