"""Reports as Word files: paragraphs, tables, native charts, linked figures, contents.

``write_report(blocks, template, out, linked=…, meta=ReportMeta(…))`` writes the file; ``report_bytes`` gives its
bytes.  ``linked=False`` is the version to publish: no controls, no custom part, no metadata, no highlighting.
"""

from docgen.writing.runs import source_title, tag_of
from docgen.writing.writer import NAMESPACE, ReportMeta, report_bytes, write_report

__all__ = ["NAMESPACE", "ReportMeta", "report_bytes", "source_title", "tag_of", "write_report"]
