"""Writing the report as a Word file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from docgen.docx.package import MAIN_PART, content_types_xml, relations_xml, relationship
from docgen.docx.styles import STRONG_STYLE
from docgen.docx.xml import DECLARATION
from docgen.model import Block
from docgen.template import Template
from docgen.writing.baseline import BASELINE, items_of, write_items
from docgen.writing.body import Body
from docgen.writing.charts import chart_data, chart_parts
from docgen.writing.runs import BOLD, Spans
from docgen.writing.store import NAMESPACE, PROPERTY_TYPES, ReportMeta, figures_xml, property_parts, store_parts
from workbook.formats.archive import Member, make_member, write_archive
from workbook.formats.package import relations_part
from workbook.safe_save import write_atomically

CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PROPS_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"


def write_report(blocks: Iterable[Block], template: Template, out: Path | str, *, linked: bool, meta: ReportMeta) -> None:
    """Write *blocks* with *template* as the Word file *out*, whole or not at all.

    With *linked*, figures and reasons stand in content controls and a custom XML part tells their sources;
    without, the file holds nothing but the report.  The same input gives the same bytes.

    Raises:
        InputError: the file cannot be written, most often because it is open in Word or WPS.
    """
    write_atomically(Path(out), report_bytes(blocks, template, linked=linked, meta=meta))


def report_bytes(blocks: Iterable[Block], template: Template, *, linked: bool, meta: ReportMeta) -> bytes:
    """The Word file as bytes; see :func:`write_report`."""
    shell = template.shell
    spans = Spans(linked=linked, marks=meta.marks, bold=template.styles.others.get(STRONG_STYLE, BOLD))
    body = Body(template, spans)
    body.add_all(blocks)
    document = "".join((DECLARATION, shell.root_tag, "<w:body>", *body.pieces(), "</w:body></w:document>"))
    relations, defaults, overrides = list(shell.relations), dict(shell.defaults), dict(shell.overrides)
    extra: list[Member] = []
    sums: list[tuple[int, int]] = []
    for number, (relation, block) in enumerate(body.charts, shell.charts + 1):
        parts = part, _, book = chart_parts(number, chart_data(block))
        extra += parts
        sums.append((part.crc, book.crc))
        relations.append(relationship(relation, "chart", f"charts/chart{number}.xml"))
        overrides[f"word/charts/chart{number}.xml"] = CHART_TYPE
        defaults["xlsx"] = XLSX_TYPE
    if linked:
        known = {figure.id: figure for figure in meta.figures}
        stated = [known.pop(figure.id, figure) for figure in spans.figures.values()] + list(known.values())
        extra += store_parts(1, figures_xml(meta, stated, spans.reasons.values()), NAMESPACE)
        extra += store_parts(2, write_items(items_of(body.written, sums)), BASELINE)
        for number, relation in ((1, "rIdFigures"), (2, "rIdBaseline")):
            overrides[f"customXml/itemProps{number}.xml"] = PROPS_TYPE
            relations.append(relationship(relation, "customXml", f"../customXml/item{number}.xml"))
    facts, package_relations = property_parts(meta, linked=linked)
    return write_archive((
        make_member("[Content_Types].xml", content_types_xml(defaults, overrides | PROPERTY_TYPES), level=0),
        make_member("_rels/.rels", relations_xml(package_relations), level=0),
        make_member(MAIN_PART, document),
        make_member(relations_part(MAIN_PART), relations_xml(relations), level=0),
        shell.styles_part(body.table_styles), *shell.parts, *extra, *facts,
    ))  # fmt: skip
