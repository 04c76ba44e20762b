"""The report as one HTML page without other files, for previews: a figure is a link that knows its source.

Links: ``figure:ID`` for figures, ``reason:SLOT`` for reasons and prompts (percent-encoded), so that a window can
follow them; ``data-id``, ``data-slot`` and ``title`` say the same to scripts and to people.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from html import escape
from urllib.parse import quote

from docgen.model import (
    Block,
    BreakBlock,
    ChartBlock,
    FigureSpan,
    Paragraph,
    PromptSpan,
    ReasonSpan,
    Report,
    Span,
    TableBlock,
    TemplateBlock,
)
from docgen.pie import chart_svg
from docgen.writing.links import source_title

_HEADINGS = {"封面标题": "h1", "部分标题": "h1", "一级标题": "h2", "表标题": "h2", "二级标题": "h3", "三级标题": "h4"}
_CENTRED = {"封面标题", "封面日期", "封面文字", "文件标题", "目录标题", "部分标题", "图题", "表题", "表标题"}
_CLASSES = {"正文": "body", "图题": "caption", "表题": "caption", "表注": "note", "表头说明": "note"}
_STYLE = (
    "body{font:16px/1.8 '仿宋','FangSong','Noto Serif CJK SC',serif;max-width:48em;margin:1.5em auto;padding:0 1em}"
    "h1{font-size:1.5em}h2{font:bold 1.1em '黑体','SimHei','Noto Sans CJK SC',sans-serif}"
    "h3{font:1.05em '楷体','KaiTi',serif}h4{font-size:1em}p{margin:0}p.body,h2,h3,h4{text-indent:2em}"
    "p.caption{text-indent:0;font-weight:bold}p.note{font-size:.8em}table{border-collapse:collapse;width:100%;"
    "font-size:.8em;line-height:1.4;margin:.5em 0}td,th{border:1px solid #555;padding:2px 5px;font-weight:normal}"
    "a.figure{color:inherit;text-decoration:none;border-bottom:1px dotted #2f5d8a}a.reason{color:inherit;"
    "text-decoration:none}a.prompt,a.unknown{background:#ff0;color:#000;text-decoration:none}hr{border:0;"
    "border-top:1px dashed #999;margin:1.5em 0}"
)


def report_html(report: Report, chart_source: Callable[[ChartBlock], str] | None = None) -> str:
    """*report* as an HTML page; *chart_source* gives the address of a chart's picture (default: inside the page)."""
    source = chart_source or picture_address
    body = "".join(_block(block, number, report.blocks, source) for number, block in enumerate(report.blocks))
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(report.title)}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def picture_address(block: ChartBlock) -> str:
    """The picture of a chart as a ``data:`` address."""
    return "data:image/svg+xml;base64," + base64.b64encode(chart_svg(block).encode()).decode()


def spans_html(spans: Iterable[Span]) -> str:
    """*spans* as HTML."""
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    text = escape(span.text).replace("\n", "<br>").replace("\t", "&emsp;")
    if isinstance(span, FigureSpan):
        figure = span.figure
        kind = "figure" if figure.is_known else "unknown"
        title = source_title(figure) + (f"\n{figure.how}" if figure.how else "")
        return (
            f'<a class="{kind}" href="figure:{quote(figure.id)}" data-id="{escape(figure.id)}"'
            f' title="{escape(title)}">{text}</a>'
        )
    if isinstance(span, ReasonSpan | PromptSpan):
        kind = "prompt" if isinstance(span, PromptSpan) else "reason"
        return f'<a class="{kind}" href="reason:{quote(span.slot)}" data-slot="{escape(span.slot)}">{text}</a>'
    return f"<b>{text}</b>" if span.bold else text


def _block(block: Block, number: int, blocks: Sequence[Block], source: Callable[[ChartBlock], str]) -> str:
    if isinstance(block, Paragraph):
        return _paragraph(block, number)
    if isinstance(block, TableBlock):
        return _table(block, number)
    if isinstance(block, ChartBlock):
        return (
            f'<p id="b{number}" align="center"><img src="{source(block)}" alt="{escape(block.alt)}"></p>'
            f'<p class="caption" align="center">{escape(block.title)}</p>'
        )
    if isinstance(block, BreakBlock):
        return "<hr>"
    return _contents(blocks) if _is_contents(block, number, blocks) else ""


def _paragraph(block: Paragraph, number: int) -> str:
    name = _HEADINGS.get(block.style, "p")
    align = ' align="center"' if block.style in _CENTRED else ""
    kind = _CLASSES.get(block.style, "")
    section = f' data-section="{block.section}"' if block.section else ""
    css = f' class="{kind}"' if kind else ""
    return f'<{name} id="b{number}"{css}{align}{section}>{spans_html(block.spans) or "<br>"}</{name}>'


def _table(block: TableBlock, number: int) -> str:
    rows = []
    for place, row in enumerate(block.rows):
        name = "th" if place < block.header_rows else "td"
        cells = []
        for cell in row:
            columns = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
            height = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
            align = "center" if name == "th" else cell.align
            cells.append(f'<{name}{columns}{height} align="{align}">{spans_html(cell.spans)}</{name}>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head, rest = "".join(rows[: block.header_rows]), "".join(rows[block.header_rows :])
    caption = f'<p class="caption" align="center">{escape(block.caption)}</p>' if block.caption else ""
    return (
        f'{caption}<table id="b{number}" border="1" cellspacing="0" cellpadding="3" width="100%">'
        f"<thead>{head}</thead><tbody>{rest}</tbody></table>"
    )


def _is_contents(block: TemplateBlock, number: int, blocks: Sequence[Block]) -> bool:
    before = blocks[number - 1] if number else None
    return isinstance(before, Paragraph) and before.style == "目录标题" and block.source >= 0


def _contents(blocks: Sequence[Block]) -> str:
    """Links to the headings."""
    lines = []
    for number, block in enumerate(blocks):
        if isinstance(block, Paragraph) and _HEADINGS.get(block.style) in {"h1", "h2"} and block.style != "封面标题":
            indent = "" if block.style == "部分标题" else "&emsp;"
            lines.append(f'<p>{indent}<a href="#b{number}">{escape(block.text.strip())}</a></p>')
    return "".join(lines)


__all__ = ["picture_address", "report_html", "spans_html"]
