"""The report as it was written, stored in it: what ``refresh`` compares with what people made of it since.

A second custom XML part.  Every paragraph with its literal text, figures (``f``), reasons (``r``) and prompts (``q``);
every table as its cells' texts, a line for each row and a tab between cells; every chart with its data and checksums.
Paragraphs without text, the table of contents and section breaks are not part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from docgen.docx.xml import DECLARATION, attribute, escape
from docgen.model import Block, ChartBlock, FigureSpan, Paragraph, PromptSpan, ReasonSpan, TableBlock
from docgen.writing.charts import ChartData, chart_data

NAMESPACE = "urn:juesuan:baseline:1"
LINE, TAB = "\u2028", "\u2029"
"""Stand for a line break and a tab inside a table's cell."""
_SHORT = 120  # characters of a text that is worth remembering


def baseline_xml(blocks: Iterable[Block], checksums: Sequence[tuple[int, int]]) -> str:
    """The content of the part; *checksums* are those of every chart's own part and of its workbook (CRC-32)."""
    out = [f'{DECLARATION}<baseline xmlns="{NAMESPACE}" xml:space="preserve">']
    charts = iter(checksums)
    for block in blocks:
        if isinstance(block, Paragraph):
            _paragraph(block, out)
        elif isinstance(block, TableBlock):
            if block.caption:
                out.append(f'<p s="表题">{escape(block.caption)}</p>')
            out.append(f"<t>{escape(table_text(block))}</t>")
        elif isinstance(block, ChartBlock):
            part, book = next(charts, (0, 0))
            out.append(chart_xml(block.id, block.alt, chart_data(block), part, book))
            out.append(f'<p s="图题">{escape(block.title)}</p>')
    out.append("</baseline>")
    return "".join(out)


def chart_xml(identifier: str, alt: str, data: ChartData, part: int, book: int) -> str:
    """A chart as an element: its data as lines of name, amount and legend text."""
    lines = "\n".join(f"{name}\t{amount:f}\t{label}" for name, amount, label in data)
    return f'<c i="{attribute(identifier)}" a="{attribute(alt)}" h="{part:08x}" b="{book:08x}">{escape(lines)}</c>'


def table_text(block: TableBlock) -> str:
    """The texts of a table's cells."""
    rows = [[spans[0].text if len(spans := cell.spans) == 1 else cell.text if spans else "" for cell in row] for row in block.rows]
    text = "\n".join(map("\t".join, rows))
    if text.count("\n") + text.count("\t") != max(sum(map(len, rows)) - 1, 0):
        return "\n".join("\t".join(cell.replace("\r\n", "\n").replace("\n", LINE).replace("\t", TAB) for cell in row) for row in rows)
    return text


_escaped = lru_cache(maxsize=4096)(escape)  # set phrases are the same in every report


def _paragraph(block: Paragraph, out: list[str]) -> None:
    start = len(out)
    out.append(_start(block.style, block.section))
    for span in block.spans:
        kind = type(span)
        if kind is FigureSpan:
            figure = span.figure  # type: ignore[union-attr]
            text = figure.text if figure.value is not None else escape(figure.text)
            out.append(f'<f i="{_name(figure.id)}">{text}</f>')
        elif kind is ReasonSpan or kind is PromptSpan:
            tag = "r" if kind is ReasonSpan else "q"
            out.append(f'<{tag} i="{_name(span.slot)}">{escape(span.text)}</{tag}>')  # type: ignore[union-attr]
        elif text := span.text:
            out.append(_escaped(text) if len(text) <= _SHORT else escape(text))
    if len(out) == start + 1:
        out.pop()
    else:
        out.append("</p>")


@lru_cache(maxsize=256)
def _start(style: str, section: int) -> str:
    number = f' n="{section}"' if section else ""
    return f'<p s="{attribute(style)}"{number}>'


_name = lru_cache(maxsize=4096)(attribute)


def checksums_of(parts: Mapping[str, int]) -> tuple[int, int]:
    """The checksums of a chart's own part and of its workbook, from those of all its parts."""
    own = next((crc for name, crc in parts.items() if "/charts/" in name and "/_rels/" not in name), 0)
    return own, next((crc for name, crc in parts.items() if "/embeddings/" in name), 0)
