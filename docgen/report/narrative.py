"""The narrative of one report: the template's statements with their figures, and what they ask people for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, reduce
from typing import NamedTuple

from docgen.figures.nodes import STATEMENT, Node, ReasonOf, SpansNode, Statements, texts_node
from docgen.figures.quantity import Registry
from docgen.figures.tree import FigureTree
from docgen.job.inputs import Inputs
from docgen.model import (
    Block,
    Change,
    ChangeText,
    ChartBlock,
    Figure,
    FigureSpan,
    Paragraph,
    PlaceText,
    PromptSpan,
    ReasonSpan,
    Span,
    TableBlock,
    Text,
)
from docgen.reasons.slot import is_level_as_zero, reasons_by_threshold
from docgen.template import Template, TemplateError, load_template, render
from docgen.template.rendering import PART_STYLES, section_titles
from workbook.numerals import DIGITS
from workbook.pack.companion_form import Role

TEMPLATE_NAME = "report.docx"
BLOCKS = ("所属单位表", "绩效自评表", "名词解释", "决算表")
"""Names of the blocks that are set between the paragraphs, besides the pack's charts and texts of the first part."""


_BLOCK = "块."


def placed_block(block: Block) -> str | None:
    """Name of the block whose place *block* marks."""
    if isinstance(block, Paragraph) and not block.style and len(block.spans) == 1 and isinstance(
        span := block.spans[0], PlaceText
    ):
        return span.slot.removeprefix(_BLOCK)
    return None


class Place(NamedTuple):
    """Where something stands in the report."""

    span: Span
    section: int
    """0: outside the narrative."""
    title: str
    """Heading of the section, or of the part."""


class Narrative:
    """The names a template may use, the registry behind them, and the statements that the template makes of them."""

    def __init__(self, context: Inputs, reason_of: ReasonOf | None = None, template: Template | None = None) -> None:
        self.context = context
        self._template = template
        self._statements = Statements(
            context.pack.sentences, reason_of or reasons_by_threshold(context), level_as_zero=is_level_as_zero(context))
        self.tree = FigureTree(context, self._statements)
        self._figures = self.tree.root()
        self.names: Mapping[str, object] = {
            "单位": context.unit_name, **_years(context.year), **_units(context), **self._figures,
            "列示零项": context.pack.reasons.lists_zero, "文本": texts_node(context),
        }

    def named(self, name: str) -> object:
        """The node, list or comparison of a dotted *name* outside loops; ``None`` when the unit has none."""
        first, *steps = name.split(".")
        return reduce(lambda found, step: getattr(found, step, None), steps, self._figures.get(first))

    @property
    def registry(self) -> Registry:
        """The figures and comparisons that were asked for so far."""
        return self.tree.registry

    @property
    def template(self) -> Template:
        """The pack's Word template, unless another was given."""
        if self._template is None:
            self._template = template_of(self.context)
        return self._template

    @cached_property
    def rendered(self) -> tuple[Block, ...]:
        """The report with a mark in place of each block that is set between the paragraphs."""
        pack = self.context.pack
        names = (*BLOCKS, *(part.block for part in pack.companion.parts), *(form.name for form in pack.report.charts))
        blocks = Node({name: [Paragraph("", (PlaceText("", slot=f"{_BLOCK}{name}"),))] for name in names})
        try:
            return render(self.template, {**self.names, "块": blocks})
        except TemplateError as error:
            if pack.has(TEMPLATE_NAME):
                raise
            advice = "这个模板包没有自己的 report.docx，用了默认模板包的，请写一份自己的"
            raise TemplateError(error.template, error.paragraph, error.problem, advice) from error

    @cached_property
    def statements(self) -> tuple[Block, ...]:
        """The report's paragraphs without what is set between them (tables, charts, texts of the other parts)."""
        return tuple(block for block in self.rendered if not isinstance(block, Paragraph) or block.style)

    @cached_property
    def titles(self) -> Mapping[int, str]:
        """Section → its heading."""
        return section_titles(self.statements)

    @cached_property
    def reasons(self) -> Mapping[str, Change]:
        """The comparisons whose reason the template prints, by id, in the order of the report."""
        _ = self.statements  # the template asks while it is rendered
        return dict(self._statements.asked)

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Where each figure, comparison, text and block stands first, by id, in the order of the report."""
        found: dict[str, Place] = {}
        part = ""
        for block in self.rendered:
            if isinstance(block, Paragraph):
                part = block.text if block.style in PART_STYLES else part
                for span in block.spans:
                    for name in _names_of(span):
                        found.setdefault(name, Place(span, block.section, self.title(block.section) or part))
        return found

    @cached_property
    def texts(self) -> Mapping[str, Place]:
        """The places for people's words other than reasons, and the blocks between the paragraphs."""
        kinds = ReasonSpan | PromptSpan | PlaceText
        return {
            name: place for name, place in self.places.items()
            if isinstance(place.span, kinds) and name not in self.reasons}

    def place(self, change: Change) -> Place | None:
        """Where the report states a comparison (where its amount stands, when nothing is said of it)."""
        names = (change.id, change.difference.id, change.current.id)
        return next((self.places[name] for name in names if name in self.places), None)

    def title(self, section: int) -> str:
        """``四、财政拨款收入支出决算总体情况``; empty outside the sections."""
        return self.titles.get(section, "").removesuffix("说明")

    def sentence(self, change: Change) -> str:
        """The comparison as the report says it: ``增加 98.57 万元，增长 21.83%``."""
        return "".join(span.text for span in self._statements.sentence(change, STATEMENT))


