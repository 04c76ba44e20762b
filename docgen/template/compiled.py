"""Templates read from a Word file: compiled when the program was set up, else now; kept until the file changes.

The built-in packs' templates are compiled when the program is set up or packaged (see :mod:`workbook.compiled`).
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from docgen.template.shell import Template
from workbook.compiled import Store
from workbook.errors import InputError, system_words

STORE = Store(Path(__file__).parent / "__pycache__", ".template", (
    "docgen/docx", "docgen/template", "docgen/model.py", "workbook", "workbook/formats/package.py", "workbook/formats/archive.py", "workbook/formats/safe_xml.py"))


def load_template(path: Path | str) -> Template:
    """The template in the Word file *path*, read and compiled once as long as the file stays as it is.

    Raises:
        InputError: the file cannot be read or is no .docx.
        TemplateError: a placeholder or statement is broken; the message quotes its paragraph.
    """
    path = Path(path)
    try:
        state = path.stat()
    except OSError:
        raise InputError(path, "文件不存在或无法读取", "请检查路径") from None
    return _load(path.absolute(), (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=8)
def _load(path: Path, _state: tuple[int, int]) -> Template:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(path, f"无法读取（{system_words(error)}）", "请检查权限，或先关闭打开它的程序") from None
    if (template := fetch(content)) is not None:
        return replace(template, name=path.name)
    from docgen.template.reading import read

    return read(content, path)


def fetch(content: bytes) -> Template | None:
    """What was compiled of the template with the bytes *content*; ``None`` when that is not at hand."""
    data = STORE.fetch(content, _libraries())
    return None if data is None else pickle.loads(data)  # noqa: S301  # beside our bytecode, and trusted like it


def compile_templates(templates: Iterable[Path], folder: Path | None = None, *, frozen: bool = False) -> list[Path]:
    """Compile the Word files *templates* into *folder*, and nothing else stays there; the files.

    *frozen*: for a packaged program (see :meth:`workbook.compiled.Store.keep`).

    Raises:
        InputError, TemplateError: a template that is not sound.
    """
    from docgen.template.reading import read

    contents = {template.read_bytes(): template for template in templates}
    made = {content: pickle.dumps(read(content, path), protocol=pickle.HIGHEST_PROTOCOL) for content, path in contents.items()}
    return STORE.keep(made, _libraries(), folder, frozen=frozen)


def _libraries() -> str:
    import jinja2

    return str(jinja2.__version__)
