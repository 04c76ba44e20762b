"""Colours, fonts, icons: from one place."""
