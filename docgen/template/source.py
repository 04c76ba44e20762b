"""The text of a template as Jinja compiles it, checked so that every error names its paragraph."""

from __future__ import annotations

import marshal

from jinja2 import TemplateSyntaxError

from docgen.template import marks
from docgen.template.elements import Element, Role, TableElement
from docgen.template.environment import SOURCE_NAME, make_environment
from docgen.template.syntax import TAG, TemplateError, repair

_ENDS = {"endfor": "for", "endif": "if", "endset": "set", "endwith": "with", "endfilter": "filter", "endmacro": "macro"}
_OPENS = {*_ENDS.values()} - {"set"}
_SAID = {
    "Unexpected end of template": "开始了循环或条件，同一段里没有写 {% endfor %} 或 {% endif %}", "end of print statement": "花括号没有成对，或名称后面多了字",
    "unexpected '": "括号、引号或花括号没有成对",
}
"""What Jinja says of the commonest faults, in Chinese."""
_MIDDLES = {"else": ("for", "if"), "elif": ("if",)}


def compiled(name: str, elements: tuple[Element | TableElement, ...]) -> tuple[bytes, tuple[str, ...]]:
    """What Jinja makes of the *elements*, marshalled, and the text of the template by line; *name*: the file's."""
    try:
        source = _Source(name, elements)
        code = source.environment.compile("\n".join(source.lines), SOURCE_NAME, SOURCE_NAME)
    except TemplateSyntaxError as error:
        text = source.texts[min(error.lineno, len(source.texts)) - 1] if source.texts else ""
        raise source.broken(text, error) from None
    except (RecursionError, MemoryError, SyntaxError) as error:  # Python's own limits for what is nested
        raise TemplateError(name, "", "里的占位符或控制语句嵌套过深", "请改短") from error
    return marshal.dumps(code), tuple(source.texts)


class _Source:
    """The text that Jinja compiles: one line per element or row, so that an error's line tells the paragraph."""

    def __init__(self, name: str, elements: tuple[Element | TableElement, ...]) -> None:
        self.name = name
        self.environment = make_environment()
        self.lines: list[str] = []
        self.texts: list[str] = []
        self._open: list[tuple[str, str]] = []
        for element in elements:
            if isinstance(element, TableElement):
                self._add_table(element)
            elif element.role is Role.STATEMENT:
                self._add_statement(element.text)
            else:
                content = element.line.source if element.line is not None else ""
                self._check_alone(content, element.text)
                self._add(f"{marks.ELEMENT}{element.index}{marks.STOP}{content}{marks.END}", element.text)
        self._refuse_open()

    def _add(self, line: str, text: str) -> None:
        self.lines.append(line)
        self.texts.append(text)

    def _add_statement(self, text: str) -> None:
        self._follow(text, text)
        self._add("".join(repair(tag) for tag in TAG.findall(text)), text)

    def _add_table(self, table: TableElement) -> None:
        self._add(f"{marks.ELEMENT}{table.index}{marks.STOP}{marks.END}", table.text)
        if table.role is Role.COPIED:
            return
        outside, self._open = self._open, []
        for row in table.rows:
            if row.statement:
                self._add_statement(row.text)
                continue
            self._follow(row.before + row.after, row.text)
            for cell in row.cells:
                self._check_alone(cell.line.source, cell.line.text)
            content = marks.CELL.join(cell.line.source if cell.filled else marks.shield(cell.line.text) for cell in row.cells)
            self._add(f"{row.before}{marks.ROW}{row.index}{marks.STOP}{content}{marks.END}{row.after}", row.text)
        self._refuse_open()
        self._open = outside

    def _check_alone(self, content: str, text: str) -> None:
        """A paragraph or cell must make sense by itself."""
        if "{%" not in content:  # what is wrong inside {{ … }} shows in the whole, with its line
            return
        try:
            self.environment.parse(content)
        except TemplateSyntaxError as error:
            raise self.broken(text, error) from None

    def _follow(self, statements: str, text: str) -> None:
        """Keep account of what is open, so that an error names the paragraph (*text*) where it began."""
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
        problem = f"里的 {word} 找不到与它对应的 {{% {_ENDS.get(word, 'if')} … %}}"
        problem += f"（前面还开着“{self._open[-1][1]}”）" if self._open else ""
        return TemplateError(self.name, text, problem, "循环和条件须成对，表格里的须都在同一张表")

    def _refuse_open(self) -> None:
        for word, text in self._open[-1:]:
            raise TemplateError(self.name, text, f"开始的 {word} 没有结束", f"请在后面加一段 {{% end{word} %}}")

    def broken(self, text: str, error: TemplateSyntaxError) -> TemplateError:
        """What Jinja says about the paragraph *text*."""
        message = (error.message or "").rstrip(".")
        cause = next((words for sign, words in _SAID.items() if sign in message), message)
        return TemplateError(self.name, text, f"里的占位符或控制语句写法有误（{cause}）", "请对照占位符说明改正")
