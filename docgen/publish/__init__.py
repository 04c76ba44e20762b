"""Everything that a unit puts on its web site, in one folder, once nothing is missing."""
