"""The window on another region's form: every page opens, and nothing of the home form is shown or asked for."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from tests.test_form_is_data import FORMS
from workbook.pack.loading import load_pack


def words_on(window: QWidget) -> list[str]:
    widgets = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
    return [widget.text() for widget in widgets if widget.isVisibleTo(window) and widget.text()]


@pytest.mark.parametrize("name", list(FORMS))
def test_every_page(name: str, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    form = FORMS[name](tmp_path)
    session, failures = window.session, []
    session.failed.connect(failures.append)
    session.choose_pack(str(form.pack), load_pack(form.pack))
    session.open_now(form.workbook)
    shown = []
    for page in PageName:
        window.pages.show(page)
        qtbot.waitUntil(lambda: not session.jobs.is_busy, timeout=30_000)
        shown += words_on(window)
    assert not failures
    assert len(shown) > 100
    gone = [word for word in form.gone if not word.endswith(".")]
    assert [text for text in shown if any(word in text for word in gone)] == []
    assert set(session.accounts.tables) == set(load_pack(form.pack).sheets)
