"""Sentences for the user: what happened, to which file, what to do."""

from __future__ import annotations

from workbook.errors import JuesuanError, system_words


def sentence(error: BaseException) -> str:
    """One plain sentence for *error*."""
    if isinstance(error, JuesuanError):
        return " ".join(str(error).split())
    if isinstance(error, PermissionError):
        return f"没有权限读写“{error.filename or ''}”，请检查文件夹权限，或关闭正在使用它的程序。"
    if isinstance(error, FileNotFoundError):
        return f"找不到“{error.filename or ''}”，可能已被移动或删除。"
    if isinstance(error, OSError):
        return f"读写文件时出错（{system_words(error)}），请检查磁盘和网络位置后重试。"
    return f"程序出现意外错误（{type(error).__name__}），您的数据没有受到影响。"
