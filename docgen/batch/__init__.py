"""Every unit below a folder: found, checked, reported, reviewed, and listed in one workbook.

:func:`docgen.batch.run.run_batch` does it all; the command line and the window call it.
"""
