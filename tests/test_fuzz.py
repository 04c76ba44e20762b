"""Some fifty damaged and hostile files through the commands; ``dev.py fuzz`` tries as many as one likes."""

import subprocess
import sys
from pathlib import Path


def test_damaged_and_hostile_files_cost_a_sentence_and_no_more(tmp_path: Path):
    script = Path(__file__).parents[1] / "tools" / "fuzz.py"
    command = [sys.executable, str(script), "--cases", "50", "--minutes", "3", "--seed", "20000", "--keep", str(tmp_path), "--without-office"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8", timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("50 cases")
