"""The text of a template as Jinja compiles it, checked so that every error names its paragraph."""

from __future__ import annotations

from types import CodeType

from docgen.template import marks
from docgen.template.elements import Element, Role, RowElement, TableElement
from docgen.template.environment import SOURCE_NAME, Environment
from docgen.template.errors import TemplateError
from docgen.template.syntax import TAG, repair

_ENDS = {"endfor": "for", "endif": "if", "endset": "set", "endwith": "with", "endfilter": "filter", "endmacro": "macro"}
_OPENS = {*_ENDS.values()} - {"set"}
_MIDDLES = {"else": ("for", "if"), "elif": ("if",)}


class Source:
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

    def compile(self) -> CodeType:
        """The compiled template."""
        from jinja2 import TemplateSyntaxError

        try:
            return self.environment.compile("\n".join(self.lines), SOURCE_NAME, SOURCE_NAME)
        except TemplateSyntaxError as error:
            text = self.texts[min(error.lineno, len(self.texts)) - 1] if self.texts else ""
            raise self._broken(text, error.message or "") from None

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

        if "{%" not in content:  # what is wrong inside {{ … }} shows in the whole, with its line
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
