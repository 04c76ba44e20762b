"""Encrypted workbooks: they open with their password, stay encrypted when they are saved, and nothing of them lies about in clear."""

import io
import os
import subprocess
import sys
from decimal import Decimal
from hashlib import md5
from pathlib import Path

import pytest
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from msoffcrypto.method.rc4 import DocumentRC4

from tests.workbook import biff
from workbook.companion.read import read_companion
from workbook.companion.update import update_companion
from workbook.editing.kept import History
from workbook.editing.saving import save, save_as
from workbook.editing.session import EditSession
from workbook.errors import InputError, PasswordError
from workbook.formats.ole import SIGNATURE, compound_file, forget_passwords, give_password
from workbook.formats.source import open_source
from workbook.formulas.bindings import View
from workbook.pack.companion_form import NAME
from workbook.pack.loading import TEMPLATES, load_pack
from workbook.reading.accounts import Accounts, accounts_of, read_workbook

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
PASSWORD = "决算 2024"


def encrypt(data: bytes, password: str = PASSWORD) -> bytes:
    """As Excel does, but with a password that is quickly tried."""
    return bytes(ECMA376Agile.encrypt(password, io.BytesIO(data), spin_count=1000))


@pytest.fixture(autouse=True)
def nothing_known():
    forget_passwords()
    yield
    forget_passwords()


@pytest.fixture(scope="module")
def locked_bytes() -> bytes:
    return encrypt(SAMPLE.read_bytes())


@pytest.fixture
def locked(tmp_path: Path, locked_bytes: bytes) -> Path:
    """The sample's workbook, encrypted."""
    path = tmp_path / "单位.xlsx"
    path.write_bytes(locked_bytes)
    return path


def editor_of(accounts: Accounts) -> EditSession:
    return EditSession(accounts, View(accounts.tables))


def test_it_opens_with_its_password_and_no_other(locked):
    with pytest.raises(PasswordError, match="已加密"):
        open_source(locked)
    give_password("别的密码")
    with pytest.raises(PasswordError):
        open_source(locked)
    give_password(PASSWORD)
    assert [sheet.rows for sheet in open_source(locked).sheets] == [sheet.rows for sheet in open_source(SAMPLE).sheets]
    assert PASSWORD not in repr(open_source(locked))


def test_what_is_saved_stays_encrypted_and_nothing_lies_beside_it_in_clear(locked, tmp_path):
    give_password(PASSWORD)
    before = locked.read_bytes()
    history = History(tmp_path / "历史")
    editor = editor_of(read_workbook(locked, load_pack()))
    table = editor.accounts.tables["公开02"]
    editor.enter([(table.ref("2050299", "财政拨款收入"), "9.99")])
    saved = save(editor)
    history.note(locked, "保存", [locked], None)
    copy = save_as(editor, tmp_path / "另存.xlsx")
    files = [path for path in tmp_path.rglob("*.xlsx*") if path.is_file()]
    assert {locked, saved.backups[0], copy} < set(files)
    assert all(path.read_bytes().startswith(SIGNATURE) for path in files)
    assert saved.backups[0].read_bytes() == before
    for path in (locked, copy):
        assert read_workbook(path, load_pack()).value("公开02", "2050299", "财政拨款收入") == Decimal("9.99")


@pytest.mark.parametrize("damage", [
    lambda data: data[:5000],
    lambda data: data.replace(b'spinCount="1000"', b'spinCount="9999999"').replace(b"\n    <keyEnc", b"\n <keyEnc"),
    lambda data: data.replace(b"<?xml version=", b"<!DOCTYPE xml="),
    lambda _: compound_file({"EncryptedPackage": b"x" * 100, "EncryptionInfo": b"x" * 100}),
])
def test_a_damaged_or_hostile_one_is_refused_in_a_sentence(locked, damage):
    give_password(PASSWORD)
    locked.write_bytes(damage(locked.read_bytes()))
    with pytest.raises(InputError, match="加密方式不认识"):
        open_source(locked)


