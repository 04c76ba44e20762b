"""Document properties: who and when in the linked report, nothing but a title in the one to publish."""

from __future__ import annotations

import datetime as dt

from docgen.docx.relations import relationship
from docgen.docx.xml import DECLARATION, escape
from docgen.writing.meta import ReportMeta
from workbook.formats.archive import Member, make_member

_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_CORE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_APP = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
CONTENT_TYPES = {
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
}
PROGRAM = "决算公开助手"


def property_parts(meta: ReportMeta, *, linked: bool) -> tuple[list[Member], list[str]]:
    """The parts of the properties and the package's relationships to them."""
    title = f"<dc:title>{escape(meta.title)}</dc:title>"
    people = f"<dc:creator>{PROGRAM}</dc:creator>" if linked else ""
    times = ""
    if linked and meta.created is not None:
        stamp = meta.created.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        times = "".join(
            f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{stamp}</dcterms:{name}>' for name in ("created", "modified")
        )
    core = (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{title}{people}{times}</cp:coreProperties>"
    )
    application = f"<Application>{PROGRAM}</Application>" if linked else ""
    app = f'{DECLARATION}<Properties xmlns="{_APP}">{application}</Properties>'
    parts = [make_member("docProps/core.xml", core), make_member("docProps/app.xml", app)]
    relations = [
        relationship("rId1", "officeDocument", "word/document.xml"),
        relationship("rId2", _CORE_RELATION, "docProps/core.xml"),
        relationship("rId3", "extended-properties", "docProps/app.xml"),
    ]
    return parts, relations
