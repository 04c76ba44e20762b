"""PySide6 windows over workbook and docgen: no arithmetic, no rules, no file formats."""
