"""Templates read from a Word file: compiled when the program was set up, else now; kept until the file changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.metrics import Metrics
from docgen.docx.styles import Styles
from docgen.template import compiled
from docgen.template.elements import Element, TableElement
from docgen.template.environment import Environment, make_environment
from docgen.template.shell import Shell
from workbook.errors import InputError, system_words
from workbook.values import dataclass

if TYPE_CHECKING:
    from jinja2 import Template as JinjaTemplate


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A Word template: what it gives every report unchanged, the elements of its body, the compiled text."""

    name: str
    """File name, for messages."""
    shell: Shell
    """Parts of the package that every report takes over."""
    elements: tuple[Element | TableElement, ...]
    styles: Styles
    metrics: Mapping[str, Metrics]
    """Sizes of the paragraph styles by id."""
    environment: Environment
    compiled: JinjaTemplate
    lines: tuple[str, ...]
    """Text of the template by line of the compiled source, for messages."""


_kept: dict[Path, tuple[tuple[int, int], Template]] = {}
_KEEP = 8


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
    key = path.resolve()
    stamp = (state.st_mtime_ns, state.st_size)
    kept = _kept.get(key)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    template = _load(path)
    while len(_kept) >= _KEEP:
        _kept.pop(next(iter(_kept)))
    _kept[key] = (stamp, template)
    return template


def _load(path: Path) -> Template:
    from jinja2 import Template as JinjaTemplate

    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(path, f"无法读取（{system_words(error)}）", "请检查权限，或先关闭打开它的程序") from None
    environment = make_environment()
    reading = compiled.fetch(content)
    if reading is None:
        from docgen.template.reading import read

        reading = read(content, path, environment)
    template = JinjaTemplate.from_code(environment, reading.code, environment.make_globals(None))
    return Template(path.name, reading.shell, reading.elements, reading.styles, reading.metrics, environment, template, reading.lines)
