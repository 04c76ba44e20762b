"""A template and a namespace become the report's blocks; the sections of the narrative that these make up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import SecurityError, UndefinedError

from docgen.model import Block, FigureSpan, Paragraph, PromptSpan, Span, TableBlock, TemplateBlock, Text
from docgen.template import marks
from docgen.template.elements import Element, Filled, Line, Role, RowElement, TableElement, table_of
from docgen.template.environment import COLLECTOR, SOURCE_NAME, Collector, Unprintable
from docgen.template.shell import Template
from docgen.template.syntax import TemplateError
from workbook.errors import JuesuanError

PART_STYLES, SECTION_STYLE = ("部分标题", "接排部分标题"), "一级标题"
"""The heading of a part begins a page, or (接排) follows on the page of the part before."""
_PIECE = re.compile(f"([{marks.ELEMENT}{marks.ROW}])(\\d+){marks.STOP}([^{marks.END}]*){marks.END}")


def render(template: Template, namespace: Mapping[str, object]) -> tuple[Block, ...]:
    """The blocks of *template* with the values of *namespace*.

    Raises:
        TemplateError: an unknown name, a value that cannot be printed, a failing statement; with the paragraph.
    """
    collector = Collector()
    try:
        text = template.compiled.render({**namespace, COLLECTOR: collector})
    except JuesuanError:
        raise
    except Exception as error:  # whatever a template makes of a value, its paragraph is to be named
        raise _explain(template, namespace, error) from error
    return number_sections(_Renderer(template, collector).blocks(text))


class _Renderer:
    """Turns rendered text into blocks."""

    def __init__(self, template: Template, collector: Collector) -> None:
        self.template = template
        self.collector = collector

    def blocks(self, text: str) -> Iterator[Block]:
        """The blocks that the rendered *text* holds."""
        table: TableElement | None = None
        rows: list[tuple[RowElement, list[Filled]]] = []
        for kind, number, content in _PIECE.findall(text):
            if kind == marks.ROW and table is not None:
                row = table.rows[int(number)]
                parts = zip(row.cells, content.split(marks.CELL), strict=True)
                rows.append((row, [self._fill(part, cell.line) for cell, part in parts]))
                continue
            if table is not None:
                yield table_of(table, rows)
                table, rows = None, []
            element = self.template.elements[int(number)]
            if not isinstance(element, TableElement):
                yield from self._element(element, content)
            elif element.role is Role.COPIED:
                rows = [(row, [Filled((Text(cell.line.text),)) for cell in row.cells]) for row in element.rows]
                yield table_of(element, rows)
            else:
                table = element
        if table is not None:
            yield table_of(table, rows)

    def _element(self, element: Element, content: str) -> Iterator[Block]:
        if element.role is Role.COPIED:
            yield Paragraph(element.style, (Text(element.text),), source=element.index)
        elif element.line is None:
            if element.role is not Role.SECTION:
                yield TemplateBlock(element.index)
        elif content.startswith(marks.BLOCK) and element.role is Role.BLOCK:
            number = content[1 : content.index(marks.STOP)]
            yield from self.collector.blocks[int(number)]
        else:
            filled = self._fill(content, element.line)
            if filled.spans or element.section:
                yield Paragraph(element.style, filled.spans, source=element.index, formats=filled.formats)

    def _fill(self, content: str, line: Line) -> Filled:
        """The spans of a rendered line, each with the number of its formatting."""
        spans: list[Span] = []
        numbers: list[int] = []
        current = 0
        pieces = marks.SPLIT.split(content)
        for place in range(0, len(pieces), 3):
            if pieces[place]:
                spans.append(Text(pieces[place].replace(marks.NEWLINE, "\n"), "<w:b/>" in line.formats[current]))
                numbers.append(current)
            if place + 1 == len(pieces):
                break
            kind, number = pieces[place + 1], int(pieces[place + 2])
            if kind == marks.FORMAT:
                current = number
                continue
            if kind == marks.BLOCK:
                if not self.collector.blocks[number]:
                    continue
                raise TemplateError(self.template.name, line.text, "里有图表或整段内容的占位符，又有别的文字", "请让这个占位符单独成段")
            spans.append(self.collector.spans[number] if kind == marks.SPAN else line.inlines[number])
            numbers.append(current)
        return Filled(tuple(spans), tuple(numbers))


def number_sections(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """*blocks* with the section number (from 1) set in the paragraphs of the narrative; elsewhere it stays 0.

    Sections are counted through the parts that state figures.
    """
    parts: list[list[Block]] = [[]]
    for block in blocks:
        if isinstance(block, Paragraph) and block.style in PART_STYLES:
            parts.append([])
        parts[-1].append(block)
    out: list[Block] = []
    section = 0
    for part in parts:
        spans = (span for block in part if isinstance(block, Paragraph) for span in block.spans)
        states_figures = any(isinstance(span, FigureSpan) for span in spans)
        current = 0
        for block in part:
            if isinstance(block, Paragraph) and states_figures:
                if block.style == SECTION_STYLE:
                    section = current = section + 1
                out.append(replace(block, section=current) if current else block)
            else:
                out.append(block)
    return tuple(out)


def headings_of(template: Template) -> list[str]:
    """The level-one headings that a template writes itself."""
    return [element.text for element in template.elements if isinstance(element, Element) and element.style == SECTION_STYLE]


def section_titles(blocks: Iterable[Block]) -> Mapping[int, str]:
    """Section → its heading as the report prints it."""
    return {
        block.section: block.text for block in blocks
        if isinstance(block, Paragraph) and block.section and block.style == SECTION_STYLE
    }


def prompts_in(blocks: tuple[Block, ...]) -> tuple[PromptSpan, ...]:
    """Every prompt that *blocks* print, in order."""
    found: list[PromptSpan] = []
    for block in blocks:
        rows = block.rows if isinstance(block, TableBlock) else ()
        cells = [block] if isinstance(block, Paragraph) else chain.from_iterable(rows)
        found += [span for cell in cells for span in cell.spans if isinstance(span, PromptSpan)]
    return tuple(found)


def _explain(template: Template, namespace: Mapping[str, object], error: Exception) -> TemplateError:
    """*error* as a sentence that quotes the paragraph in which it arose."""
    from traceback import extract_tb

    lines = [place.lineno or 1 for place in extract_tb(error.__traceback__) if place.filename == SOURCE_NAME] or [1]
    text = template.lines[min(lines[-1], len(template.lines)) - 1] if template.lines else ""
    if isinstance(error, UndefinedError):
        return TemplateError(template.name, text, str(error.message), _suggestion(text, str(error.message), namespace))
    for kind, problem, advice in (
        (Unprintable, str(error), "请对照占位符说明改正"),
        (SecurityError, "里的写法不允许用在模板里", "请只用占位符说明列出的名称"),
        (OverflowError, "里的循环次数过多", "请检查 range 的范围"),
    ):
        if isinstance(error, kind):
            return TemplateError(template.name, text, problem, advice)
    reason = error.message if isinstance(error, JinjaError) else f"{type(error).__name__}：{error}"
    return TemplateError(template.name, text, f"计算时出错（{reason}）", "请检查占位符和循环的写法")


def _suggestion(text: str, message: str, namespace: Mapping[str, object]) -> str:
    """The nearest known name, walking along the dotted names that the paragraph uses."""
    import difflib

    wanted = re.search("“(.*)”", message)
    names, name = set(namespace), wanted[1] if wanted else ""
    for path in re.findall(r"[\w.]+\." + re.escape(name), text):
        holder: object = namespace
        for step in path.split(".")[:-1]:
            holder = holder.get(step) if isinstance(holder, Mapping) else getattr(holder, step, None)
        names |= _names_of(holder)
    near = difflib.get_close_matches(name, sorted(names), 1, 0.4)
    return f"是不是“{near[0]}”" if near else "请对照占位符说明改正"


def _names_of(holder: object) -> set[str]:
    """The names that a value of the namespace offers: keys of a mapping, ``__names__()``, or public attributes."""
    if isinstance(holder, Mapping):
        return {key for key in holder if isinstance(key, str)}
    listed = getattr(holder, "__names__", None)
    names = listed() if callable(listed) else dir(holder) if holder is not None else ()
    return {name for name in names if not name.startswith("_")}
