"""Saving: atomically, with a backup, never over someone else's change."""

import hashlib
import os
import stat

import pytest

from workbook.errors import InputError
from workbook.safe_save import backup, owner_file, save_over, write_atomically


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
