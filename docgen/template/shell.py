"""A Word template: what every report takes over unchanged, its elements and its compiled text.

The built-in packs' templates are compiled when the program is set up or packaged (see :mod:`workbook.compiled`), others when
they are first used; a template is kept until its file changes.
"""

from __future__ import annotations

import marshal
import pickle
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.package import MAIN_PART
from docgen.docx.styles import Metrics, Styles
from docgen.docx.xml import CONTENT_TYPES, R_URI, RELATIONSHIPS, W, parse, part_bytes
from docgen.template.elements import Element, TableElement
from docgen.template.environment import make_environment
from workbook.compiled import Store
from workbook.errors import InputError, system_words
from workbook.formats.archive import Member, make_member
from workbook.formats.package import Package, relations_part
from workbook.values import dataclass

if TYPE_CHECKING:
    from jinja2 import Template as JinjaTemplate

# Parts that tell of people or of editing, or that only make sense together with them.
_PRIVATE = re.compile(
    r"docProps/|customXml/|word/(comments|people|glossary/|attachedToolbars|vbaProject|vbaData|recipients|"
    r"printerSettings|stylesWithEffects)|word/_rels/(settings|comments)\w*\.xml\.rels$"
)
_PRIVATE_RELATIONS = {
    "comments", "commentsExtended", "commentsIds", "commentsExtensible", "people", "customXml", "glossaryDocument",
    "attachedToolbars", "vbaProject", "recipientData", "printerSettings", "stylesWithEffects",
}  # fmt: skip
_FORGET = (
    "rsids", "docVars", "attachedTemplate", "mailMerge", "trackRevisions", "revisionView", "documentProtection",
    "writeProtection", "proofState", "updateFields", "removePersonalInformation",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Shell:
    """The unchanged share of a package."""

    parts: tuple[Member, ...]
    relations: tuple[str, ...]
    """Relationships of the document part, as XML."""
    defaults: dict[str, str]
    overrides: dict[str, str]
    """Member name to content type."""
    root_tag: str
    charts: int
    """Charts that the template itself has."""
    styles_name: str
    styles: str
    """The styles part up to its end tag."""

    @lru_cache(maxsize=16)  # noqa: B019  # a template needs one or two sets of table styles, and few templates are in use
    def styles_part(self, added: tuple[str, ...]) -> Member:
        """The styles part with the styles *added*."""
        return make_member(self.styles_name, f"{self.styles}{''.join(added)}</w:styles>")


@dataclass(frozen=True, eq=False)
class Template:
    """A Word template: what it gives every report unchanged, the elements of its body, the compiled text."""

    name: str
    """File name, for messages."""
    shell: Shell
    elements: tuple[Element | TableElement, ...]
    styles: Styles
    metrics: Mapping[str, Metrics]
    """Sizes of the paragraph styles by id."""
    code: bytes
    """What Jinja makes of the text, marshalled."""
    lines: tuple[str, ...]
    """Text of the template by line of the compiled source, for messages."""

    @cached_property
    def compiled(self) -> JinjaTemplate:
        """The compiled text, ready to be rendered."""
        from jinja2 import Template as JinjaTemplate

        environment = make_environment()
        code = marshal.loads(self.code)  # noqa: S302  # made by ourselves, kept beside our bytecode
        return JinjaTemplate.from_code(environment, code, environment.make_globals(None))


def make_shell(package: Package, root_tag: str, styles_name: str, styles: str) -> Shell:
    """The unchanged share of *package*; *styles* is the styles part up to its end tag."""
    rewritten = {MAIN_PART, "[Content_Types].xml", "_rels/.rels", relations_part(MAIN_PART), styles_name}
    taken = [name for name in package.names if not (name in rewritten or _PRIVATE.match(name) or name.endswith("/"))]
    parts = tuple(
        make_member(name, _settings(package.read(name)), level=9) if name == "word/settings.xml" else package.undated(name)
        for name in taken)
    defaults, overrides = _content_types(package.read("[Content_Types].xml"), {styles_name, *taken})
    charts = sum(name.startswith("word/charts/chart") for name in taken)
    if " xmlns:r=" not in root_tag:
        root_tag = f'{root_tag[:-1]} xmlns:r="{R_URI}">'
    return Shell(parts, _relations(package), defaults, overrides, root_tag, charts, styles_name, styles)


def _settings(content: bytes) -> bytes:
    """Settings without what tells of people, revisions or other files."""
    root = parse(content)
    for child in list(root):
        name = str(child.tag)
        if (name.startswith(W) and name.removeprefix(W) in _FORGET) or name.endswith(("}docId", "}conflictMode")):
            root.remove(child)
    return part_bytes(root)


def _content_types(content: bytes, names: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    defaults, overrides = {}, {}
    for item in parse(content):
        kind = item.get("ContentType", "")
        if item.tag == f"{{{CONTENT_TYPES}}}Default":
            defaults[item.get("Extension", "").lower()] = kind
        elif (name := item.get("PartName", "").lstrip("/")) in names:
            overrides[name] = kind
    defaults.setdefault("rels", "application/vnd.openxmlformats-package.relationships+xml")
    defaults.setdefault("xml", "application/xml")
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return defaults, {MAIN_PART: main, **overrides}


def _relations(package: Package) -> tuple[str, ...]:
    from lxml import etree

    name = relations_part(MAIN_PART)
    if name not in package.names:
        return ()
    kept = [item for item in parse(package.read(name)).iter(f"{{{RELATIONSHIPS}}}Relationship")
            if item.get("Type", "").rpartition("/")[2] not in _PRIVATE_RELATIONS]
    texts = (etree.tostring(item, encoding="unicode", with_tail=False) for item in kept)
    return tuple(text.replace(f' xmlns="{RELATIONSHIPS}"', "") for text in texts)


STORE = Store(Path(__file__).parent / "__pycache__", ".template", (
    "docgen/docx", "docgen/template", "docgen/model.py", "workbook",
    "workbook/formats/package.py", "workbook/formats/archive.py", "workbook/formats/safe_xml.py"))


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
        return replace(template, name=str(path))
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