def _years(year: int | None) -> dict[str, object]:
    """What the template calls the years; without a year the words that stand for any."""
    if year is None:
        return {"年度": "本", "上年": "上", "年份文字": ""}
    return {"年度": year, "上年": year - 1, "年份文字": f"{''.join(DIGITS[int(digit)] for digit in str(year + 1))}年"}


def unit_names(context: Inputs) -> list[tuple[str, str]]:
    """``(name, nature or remark)`` of the units in the accounts; the unit itself when the 底稿 lists none."""
    companion = context.companion
    listed = [(u.name.text, u.nature.text) for u in companion.units if u.name.text] if companion else []
    remark = context.pack.companion.sheet(Role.UNITS).remark
    return listed or [(context.unit_name, "" if remark else context.nature)]


def _units(context: Inputs) -> dict[str, object]:
    """How many units the accounts are of, and their names."""
    units = unit_names(context)
    return {"单位数": str(len(units)) if units else SpansNode(()), "单位列表": "、".join(name for name, _ in units)}


def template_of(context: Inputs) -> Template:
    """The pack's Word template."""
    return load_template(context.pack.file(TEMPLATE_NAME))


def narrative_of(context: Inputs) -> Narrative:
    """The narrative with the 底稿's reasons and settings."""
    return Narrative(context)


def _names_of(span: Span) -> Iterator[str]:
    if isinstance(span, FigureSpan):
        yield span.figure.id
    elif isinstance(span, ChangeText):
        if span.change is not None:
            yield span.change.id
    elif isinstance(span, ReasonSpan | PromptSpan | PlaceText):
        yield span.slot


def spans_of(blocks: Iterable[Block]) -> list[tuple[Span, int]]:
    """All spans of *blocks* that are not mere words, with their sections, in order (tables row by row)."""
    section, found = 0, list[tuple[Span, int]]()
    for block in blocks:
        if isinstance(block, Paragraph):
            section = block.section
            found += [(span, section) for span in block.spans if type(span) is not Text]
        elif isinstance(block, TableBlock):
            found += [(span, 0) for row in block.rows for cell in row for span in cell.spans if type(span) is not Text]
        elif isinstance(block, ChartBlock):
            found += [(FigureSpan(figure), section) for _, figure in block.slices]
    return found


def stated_figures(spans: Iterable[tuple[Span, int]]) -> tuple[Figure, ...]:
    """The figures among *spans* (:func:`spans_of`), each once, in order of first statement, with its section."""
    found: dict[str, Figure] = {}
    for span, section in spans:
        if type(span) is FigureSpan and (figure := span.figure).id not in found:
            found[figure.id] = figure.stated_in(section) if section else figure
    return tuple(found.values())
