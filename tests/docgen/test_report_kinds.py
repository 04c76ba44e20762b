"""Reports of other kinds, by way of the office program of the computer; without one a clear sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.imports.report import read_report
from docgen.pdf import export
from docgen.pdf.export import find_libreoffice
from workbook.errors import InputError

SENTENCE = "2024年度收入支出总计2995.39万元，与上年相比减少56.95万元。"


def rtf(path: Path) -> Path:
    text = "".join(character if character.isascii() else f"\\u{ord(character)}?" for character in SENTENCE)
    path.write_text(f"{{\\rtf1\\ansi {text}\\par}}", "ascii")
    return path


@pytest.mark.skipif(find_libreoffice() is None, reason="no LibreOffice here")
def test_an_rtf_file_is_read_by_way_of_libreoffice(tmp_path: Path) -> None:
    report = read_report(rtf(tmp_path / "报告.rtf"))
    assert report.path.name == "报告.rtf"
    assert [p.text.replace(" ", "") for p in report.paragraphs] == [SENTENCE]


def test_without_an_office_program_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "find_suites", lambda: ())
    with pytest.raises(InputError) as error:
        read_report(rtf(tmp_path / "报告.rtf"))
    assert str(error.value) == "报告.rtf：是 .rtf 文件，这台电脑上没有能打开它的办公软件，请用 Word/WPS 另存为 .docx 或导出为 PDF。"
