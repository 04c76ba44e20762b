"""The page 校验: the sheets as in Excel, the findings, and the formulas of the selected cell."""
