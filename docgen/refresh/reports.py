"""Linked reports: what one carries about itself, and the one that would be written now.

The first carries unit, year, the figures with their values, and the baseline: its text as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.editing import tag_around
from docgen.docx.package import WordFile, open_word, parse_part, word_of
from docgen.docx.paragraphs import DocCell
from docgen.docx.reading import document_of
from docgen.docx.xml import W
from docgen.job.inputs import Inputs, user_packs
from docgen.model import Figure, PromptSpan
from docgen.refresh.places import find_places, places, plain
from docgen.writing import NAMESPACE
from docgen.writing.baseline import BASELINE, FIGURE, LITERAL, PROMPT, REASON, Bit, joined, read_items
from docgen.writing.runs import reason_tag
from workbook.errors import InputError
from workbook.formats.package import PackageError
from workbook.pack.choice import folder_named

if TYPE_CHECKING:
    from lxml.etree import _Element

_R = f"{{{NAMESPACE}}}"


class Stored:
    """What the linked report *file* carries in its custom XML parts.  Raises ``InputError`` when it carries nothing."""

    def __init__(self, file: WordFile) -> None:
        figures, self.figures_part = _find(file, f"{_R}report")
        if figures is None:
            raise InputError(file.path, "没有数据链接（干净版和他人写的报告都没有），不能刷新", "请用 juesuan review 审校，或重新生成报告")
        self.unit, self.year, self.pack, self.sha256 = (figures.get(name, "") for name in ("unit", "year", "pack", "sha256"))
        self.figures = {e.get("id", ""): e.get("text", "") for e in figures.iter(f"{_R}figure")}
        """Id → text as it was printed."""
        slots = [e.get("slot", "") for e in figures.iter(f"{_R}reason")]
        self.tags = {str(e.get("tag") or e.get("id")): (FIGURE, e.get("id", "")) for e in figures.iter(f"{_R}figure")} | {
            reason_tag(slot): (REASON, slot) for slot in slots}
        """Tag of a content control → kind and id of what it prints."""
        baseline, self.baseline_part = _find(file, f"{{{BASELINE}}}baseline")
        self.items = read_items(baseline) if baseline is not None else None
        """The report as it was written; ``None``: by a version of the program that did not store it."""


def made_with(report: Path) -> tuple[Path | None, int | None]:
    """Folder of the pack that the linked *report* was made with, and its year; ``None`` for what is not known here.

    Raises ``InputError`` when the file cannot be read or is no linked report.
    """
    stored = Stored(open_word(report))
    return folder_named(stored.pack, user_packs()), int(stored.year) if stored.year.isdigit() else None


def _find(file: WordFile, tag: str) -> tuple[_Element | None, str]:
    """The root element with this *tag* among the custom XML parts, and the part's name."""
    package = file.package
    related = [relation.part for relation in package.relations(file.part).values() if relation.kind == "customXml"]
    others = [n for n in package.names if n.startswith("customXml/item") and n.endswith(".xml") and "Props" not in n]
    for name in dict.fromkeys((*related, *others)):
        with suppress(PackageError):
            if name in package.names and (root := parse_part(package, name)).tag == tag:
                return root, name
    return None, ""


class Fresh:
    """The report of *inputs* written anew, linked, as a file in memory; *path* is for messages."""

    def __init__(self, inputs: Inputs, path: Path) -> None:
        from docgen.report.assembly import build_report, report_meta
        from docgen.report.narrative import template_of
        from docgen.writing import report_bytes

        self.report = build_report(inputs)
        meta = report_meta(self.report, inputs)
        data = report_bytes(self.report.blocks, template_of(inputs), linked=True, meta=meta)
        self.document = document_of(word_of(data, path))
        self.stored = Stored(self.document.file)
        self.items = self.stored.items or ()
        self.places = find_places(self.items, places(self.document, self.stored.tags))
        """For each item where it stands in the file."""
        self.figures = {figure.id: figure for figure in self.report.figures}
        self.words = inputs.pack.words
        self.marks = meta.marks
        """Short names of the sheets (:attr:`~docgen.writing.ReportMeta.marks`)."""

    def bits_of(self, cell: DocCell) -> tuple[Bit, ...]:
        """What a cell of one of its tables prints."""
        bits: list[Bit] = []
        for count, number in enumerate(cell.numbers):
            if count:
                bits.append(Bit(LITERAL, "", "\n"))
            text = self.document.paragraphs[number - 1].text
            pieces = self.document.pieces(self.document.elements[number - 1])
            bits += [self._bit(tag_around(piece.run), text[piece.start : piece.end]) for piece in pieces]
        return joined(bits)

    def refused(self, bits: Iterable[Bit], old: str) -> str:
        """Why *bits* must not replace *old* (empty: they may): what is stated is not given up for what cannot be computed."""
        is_stated = bool(old.strip()) and "【" not in old
        figures = (self.figures.get(bit.key) for bit in bits if bit.kind == FIGURE) if is_stated else ()
        return next((unknown(figure) for figure in figures if figure is not None and not figure.is_known), "")

    def _bit(self, tag: str, text: str) -> Bit:
        """What a control with this *tag* and *text* prints."""
        kind, key = self.stored.tags.get(tag, (LITERAL, ""))
        if kind == REASON and any(p.slot == key and p.text == text for p in self.report.prompts):
            kind = PROMPT
        return Bit(kind, key, plain(text))


def unknown(figure: Figure) -> str:
    """Why there is no value of a figure."""
    return f"缺少{figure.missing}，算不出{figure.label}"


def prompts_left(prompts: Sequence[PromptSpan], body: _Element) -> tuple[str, ...]:
    """The prompts that still stand in a document."""
    texts = ["".join(p.itertext(f"{W}t", with_tail=False)) for p in body.iter(f"{W}p")] if prompts else []
    whole = plain("\n".join(text for text in texts if "【" in text))
    return tuple(dict.fromkeys(prompt.text for prompt in prompts if plain(prompt.text) in whole))
