"""底稿: the companion workbook, which holds what the eleven sheets do not (domain.md section 4)."""
