"""Rules of form (规范), and the check of a whole workbook."""