def test_a_folder_of_encrypted_tables_asks_too(locked):
    with pytest.raises(PasswordError):
        open_source(locked.parent)
    give_password(PASSWORD)
    assert len(accounts_of(open_source(locked.parent), load_pack()).tables) == 11


def test_an_encrypted_companion_is_written_back_encrypted(tmp_path):
    path = tmp_path / "单位_底稿.xlsx"
    path.write_bytes(encrypt(SAMPLE.with_name(f"{SAMPLE.stem}_底稿.xlsx").read_bytes()))
    give_password(PASSWORD)
    before, _ = read_companion(path, load_pack())
    after = before.with_text(NAME, before.text(NAME).with_text("改过的名称"))
    assert update_companion(before, after, load_pack()).text(NAME).text == "改过的名称"
    assert path.read_bytes().startswith(SIGNATURE)


# ---------------------------------------------------------------- the command line
def test_without_a_terminal_it_is_a_sentence(locked):
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "check", str(locked)], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
        check=False)
    assert done.returncode == 2
    assert done.stderr.decode() == "单位.xlsx：文件已加密，请在 Excel/WPS 中取消密码后另存。\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of one's own is made otherwise there")
def test_on_a_terminal_it_asks_until_the_password_is_right(locked):
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", "check", str(locked)], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        said = b""
        for answer, words in (("错的", "单位.xlsx 的密码"), (PASSWORD, "密码不对，请再输入 单位.xlsx 的密码")):
            while words.encode() not in said:
                said += os.read(ours, 1000)
            said = b""
            os.write(ours, answer.encode() + b"\n")
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0
    assert "公式" in out.decode()


# ---------------------------------------------------------------- .xls
def encrypted_xls(records: bytes, password: str) -> bytes:
    """A Workbook stream encrypted as Excel 97 does; it holds a FILEPASS record of 54 bytes (RC4 and version, salt, verifiers)."""
    salt, verifier = bytes(range(16)), bytes(range(50, 66))
    proof = DocumentRC4.decrypt(password, salt, io.BytesIO(verifier + md5(verifier, usedforsecurity=False).digest())).read()
    position, plain, secret = 0, bytearray(records), bytearray(len(records))
    while position < len(records):
        kind, size = int.from_bytes(records[position : position + 2], "little"), int.from_bytes(records[position + 2 : position + 4], "little")
        start, position = position + 4, position + 4 + size
        if kind == 0x002F:
            plain[start:position] = b"\x01\x00\x01\x00\x01\x00" + salt + proof
        elif kind != 0x0809:
            first = start + 4 if kind == 0x0085 else start
            secret[first:position] = b"\x01" * (position - first)
    masked = bytes(value if hidden else 0 for value, hidden in zip(plain, secret, strict=True))
    cipher = DocumentRC4.decrypt(password, salt, io.BytesIO(masked), blocksize=1024).read()
    return bytes(c if hidden else value for c, value, hidden in zip(cipher, plain, secret, strict=True))


@pytest.mark.parametrize(("password", "asks"), [(PASSWORD, True), ("VelvetSweatshop", False)])
def test_an_old_xls_opens_too_and_is_saved_as_an_encrypted_xlsx(tmp_path, password, asks):
    cells = biff.number(0, 0, 12.5) + biff.label(1, 1, "收入！")
    stream = biff.stream({"表": cells}, extra=biff.record(0x002F, bytes(54)) + biff.record(0x0EEE, bytes(3)))
    assert len(stream) % 4 == 0  # what pads the container's stream then reads as empty records
    path = tmp_path / "旧.xls"
    path.write_bytes(compound_file({"Workbook": encrypted_xls(stream, password)}))
    if asks:
        with pytest.raises(PasswordError):
            open_source(path)
        give_password(password)
    source = open_source(path)
    assert source.sheets[0].rows == [[12.5, ""], ["", "收入！"]]
    accounts = read_workbook(SAMPLE, load_pack())
    editor = editor_of(Accounts(source, accounts.pack, {}, {}))
    copy = save_as(editor, tmp_path / "新.xlsx")
    assert copy.read_bytes().startswith(SIGNATURE) is asks
    assert open_source(copy).sheets[0].rows == source.sheets[0].rows
