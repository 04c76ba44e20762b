"""Placeholders as people type them: found in merged text, repaired where Word "corrected" them, checked.

``{{ name }}`` prints, ``{% for … %}`` / ``{% if … %}`` control, ``{# … #}`` is a remark.
"""

from __future__ import annotations

import re

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
