"""Files that LibreOffice writes are read, and it opens what we edited: one run for each format."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.units import standard_pack
from tests.workbook.companion_data import full_companion, plain
from tests.workbook.office_files import check_content, convert, written_book
from tests.workbook.test_package_edit import DATA, SHEET
from workbook.companion.create import create_companion
from workbook.companion.read import read_companion
from workbook.companion.update import update_companion
from workbook.editing.package_edit import edit_package
from workbook.errors import InputError
from workbook.formats.source import FileFormat, open_source


def check_under_any_name(path: Path, kind: FileFormat) -> None:
    for name in ("表.xls", "表.xlsx", "表.et", "表.ods", "表.XLSB"):
        source = open_source(Path(shutil.copy(path, path.with_name(name))))
        assert source.format is kind
        check_content(source)


def test_xls(tmp_path: Path) -> None:
    (book,) = convert("xls", tmp_path, written_book(tmp_path / "决算 公开表.xlsx"))
    check_under_any_name(book, FileFormat.XLS)


def test_html(tmp_path: Path) -> None:
    (page,) = convert("html", tmp_path, written_book(tmp_path / "决算 公开表.xlsx"))
    source = open_source(page)
    assert source.format is FileFormat.HTML
    first = source.sheets[0]
    assert first.name == "GK01 收入支出决算总表(公开01表)"
    assert "收入支出决算总表" in [row[0] for row in first.rows[:3]]
    assert ["长" * 5000, ""] in first.rows  # hidden lines are not exported
    assert source.sheets[-1].rows[-1] == ["第699行：一般公共预算财政拨款收入支出决算"]


def test_ods(tmp_path: Path) -> None:
    pack, edited = standard_pack(), tmp_path / "改过.xlsx"
    companion = full_companion(tmp_path / "某市第一中学_底稿.xlsx")
    create_companion(companion.path, companion, pack)
    edited.write_bytes(edit_package(
        DATA, {SHEET: {(1, 1): Decimal(100), (1, 0): "换行\n与 <尖括号> & 符号", (30, 0): "新行"}}, recalculate=True))
    book, kept, opened = convert("ods", tmp_path, written_book(tmp_path / "决算 公开表.xlsx"), companion.path, edited)
    check_under_any_name(book, FileFormat.ODS)

    sheet = open_source(opened).sheets[0]
    assert sheet.rows[1][:2] == ["换行\n与 <尖括号> & 符号", 100.0]
    assert sheet.rows[30][0] == "新行"

    before, _ = read_companion(kept, pack)
    assert plain(before) == plain(full_companion(kept))  # LibreOffice keeps what we wrote, and we read its file
    with pytest.raises(InputError, match="另存"):
        update_companion(before, before, pack)
