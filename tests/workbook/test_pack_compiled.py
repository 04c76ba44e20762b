"""The built-in packs are read at set-up: the same pack, never a stale one, and nothing is written at work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workbook.compiled import forget
from workbook.pack import loading
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES, load_pack, read_pack

HOME = TEMPLATES / DEFAULT_PACK


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(loading, "STORE", loading.STORE._replace(folder=tmp_path / "compiled"))
    return tmp_path / "compiled"


def test_a_compiled_pack_is_the_pack(folder: Path) -> None:
    loading.compile_packs()
    kept, read = load_pack(), read_pack(HOME)
    assert "figures" in vars(kept)  # read at set-up, not now
    assert "figures" not in vars(read)
    assert (kept.folder, kept.name, kept.title) == (read.folder, read.name, read.title)
    assert [(s.code, s.row_ids, s.column_ids) for s in kept.sheets.values()] == [
        (s.code, s.row_ids, s.column_ids) for s in read.sheets.values()]
    assert [f.text for f in kept.formulas] == [f.text for f in read.formulas]
    assert kept.figures.records == read.figures.records
    assert kept.functional.names == read.functional.names


def test_without_it_the_files_are_read_and_nothing_is_written(folder: Path) -> None:
    assert load_pack().formulas
    assert not folder.exists()


def test_a_changed_file_or_program_is_never_answered_from_it(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(TEMPLATES, templates, ignore=shutil.ignore_patterns("sample"))
    monkeypatch.setattr(loading, "TEMPLATES", templates)
    loading.compile_packs()
    assert "figures" in vars(load_pack())
    path = templates / DEFAULT_PACK / "figures.csv"
    path.write_text(path.read_text("utf-8-sig").replace("收入决算合计", "收入合计数"), "utf-8")
    assert "figures" not in vars(load_pack())
    loading.compile_packs()
    assert load_pack().figures.records["收入.合计"][0].label == "本年收入合计数"
    program = tmp_path / "program"
    for name in ("workbook", "workbook/pack"):
        (program / name).mkdir(parents=True)
    (program / "workbook" / "pack" / "loading.py").write_text("# another program\n", "utf-8")
    monkeypatch.setattr("workbook.compiled.PROGRAM", program)
    forget()
    try:
        assert "figures" not in vars(load_pack())
    finally:
        forget()
