"""The built-in packs' templates, compiled when the program is set up or packaged.

Reading and compiling a template takes longer than writing the report.  What comes of it lies beside the program's own
bytecode and is trusted as that is; dev.py and build.spec have files written there, the program never
writes any.  A file's name is a hash of the Word file, of the code that compiled it, of
Python and of Jinja: what is found under it cannot be stale.  A user's own template is compiled when it is used.
"""

from __future__ import annotations

import hashlib
import marshal
import pickle
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.template.shell import Reading

FOLDER = Path(__file__).parent / "__pycache__"
PROGRAM = Path(__file__).parents[2]
CODE = ("docgen/docx", "docgen/template", "docgen/model.py", "workbook", "workbook/formats/package.py", "workbook/formats/archive.py", "workbook/formats/safe_xml.py")
"""What a compiled template depends on: modules, and the modules that lie in a folder."""
ENDING = ".template"


def fetch(content: bytes) -> Reading | None:
    """What was compiled of the template with the bytes *content*; ``None`` when that is not at hand."""
    try:
        data = _file(FOLDER, content, program()).read_bytes()
    except OSError:
        return None
    from docgen.template.shell import Reading

    shell, elements, styles, metrics, lines, code = pickle.loads(data)  # noqa: S301  # beside our bytecode, and trusted like it
    return Reading(shell, elements, styles, metrics, marshal.loads(code), lines)  # noqa: S302  # likewise


def compile_templates(templates: Iterable[Path], folder: Path = FOLDER, *, frozen: bool = False) -> list[Path]:
    """Compile the Word files *templates* into *folder*, and nothing else stays there; the files.

    *frozen*: for a packaged program, which holds no source files: there only the package's own version is left.

    Raises:
        InputError, TemplateError: a template that is not sound.
    """
    from docgen.template.environment import make_environment
    from docgen.template.reading import read

    made = []
    folder.mkdir(parents=True, exist_ok=True)
    for template in templates:
        content = template.read_bytes()
        reading = read(content, template, make_environment())
        facts = (reading.shell, reading.elements, reading.styles, reading.metrics, reading.lines, marshal.dumps(reading.code))
        file = _file(folder, content, program(frozen=frozen))
        part = file.with_suffix(".part")
        part.write_bytes(pickle.dumps(facts, protocol=pickle.HIGHEST_PROTOCOL))
        part.replace(file)
        made.append(file)
    for old in set(folder.glob(f"*{ENDING}")) - set(made):
        old.unlink(missing_ok=True)
    return made


def compile_built_in() -> None:
    """Compile the templates of the built-in packs for this Python and this source."""
    from workbook.pack.loading import TEMPLATES

    compile_templates(sorted(TEMPLATES.glob("*/report.docx")))


def _file(folder: Path, content: bytes, program: str) -> Path:
    return folder / f"{hashlib.sha256(content + program.encode()).hexdigest()[:32]}{ENDING}"


@lru_cache(maxsize=2)
def program(*, frozen: bool = False) -> str:
    """A hash of all that a compiled template depends on besides the template."""
    import jinja2

    from workbook import __version__

    digest = hashlib.sha256(f"{__version__} {sys.version} {jinja2.__version__}".encode())
    for path in () if frozen else code_files():
        source = path.read_bytes()
        digest.update(f"{path.name} {len(source)} ".encode() + source)
    return digest.hexdigest()


def code_files() -> Iterator[Path]:
    """The source files of :data:`CODE`; none in a packaged program."""
    for name in CODE:
        place = PROGRAM / name
        yield from sorted(place.glob("*.py")) if place.suffix != ".py" else [place] * place.is_file()
