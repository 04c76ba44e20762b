"""Bringing a linked report that people have edited up to date with the workbook, without losing their edits."""

from docgen.refresh.job import Refreshed, Unplaced, refresh_report, unreadable_words
from docgen.refresh.reports import made_with

__all__ = ["Refreshed", "Unplaced", "made_with", "refresh_report", "unreadable_words"]
