"""Starting a year: the blank eleven-sheet workbook and the 底稿, rolled forward from last year's when given."""

from __future__ import annotations

from pathlib import Path

from workbook.companion.create import create_companion
from workbook.companion.model import Companion
from workbook.companion.read import read_companion
from workbook.companion.rollforward import roll_forward
from workbook.create.workbook import create_workbook
from workbook.errors import InputError, system_words
from workbook.issues import Issue
from workbook.pack.loading import Pack
from workbook.paths import companion_path
from workbook.reading.accounts import read_workbook
from workbook.values import dataclass

_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_FORBIDDEN = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


@dataclass(frozen=True, slots=True)
class NewYear:
    """What was made."""

    workbook: Path
    companion: Path
    remarks: tuple[Issue, ...] = ()


def new_year(
    folder: Path, unit_name: str, year: int, pack: Pack, *, last_workbook: Path | None = None,
    last_companion: Path | None = None,
) -> NewYear:
    """Write workbook and 底稿 into *folder*; existing files are never overwritten."""
    if not unit_name:
        raise InputError("单位名称", "是空的", "请写明单位全称")
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise InputError("年度", f"{year} 不是决算年度", "请写四位的年份，如 2024")
    target = folder / f"{unit_name.translate(_FORBIDDEN)}_{year}年度决算公开表.xlsx"
    notes = companion_path(target)
    for path in (target, notes):
        if path.exists():
            raise InputError(path, "文件已存在，没有覆盖", "请换一个文件夹，或先移走这个文件")
    last_accounts = read_workbook(last_workbook, pack) if last_workbook else None
    last, remarks = read_companion(last_companion, pack) if last_companion else (None, ())
    for source, stated in ((last_workbook, last_accounts.year if last_accounts else None),
                           (last_companion, last.year if last else None)):
        if source is not None and stated and stated != year - 1:
            raise InputError(source, f"是 {stated} 年度的，不是 {year - 1} 年度的", f"请选择 {year - 1} 年度的文件")
    companion = roll_forward(last or Companion.new(notes, pack.companion, unit_name, year - 1), last_accounts, pack, year)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        create_workbook(target, pack, unit_name=unit_name, year=year)
        create_companion(notes, companion, pack)
    except OSError as error:
        raise InputError(folder, f"无法写入（{system_words(error)}）", "请换一个可写的文件夹") from error
    return NewYear(target, notes, tuple(remarks))
