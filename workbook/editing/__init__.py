"""Editing cells of a workbook without losing anything else of the file."""
