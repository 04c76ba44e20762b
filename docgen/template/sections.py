"""Which of the fourteen sections of part two a paragraph belongs to, from the headings' texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from docgen.model import Block, Paragraph

PART_STYLE, SECTION_STYLE = "部分标题", "一级标题"
_DIGITS = "零一二三四五六七八九"
_NUMBER = re.compile(r"\s*([一二三四五六七八九十]{1,3})\s*[、.．]")


def chinese_number(text: str) -> int | None:
    """The number at the start of a heading such as ``十四、…``; ``None`` when there is none."""
    match = _NUMBER.match(text)
    if match is None:
        return None
    tens, ten, ones = match.group(1).rpartition("十")
    value = (_DIGITS.find(tens) if tens else 1) * 10 if ten else 0
    return value + (_DIGITS.find(ones) if ones else 0)


def number_sections(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """*blocks* with the section number set in the paragraphs of part two."""
    out: list[Block] = []
    in_part, section = False, 0
    for block in blocks:
        if isinstance(block, Paragraph):
            if block.style == PART_STYLE:
                in_part, section = "第二部分" in re.sub(r"\s", "", block.text), 0
            elif block.style == SECTION_STYLE and in_part:
                section = chinese_number(block.text) or section + 1
            if section and not block.section:
                block = replace(block, section=section)  # noqa: PLW2901
        out.append(block)
    return tuple(out)
