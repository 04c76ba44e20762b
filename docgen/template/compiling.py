"""Templates read from a Word file, checked and compiled once, kept until the file changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

from workbook.errors import InputError

from . import marks
from .cleanup import clean
from .environment import Environment, make_environment
from .errors import TemplateError
from .package import Part, read_parts
from .projection import Element, Reader, Role, RowElement, TableElement, read_body
from .relations import MAIN_PART, find_main_part, read_relations
from .styles import StyleTable, read_styles
from .syntax import TAG, repair
from .xml import DECLARATION, declarations, parse, start_tag, w

if TYPE_CHECKING:
    from jinja2 import Template as JinjaTemplate
    from lxml.etree import _Element

SOURCE_NAME = "<word-template>"
_ENDS = {"endfor": "for", "endif": "if", "endset": "set", "endwith": "with", "endfilter": "filter", "endmacro": "macro"}
_OPENS = {*_ENDS.values()} - {"set"}
_MIDDLES = {"else": ("for", "if"), "elif": ("if",)}


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A Word template: its parts, the elements of its body, and the compiled text."""

    name: str
    """File name, for messages."""
    parts: dict[str, Part]
    """Unchanged parts of the package."""
    root_tag: str
    """Start tag of the document part's root."""
    elements: tuple[Element | TableElement, ...]
    styles: StyleTable
    environment: Environment
    compiled: JinjaTemplate
    lines: tuple[str, ...]
    """Text of the template by line of the compiled source, for messages."""
    styles_part: tuple[str, _Element]
    """Name and root element of the styles part, standard styles included."""
    prepared: dict[str, object] = field(default_factory=dict)
    """What the writer derives once from the template (settings, content types …)."""


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
    template = _read(path)
    while len(_kept) >= _KEEP:
        _kept.pop(next(iter(_kept)))
    _kept[key] = (stamp, template)
    return template


def _read(path: Path) -> Template:
    parts = read_parts(path)
    main = find_main_part(parts, path)
    try:
        root = parse(parts[main].read())
        body = root.find(w("body"))
        relations = read_relations(parts, main)
        styles_name = next((target for kind, target in relations.values() if kind == "styles"), "")
        styles_root = parse(parts[styles_name].read()) if styles_name in parts else None
    except (ValueError, KeyError) as error:
        raise InputError(path, f"内容损坏（{error}）", "请用 Word/WPS 打开并另存为 .docx") from None
    if body is None or styles_root is None or main != MAIN_PART or root.tag != w("document"):
        raise InputError(path, "不是标准的 Word 文件", "请用 Word/WPS 打开并另存为 .docx")
    clean(root)
    styles = read_styles(styles_root)
    reader = Reader(path.name, styles, declarations(root))
    elements = read_body(body, reader)
    environment = make_environment()
    source = _Source(path.name, environment, elements)
    compiled = source.compile()
    texts = tuple(source.texts)
    styles_part = (styles_name, styles_root)
    return Template(path.name, parts, start_tag(root), elements, styles, environment, compiled, texts, styles_part)


