"""The published sheets of a unit: reading, accounts, check formulas, editing, creating. No Qt, no Word."""

__version__ = "0.1.0"
