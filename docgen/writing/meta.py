"""What a report carries about itself: facts for the properties and the custom XML part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from docgen.model import Figure


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
    source_title: Callable[[Figure], str] | None = None
    """How a figure's source is shown as the title of its control; the default names table, row and cell."""
