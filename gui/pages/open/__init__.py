"""The page 打开."""
