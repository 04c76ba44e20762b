"""The built-in packs' templates are compiled at set-up; what is stale is never used, and nothing is written at work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docgen.template import load_template, render, shell
from docgen.writing import report_bytes
from tests.docgen.word_files import META, Node, paragraphs_of, template_file
from tests.test_import_rules import imports_in, package_modules
from workbook.compiled import code_files, forget
from workbook.pack.loading import TEMPLATES

OUTLINE = "封面标题|{{单位}}\n目录|\n部分标题|第一部分\n正文|总计{{总计}}万元。\n表格|1,1\n行|{%tr for x in 项 %}{{x}}|乙{%tr endfor %}"
VALUES = {"单位": "甲&乙", "总计": Node("总计", "1.00"), "项": ["一", "二"]}
ROOT = Path(__file__).parents[2]
BUILT_IN = TEMPLATES / "neimenggu-2024" / "report.docx"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for compiled templates."""
    monkeypatch.setattr(shell, "STORE", shell.STORE._replace(folder=tmp_path / "compiled"))
    return tmp_path


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def loads(program: Path, template: Path, home: Path) -> str:
    """Which parts of the compiler a process of its own loads for *template*, and what it prints of it."""
    code = (
        "import sys; from docgen.template import load_template, render; "
        f"t = load_template({str(template)!r}); print('docgen.template.reading' in sys.modules, len(t.elements))"
    )
    environment = {**os.environ, "PYTHONPATH": str(program), "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-c", code], env=environment, cwd=home, capture_output=True, text=True, check=True).stdout


def test_a_compiled_template_is_the_template(folder):
    path = template_file(folder, OUTLINE)
    afresh = load_template(path)
    assert files_below(folder) == [path]
    shell.compile_templates([path], shell.STORE.folder)
    path.touch()
    os.utime(path, (1, 1))  # read again
    again = load_template(path)
    assert again is not afresh
    blocks = render(afresh, VALUES)
    assert render(again, VALUES) == blocks
    assert report_bytes(blocks, again, linked=True, meta=META) == report_bytes(blocks, afresh, linked=True, meta=META)


def test_what_is_compiled_at_set_up_is_not_read_again(tmp_path):
    shell.compile_templates([BUILT_IN])
    before = files_below(shell.STORE.folder), files_below(tmp_path)
    assert loads(ROOT, BUILT_IN, tmp_path).startswith("False ")
    assert (files_below(shell.STORE.folder), files_below(tmp_path)) == before


def test_a_template_that_was_edited_is_compiled_when_it_is_used(folder):
    path = template_file(folder, "正文|甲")
    shell.compile_templates([path], shell.STORE.folder)
    before = files_below(folder)
    template_file(folder, "正文|乙乙")
    assert paragraphs_of(render(load_template(path), {})) == ["乙乙"]
    assert files_below(folder) == before


@pytest.mark.parametrize("module", ["workbook/values.py", "docgen/docx/xml.py", "docgen/template/elements.py"])
def test_another_program_does_not_use_it(tmp_path, module):
    program = tmp_path / "program"
    for package in ("workbook", "docgen", "templates"):
        shutil.copytree(ROOT / package, program / package, ignore=shutil.ignore_patterns("__pycache__"))
    template = program / BUILT_IN.relative_to(ROOT)
    shell.compile_templates([BUILT_IN], program / "docgen" / "template" / "__pycache__")
    assert loads(program, template, tmp_path).startswith("False ")
    (program / module).write_text((program / module).read_text("utf-8") + "\n# changed\n", "utf-8")
    assert loads(program, template, tmp_path).startswith("True ")


def test_the_hash_covers_all_that_a_template_is_compiled_with():
    modules = package_modules()
    needed, waiting = set(), ["docgen.template.reading", "docgen.template.shell"]
    while waiting:
        name = waiting.pop()
        if name in needed or name not in modules:
            continue
        needed.add(name)
        for item in imports_in(modules[name]):
            if not item.for_types and item.module != "workbook.pack.loading":  # only where the built-in packs are
                waiting += [item.module, *(f"{item.module}.{other}" for other in item.names)]
    covered = set(code_files(shell.STORE.code))
    assert [name for name in sorted(needed) if modules[name] not in covered and modules[name].name != "__init__.py"] == []


def test_a_packaged_program_finds_what_was_compiled_for_it(folder, monkeypatch):
    path = template_file(folder, "正文|甲")
    shell.compile_templates([path], shell.STORE.folder, frozen=True)
    assert shell.fetch(path.read_bytes()) is None  # this program has source files
    monkeypatch.setattr("workbook.compiled.PROGRAM", folder / "none")
    forget()
    try:
        assert shell.fetch(path.read_bytes()) is not None
    finally:
        forget()


def test_only_the_present_ones_are_kept(folder):
    first, second = template_file(folder, "正文|甲", "1.docx"), template_file(folder, "正文|乙", "2.docx")
    shell.compile_templates([first], shell.STORE.folder)
    shell.compile_templates([second], shell.STORE.folder)
    assert len(files_below(shell.STORE.folder)) == 1
