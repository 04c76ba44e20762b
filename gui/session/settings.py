"""What the window remembers: settings of the user, window layout, recent files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from gui.style.theme import Mode

MAX_RECENT = 8


class Settings:
    """The user's settings, in one .ini file of the user's configuration folder."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or default_file()
        self._store = QSettings(str(self.file), QSettings.Format.IniFormat)

    # ------------------------------------------------------------ the user's choices
    @property
    def mode(self) -> Mode:
        """Light, dark, or as the system."""
        value = self._text("界面/主题")
        return Mode(value) if value in list(Mode) else Mode.SYSTEM

    @mode.setter
    def mode(self, value: Mode) -> None:
        self._store.setValue("界面/主题", str(value))

    @property
    def shows_tails(self) -> bool:
        """Whether rounding tails (尾差) are listed and marked."""
        return self._text("校验/显示尾差", "是") == "是"

    @shows_tails.setter
    def shows_tails(self, value: bool) -> None:
        self._store.setValue("校验/显示尾差", "是" if value else "否")

    @property
    def zoom(self) -> int:
        """Size of the sheets, per cent."""
        text = self._text("校验/显示比例", "100")
        return min(max(int(text) if text.isdigit() else 100, 60), 200)

    @zoom.setter
    def zoom(self, value: int) -> None:
        self._store.setValue("校验/显示比例", str(value))

    @property
    def pack(self) -> str:
        """The template pack chosen (:attr:`gui.session.packs.PackChoice.key`); empty for the standard one."""
        return self._text("校验/模板包")

    @pack.setter
    def pack(self, value: str) -> None:
        self._store.setValue("校验/模板包", value)

    @property
    def folder(self) -> Path:
        """Where file dialogs start."""
        saved = self._text("文件/文件夹")
        return Path(saved) if saved and Path(saved).is_dir() else documents()

    @folder.setter
    def folder(self, value: Path) -> None:
        self._store.setValue("文件/文件夹", str(value))

    # ------------------------------------------------------------ recent files
    @property
    def recent(self) -> list[Path]:
        """Files opened lately, newest first (also those that are gone)."""
        return [Path(line) for line in self._text("文件/最近").split("\n") if line]

    def note_opened(self, path: Path) -> None:
        """Put *path* at the head of the recent files."""
        others = [p for p in self.recent if p != path]
        self._store.setValue("文件/最近", "\n".join(str(p) for p in [path, *others][:MAX_RECENT]))
        self.folder = path if path.is_dir() else path.parent

    def forget(self, path: Path) -> None:
        """Take *path* off the recent files."""
        self._store.setValue("文件/最近", "\n".join(str(p) for p in self.recent if p != path))

    # ------------------------------------------------------------ layout
    def layout(self, name: str) -> QByteArray:
        """A saved layout (window geometry, splitter …); empty when there is none."""
        value = self._store.value(f"布局/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep_layout(self, name: str, value: QByteArray) -> None:
        """Save a layout."""
        self._store.setValue(f"布局/{name}", value)

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()

    def _text(self, key: str, default: str = "") -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default


def default_file() -> Path:
    """The settings file."""
    import platformdirs

    return Path(platformdirs.user_config_dir("juesuan", appauthor=False)) / "settings.ini"


def documents() -> Path:
    """The user's documents folder."""
    import platformdirs

    folder = Path(platformdirs.user_documents_dir())
    return folder if folder.is_dir() else Path.home()
