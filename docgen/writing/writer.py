"""Writing the report as a Word file, with what it carries beside its text: origins of figures and reasons, facts.

A custom XML part holds every tag of a content control with the full id, value and sources of its figure; a second one is
:mod:`docgen.writing.baseline`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from docgen.docx.package import MAIN_PART, content_types_xml, relations_xml, relationship
from docgen.docx.styles import STRONG_STYLE
from docgen.docx.xml import DECLARATION, attribute, escape, is_plain
from docgen.model import Block, Figure, PromptSpan, ReasonSpan
from docgen.template import Template
from docgen.writing.baseline import BASELINE, items_of, write_items
from docgen.writing.body import Body
from docgen.writing.charts import chart_data, chart_parts
from docgen.writing.runs import BOLD, LONGEST, Spans, reason_tag, tag_of
from workbook.formats.archive import Member, make_member, write_archive
from workbook.formats.package import relations_part
from workbook.issues import CellRef
from workbook.safe_save import write_atomically

CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PROPS_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
NAMESPACE = "urn:juesuan:report:1"
_DATASTORE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_CORE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_APP = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
PROPERTY_TYPES = {
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
}
PROGRAM = "决算公开助手"


@dataclass(frozen=True, slots=True)
class ReportMeta:
    """Facts about a report that its text does not state."""

    title: str
    unit_name: str = ""
    year: int = 0
    created: dt.datetime | None = None
    """The declared time of writing, the only thing in which two runs differ; ``None``: none is stated."""
    workbook_sha256: str = ""
    pack: str = ""
    version: str = ""
    figures: tuple[Figure, ...] = ()
    """Figures to record besides those that the blocks print."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """``file/sheet`` that figures come from → its short name in the titles of their controls: ``公开01表``."""


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


def property_parts(meta: ReportMeta, *, linked: bool) -> tuple[list[Member], list[str]]:
    """The parts of the properties and the package's relationships to them."""
    title = f"<dc:title>{escape(meta.title)}</dc:title><dc:language>zh-CN</dc:language>"
    people = f"<dc:creator>{PROGRAM}</dc:creator>" if linked else ""
    times = ""
    if linked and meta.created is not None:
        stamp = meta.created.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        times = "".join(
            f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{stamp}</dcterms:{name}>' for name in ("created", "modified"))
    core = (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{title}{people}{times}</cp:coreProperties>"
    )
    application = f"<Application>{PROGRAM}</Application>" if linked else ""
    app = f'{DECLARATION}<Properties xmlns="{_APP}">{application}</Properties>'
    relations = [
        ("officeDocument", "word/document.xml"), (_CORE_RELATION, "docProps/core.xml"),
        ("extended-properties", "docProps/app.xml")]
    return [make_member("docProps/core.xml", core, level=0), make_member("docProps/app.xml", app, level=0)], [
        relationship(f"rId{number}", kind, target) for number, (kind, target) in enumerate(relations, 1)]


def store_parts(number: int, content: str, namespace: str) -> list[Member]:
    """The custom XML part *number* with this *content*, its properties and relationships."""
    part = make_member(f"customXml/item{number}.xml", content, level=1)
    digits = hashlib.sha256(f"{namespace} {part.crc} {part.size}".encode()).hexdigest().upper()
    # A GUID that follows from the content, so that two runs are alike (RFC 9562, version 8).
    store = f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
    properties = (
        f'{DECLARATION}<ds:datastoreItem ds:itemID="{{{store}}}" xmlns:ds="{_DATASTORE}"><ds:schemaRefs>'
        f'<ds:schemaRef ds:uri="{namespace}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    link = relations_xml([relationship("rId1", "customXmlProps", f"itemProps{number}.xml")])
    about = make_member(f"customXml/itemProps{number}.xml", properties, level=0)
    return [part, about, make_member(f"customXml/_rels/item{number}.xml.rels", link, level=0)]


def figures_xml(meta: ReportMeta, figures: Iterable[Figure], reasons: Iterable[ReasonSpan | PromptSpan]) -> str:
    """The content of the part with the figures and their sources."""
    facts = {
        "version": meta.version, "pack": meta.pack, "unit": meta.unit_name, "year": str(meta.year or ""),
        "sha256": meta.workbook_sha256,
        "created": meta.created.isoformat(timespec="seconds") if meta.created else "",
    }
    head = "".join(f' {name}="{attribute(value)}"' for name, value in facts.items() if value)
    lines = [_figure(figure) for figure in figures]
    for span in reasons:
        missing = ' missing="1"' if isinstance(span, PromptSpan) else ""
        lines.append(f'<reason slot="{attribute(span.slot)}" tag="{attribute(reason_tag(span.slot))}"{missing}/>')
    return f'{DECLARATION}<report xmlns="{NAMESPACE}"{head}>{"".join(lines)}</report>'


def _figure(figure: Figure) -> str:
    words = figure.id, figure.label, figure.text, figure.unit, figure.how, figure.missing
    name, label, text, unit, how, missing = words
    if not is_plain("".join(words)):
        name, label, text, unit, how, missing = map(attribute, words)
    tag = f' tag="{attribute(tag_of(figure.id))}"' if len(figure.id) > LONGEST else ""  # else the id is the tag
    value = "" if figure.value is None else f' value="{figure.value:f}"'
    exact = "" if figure.exact is None else f' exact="{figure.exact:f}"'
    how = f' how="{how}"' if how else ""
    missing = f' missing="{missing}"' if missing else ""
    sources = "".join([f'{_source(ref.file, ref.sheet)}{_a1(ref.row, ref.column)}"/>' for ref in figure.sources])
    return (
        f'<figure id="{name}"{tag} label="{label}" section="{figure.section}" text="{text}" unit="{unit}"'
        f"{value}{exact}{how}{missing}>{sources}</figure>"
    )


@lru_cache(maxsize=512)
def _source(file: str, sheet: str) -> str:
    return f'<source file="{attribute(file)}" sheet="{attribute(sheet)}" cell="'


@lru_cache(maxsize=4096)
def _a1(row: int, column: int) -> str:
    return CellRef("", "", row, column).a1
