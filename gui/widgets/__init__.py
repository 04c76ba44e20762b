"""Widgets that several pages use; they know nothing of a session."""
