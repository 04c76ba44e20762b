"""Check formulas at work: bound to a workbook's sheets, evaluated, told in words, traced to culprits."""
