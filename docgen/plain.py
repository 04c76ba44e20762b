"""The report as plain text: one line per paragraph, table rows with tabs between cells."""

from __future__ import annotations

from docgen.model import Block, ChartBlock, Paragraph, Report, TableBlock

_APART = {"部分标题", "一级标题", "表标题"}


def report_text(report: Report) -> str:
    """*report* as plain text, headings set apart by blank lines, ending in a line break."""
    lines: list[str] = []
    for block in report.blocks:
        if isinstance(block, Paragraph) and block.style in _APART and lines:
            lines.append("")
        lines += block_lines(block)
    return "\n".join(lines) + "\n"


def block_lines(block: Block) -> list[str]:
    """The lines of one block."""
    if isinstance(block, Paragraph):
        return [block.text]
    if isinstance(block, TableBlock):
        caption = [block.caption] if block.caption else []
        return [
            *caption,
            *("\t".join(cell.text.replace("\n", " ").replace("\t", " ") for cell in row) for row in block.rows),
        ]
    if isinstance(block, ChartBlock):
        amounts = "，".join(f"{name} {figure.text} {figure.unit}" for name, figure in block.slices)
        return [f"{block.title}（{amounts}）" if amounts else block.title]
    return []  # breaks, fields and pictures of the template
