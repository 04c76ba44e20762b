"""The command ``juesuan``: argument parsing and the one place where errors become a line on stderr."""

from __future__ import annotations

import argparse
import atexit
import datetime as dt
import gc
import importlib
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from workbook import __version__
from workbook.errors import JuesuanError, PasswordError, system_words

EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNUSABLE = 0, 1, 2
_MESSAGES = (
    (r"the following arguments are required: (.*)", r"缺少 \1"),
    (r"argument (\S+): invalid choice: '(.*?)' \(choose from (.*)\)", r"\1 不能是“\2”，可选 \3"),
    (r"argument (\S+): invalid int value: '(.*)'", r"\1 应是整数，不是“\2”"),
    (r"argument (\S+): invalid _date value: '(.*)'", r"\1 应是日期，如 2025-08-01，不是“\2”"),
    (r"argument (\S+): invalid _year value: '(.*)'", r"\1 应是四位的年份，如 2024，不是“\2”"),
    (r"argument (\S+): expected one argument", r"\1 后面缺少内容"),
    (r"argument (\S+): ignored explicit argument '(.*)'", r"\1 后面不用写“\2”"),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 和 \2 不能同时用"),
    (r"unrecognized arguments: (.*)", r"不认识 \1"),
    (r"ambiguous option: (\S+) could match (.*)", r"\1 不完整，可能是 \2"),
)
"""What argparse says in English, in Chinese."""
_PACK = "模板包名称或文件夹（默认按公开表的表样选用）"
_MODULES = {"check": "checking", "report": "checking", "batch": "batch_command"}
"""Where a command is a function of its name, unless in ``commands``."""
_LONG = ("gui", "batch")
_MOST_PASSWORDS = 5
"""Asked for in one command: mistyped ones, those of last year's workbook and of the 底稿."""


class _Parser(argparse.ArgumentParser):
    """argparse in Chinese: one line on stderr, exit code 2."""

    def error(self, message: str) -> NoReturn:
        for pattern, words in _MESSAGES:
            message = re.sub(pattern, words, message)
        self.exit(EXIT_UNUSABLE, f"{self.prog}：参数不对（{message}），用 {self.prog} --help 查看用法。\n")

    def format_help(self) -> str:
        text = super().format_help()
        for english, chinese in (
            ("usage: ", "用法："), ("positional arguments:", "参数："), ("options:", "选项："),
            ("show this help message and exit", "显示本帮助"), ("show program's version number and exit", "显示版本号"),
        ):
            text = text.replace(english, chinese)
        return text


def _date(text: str) -> dt.date:
    """A date; argparse says what is wrong with others."""
    return dt.date.fromisoformat(text)


def _year(text: str) -> int:
    """A year as ``--year`` takes it."""
    if not text.isascii() or not text.isdigit() or not 2000 <= int(text) <= 2099:
        raise ValueError(text)
    return int(text)


