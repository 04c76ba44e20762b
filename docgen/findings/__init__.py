"""The one list of a unit's findings."""
