"""Blank and filled official workbooks."""
