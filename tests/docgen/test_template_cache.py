"""What was worked out from a template is kept between runs, and never trusted blindly."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from docgen.template import cache, compiling, load_template, reading, render
from docgen.writing import report_bytes
from tests.docgen.word_files import META, Node, paragraphs_of, template_file

OUTLINE = "封面标题|{{单位}}\n目录|\n部分标题|第一部分\n正文|总计{{总计}}万元。\n表格|1,1\n行|{%tr for x in 项 %}{{x}}|乙{%tr endfor %}"
VALUES = {"单位": "甲&乙", "总计": Node("总计", "1.00"), "项": ["一", "二"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert platformdirs.user_cache_dir("juesuan", appauthor=False).startswith(str(tmp_path))
    compiling._kept.clear()
    return tmp_path


def kept_files(folder: Path) -> list[Path]:
    return sorted((folder / "cache").rglob("*.bin"))


def again(path: Path):
    compiling._kept.clear()
    return load_template(path)


def test_the_second_run_does_not_read_the_file_again(folder, monkeypatch):
    path = template_file(folder, OUTLINE)
    first = load_template(path)
    assert len(kept_files(folder)) == 1
    monkeypatch.setattr(reading, "parts_of", None)  # reading it again would fail
    second = again(path)
    assert second is not first
    blocks = render(first, VALUES)
    assert render(second, VALUES) == blocks
    assert report_bytes(blocks, second, linked=True, meta=META) == report_bytes(blocks, first, linked=True, meta=META)


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_file_is_made_anew(folder, damage):
    path = template_file(folder, "正文|甲{{x}}")
    load_template(path)
    (kept,) = kept_files(folder)
    content = bytearray(kept.read_bytes())
    content[-1] ^= 1
    kept.write_bytes(bytes(content) if damage is None else damage)
    assert cache.fetch(kept.name.partition("-")[0]) is None
    assert paragraphs_of(render(again(path), {"x": "乙"})) == ["甲乙"]
    assert cache.fetch(kept.name.partition("-")[0]) is not None


def test_another_program_version_does_not_use_it(folder, monkeypatch):
    path = template_file(folder, "正文|甲")
    load_template(path)
    monkeypatch.setattr(cache, "__version__", "another")
    cache._program.cache_clear()
    try:
        again(path)
        assert len(kept_files(folder)) == 2
    finally:
        cache._program.cache_clear()


def test_a_broken_template_is_not_kept(folder):
    path = template_file(folder, "正文|{{x")
    with pytest.raises(Exception, match="没有配对"):
        load_template(path)
    assert kept_files(folder) == []


def test_a_folder_that_cannot_be_written_is_no_matter(folder):
    (folder / "cache").write_text("a file, no folder")
    assert paragraphs_of(render(load_template(template_file(folder, "正文|甲")), {})) == ["甲"]


def test_only_a_few_are_kept(folder):
    for number in range(cache._KEEP + 3):
        load_template(template_file(folder, f"正文|第{number}份", f"{number}.docx"))
    assert len(kept_files(folder)) == cache._KEEP
