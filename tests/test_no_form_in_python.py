"""A form is data: no sheet, no title and no classification code of any built-in pack is a word in Python."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbook.pack.loading import available_packs, load_pack

ROOT = Path(__file__).parents[1]
PACKAGES = ("workbook", "docgen", "cli", "gui")


def words_of_forms() -> tuple[set[str], set[str]]:
    """Words that may stand in no text, and codes that may be no text."""
    packs = [load_pack(folder) for folder in available_packs()]
    layouts = [layout for pack in packs for layout in pack.sheets.values()]
    words = {word for layout in layouts for word in (layout.code, *layout.titles)}
    return words, {code for pack in packs for code in (*pack.functional.names, *pack.economic.names)}


def texts_in(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module by line, those that only document left out."""
    tree = ast.parse(path.read_text("utf-8"))
    documenting = {
        id(part.value) for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        for part in node.body if isinstance(part, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documenting:
            yield node.lineno, node.value


def found_in(path: Path, words: set[str], codes: set[str]) -> list[str]:
    return [
        f"{path.name}:{line} {text[:40]}" for line, text in texts_in(path)
        if text in codes or any(word in text for word in words)
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_form_in_python(package: str) -> None:
    words, codes = words_of_forms()
    paths = sorted((ROOT / package).rglob("*.py"))
    assert paths
    assert [line for path in paths for line in found_in(path, words, codes)] == []


def test_the_scan_sees_what_it_looks_for(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text('"""公开01 here is fine."""\n\nX = "公开01"\nY = f"{X}收入支出决算总表"\nZ = ("301", "30101", "999")\n', "utf-8")
    assert len(found_in(path, *words_of_forms())) == 4
