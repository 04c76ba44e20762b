"""What a report carries beside its text: links of figures and reasons to their sources, facts about itself.

A tag is the figure's id, or ``原因:`` and the slot of a reason; Word allows 64 characters, a longer tag is cut and ends in a
checksum.  A custom XML part holds every tag with its full id, value and sources; a second one is :mod:`docgen.writing.baseline`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from docgen.docx.package import relations_xml, relationship
from docgen.docx.xml import DECLARATION, attribute, escape, is_plain
from docgen.model import Figure, PromptSpan, ReasonSpan
from workbook.formats.archive import Member, make_member
from workbook.issues import CellRef

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
    workbook_name: str = ""
    workbook_sha256: str = ""
    pack: str = ""
    version: str = ""
    figures: tuple[Figure, ...] = ()
    """Figures to record besides those that the blocks print."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """``file/sheet`` that figures come from → its short name in the titles of their controls: ``公开01表``."""


def property_parts(meta: ReportMeta, *, linked: bool) -> tuple[list[Member], list[str]]:
    """The parts of the properties and the package's relationships to them."""
    title = f"<dc:title>{escape(meta.title)}</dc:title><dc:language>zh-CN</dc:language>"
    people = f"<dc:creator>{PROGRAM}</dc:creator>" if linked else ""
    times = ""
    if linked and meta.created is not None:
        stamp = meta.created.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        times = "".join(f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{stamp}</dcterms:{name}>' for name in ("created", "modified"))
    core = (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{title}{people}{times}</cp:coreProperties>"
    )
    application = f"<Application>{PROGRAM}</Application>" if linked else ""
    app = f'{DECLARATION}<Properties xmlns="{_APP}">{application}</Properties>'
    relations = [("officeDocument", "word/document.xml"), (_CORE_RELATION, "docProps/core.xml"), ("extended-properties", "docProps/app.xml")]
    return [make_member("docProps/core.xml", core, level=0), make_member("docProps/app.xml", app, level=0)], [
        relationship(f"rId{number}", kind, target) for number, (kind, target) in enumerate(relations, 1)]


NAMESPACE = "urn:juesuan:report:1"
REASON = "原因:"
LONGEST = 64  # characters of a content control's tag or title
_DATASTORE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"


def tag_of(text: str) -> str:
    """*text* as a tag: at most 64 characters, different texts differ."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 9]}~{zlib.crc32(text.encode()):08x}"


def reason_tag(span: ReasonSpan | PromptSpan) -> str:
    """The tag of a reason or prompt."""
    return tag_of(REASON + span.slot)


def _mark(ref: CellRef, marks: Mapping[str, str]) -> str:
    return marks.get(f"{ref.file}/{ref.sheet}", ref.sheet)


def source_title(figure: Figure, marks: Mapping[str, str]) -> str:
    """Where *figure* comes from, in at most 64 characters: ``公开01表 总计 C34``; *marks* are the short names of sheets."""
    if len(figure.sources) == 1:
        ref = figure.sources[0]
        mark = _mark(ref, marks)
        title = f"{mark} {figure.label} {ref.a1}"
        if len(title) > LONGEST:
            title = f"{mark} {figure.label[: max(LONGEST - len(mark) - len(ref.a1) - 3, 0)]}… {ref.a1}"
    elif figure.sources:
        places = (f"{_mark(ref, marks)} {ref.a1}" for ref in figure.sources)
        how = figure.how or "、".join(places)
        title = f"{figure.label}：{how}"
    else:
        title = f"{figure.label}：{figure.how}" if figure.how else figure.label
    return title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"


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
    return [part, make_member(f"customXml/itemProps{number}.xml", properties, level=0), make_member(f"customXml/_rels/item{number}.xml.rels", link, level=0)]


def figures_xml(meta: ReportMeta, figures: Iterable[Figure], reasons: Iterable[ReasonSpan | PromptSpan]) -> str:
    """The content of the part with the figures and their sources."""
    facts = {
        "version": meta.version, "pack": meta.pack, "unit": meta.unit_name, "year": str(meta.year or ""),
        "workbook": meta.workbook_name, "sha256": meta.workbook_sha256,
        "created": meta.created.isoformat(timespec="seconds") if meta.created else "",
    }  # fmt: skip
    head = "".join(f' {name}="{attribute(value)}"' for name, value in facts.items() if value)
    lines = [_figure(figure) for figure in figures]
    for span in reasons:
        missing = ' missing="1"' if isinstance(span, PromptSpan) else ""
        lines.append(f'<reason slot="{attribute(span.slot)}" tag="{attribute(reason_tag(span))}"{missing}/>')
    return f'{DECLARATION}<report xmlns="{NAMESPACE}"{head}>{"".join(lines)}</report>'


def _figure(figure: Figure) -> str:
    name, label, text, unit, how, missing = words = figure.id, figure.label, figure.text, figure.unit, figure.how, figure.missing
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
