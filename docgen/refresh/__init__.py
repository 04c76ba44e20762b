"""Bringing a linked report that people have edited up to date with the workbook, without losing their edits."""

from docgen.refresh.job import refresh_report
from docgen.refresh.model import Refreshed, Unplaced

__all__ = ["Refreshed", "Unplaced", "refresh_report"]
