"""The page 审校."""
