"""What a report carries about itself: who and when in the linked report, nothing but a title in the one to publish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from docgen.docx.package import relationship
from docgen.docx.xml import DECLARATION, escape
from docgen.model import Figure
from workbook.formats.archive import Member, make_member

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
