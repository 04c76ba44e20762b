"""PDF of a Word file through whatever office suite this computer has: Word, WPS, LibreOffice, in this order.

Word and WPS come first because the contents' page numbers and the line breaks are then those that people see when
they open the Word file.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from docgen.pdf import Suite, SuiteError
from docgen.pdf.libreoffice import find_libreoffice
from docgen.pdf.windows import find_servers
from workbook.errors import InputError, JuesuanError
from workbook.safe_save import not_written, write_atomically
from workbook.values import dataclass

_NONE, _ELSEWHERE = (
    ("Word、WPS 和 LibreOffice 都没有找到", "到装有 Word 或 WPS 的电脑上打开") if os.name == "nt" else
    ("没有找到 LibreOffice", "用 WPS 等办公软件打开")
)  # fmt: skip
NO_SUITE = f"{_NONE}，不能直接导出 PDF。请先生成 Word 报告，再{_ELSEWHERE}，另存为（输出为）PDF"
ADVICE = "请打开生成的 Word 报告，用 Word 或 WPS 的“另存为（输出为）PDF”；打开时如果提示激活、登录或修复，处理后可再导出"


class NoOfficeError(JuesuanError):
    """No office suite that can convert."""

    def __init__(self) -> None:
        super().__init__(f"{NO_SUITE}。")


@dataclass(frozen=True, slots=True)
class Exported:
    """A PDF that was made."""

    path: Path
    suite: str
    """The name of the suite that made it."""
    failures: tuple[str, ...] = ()
    """What the suites tried before it said (``Word：启动失败（…）``)."""


def find_suites() -> tuple[Suite, ...]:
    """The suites of this computer in the order of trying, without starting any."""
    suites: list[Suite] = []
    if servers := find_servers():
        from docgen.pdf.automated import Automated  # late: the page must be quick to make

        suites += map(Automated, servers)
    if libreoffice := find_libreoffice():
        suites.append(libreoffice)
    return tuple(suites)


def under_way(suite: Suite, target: Path, failures: Sequence[str] = ()) -> str:
    """What is being done, after the *failures* of other suites."""
    if failures:
        return f"{'；'.join(failures)}。正在改用 {suite.name} 导出“{target.name}”……"
    return f"正在用 {suite.name} 导出“{target.name}”，约需半分钟……"


def export_pdf(
    source: Path, target: Path, check: Callable[[], None], suites: Sequence[Suite] | None = None, say: Callable[[str], None] = lambda _: None,
) -> Exported:  # fmt: skip
    """Write *source* (a .docx, which stays as it is) as *target* with the first of the *suites* that can.

    *check* is called while waiting and may raise to cancel; *say* hears what is being done.

    Raises:
        NoOfficeError: there is no suite.
        InputError: no suite made the file, or the target cannot be written.
    """
    suites = find_suites() if suites is None else suites
    if not suites:
        raise NoOfficeError
    _require_writable(target)
    failures: list[str] = []
    for suite in suites:
        say(under_way(suite, target, failures))
        try:
            _convert(suite, source, target, check)
        except SuiteError as error:
            failures.append(f"{suite.name}：{error}")
        else:
            return Exported(target, suite.name, tuple(failures))
    raise InputError(target, f"没有导出成功（{'；'.join(failures)}）", ADVICE)


def _convert(suite: Suite, source: Path, target: Path, check: Callable[[], None]) -> None:
    """Let *suite* work on a copy, so that the file itself is neither locked nor changed."""
    # A suite that was ended by force may hold its files a moment longer: they are then left to Windows' own clearing.
    with tempfile.TemporaryDirectory(prefix="juesuan-pdf-", ignore_cleanup_errors=True) as name:
        copy, made = Path(name) / f"report{source.suffix}", Path(name) / "export.pdf"
        shutil.copyfile(source, copy)
        suite.convert(copy, made, check)
        content = made.read_bytes()
        if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
            raise SuiteError("生成的文件不是完整的 PDF")
        write_atomically(target, content)


def _require_writable(target: Path) -> None:
    """Find out before, not after half a minute, that a PDF reader holds the file."""
    try:
        if target.exists():
            target.open("ab").close()
    except OSError as error:
        raise not_written(target, error) from error
