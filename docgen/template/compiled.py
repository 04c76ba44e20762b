"""The built-in packs' templates, compiled when the program is set up or packaged (see :mod:`workbook.compiled`)."""

from __future__ import annotations

import marshal
import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.compiled import Store

if TYPE_CHECKING:
    from docgen.template.shell import Reading

STORE = Store(Path(__file__).parent / "__pycache__", ".template", (
    "docgen/docx", "docgen/template", "docgen/model.py", "workbook", "workbook/formats/package.py", "workbook/formats/archive.py", "workbook/formats/safe_xml.py"))


def fetch(content: bytes) -> Reading | None:
    """What was compiled of the template with the bytes *content*; ``None`` when that is not at hand."""
    data = STORE.fetch(content, _libraries())
    if data is None:
        return None
    from docgen.template.shell import Reading

    shell, elements, styles, metrics, lines, code = pickle.loads(data)  # noqa: S301  # beside our bytecode, and trusted like it
    return Reading(shell, elements, styles, metrics, marshal.loads(code), lines)  # noqa: S302  # likewise


def compile_templates(templates: Iterable[Path], folder: Path | None = None, *, frozen: bool = False) -> list[Path]:
    """Compile the Word files *templates* into *folder*, and nothing else stays there; the files.

    *frozen*: for a packaged program (see :meth:`workbook.compiled.Store.keep`).

    Raises:
        InputError, TemplateError: a template that is not sound.
    """
    from docgen.template.environment import make_environment
    from docgen.template.reading import read

    made = {}
    for template in templates:
        content = template.read_bytes()
        reading = read(content, template, make_environment())
        facts = (reading.shell, reading.elements, reading.styles, reading.metrics, reading.lines, marshal.dumps(reading.code))
        made[content] = pickle.dumps(facts, protocol=pickle.HIGHEST_PROTOCOL)
    return STORE.keep(made, _libraries(), folder, frozen=frozen)


def _libraries() -> str:
    import jinja2

    return str(jinja2.__version__)
