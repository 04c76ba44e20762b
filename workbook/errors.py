"""What can be wrong with the input as a whole, or with our own data.

Faults *inside* a readable workbook are issues (:mod:`workbook.issues`), returned, never raised.
"""

from __future__ import annotations

import errno
from pathlib import Path

_SYSTEM = {
    errno.ENOENT: "没有这个文件或文件夹", errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.EEXIST: "已有同名的文件",
    errno.ENOTDIR: "路径中有一段不是文件夹", errno.EISDIR: "这是文件夹，不是文件", errno.ENOSPC: "磁盘空间不足", errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "文件名或路径太长", errno.EIO: "磁盘或网络读写出错", errno.EBUSY: "正被占用", errno.EMFILE: "打开的文件太多",
}


class JuesuanError(Exception):
    """Base of the errors that are shown to the user: one clear Chinese sentence."""


class InputError(JuesuanError):
    """A file that cannot be used: which file, what is wrong, what to do."""

    def __init__(self, path: Path | str, problem: str, advice: str = "") -> None:
        self.path, self.problem, self.advice = Path(path), problem, advice
        super().__init__(f"{self.path.name or path}：{problem}{'，' + advice if advice else ''}。")


class ContentError(JuesuanError):
    """Content that cannot be used, told by a reader that does not know the file's name: what is wrong, what to do.

    Whoever knows the file makes an :class:`InputError` of it (:meth:`of`).
    """

    kind = InputError

    def __init__(self, problem: str, advice: str = "") -> None:
        self.problem, self.advice = problem, advice
        super().__init__(problem)

    def of(self, path: Path | str) -> InputError:
        """The same about the file *path*."""
        return self.kind(path, self.problem, self.advice)


class PasswordError(InputError):
    """An encrypted file that no password given so far opens.

    After :func:`workbook.formats.ole.give_password` it can be tried again.
    """


class EncryptedError(ContentError):
    """The same, told by a reader that does not know the file's name."""

    kind = PasswordError


def system_words(error: OSError) -> str:
    """What the operating system said, in Chinese where it is one of the usual faults."""
    return _SYSTEM.get(error.errno or 0) or error.strerror or type(error).__name__


class PackError(JuesuanError):
    """A template pack that is broken: file, line and cause.  Raised when the pack is loaded."""

    def __init__(self, path: Path | str, cause: str, line: int | None = None) -> None:
        self.path, self.line, self.cause = Path(path), line, cause
        self.place = f"第 {line} 行：" if line else ""
        super().__init__(f"模板包文件 {self.path} {self.place}{cause}。")


def sentence(error: BaseException) -> str:
    """One plain sentence for the user: what happened, to which file, what to do."""
    if isinstance(error, JuesuanError):
        return " ".join(str(error).split())
    if isinstance(error, PermissionError):
        return f"没有权限读写“{error.filename or ''}”，请检查文件夹权限，或关闭正在使用它的程序。"
    if isinstance(error, FileNotFoundError):
        return f"找不到“{error.filename or ''}”，可能已被移动或删除。"
    if isinstance(error, OSError):
        return f"读写文件时出错（{system_words(error)}），请检查磁盘和网络位置后重试。"
    return f"程序出现意外错误（{type(error).__name__}），您的数据没有受到影响。"


def unreadable(path: Path, error: OSError) -> InputError:
    """The sentence for what the operating system said when *path* was to be read."""
    if getattr(error, "winerror", None) in (32, 33):
        return InputError(path, "正被其他程序占用", "请先在 Excel、Word 或 WPS 中关闭它，再重试")
    if isinstance(error, PermissionError):
        return InputError(path, "没有读取权限，或正被其他程序占用", "请关闭打开它的程序、检查文件权限，或另存一份后再打开")
    if isinstance(error, FileNotFoundError):
        if path.is_symlink():
            return InputError(path, "快捷链接指向的文件已不存在", "请选择原来的文件")
        return InputError(path, "没有这个文件", "请检查路径和文件名")
    return InputError(path, f"无法读取（{system_words(error)}）", "请检查磁盘或网络位置后重试")
