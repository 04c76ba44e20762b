"""Folders of units as a finance bureau has them, and the summary of a batch as its readers see it."""

import shutil
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import xlsxwriter

from tests.variant_sheets import write_variant
from tests.variants import Variant
from tools.build_sample import amounts_of, load_figures
from tools.compose_accounts import CellKey
from workbook.amounts import MoneyUnit
from workbook.create.workbook import create_workbook
from workbook.formats.ole import compound_file
from workbook.pack.loading import TEMPLATES, Pack, load_pack

SAMPLE = TEMPLATES / "sample"
THIS, LAST = (SAMPLE / f"示例市电化教育馆_{year}年度决算公开表.xlsx" for year in (2024, 2023))
COMPANION = THIS.with_name(f"{THIS.stem}_底稿.xlsx")
FOLDER_UNIT = "示例市第一中学（本级）"
"""Name of the unit in the sheets that :func:`tables_in` writes."""


@cache
def pack() -> Pack:
    return load_pack()


@cache
def amounts(year: int) -> dict[CellKey, Decimal]:
    return amounts_of(load_figures(), str(year))


def book(path: Path, unit: str, year: int = 2024, *, broken: bool = False) -> Path:
    """The eleven tables of a unit in one workbook; *broken*: one amount is wrong."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_book(unit, year, broken=broken))
    return path


@cache
def _book(unit: str, year: int, *, broken: bool) -> bytes:
    values = dict(amounts(2023 if year == 2023 else 2024))
    if broken:
        values["公开02", "合计", "本年收入合计"] += 10
    with TemporaryDirectory() as folder:
        path = Path(folder) / "公开表.xlsx"
        create_workbook(path, pack(), unit_name=unit, year=year, amounts=values)
        return path.read_bytes()


def sample_unit(folder: Path) -> None:
    """This year's and last year's workbook and the 底稿 of the sample."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in (THIS, LAST, COMPANION):
        shutil.copyfile(file, folder / file.name)


def tables_in(folder: Path) -> Path:
    """The eleven tables, each in a file of its own."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_variant(folder, pack(), amounts(2024), Variant(folder=True), MoneyUnit.WAN)
    return folder


def other_sheet(path: Path, text: str = "办公用品领用登记") -> Path:
    """A spreadsheet that has nothing to do with final accounts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("登记").write_row(0, 0, [text, "数量", "金额"])
    return path


def encrypted(path: Path) -> Path:
    """A workbook with a password."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(compound_file({"EncryptedPackage": b"x" * 100, "EncryptionInfo": b"x" * 100}))
    return path


def rows(summary: Path, sheet: str = "汇总") -> list[dict[str, Any]]:
    """The rows of a sheet of the summary by their headings."""
    found = openpyxl.load_workbook(summary)[sheet]
    headings = [cell.value for cell in found[3]]
    return [dict(zip(headings, [cell.value for cell in row], strict=True)) for row in found.iter_rows(min_row=4)]


def by_file(summary: Path) -> dict[str, dict[str, Any]]:
    """The rows of 汇总 by 文件."""
    return {row["文件"]: row for row in rows(summary)}


def skipped(summary: Path) -> dict[str, str]:
    """文件 → 原因 of the files passed over."""
    return {row["文件"]: row["原因"] for row in rows(summary, "跳过的文件")}