class _Source:
    """The text that Jinja compiles: one line per element or row, so that an error's line tells the paragraph."""

    def __init__(self, name: str, environment: Environment, elements: tuple[Element | TableElement, ...]) -> None:
        self.name = name
        self.environment = environment
        self.lines: list[str] = []
        self.texts: list[str] = []
        self._open: list[tuple[str, str]] = []
        for element in elements:
            if isinstance(element, TableElement):
                self._add_table(element)
            else:
                self._add_element(element)
        if self._open:
            raise self._unclosed(self._open[-1])

    def compile(self) -> JinjaTemplate:
        """The compiled template."""
        from jinja2 import Template as JinjaTemplate
        from jinja2 import TemplateSyntaxError

        try:
            code: CodeType = self.environment.compile("\n".join(self.lines), SOURCE_NAME, SOURCE_NAME)
        except TemplateSyntaxError as error:
            text = self.texts[min(error.lineno, len(self.texts)) - 1] if self.texts else ""
            raise self._broken(text, error.message or "") from None
        return JinjaTemplate.from_code(self.environment, code, self.environment.make_globals(None))

    def _add(self, line: str, text: str) -> None:
        self.lines.append(line)
        self.texts.append(text)

    def _add_element(self, element: Element) -> None:
        if element.role is Role.STATEMENT:
            self._follow(element.text)
            self._add("".join(repair(tag) for tag in TAG.findall(element.text)), element.text)
            return
        content = ""
        if element.line is not None:
            content = element.line.source
            self._check_alone(content, element.text)
        self._add(f"{marks.ELEMENT}{element.index}{marks.STOP}{content}{marks.END}", element.text)

    def _add_table(self, table: TableElement) -> None:
        start = f"{marks.ELEMENT}{table.index}{marks.STOP}{marks.END}"
        self._add(start, table.text)
        if table.role is Role.COPIED:
            return
        outside, self._open = self._open, []
        for row in table.rows:
            self._add_row(row)
        if self._open:
            raise self._unclosed(self._open[-1])
        self._open = outside

    def _add_row(self, row: RowElement) -> None:
        if row.statement:
            self._follow(row.text)
            self._add("".join(repair(tag) for tag in TAG.findall(row.text)), row.text)
            return
        before, after = "".join(row.before), "".join(row.after)
        self._follow(before, row.text)
        self._follow(after, row.text)
        cells = []
        for cell in row.cells:
            self._check_alone(cell.line.source, cell.line.text)
            cells.append(cell.line.source if cell.filled else marks.shield(cell.line.text))
        content = marks.CELL.join(cells)
        self._add(f"{before}{marks.ROW}{row.index}{marks.STOP}{content}{marks.END}{after}", row.text)

    def _check_alone(self, content: str, text: str) -> None:
        """A paragraph or cell must make sense by itself."""
        from jinja2 import TemplateSyntaxError

        if "{" not in content:
            return
        try:
            self.environment.parse(content)
        except TemplateSyntaxError as error:
            raise self._broken(text, error.message or "") from None

    def _follow(self, statements: str, text: str = "") -> None:
        """Keep account of what is open, so that an error names the paragraph where it began."""
        text = text or statements
        for tag in TAG.findall(statements):
            words = repair(tag)[2:-2].strip(" -+").split()
            if not repair(tag).startswith("{%") or not words:
                continue
            word = words[0]
            if word in _OPENS or (word == "set" and "=" not in tag):
                self._open.append((word, text))
            elif word in _ENDS:
                if not self._open or self._open[-1][0] != _ENDS[word]:
                    raise self._stray(text, word)
                self._open.pop()
            elif word in _MIDDLES and (not self._open or self._open[-1][0] not in _MIDDLES[word]):
                raise self._stray(text, word)

    def _stray(self, text: str, word: str) -> TemplateError:
        start = _ENDS.get(word, "if")
        problem = f"里的 {word} 找不到与它对应的 {{% {start} … %}}"
        if self._open:
            problem += f"（前面还开着“{self._open[-1][1]}”）"
        return TemplateError(self.name, text, problem, "循环和条件须成对，表格里的须都在同一张表")

    def _unclosed(self, opened: tuple[str, str]) -> TemplateError:
        word, text = opened
        return TemplateError(self.name, text, f"开始的 {word} 没有结束", f"请在后面加一段 {{% end{word} %}}")

    def _broken(self, text: str, message: str) -> TemplateError:
        return TemplateError(
            self.name, text, f"里的占位符或控制语句写法有误（{message.rstrip('.')}）", "请对照占位符说明改正"
        )


def styles_of(template: Template) -> tuple[str, str]:
    """Name and content of the styles part, standard styles included, up to the end tag of its root."""
    from lxml import etree

    name, root = template.styles_part
    text = etree.tostring(root, encoding="unicode")
    return name, DECLARATION + text.removesuffix("</w:styles>")
