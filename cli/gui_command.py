"""``juesuan gui`` (and ``juesuan`` alone): open the window."""

from __future__ import annotations

from argparse import Namespace

from workbook.errors import JuesuanError


def run(arguments: Namespace) -> int:
    """Open the window, with the workbook when one is named."""
    try:
        from gui.frame.app import run_window, smoke
    except ImportError as error:
        raise JuesuanError("无法打开窗口：缺少图形界面组件，请重新安装程序，或使用命令行（juesuan --help）") from error
    workbook = getattr(arguments, "workbook", None)
    if folder := getattr(arguments, "smoke", None):
        return smoke(workbook, folder)
    return run_window(workbook)
