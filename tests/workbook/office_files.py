"""A workbook with something of everything, and LibreOffice, which makes real files of other formats of it."""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import xlsxwriter

from workbook.formats.source import Source


def convert(suffix: str, folder: Path, *files: Path) -> list[Path]:
    """*files* as LibreOffice saves them in another format, all in one run."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "LibreOffice is needed to make real .xls and .ods files"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", suffix, "--outdir", str(folder / suffix), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return [folder / suffix / f"{file.stem}.{suffix}" for file in files]


def written_book(path: Path) -> Path:
    """Write the workbook that :func:`check_content` knows."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("GK01 收入支出决算总表(公开01表)")
        sheet.merge_range("A1:C1", "收入支出决算总表")
        sheet.write_row("A3", ["项目", 1234.5, "—"])
        sheet.write_formula("B4", "=B3*2", None, 2469)
        sheet.write_formula("B5", "=1/0", None, "#DIV/0!")
        sheet.write_datetime("C6", date(2024, 12, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_boolean("C7", True)
        sheet.write("A8", "长" * 5000)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column("B:B", None, None, {"hidden": True})
        book.add_worksheet("附表").hide()
        book.worksheets()[1].write("C3", "x")
        many = book.add_worksheet("多文字")
        for row in range(700):
            many.write(row, 0, f"第{row}行：一般公共预算财政拨款收入支出决算")
    return path


def check_content(source: Source) -> None:
    """What must be read from it, whatever the format."""
    first, second, many = source.sheets
    assert [sheet.name for sheet in source.sheets] == ["GK01 收入支出决算总表(公开01表)", "附表", "多文字"]
    assert [sheet.visible for sheet in source.sheets] == [True, False, True]
    assert first.rows[0] == ["收入支出决算总表", "", ""]
    assert first.rows[1] == ["", "", ""]
    assert first.rows[2] == ["项目", 1234.5, "—"]
    assert first.content(3, 1) == 2469
    assert first.content(4, 1) == ""
    assert first.content(5, 2) == date(2024, 12, 31)
    assert first.content(6, 2) is True
    assert first.content(7, 0) == "长" * 5000
    assert first.content(99, 99) == ""
    assert second.rows == [["", "", ""], ["", "", ""], ["", "", "x"]]
    assert [row[0] for row in many.rows] == [f"第{n}行：一般公共预算财政拨款收入支出决算" for n in range(700)]
    marks = first.marks
    assert marks.errors == {(4, 1): "#DIV/0!"}
    assert {(3, 1), (4, 1)} <= marks.formulas
    assert marks.uncomputed == set()
    assert (marks.hidden_rows, marks.hidden_columns) == ({2}, {1})
    assert marks.merged == [(0, 0, 0, 2)]
