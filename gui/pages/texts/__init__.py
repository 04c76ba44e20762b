"""The page 文字资料."""
