"""The sample unit: copied to the user's documents, so that it can be tried without harm."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from workbook.errors import InputError, system_words
from workbook.pack.loading import TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

FOLDER_NAME = "决算公开助手示例"


def copy_sample(documents: Path) -> Path:
    """Copy the sample's workbooks into a folder below *documents*; returns this year's workbook.

    Files that are already there stay as they are: the user may have worked on them.  Raises ``InputError``.
    """
    folder = documents / FOLDER_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted((TEMPLATES / "sample").iterdir()):
            target = folder / file.name
            if file.suffix in (".xlsx", ".docx") and not target.exists():
                shutil.copyfile(file, target)
    except OSError as error:
        raise InputError(folder, f"无法写入示例（{system_words(error)}）", "请检查“文档”文件夹的权限和磁盘空间") from error
    return sample_workbook(folder)


def sample_workbook(folder: Path | None = None) -> Path:
    """This year's sample workbook in *folder* (the program's own by default)."""
    folder = folder or TEMPLATES / "sample"
    books = sorted(p for p in folder.glob("*决算公开表.xlsx") if not p.name.startswith(("~", ".")))
    if not books:
        raise InputError(folder, "没有示例工作簿", "请重新安装程序")
    return books[-1]
