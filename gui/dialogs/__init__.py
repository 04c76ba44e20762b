"""Dialogs: asked only when there is no other way."""
