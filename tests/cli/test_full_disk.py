"""A disk that is full: one sentence, and no half file."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docgen.batch_units import SAMPLE, THIS, sample_unit

SCRIPT = """
import os, sys
from pathlib import Path
from cli.main import main
disk, units, workbook = sys.argv[1:]
(Path(disk) / "fill").write_bytes(bytes(int(240 * 1024)))
commands = [
    ["check", workbook, "--format", "json", "-o", f"{disk}/a.json"], ["check", workbook, "--format", "xlsx", "-o", f"{disk}/a.xlsx"],
    ["report", workbook, "-o", f"{disk}/a.docx", "--figures", f"{disk}/b.json"], ["batch", units, "-o", f"{disk}/out", "--workers", "1"]]
(Path(disk) / "more").write_bytes(bytes(56 * 1024))
for command in commands:
    print(main(command), sorted(path.name for path in Path(disk).iterdir() if not path.is_dir()), flush=True)
os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
sys.exit(main(["check", workbook]))
"""


def test_every_output_tells_that_the_disk_is_full_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs a name space of its own to mount a small disk in")
    disk = tmp_path / "盘"
    disk.mkdir()
    sample_unit(tmp_path / "单位")
    mounted = 'mount -t tmpfs -o size=300k none "$0" && exec "$@"'
    command = [unshare, "-rm", "sh", "-c", mounted, str(disk), sys.executable, "-c", SCRIPT, str(disk), str(tmp_path / "单位"), str(THIS)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=100, cwd=SAMPLE.parents[1])
    told = [line for line in done.stderr.splitlines() if "磁盘空间不足" in line]
    assert [line.partition("：")[0] for line in told] == ["a.json", "a.xlsx", "b.json", "out", "输出"], done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 2
    assert [line for line in done.stdout.splitlines() if line.startswith("2 ")] == ["2 ['fill', 'more']"] * 4
