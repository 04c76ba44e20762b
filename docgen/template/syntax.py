"""Placeholders as people type them, found in merged text, mended after Word, checked; the text as Jinja compiles it.

``{{ name }}`` prints, ``{% for … %}`` / ``{% if … %}`` control, ``{# … #}`` is a remark.
"""

from __future__ import annotations

import marshal
import re

from jinja2 import TemplateSyntaxError

from docgen.template import marks
from docgen.template.elements import Element, Role, TableElement
from docgen.template.environment import SOURCE_NAME, make_environment
from workbook.errors import JuesuanError

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_QUOTED = 60  # characters of a paragraph that a message quotes
_STATEMENTS = re.compile(r"\s*(?:(?:\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\})\s*)+", re.DOTALL)
ROW_STATEMENT = re.compile(r"\{%\s*tr\s")
_PRINT_ALONE = re.compile(r"\s*\{\{(.*?)\}\}\s*", re.DOTALL)
_LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_FULL_WIDTH = re.compile(r"｛｛|｝｝|｛%|｛％|%｝|％｝|\{\s+[{%]|\{％|％\}|\{｛|｛\{|｝\}|\}｝")
_DOCXTPL = re.compile(r"^(\{[{%])\s*(?:p|tr|tc|r)\s+")
_LITERAL = re.compile(r"""("[^"]*"|'[^']*')""")
# What Word's autocorrection and Chinese keyboards put where the template language wants ASCII.
_TYPED = str.maketrans(
    {
        "“": '"', "”": '"', "‘": "'", "’": "'", "（": "(", "）": ")", "，": ",", "：": ":", "．": ".", "。": ".",
        "　": " ", "\xa0": " ", "＝": "=", "！": "!", "＞": ">", "＜": "<", "｜": "|", "［": "[", "］": "]",
        "－": "-", "＋": "+", "％": "%", "\n": " ", "\t": " ",
    }
)  # fmt: skip
_ENDS = {"endfor": "for", "endif": "if", "endset": "set", "endwith": "with", "endfilter": "filter", "endmacro": "macro"}
_OPENS = {*_ENDS.values()} - {"set"}
_SAID = {
    "Unexpected end of template": "开始了循环或条件，同一段里没有写 {% endfor %} 或 {% endif %}", "end of print statement": "花括号没有成对，或名称后面多了字",
    "unexpected '": "括号、引号或花括号没有成对",
}
"""What Jinja says of the commonest faults, in Chinese."""
_MIDDLES = {"else": ("for", "if"), "elif": ("if",)}


class TemplateError(JuesuanError):
    """A template that cannot be used: which file, which paragraph (its text), what is wrong, what to do."""

    def __init__(self, template: str, paragraph: str, problem: str, advice: str = "") -> None:
        self.template, self.paragraph, self.problem, self.advice = template, paragraph, problem, advice
        line = " ".join(paragraph.split())
        quoted = line if len(line) <= _QUOTED else line[: _QUOTED - 1] + "…"
        place = f"段落“{quoted}”" if paragraph else "模板"
        super().__init__(f"Word 模板 {template}：{place}{problem}{'，' + advice if advice else ''}。")


def has_tags(text: str) -> bool:
    """Whether *text* has anything that looks like a placeholder, broken ones included."""
    return "{{" in text or "{%" in text or "{#" in text or bool(_LEFT_OVER.search(text) or _FULL_WIDTH.search(text))


def problem_of(text: str) -> tuple[str, str] | None:
    """What is wrong with the braces of *text*: the problem and the advice; ``None`` when they are sound."""
    if _FULL_WIDTH.search(text):
        return "里的花括号或百分号用了全角字符或夹有空格", "请在英文输入法下改成 {{名称}} 或 {% … %}"
    if left := _LEFT_OVER.search(TAG.sub("", text)):
        return f"里的 {left.group(0)} 没有配对", "占位符应写成 {{名称}}，控制语句应写成 {% … %}，且在同一段内"
    for tag in TAG.findall(text):
        if not tag[2:-2].strip():
            return f"里有空的占位符 {tag}", "请填上名称或删掉它"
    return None


def repair(tag: str) -> str:
    """*tag* with full-width punctuation outside of string literals made ASCII, on one line, docxtpl's letters dropped."""
    tag = _DOCXTPL.sub(r"\1 ", tag)
    pieces = _LITERAL.split(tag[2:-2])
    pieces[::2] = [piece.translate(_TYPED) for piece in pieces[::2]]
    return tag[:2] + "".join(pieces).replace("\n", " ") + tag[-2:]


def is_statement(text: str) -> bool:
    """Whether *text* is nothing but control statements or remarks: its paragraph leaves no trace."""
    return bool(_STATEMENTS.fullmatch(text))


def printed_alone(text: str) -> str | None:
    """The expression, when *text* is one ``{{ … }}`` and nothing else: there blocks may stand."""
    match = _PRINT_ALONE.fullmatch(text)
    return match.group(1).strip() if match and "}}" not in match.group(1) else None


def row_statements(text: str) -> tuple[str, str]:
    """The ``{%tr … %}`` statements of a row's *text* that stand before and after its content."""
    tags = [tag for tag in TAG.findall(text) if ROW_STATEMENT.match(tag)]
    after = [tag for tag in tags if re.match(r"\{%\s*tr\s+(?:end\w+|else|elif)", tag)]
    return "".join(repair(tag) for tag in tags if tag not in after), "".join(map(repair, after))


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
