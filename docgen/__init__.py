"""Figures, changes and reasons, narrative, Word and HTML output, review, refresh, batch. No Qt."""
