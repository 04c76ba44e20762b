"""On which page a heading stands: a reckoning with the sizes that the styles fix."""

from __future__ import annotations

from docgen.model import TableBlock
from docgen.template.styles import StyleTable


class Pages:
    """Follows the text from page to page."""

    def __init__(self, styles: StyleTable, section: str) -> None:
        self.styles = styles

    def paragraph(self, style_id: str, text: str, *, page_break: bool = False) -> int:
        """Set a paragraph; the number of the page on which it begins."""
        return 1

    def table(self, block: TableBlock, width: int) -> None:
        """Set a table."""

    def chart(self, height: float) -> None:
        """Set a chart."""

    def new_page(self) -> None:
        """Begin a new page."""

    def section(self, section: str) -> None:
        """Begin a new section on a new page."""
