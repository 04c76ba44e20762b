"""The report as it would be written now, with the elements of its Word file at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.editing import tag_around
from docgen.docx.inline import Piece
from docgen.docx.package import word_of
from docgen.docx.paragraphs import DocCell
from docgen.docx.reading import Document, document_of, pieces_of
from docgen.docx.xml import W
from docgen.job.inputs import Inputs
from docgen.model import Figure, PromptSpan, Report
from docgen.refresh.items import LITERAL, PROMPT, REASON, Bit, ChartItem, Item, TableItem, TextItem, joined, plain
from docgen.refresh.places import GRID, PICTURE, TEXT, Place, places
from docgen.refresh.stored import Stored, read_stored
from workbook.formats.package import Package
from workbook.pack.words import Words
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_KINDS = {TextItem: TEXT, TableItem: GRID, ChartItem: PICTURE}


@dataclass(frozen=True)
class Fresh:
    """The report written anew, linked, as a file in memory."""

    report: Report
    package: Package
    document: Document
    stored: Stored
    items: tuple[Item, ...]
    places: tuple[Place | None, ...]
    """For each item where it stands in the file."""
    figures: Mapping[str, Figure]
    words: Words
    marks: Mapping[str, str]
    """Short names of the sheets (:attr:`~docgen.writing.ReportMeta.marks`)."""

    def bits_of(self, cell: DocCell) -> tuple[Bit, ...]:
        """What a cell of one of its tables prints."""
        bits: list[Bit] = []
        for count, number in enumerate(cell.numbers):
            if count:
                bits.append(Bit(LITERAL, "", "\n"))
            bits += _bits(pieces_of(self.document.elements[number - 1], self.document.inline), self.document.paragraphs[number - 1].text, self)
        return joined(bits)

    def bit_of(self, tag: str, text: str) -> Bit:
        """What a control with this *tag* and *text* prints."""
        kind, key = self.stored.tags.get(tag, (LITERAL, ""))
        if kind == REASON and any(p.slot == key and p.text == text for p in self.report.prompts):
            kind = PROMPT
        return Bit(kind, key, plain(text))


def _bits(pieces: Sequence[Piece], text: str, fresh: Fresh) -> list[Bit]:
    found: list[Bit] = []
    for piece in pieces:
        part = text[piece.start : piece.end]
        found.append(fresh.bit_of(tag_around(piece.run), part))
    return found


def write_fresh(inputs: Inputs, path: Path) -> Fresh:
    """Write the report of *inputs*; *path* is for messages."""
    from docgen.report.assembly import build_report, template_of
    from docgen.report.output import report_meta
    from docgen.writing import report_bytes

    context = inputs.context
    report = build_report(context)
    meta = report_meta(report, context)
    data = report_bytes(report.blocks, template_of(context), linked=True, meta=meta)
    document = document_of(word_of(data, path))
    package = document.file.package
    stored = read_stored(package, document.file.part, path)
    items = stored.items or ()
    return Fresh(
        report, package, document, stored, items, tuple(_placed(items, places(document, stored.tags))),
        {figure.id: figure for figure in report.figures}, inputs.pack.words, meta.marks)


def _placed(items: Sequence[Item], found: Sequence[Place]) -> list[Place | None]:
    """For each item its place in the file: the next one that holds just that."""
    result: list[Place | None] = []
    position = 0
    for item in items:
        kind, text = _KINDS[type(item)], plain(item.text)
        match = next(
            (n for n in range(position, len(found)) if found[n].kind == kind and (kind != TEXT or found[n].text == text)), None)
        result.append(found[match] if match is not None else None)
        position = match + 1 if match is not None else position
    return result


def prompts_left(prompts: Sequence[PromptSpan], body: _Element) -> tuple[str, ...]:
    """The prompts that still stand in a document."""
    texts = ["".join(p.itertext(f"{W}t", with_tail=False)) for p in body.iter(f"{W}p")] if prompts else []
    whole = plain("\n".join(text for text in texts if "【" in text))
    return tuple(dict.fromkeys(prompt.text for prompt in prompts if plain(prompt.text) in whole))
