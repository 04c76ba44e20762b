"""The window on the Shanghai sample: opened by the tables, every page finished, and what only this form has can be edited."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from workbook.companion.read import read_companion
from workbook.entries import Entry
from workbook.pack.loading import TEMPLATES


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    for file in (TEMPLATES / "sample" / "shanghai-2024").glob("*.xlsx"):
        shutil.copyfile(file, tmp_path / file.name)
    window.session.open_now(next(p for p in tmp_path.glob("*2024*.xlsx") if not p.stem.endswith("_底稿")))
    for page in PageName:
        window.pages.show(page)
        qtbot.waitUntil(lambda: not window.session.jobs.is_busy, timeout=30_000)
    return window


def test_every_page_is_finished_and_what_an_item_is_for_is_edited(opened: MainWindow, qtbot: QtBot) -> None:
    pages = (PageName.CHECK, PageName.REASONS, PageName.TEXTS)
    assert {page: opened.pages.badge(page) for page in pages} == dict.fromkeys(pages, "✓")
    assert opened.session.accounts.pack.name == "shanghai-2024"

    session, texts = opened.session, opened.pages.texts
    companion = session.companion
    assert companion is not None
    opened.pages.show(PageName.TEXTS)
    texts.go_to("年初预算")
    tab = texts.tab("年初预算")
    model = tab.table.records_model
    lines = list(tab.table.records)
    tab.table.change_to((*lines[:1], type(lines[1])(lines[1].code, lines[1].name, lines[1].amount, Entry(), lines[1].fund), *lines[2:]))
    session.store.flush()
    qtbot.waitUntil(lambda: opened.pages.badge(PageName.TEXTS) == "1", timeout=10_000)
    texts.go_to("用途.2080202一般行政管理事务")
    assert texts.tabs.currentWidget() is tab
    column = next(c for c in range(model.columnCount()) if model.headerData(c, Qt.Orientation.Horizontal) == "主要用于")
    assert model.setData(model.index(1, column), "民政业务检查")
    session.store.flush()
    qtbot.waitUntil(lambda: opened.pages.badge(PageName.TEXTS) == "✓", timeout=10_000)
    read, _ = read_companion(companion.path, session.accounts.pack)
    assert [(b.use.text, b.fund) for b in read.budget[1:2]] == [("民政业务检查", "一般公共预算")]
