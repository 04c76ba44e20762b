"""批量处理: every unit of a folder, beside the work in the window."""
