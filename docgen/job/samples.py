"""The sample units that come with the program, one for each form that has one: copied before they are worked on."""

from __future__ import annotations

import shutil
from pathlib import Path

from workbook.errors import InputError, system_words
from workbook.pack.choice import all_signs
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES

_ROOT = TEMPLATES / "sample"
_COPIED = (".xlsx", ".docx")


def samples() -> dict[str, Path]:
    """Name of a built-in pack → folder with its sample unit, the default pack first."""
    others = {path.name: path for path in sorted(_ROOT.iterdir()) if (TEMPLATES / path.name / "sheets.toml").is_file()}
    return {DEFAULT_PACK: _ROOT, **others}


def other_samples() -> dict[str, str]:
    """Name and title of the packs besides the default one that have a sample."""
    titles = {signs.folder.name: signs.title for signs in all_signs()}
    return {name: titles[name] for name in samples() if name != DEFAULT_PACK}


def copy_sample(folder: Path, pack: str = DEFAULT_PACK, *, keep: bool = False) -> Path:
    """Copy the sample of *pack* into *folder*; returns this year's workbook.

    *keep*: files that are already there stay as they are (the user may have worked on them).  Raises ``InputError``.
    """
    found = samples()
    if pack not in found:
        raise InputError(pack, "没有示例单位", f"有示例单位的模板包是：{'、'.join(found)}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(found[pack].iterdir()):
            target = folder / file.name
            if file.suffix in _COPIED and not (keep and target.exists()):
                shutil.copyfile(file, target)
    except OSError as error:
        raise InputError(folder, f"无法写入示例（{system_words(error)}）", "请检查权限和磁盘空间，或换一个文件夹") from error
    return folder / sample_workbook(pack).name


def sample_workbook(pack: str = DEFAULT_PACK) -> Path:
    """This year's workbook of the sample of *pack*, where the program keeps it."""
    folder = samples()[pack]
    books = sorted(p for p in folder.glob("*决算公开表.xlsx") if not p.name.startswith(("~", ".")))
    if not books:
        raise InputError(folder, "没有示例工作簿", "请重新安装程序")
    return books[-1]
