"""Figures: every number that the report states, computed once, with its sources."""
