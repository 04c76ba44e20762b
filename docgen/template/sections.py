"""Which section of the narrative a paragraph belongs to: the level-one headings of the parts that state figures, counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.model import Block, FigureSpan, Paragraph
from docgen.template.elements import Element

if TYPE_CHECKING:
    from docgen.template.shell import Template

PART_STYLES, SECTION_STYLE = ("部分标题", "接排部分标题"), "一级标题"
"""The heading of a part begins a page, or (接排) follows on the page of the part before."""


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
        states_figures = any(isinstance(span, FigureSpan) for block in part if isinstance(block, Paragraph) for span in block.spans)
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
