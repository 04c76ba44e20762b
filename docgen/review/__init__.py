"""Reviewing a report, ours or anybody's, against the workbook and against itself."""
