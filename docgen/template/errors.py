"""What can be wrong with a Word template: always with the paragraph's own text."""

from __future__ import annotations

from workbook.errors import JuesuanError

QUOTED = 60  # characters of the paragraph that a message quotes


class TemplateError(JuesuanError):
    """A template that cannot be used: which file, which paragraph (its text), what is wrong, what to do."""

    def __init__(self, template: str, paragraph: str, problem: str, advice: str = "") -> None:
        self.template = template
        self.paragraph = paragraph
        self.problem = problem
        self.advice = advice
        place = f"段落“{shorten(paragraph)}”" if paragraph else "模板"
        super().__init__(f"Word 模板 {template}：{place}{problem}{'，' + advice if advice else ''}。")


def shorten(text: str, length: int = QUOTED) -> str:
    """*text* on one line, cut after *length* characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
