"""An encrypted workbook asks for its password, says when it was the wrong one, and goes on from there like any other."""

import pytest
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QLineEdit

from tests.gui.test_window import ITEM, messages, press, type_into
from tests.workbook.test_encrypted import encrypt
from workbook.formats.ole import SIGNATURE, forget_passwords


@pytest.fixture(autouse=True)
def nothing_known():
    yield
    forget_passwords()


def question(qtbot) -> QInputDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QInputDialog), timeout=10_000)
    return QApplication.activeModalWidget()


def said(dialog: QInputDialog) -> str:
    return "".join(label.text() for label in dialog.findChildren(QLabel))


def test_it_asks_until_the_password_is_right_and_saves_encrypted(window, sample, qtbot):
    sample.write_bytes(encrypt(sample.read_bytes(), "决算2024"))
    window.files.open(sample)
    question(qtbot).reject()
    assert "文件已加密" in messages(window)
    window.files.open(sample)
    for password, words in (("不是它", "已加密，请输入打开它的密码"), ("决算2024", "密码不对")):
        dialog = question(qtbot)
        assert words in said(dialog)
        field = dialog.findChild(QLineEdit)
        assert field.echoMode() is QLineEdit.EchoMode.Password
        field.setText(password)
        dialog.accept()
    qtbot.waitUntil(lambda: window.session.is_open, timeout=10_000)
    type_into(qtbot, window, "公开02", ITEM, "999")
    press(qtbot, window, "save")
    assert "已保存" in messages(window)
    assert sample.read_bytes().startswith(SIGNATURE)
    window.session.open_now(sample)
    assert window.session.accounts.value("公开02", *ITEM) == 999
