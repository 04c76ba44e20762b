"""The page 预览与生成."""
