"""The report as blocks: names, assembly, appendices, what is still missing."""
