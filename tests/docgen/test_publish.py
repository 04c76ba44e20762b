"""What is published: one folder, complete or not at all, and nothing in its files that is nobody's business."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openxml_audit import OpenXmlValidator

from cli.main import main
from docgen.docx.reading import read_document
from docgen.job.inputs import Inputs, load_inputs
from docgen.publish.checklist import deadline_words
from docgen.publish.package import default_folder, publish
from tests.docgen.ooxml_rules import problems
from workbook.companion.update import update_companion
from workbook.errors import InputError
from workbook.pack.loading import TEMPLATES, load_pack

NAME = "示例市电化教育馆_2024年度决算公开表"
REPORT, TABLES, CHECKLIST = "2024年度示例市电化教育馆决算公开报告", "2024年度示例市电化教育馆决算公开表", "（内部）2024年度决算公开审批单"


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample unit's workbook in a folder of its own, beside its 底稿 and last year's."""
    folder = tmp_path_factory.mktemp("unit")
    for file in (TEMPLATES / "sample").glob("*.xlsx"):
        shutil.copyfile(file, folder / file.name)
    return folder / f"{NAME}.xlsx"


@pytest.fixture(scope="module")
def folder(unit: Path) -> Path:
    """What the command writes, the PDF by the office suite of this machine."""
    target = unit.parent / "公开" / "本年"
    assert main(["publish", str(unit), "-o", str(target), "--approved", "2025-08-20"]) == 0
    return target


@pytest.fixture
def inputs(unit: Path) -> Inputs:
    return load_inputs(unit)


def parts_of(path: Path) -> dict[str, str]:
    """Every part of an Office file as text, workbooks inside it unpacked too."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            if name.endswith(".xlsx"):
                inner = zipfile.ZipFile(io.BytesIO(data))
                found |= {f"{name}/{part}": inner.read(part).decode() for part in inner.namelist()}
            else:
                found[name] = data.decode()
    return found


def test_the_folder_holds_everything_and_nothing_is_left_beside_it(folder: Path) -> None:
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        [f"{REPORT}.docx", f"{REPORT}.pdf", f"{TABLES}.xlsx", f"{CHECKLIST}.docx"])
    assert [file.name for file in folder.parent.iterdir()] == ["本年"]
    assert (folder / f"{REPORT}.pdf").read_bytes().startswith(b"%PDF-")


def test_no_file_tells_of_people_sources_or_the_working_papers(folder: Path, unit: Path) -> None:
    for file in folder.iterdir():
        if file.suffix == ".pdf":
            content = file.read_bytes()
            assert b"/Author" not in content
            assert not re.search(rb"<dc:creator>|/Keywords|/Subject", content)
            continue
        parts = parts_of(file)
        names = " ".join(parts)
        assert not re.search(r"comment|people|customXml|vml|external|docProps/custom|printerSettings", names, re.IGNORECASE), names
        everything = "".join(parts.values())
        core = parts["docProps/core.xml"]
        assert not re.search(r"<(dc:creator|cp:lastModifiedBy|dc:description|cp:keywords)>[^<]", core), core
        assert re.search(r"<dc:title>[^<]+</dc:title>", core)
        assert not re.search(r"<Company>[^<]|<Manager>[^<]|HyperlinkBase", parts["docProps/app.xml"])
        for word in (str(unit.parent), unit.name, "rsid", "w:sdt>", "w:ins ", "w:del ", "w:vanish", "urn:juesuan"):
            assert word not in everything, (file.name, word)
        if CHECKLIST not in file.name:
            assert "底稿" not in everything


def test_the_files_keep_the_rules_of_their_formats(folder: Path) -> None:
    for name in (REPORT, CHECKLIST):
        assert problems((folder / f"{name}.docx").read_bytes()) == []
    for name in (f"{CHECKLIST}.docx", f"{TABLES}.xlsx"):
        assert [str(error) for error in OpenXmlValidator().validate(folder / name).errors] == []


def test_the_tables_are_values_and_those_of_the_workbook(folder: Path, inputs: Inputs) -> None:
    file = folder / f"{TABLES}.xlsx"
    text = "".join(content for name, content in parts_of(file).items() if name.startswith("xl/"))
    assert not re.search(r"<f[ >]|<hyperlink|hidden=|state=\"hidden|legacyDrawing|<extLst", text)
    book = openpyxl.load_workbook(file)
    assert [sheet.sheet_state for sheet in book] == ["visible"] * 11
    published = load_inputs(file, companion=None, pack=load_pack())
    assert published.accounts.unit_name == inputs.accounts.unit_name
    for code, table in inputs.accounts.tables.items():
        again = published.accounts.tables[code]
        for row, (_, columns) in table.rows.items():
            for column in columns:
                ours, theirs = table.value(row, column), again.value(row, column)
                assert abs((ours or 0) - (theirs or 0)) <= (0 if table.is_count(row, column) else 0.005), (code, row, column)


def test_the_check_list_names_files_tasks_and_signatures(folder: Path) -> None:
    text = "\n".join(p.text for p in read_document(folder / f"{CHECKLIST}.docx").paragraphs).replace("\u00a0", " ")
    for words in (f"{REPORT}.docx", f"{REPORT}.pdf", f"{TABLES}.xlsx", "保密审查", "单位负责人", "错误 0", "最迟 2025 年 9 月 9 日", "校验提示"):
        assert words in text


def test_an_older_folder_is_never_written_over(folder: Path, inputs: Inputs) -> None:
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    with pytest.raises(InputError, match="已有文件，不覆盖"):
        publish(inputs, folder, suites=())
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before
    first = default_folder(inputs, folder)
    first.mkdir()
    assert first.name == "2024年度示例市电化教育馆决算公开"
    assert default_folder(inputs, folder).name == f"{first.name}（2）"
    first.rmdir()


def test_without_an_office_suite_all_but_the_pdf_is_written_and_how_to_make_it_is_said(inputs: Inputs, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    package = publish(inputs, tmp_path / "空", suites=())
    assert package.files == (f"{REPORT}.docx", f"{TABLES}.xlsx", f"{CHECKLIST}.docx")
    assert "没有 PDF" in package.remarks[0]
    assert "另存为（输出为）PDF" in package.remarks[0]


def test_what_is_missing_is_listed_and_nothing_written(unit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in unit.parent.glob("*.xlsx"):
        shutil.copyfile(file, tmp_path / file.name)
    inputs = load_inputs(tmp_path / unit.name)
    companion = inputs.companion
    assert companion is not None
    first = next(reason for reason in companion.reasons if reason.text.text)
    rest = tuple(replace(r, text=replace(r.text, text="")) if r is first else r for r in companion.reasons)
    update_companion(companion, replace(companion, reasons=rest), inputs.pack)
    assert main(["publish", str(tmp_path / unit.name), "-o", str(tmp_path / "公开")]) == 1
    said = capsys.readouterr().out
    assert "还不能公开" in said
    assert "请填写变动原因" in said
    assert not (tmp_path / "公开").exists()
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_a_stopped_publication_leaves_nothing(inputs: Inputs, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop() -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        publish(inputs, tmp_path / "公开", suites=(), stop=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (dt.date(2025, 9, 1), "最迟 2025 年 9 月 9 日（今日 2025 年 9 月 1 日，还有 8 日）"),
        (dt.date(2025, 9, 9), "还有 0 日"),
        (dt.date(2025, 9, 12), "已超过 3 日"),
    ],
)
def test_the_days_are_counted_from_the_approval(today: dt.date, words: str) -> None:
    assert words in deadline_words(dt.date(2025, 8, 20), 20, today)

