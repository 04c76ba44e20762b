"""Bringing a linked report that people have edited up to date with the workbook, without losing their edits."""

from docgen.refresh.job import Refreshed, Unplaced, refresh_report

__all__ = ["Refreshed", "Unplaced", "refresh_report"]
