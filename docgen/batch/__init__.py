"""Every unit below a folder: found, checked, reported, reviewed, and listed in one workbook.

See :func:`docgen.batch.run.run_batch`.
"""
