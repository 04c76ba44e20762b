"""A template and a namespace become the report's blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import SecurityError, UndefinedError

from docgen.model import Block, Paragraph, PromptSpan, Span, TableCell, TemplateBlock, Text
from docgen.template import marks
from docgen.template.blocks import TemplateCell, TemplateParagraph, TemplateTable
from docgen.template.compiling import Template
from docgen.template.elements import Element, Role, RowElement, TableElement, rows_covered
from docgen.template.environment import COLLECTOR, SOURCE_NAME, Collector, Unprintable
from docgen.template.errors import TemplateError
from docgen.template.sections import number_sections
from workbook.errors import JuesuanError

_PIECE = re.compile(f"([{marks.ELEMENT}{marks.ROW}])(\\d+){marks.STOP}([^{marks.END}]*){marks.END}")


class _Filled(NamedTuple):
    spans: tuple[Span, ...]
    formats: tuple[int, ...]


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
        rows: list[tuple[RowElement, list[_Filled]]] = []
        for kind, number, content in _PIECE.findall(text):
            if kind == marks.ROW and table is not None:
                row = table.rows[int(number)]
                rows.append((row, self._row(row, content)))
                continue
            if table is not None:
                yield self._table(rows, table)
                table, rows = None, []
            element = self.template.elements[int(number)]
            if not isinstance(element, TableElement):
                yield from self._element(element, content)
            elif element.role is Role.COPIED:
                yield _copied_table(element)
            else:
                table = element
        if table is not None:
            yield self._table(rows, table)

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
            filled = self._fill(content, element.text, element.line.formats, element.line.inlines)
            if filled.spans or element.section:
                yield TemplateParagraph(element.style, filled.spans, source=element.index, formats=filled.formats)

    def _fill(self, content: str, text: str, formats: tuple[str, ...], inlines: tuple[Text, ...]) -> _Filled:
        """The spans of a rendered line, each with the number of its formatting."""
        spans: list[Span] = []
        numbers: list[int] = []
        current = 0
        pieces = marks.SPLIT.split(content)
        for place in range(0, len(pieces), 3):
            if pieces[place]:
                bold = "<w:b/>" in formats[current] if formats[current] else False
                spans.append(Text(pieces[place].replace(marks.NEWLINE, "\n"), bold))
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
                raise TemplateError(
                    self.template.name, text, "里有图表或整段内容的占位符，又有别的文字", "请让这个占位符单独成段"
                )
            spans.append(self.collector.spans[number] if kind == marks.SPAN else inlines[number])
            numbers.append(current)
        return _Filled(tuple(spans), tuple(numbers))

    def _row(self, row: RowElement, content: str) -> list[_Filled]:
        contents = content.split(marks.CELL)
        return [
            self._fill(part, cell.line.text, cell.line.formats, cell.line.inlines)
            for cell, part in zip(row.cells, contents, strict=True)
        ]

    def _table(self, rows: list[tuple[RowElement, list[_Filled]]], table: TableElement) -> TemplateTable:
        plain = [(row, [""] * len(row.cells)) for row, _ in rows]
        cells: list[tuple[TableCell, ...]] = []
        for number, (row, filled) in enumerate(rows):
            cells.append(
                tuple(
                    TemplateCell(
                        filled[place].spans,
                        cell.columns,
                        rows_covered(plain, number, place),
                        cell.align,
                        filled[place].formats,
                    )
                    for place, cell in enumerate(row.cells)
                    if not cell.continues
                )
            )
        sources = tuple(row.index for row, _ in rows)
        headers = sum(1 for row, _ in rows if row.is_header)
        return TemplateTable(tuple(cells), headers, source=table.index, row_sources=sources)


def _copied_table(table: TableElement) -> TemplateTable:
    return TemplateTable(
        table.shown, table.header_rows, source=table.index, row_sources=tuple(row.index for row in table.rows)
    )


def prompts_in(blocks: tuple[Block, ...]) -> tuple[PromptSpan, ...]:
    """Every prompt that *blocks* print, in order."""
    found: list[PromptSpan] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found += [span for span in block.spans if isinstance(span, PromptSpan)]
        elif isinstance(block, TemplateTable) or hasattr(block, "rows"):
            found += [span for row in block.rows for cell in row for span in cell.spans if isinstance(span, PromptSpan)]
    return tuple(found)


def _explain(template: Template, namespace: Mapping[str, object], error: Exception) -> TemplateError:
    """*error* as a sentence that quotes the paragraph in which it arose."""
    text = template.lines[min(_line_of(error), len(template.lines)) - 1] if template.lines else ""
    if isinstance(error, UndefinedError):
        return TemplateError(template.name, text, str(error.message), _suggestion(text, str(error.message), namespace))
    if isinstance(error, Unprintable):
        return TemplateError(template.name, text, str(error), "请对照占位符说明改正")
    if isinstance(error, SecurityError):
        return TemplateError(template.name, text, "里的写法不允许用在模板里", "请只用占位符说明列出的名称")
    if isinstance(error, OverflowError):
        return TemplateError(template.name, text, "里的循环次数过多", "请检查 range 的范围")
    reason = error.message if isinstance(error, JinjaError) else f"{type(error).__name__}：{error}"
    return TemplateError(template.name, text, f"计算时出错（{reason}）", "请检查占位符和循环的写法")


def _line_of(error: BaseException) -> int:
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == SOURCE_NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _suggestion(text: str, message: str, namespace: Mapping[str, object]) -> str:
    """The nearest known name, walking along the dotted names that the paragraph uses."""
    import difflib

    wanted = re.search("“(.*)”", message)
    if wanted is None:
        return "请对照占位符说明改正"
    name = wanted.group(1)
    names = set(namespace)
    for path in re.findall(r"[\w.]+\." + re.escape(name), text):
        holder: object = namespace
        for step in path.split(".")[:-1]:
            holder = holder.get(step) if isinstance(holder, Mapping) else getattr(holder, step, None)
        names |= names_of(holder)
    near = difflib.get_close_matches(name, sorted(names), 1, 0.4)
    return f"是不是“{near[0]}”" if near else "请对照占位符说明改正"


def names_of(holder: object) -> set[str]:
    """The names that a value of the namespace offers: keys of a mapping, ``__names__()``, or public attributes."""
    if holder is None:
        return set()
    if isinstance(holder, Mapping):
        return {key for key in holder if isinstance(key, str)}
    listed = getattr(holder, "__names__", None)
    if callable(listed):
        return set(listed())
    return {name for name in dir(holder) if not name.startswith("_")}
