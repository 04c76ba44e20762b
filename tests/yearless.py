"""The sample unit's workbook without its year."""

import shutil
import zipfile
from pathlib import Path

from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"


def without_year(folder: Path, *, companion: bool = False) -> Path:
    """The sample workbook with its year taken out of every sheet."""
    path = folder / SAMPLE.name
    with zipfile.ZipFile(SAMPLE) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace("2024年度".encode(), "　".encode()) if name.endswith("sharedStrings.xml") else text)
    if companion:
        shutil.copy(SAMPLE.with_name(f"{SAMPLE.stem}_底稿.xlsx"), folder)
        shutil.copy(SAMPLE.with_name(SAMPLE.name.replace("2024", "2023")), folder)
    return path