_Option = tuple[str, str | None, str, dict[str, Any]]
"""An argument of a command: its names, metavar and help, and what else argparse is told of it (``excludes``: another)."""
_FLAG, _PATH, _NEEDED, _DATE = {"action": "store_true"}, {"type": Path}, {"type": Path, "required": True}, {"type": _date}
_TABLES = "决算公开表文件，或存放各表文件的文件夹"
_WORKBOOK: _Option = ("workbook", "工作簿", _TABLES, {})
_INPUTS: tuple[_Option, ...] = (
    ("--prior", "上年工作簿", "上年的决算公开表（默认按底稿所写）", _PATH),
    ("--companion", "底稿", "底稿（默认为工作簿旁的 <名称>_底稿.xlsx）", _PATH),
    ("--pack", "模板包", _PACK, {}),
    ("--year", "年度", "决算年度，如 2024；用于没有写明年度的公开表", {"type": _year}),
)
_OUTPUT = ("-o --output", "文件", "写入文件（默认输出到屏幕）", _PATH)
_COMMANDS: dict[str, tuple[str, str, tuple[_Option, ...]]] = {
    "check": ("校验部门决算公开表", "校验公开表：表内、表间、跨年关系和填报规范。有错误时退出码为 1。", (
        _WORKBOOK, *_INPUTS,
        ("--format", None, "输出格式（默认 text）", {"choices": ("text", "json", "xlsx"), "default": "text"}),
        _OUTPUT,
        ("--update-companion", None, "把报告各处的变动及主要构成列入底稿“变动原因”，供填写（没有底稿则新建）", _FLAG))),
    "report": ("生成 Word 报告", "由公开表和底稿生成决算公开报告。有错误、缺数或缺变动原因时退出码为 1。", (
        _WORKBOOK, *_INPUTS,
        ("-o --output", "报告.docx", "写入的 Word 文件；写成 .pdf 结尾的，由 Word、WPS 或 LibreOffice 导出公开版 PDF", _NEEDED),
        ("--figures", "数据.json", "同时写出报告中全部数字及其来源", _PATH),
        ("--clean", None, "生成供公开的干净版：没有数据链接、没有个人和程序信息", _FLAG),
        ("--force", None, "公开表有错误也生成", _FLAG))),
    "review": (
        "审校报告：与公开表核对",
        "把 Word 或 PDF 报告（本程序或他人写的）与公开表逐数核对，检查文字。不写工作簿时与报告自己所附的表核对。有错误时退出码为 1，没有能核对的内容时为 2。", (
            ("report", "报告", "要审校的报告：.docx、.pdf；.doc、.wps、.odt、.rtf 要有办公软件", _PATH),
            ("workbook", "工作簿", f"{_TABLES}（不写则用报告自己所附的表）", {"nargs": "?"}), *_INPUTS,
            ("--format", None, "输出格式（默认 text；docx、pdf 是加了批注的报告，与所审的报告同类；checklist 是财政部门的检查表）",
             {"choices": ("text", "json", "xlsx", "docx", "pdf", "checklist"), "default": "text"}),
            ("--approved", "日期", "决算批复日期，如 2025-08-01，写入检查表", _DATE),
            ("--published", "日期", "报告公开日期，写入检查表", _DATE),
            _OUTPUT)),
    "refresh": (
        "刷新报告：人工改过的报告换上新数",
        "把已生成（工作版）、又经人工修改的报告按现在的公开表和底稿更新，人工改动全部保留。有没能更新的、要核对的或待填写的，退出码为 1。", (
            ("report", "报告.docx", "要刷新的 Word 报告", _PATH),
            _WORKBOOK, *_INPUTS,
            ("-o --output", "新报告.docx", "写入的 Word 文件（可以是原报告，原报告会先备份）", _NEEDED),
            ("--force", None, "公开表有错误值、未计算的公式也刷新（算不出的数保留原样并列出）", _FLAG))),
    "publish": (
        "写出要公开的全部文件",
        "核对没有错误、没有待填写的，报告通过审校，然后把公开版 Word、PDF、只有数值的公开表和审批单写入一个新文件夹。有缺的退出码为 1。", (
            _WORKBOOK, *_INPUTS,
            ("--approved", "日期", "决算批复日期，如 2025-08-01（默认按底稿的“批复日期”），据此计算公开期限", _DATE),
            ("-o --output", "文件夹", "写入的文件夹（新建的或空的；不覆盖以前的）", _NEEDED))),
    "new": ("新建本年空白公开表和底稿", "新建空白的公开表和底稿；可由上年工作簿和底稿结转。", (
        ("directory", "文件夹", "写入的文件夹（不存在则建立）", _PATH),
        ("--unit", "单位名称", "单位名称", {"required": True}),
        ("--year", "年度", "决算年度，如 2024", {"type": int, "required": True}),
        ("--pack", "模板包", "模板包名称或文件夹（默认与上年工作簿相同，没有时为 neimenggu-2024）", {}),
        ("--from", "上年工作簿", "上年的决算公开表", {"type": Path, "dest": "last_workbook"}),
        ("--from-companion", "上年底稿", "上年的底稿", {"type": Path, "dest": "last_companion"}))),
    "batch": (
        "批量处理文件夹下的全部单位", "处理文件夹下的全部单位：校验、生成报告、审校已有报告，汇总为 summary.xlsx。有错误或无法读取的单位时退出码为 1。", (
            ("directory", "文件夹", "存放各单位公开表的文件夹（包括下级文件夹）", _PATH),
            ("-o --output", "结果文件夹", "写入报告、审核结果和汇总 summary.xlsx 的文件夹", _NEEDED),
            ("--pack", "模板包", _PACK, {"default": ""}),
            ("--restart", None, "全部重做（默认：结果文件夹里已有、且没有变动的单位不再重做）", _FLAG),
            ("--workers", "N", "同时运行的进程数（默认为处理器核数；1 为不另开进程）", {"type": int, "excludes": "--scheduler"}),
            ("--scheduler", "地址", "交给 Dask 集群处理，如 tcp://10.0.0.5:8786；两个文件夹须在所有计算节点上以同样路径可用",
             {"default": "", "excludes": "--workers"}))),
    "gui": ("打开窗口", "", (
        ("workbook", "工作簿", "要打开的决算公开表", {"nargs": "?"}),
        ("--smoke", "文件夹", argparse.SUPPRESS, {}))),  # the installed program tries itself out
    "demo": ("用示例单位走一遍：校验、生成报告、审校", "", (
        ("-o --output", "文件夹", "写入的文件夹（默认 juesuan-demo）", {"type": Path, "default": "juesuan-demo"}),
        ("--pack", "模板包", "哪个模板包的示例单位（默认 neimenggu-2024）", {}))),
}
"""The command line of design.md section 3: in a word, in a sentence, its arguments."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of :data:`_COMMANDS`."""
    parser = _Parser(prog="juesuan", description="决算公开助手：校验决算公开表，生成、刷新和审校决算公开报告。不带参数时打开窗口。")
    parser.add_argument("--version", action="version", version=f"决算公开助手 {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="命令", parser_class=_Parser)
    for name, (words, description, options) in _COMMANDS.items():
        command = commands.add_parser(name, help=words, description=description or f"{words}。")
        alternatives: argparse._MutuallyExclusiveGroup | None = None
        for names, metavar, text, more in options:
            told = {"help": text, **({"metavar": metavar} if metavar else {}), **more}
            if told.pop("excludes", ""):
                alternatives = alternatives or command.add_mutually_exclusive_group()
            (alternatives if "excludes" in more and alternatives else command).add_argument(*names.split(), **told)
    return parser


def _run_short(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Run a command, again for each password that it turns out to need, asked for where somebody sits at a terminal.

    A command reads all that it needs before it writes anything; it only loses time by looking for garbage, at its end too.
    """
    gc.disable()
    atexit.register(gc.freeze)
    asked: list[Path] = []
    while True:
        try:
            return run(arguments)
        except PasswordError as error:
            is_console = sys.stdin is not None and sys.stdin.isatty()  # None: a program without a console
            if len(asked) == _MOST_PASSWORDS or not is_console:
                raise
            from getpass import getpass

            from workbook.formats.ole import give_password

            again = "密码不对，请再输入 " if asked[-1:] == [error.path] else ""
            asked.append(error.path)
            password = getpass(f"{again}{error.path.name} 的密码（不显示，直接回车取消）：", sys.stderr)
            if not password:
                raise
            give_password(password)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; no traceback reaches the user."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Windows consoles and pipes: Chinese must not fail
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = build_parser().parse_args(argv)
    command = arguments.command or "gui"
    unusable = EXIT_UNUSABLE
    try:
        run = getattr(importlib.import_module(f"cli.{_MODULES.get(command, 'commands')}"), command)
        code = int(run(arguments) if command in _LONG else _run_short(run, arguments))
        sys.stdout.flush()  # here, where a full disk can still be told
    except JuesuanError as error:
        words = " ".join(str(error).split())
    except KeyboardInterrupt:
        words, unusable = "已取消。", 130
    except MemoryError:
        words = "内存不足，没有处理完；请关闭其他程序后重试，或删除文件中多余的内容。"
    except BrokenPipeError:
        return EXIT_CLEAN
    except OSError as error:  # what writes files has sentences of its own; left are output to a full disk and the like
        words = f"{error.filename or '输出'}：无法读写（{system_words(error)}），请检查磁盘空间、网络位置和权限后重试。"
    except Exception as error:  # noqa: BLE001  # the last resort: logged, and one line for the user
        from workbook.log import log_unexpected

        words = f"程序出现意外错误（{type(error).__name__}），详细信息已记入 {log_unexpected(error)}，请把该文件发给维护人员。"
    else:
        return code
    finally:
        gc.enable()
    sys.stderr.write(f"{words}\n")
    return unusable


if __name__ == "__main__":
    sys.exit(main())
