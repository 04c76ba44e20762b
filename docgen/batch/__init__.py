"""Every unit below a folder: found, checked, reported, reviewed, and listed in one workbook.

``run_batch(folder, out, progress=…, cancelled=…)`` does it all; the command line and the window call it.
"""

from docgen.batch.model import BatchResult, Phase, Progress, Verdict
from docgen.batch.run import run_batch

__all__ = ["BatchResult", "Phase", "Progress", "Verdict", "run_batch"]
