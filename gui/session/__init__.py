"""The open unit: what the pages look at and act on, and the work off the GUI thread."""
