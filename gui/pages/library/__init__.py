"""The page 公式库."""
