"""The page 变动原因."""
