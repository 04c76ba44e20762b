"""Saving: atomically, with a backup, never over someone else's change."""

import hashlib
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.errors import InputError
from workbook.safe_save import ReadOnlyError, backup, owner_file, save_over, write_atomically, write_new


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_file_is_written_and_nothing_is_left_behind(tmp_path):
    path = tmp_path / "表.xlsx"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["表.xlsx"]


def test_permissions_of_the_replaced_file_stay(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"one")
    path.chmod(0o640)
    write_atomically(path, b"two")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_failure_leaves_the_old_file_and_no_temporary_one(tmp_path, monkeypatch):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"one")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputError, match=r"表\.xlsx：无法写入"):
        write_atomically(path, b"two")
    assert path.read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["表.xlsx"]


def test_a_file_held_by_another_program_is_named(tmp_path, monkeypatch):
    def locked(*_: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr("pathlib.Path.replace", locked)
    with pytest.raises(InputError, match="正被其他程序打开"):
        write_atomically(tmp_path / "表.xlsx", b"x")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="文件夹不存在"):
        write_atomically(tmp_path / "没有" / "表.xlsx", b"x")


def test_backups_never_overwrite_each_other(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"one")
    assert backup(path).name == "表.xlsx.bak"
    assert backup(path).name == "表.xlsx.bak"
    path.write_bytes(b"two")
    assert backup(path).name == "表.xlsx.1.bak"
    assert (tmp_path / "表.xlsx.bak").read_bytes() == b"one"
    assert (tmp_path / "表.xlsx.1.bak").read_bytes() == b"two"


def test_save_over_keeps_a_backup(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"one")
    kept = save_over(path, b"two", sha(b"one"))
    assert path.read_bytes() == b"two"
    assert kept is not None
    assert kept.read_bytes() == b"one"


def test_save_over_leaves_a_file_that_changed_meanwhile(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"changed")
    with pytest.raises(InputError, match="其他程序修改过"):
        save_over(path, b"two", sha(b"one"))
    assert path.read_bytes() == b"changed"


def test_save_over_says_when_the_file_is_gone(tmp_path):
    with pytest.raises(InputError, match="无法读取原文件"):
        save_over(tmp_path / "表.xlsx", b"two", sha(b"one"))


@pytest.mark.parametrize("owner", ["~$表.xlsx", ".~lock.表.xlsx#"])
def test_a_file_open_elsewhere_is_left_alone(tmp_path, owner):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"one")
    assert owner_file(path) is None
    (tmp_path / owner).write_bytes(b"")
    assert owner_file(path) is not None
    with pytest.raises(InputError, match="打开"):
        save_over(path, b"two", sha(b"one"))
    assert path.read_bytes() == b"one"


# ---------------------------------------------------------------- two at once, links, modes, killed runs

ROOT = Path(__file__).parents[2]


def test_of_two_processes_that_save_one_file_at_the_same_time_one_is_told(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"one")
    script = (
        "import sys, hashlib, time\n"
        "from pathlib import Path\n"
        "from workbook.safe_save import save_over\n"
        "from workbook.errors import InputError\n"
        "path = Path(sys.argv[1]); read = hashlib.sha256(path.read_bytes()).hexdigest()\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "try: save_over(path, sys.argv[2].encode() * 200_000, read, keep_backup=False)\n"
        "except InputError as error: sys.exit(str(error))\n")
    for _ in range(3):
        path.write_bytes(b"one")
        both = [subprocess.Popen([sys.executable, "-c", script, str(path), word], cwd=ROOT, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for word in ("a", "b")]
        for process in both:
            assert process.stdout is not None
            process.stdout.readline()
        for process in both:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        told = [process.communicate(timeout=30)[1] for process in both]
        assert sorted(process.returncode for process in both) == [0, 1], "one saved, the other was told"
        assert "其他程序修改过" in "".join(told)
        winner = "ab"[[process.returncode for process in both].index(0)]
        assert path.read_bytes() == winner.encode() * 200_000
    assert [p.name for p in tmp_path.iterdir()] == ["表.xlsx"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_through_a_symbolic_link_the_real_file_is_saved(tmp_path):
    real, link = tmp_path / "真" / "表.xlsx", tmp_path / "表.xlsx"
    real.parent.mkdir()
    real.write_bytes(b"one")
    link.symlink_to(real)
    save_over(link, b"two", sha(b"one"))
    assert link.is_symlink()
    assert real.read_bytes() == b"two"


def test_a_read_only_file_is_replaced_only_when_asked(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"one")
    path.chmod(0o444)
    with pytest.raises(ReadOnlyError, match="只读"):
        save_over(path, b"two", sha(b"one"))
    assert path.read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["表.xlsx"]
    save_over(path, b"two", sha(b"one"), keep_backup=False, over_read_only=True)
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_a_backup_is_as_private_as_its_file(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"one")
    path.chmod(0o600)
    assert stat.S_IMODE(backup(path).stat().st_mode) == 0o600


def test_a_new_file_never_takes_the_place_of_another(tmp_path):
    path = tmp_path / "表.xlsx"
    write_new(path, b"one")
    with pytest.raises(InputError, match="已由其他程序建立"):
        write_new(path, b"two")
    assert path.read_bytes() == b"one"


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_what_a_killed_run_left_is_removed_by_the_next_but_not_what_a_living_one_writes(tmp_path):
    dying = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "import workbook.safe_save as s\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "s.save_over(Path(sys.argv[1]), b'two', sys.argv[2], keep_backup=False)\n")
    living = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "import workbook.safe_save as s\n"
        "sync = os.fsync\n"
        "os.fsync = lambda f: (print('writing', flush=True), sys.stdin.readline(), sync(f))\n"
        "s.write_atomically(Path(sys.argv[1]), b'three')\n")
    path, other, third = tmp_path / "表.xlsx", tmp_path / "乙.xlsx", tmp_path / "丙.xlsx"
    path.write_bytes(b"one")
    assert subprocess.run([sys.executable, "-c", dying, str(path), sha(b"one")], cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 3, "its temporary file and its lock"
    with subprocess.Popen([sys.executable, "-c", living, str(other)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        write_atomically(third, b"four")
        assert len([p for p in tmp_path.iterdir() if p.name.startswith(".")]) == 1, "only that of the living"
        writer.communicate("\n\n", timeout=30)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["丙.xlsx", "乙.xlsx", "表.xlsx"]
    assert other.read_bytes() == b"three"
