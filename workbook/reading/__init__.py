"""Recognising sheets, rows and columns by their texts, never by position."""
