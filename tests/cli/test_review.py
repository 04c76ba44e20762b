"""``juesuan review``: output formats, exit codes, and files that are no report."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from cli.main import main
from docgen.docx.reading import read_document
from docgen.job.inputs import load_inputs
from tests.docgen.review_files import SAMPLE, report_file

WRONG, RIGHT = "198.57", "98.57"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_file(tmp_path_factory.mktemp("good"), load_inputs(SAMPLE), linked=True)


@pytest.fixture(scope="module")
def bad(good: Path) -> Path:
    """The report with a figure that somebody typed over (with the document's own zip, as Word would)."""
    path = good.with_name("改错.docx")
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = content.replace(f">{RIGHT}<".encode(), f">{WRONG}<".encode(), 1)
            target.writestr(name, content)
    return path


def test_a_clean_report(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(good), str(SAMPLE)]) == 0
    assert "没有发现问题" in capsys.readouterr().out


def test_text_names_section_number_and_source(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(bad), str(SAMPLE)]) == 1
    out = capsys.readouterr().out
    assert "【一、收入支出决算总体情况说明】" in out
    assert f"写的是 {WRONG} 万元，应为 {RIGHT} 万元" in out
    assert "!C37" in out


def test_json_follows_the_contract(bad: Path, tmp_path: Path) -> None:
    out = tmp_path / "结果.json"
    assert main(["review", str(bad), str(SAMPLE), "--format", "json", "-o", str(out)]) == 1
    record = json.loads(out.read_text(encoding="utf-8"))
    assert {"workbook", "unit", "year", "money_unit", "sheets", "issues", "summary"} <= record.keys()
    assert record["unit"] == "示例市电化教育馆"
    [issue] = record["issues"]
    assert (issue["kind"], issue["severity"], issue["code"]) == ("表文", "错误", "表文-01")
    assert (issue["stated"], issue["expected"]) == (f"{WRONG} 万元", f"{RIGHT} 万元")
    assert issue["cells"][0] == {"sheet": "公开01 收入支出决算总表", "cell": "C37", "value": "550.0661"}
    assert WRONG in read_document(bad).paragraphs[issue["paragraph"] - 1].text
    assert WRONG in issue["text"]
    assert record["summary"]["错误"] == 1
    assert record["summary"]["公式"] > 90
    assert record["summary"]["核对数字"] > 400


def test_the_list_links_to_the_cells(bad: Path, tmp_path: Path) -> None:
    out = tmp_path / "清单.xlsx"
    assert main(["review", str(bad), str(SAMPLE), "--format", "xlsx", "-o", str(out)]) == 1
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    titles = [cell.value for cell in sheet[2]]
    row = dict(zip(titles, sheet[3], strict=True))
    assert (row["报告写的"].value, row["应为"].value) == (f"{WRONG} 万元", f"{RIGHT} 万元")
    assert row["单元格"].value == "C37"
    assert "C37" in (row["单元格"].hyperlink.location or row["单元格"].hyperlink.target)


def test_the_commented_report_has_the_comment_at_the_number(bad: Path, tmp_path: Path) -> None:
    out = tmp_path / "批注.docx"
    before = bad.read_bytes()
    assert main(["review", str(bad), str(SAMPLE), "--format", "docx", "-o", str(out)]) == 1
    assert bad.read_bytes() == before
    document = docx.Document(str(out))
    [comment] = list(document.comments)
    assert f"应为 {RIGHT} 万元" in comment.text
    with zipfile.ZipFile(out) as archive:
        xml = archive.read("word/document.xml").decode()
    start, end = xml.index("commentRangeStart"), xml.index("commentRangeEnd")
    assert WRONG in xml[start:end]


def test_without_output_names_a_new_file_is_written_beside_the_report(bad: Path) -> None:
    assert main(["review", str(bad), str(SAMPLE), "--format", "docx"]) == 1
    assert main(["review", str(bad), str(SAMPLE), "--format", "docx"]) == 1
    assert bad.with_name("改错_审校批注.docx").is_file()
    assert bad.with_name("改错_审校批注（2）.docx").is_file()


@pytest.mark.parametrize(("name", "content", "words"), [
    ("没有.docx", None, "没有这个文件"),
    ("坏.docx", b"PK\x03\x04broken", "不是 Word 文档（.docx），或文件已损坏"),
    ("旧.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Word"),
    ("空.docx", b"", "不是 Word 文档（.docx），或文件已损坏"),
])
def test_what_is_no_report_gives_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert main(["review", str(path), str(SAMPLE)]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert name in error
    assert error.count("\n") == 1


def test_neither_the_report_nor_the_workbook_is_written_over(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = bad.read_bytes(), SAMPLE.read_bytes()
    assert main(["review", str(bad), str(SAMPLE), "--format", "docx", "-o", str(bad)]) == 2
    assert main(["review", str(bad), str(SAMPLE), "--format", "xlsx", "-o", str(SAMPLE)]) == 2
    assert (bad.read_bytes(), SAMPLE.read_bytes()) == before
    assert "不能写在它上面" in capsys.readouterr().err
