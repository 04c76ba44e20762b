"""1366×768 at 125 % and 150 %: every page and dialog stays usable, and at home on a large screen."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.dialogs.about import AboutDialog, HelpWindow
from gui.dialogs.asking import NewYearDialog, SettingsDialog
from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from gui.widgets.fit import FoldingButton
from tests.gui.layout_faults import layout_faults
from tests.gui.seen import button, label, texts

SIZES = AT_150, AT_125, WHOLE = QSize(911, 452), QSize(1093, 551), QSize(1366, 728)
"""What Windows leaves of 1366×768 for the window's contents."""
LONG = "示例自治区示例盟示例市教育体育和科学技术局直属电化教育与信息技术应用推广服务指导中心"


def settle(window: MainWindow) -> None:
    window.session.jobs.finish()
    for _ in range(3):
        QApplication.processEvents()


def break_a_total(window: MainWindow) -> None:
    place = window.session.accounts.tables["公开02"].position("2050299", "财政拨款收入")
    window.session.edit_cell("公开02", *place, "999")


def faults(window: MainWindow, qtbot: QtBot) -> dict[str, list[str]]:
    """The faults of every page at every size, with the tabs of 文字资料."""
    found = {}
    for size in SIZES:
        window.resize(size)
        for name in PageName:
            window.pages.show(name)
            if name == "preview":
                page = window.pages.preview
                qtbot.waitUntil(lambda page=page: page.preview is not None and not page.is_stale)
            settle(window)
            found[f"{name} {size.width()}"] = layout_faults(window)
            if name == "texts":
                page = window.pages.texts
                for tab in page.pages:
                    page.tabs.setCurrentWidget(tab)
                    settle(window)
                    found[f"{tab.title} {size.width()}"] = layout_faults(window)
        assert window.size() == size
    return {name: words for name, words in found.items() if words}


def test_nothing_overlaps_is_cut_or_out_of_reach(opened: MainWindow, qtbot: QtBot) -> None:
    assert faults(opened, qtbot) == {}


def test_neither_with_errors_a_message_and_missing_texts(opened: MainWindow, qtbot: QtBot) -> None:
    session = opened.session
    companion = session.companion_or_new()
    session.set_companion(replace(companion, overview=(), reasons=tuple(
        replace(r, text=r.text.with_text("")) for r in companion.reasons)))
    break_a_total(opened)
    opened.bar.say("“示例市电化教育馆_2024年度决算公开表.xlsx”已被其他程序修改，这里还有没保存的修改，两边不能合并。", "amber",
        ("把这里的另存为…", lambda: None), ("放弃这里的，重新载入", lambda: None))
    assert faults(opened, qtbot) == {}


def test_neither_with_a_long_name_and_large_amounts(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    session = opened.session
    table = session.accounts.tables["公开01"]
    for row in ("一般公共预算财政拨款收入", "本年收入合计", "收入总计"):
        session.edit_cell("公开01", *table.position(row, "决算数"), "123456789012.34")
    opened.settings.note_opened(tmp_path / LONG / f"{LONG}_2024年度部门决算公开表（财政局反馈后第三次修改，最终版）.xlsx")
    opened.header.unit.set_whole(LONG)
    opened.header.file.set_whole(f"{LONG}_2024年度部门决算公开表.xlsx")
    assert faults(opened, qtbot) == {}
    opened.resize(AT_150)
    settle(opened)
    assert opened.header.unit.text().endswith("…")
    assert opened.header.unit.toolTip() == LONG


@pytest.mark.parametrize("size", [AT_150, AT_125], ids=["150 %", "125 %"])
def test_the_main_buttons_and_some_rows_are_in_sight(opened: MainWindow, size: QSize) -> None:
    opened.resize(size)
    opened.pages.show(PageName.CHECK)
    settle(opened)
    assert opened.size() == size
    for main in (opened.header.save, opened.header.generate):
        assert opened.rect().contains(main.mapTo(opened, main.rect().bottomRight()))
    view, table = opened.pages.checking.view, opened.pages.checking.issues.table
    assert view.viewport().height() >= 8 * view.rowHeight(8)
    button(opened.pages.checking, "问题清单").click()
    settle(opened)
    assert table.viewport().height() >= 2 * table.rowHeight(0) or not table.isVisible()


def test_at_150_percent_the_selected_cell_is_in_sight(opened: MainWindow, qtbot: QtBot) -> None:
    opened.resize(AT_150)
    opened.pages.show(PageName.CHECK)
    settle(opened)
    page = opened.pages.checking
    for number in range(page.tabs.count()):
        page.tabs.setCurrentIndex(number)
        settle(opened)
        assert page.view.viewport().rect().contains(page.view.visualRect(page.view.currentIndex()).center()), number


def test_at_150_percent_all_tabs_fit_and_the_reason_is_written_in_sight(opened: MainWindow, qtbot: QtBot) -> None:
    opened.resize(AT_150)
    opened.pages.show(PageName.CHECK)
    settle(opened)
    tabs = opened.pages.checking.tabs
    assert all(tabs.rect().contains(tabs.tabRect(n)) for n in range(tabs.count()))
    opened.pages.show(PageName.REASONS)
    settle(opened)
    editor = opened.pages.reasons.editor
    box = editor.edit
    assert editor.viewport().rect().contains(box.mapTo(editor.viewport(), box.rect().bottomRight()))
    button(editor, "▸ 显示金额").click()
    settle(opened)
    assert editor.figures.isVisible()


def test_a_message_moves_nothing(opened: MainWindow, qtbot: QtBot) -> None:
    opened.pages.show(PageName.CHECK)
    settle(opened)
    view = opened.pages.checking.view
    before = view.mapTo(opened, view.rect().topLeft()), view.size()
    opened.session.failed.emit("“abc”不是金额，请输入数字。")
    settle(opened)
    assert (view.mapTo(opened, view.rect().topLeft()), view.size()) == before
    assert opened.rect().contains(opened.bar.geometry())
    assert opened.bar.geometry().bottom() < opened.status.mapTo(opened, opened.status.rect().topLeft()).y()


def test_what_is_folded_away_stays_so(opened: MainWindow, qtbot: QtBot) -> None:
    page = opened.pages.checking
    opened.pages.show(PageName.CHECK)
    settle(opened)
    for words, part in (("问题清单", page.issues.table), ("勾稽关系", page.links)):
        assert part.isVisible()
        button(page, words).click()
        settle(opened)
        assert not part.isVisible()
        assert layout_faults(opened) == []
    opened.resize(AT_125)
    opened.resize(WHOLE)
    settle(opened)
    assert not page.issues.table.isVisible()
    assert not page.links.isVisible()
    page.issues.choose(None)
    settle(opened)
    assert page.issues.table.isVisible(), "who asks for findings sees the list"


def test_where_there_is_little_room_buttons_fold_and_say_what_they_are(opened: MainWindow, qtbot: QtBot) -> None:
    opened.pages.show(PageName.PREVIEW)
    folding = opened.pages.preview.findChildren(FoldingButton)
    opened.resize(1600, 800)
    settle(opened)
    assert not any(b.is_folded for b in folding)
    opened.resize(AT_150)
    settle(opened)
    folded = [b for b in folding if b.is_folded]
    assert folded
    for b in folded:
        assert b.accessibleName() in b.toolTip()
    opened.resize(1600, 800)
    settle(opened)
    assert all(b.text() == b.accessibleName() for b in folding)


def test_the_overview_gives_way_on_a_small_screen_until_it_is_asked_for(opened: MainWindow, qtbot: QtBot) -> None:
    opened.resize(AT_150)
    opened.pages.show(PageName.PREVIEW)
    settle(opened)
    page = opened.pages.preview
    assert page.year.isHidden()
    button(page, "年度一览").click()
    settle(opened)
    assert page.year.isVisible()
    assert layout_faults(opened) == []


def test_a_sentence_that_is_cut_can_be_read_below_the_list(opened: MainWindow, qtbot: QtBot) -> None:
    break_a_total(opened)
    issues = opened.pages.checking.issues
    opened.resize(AT_125)
    opened.pages.show(PageName.CHECK)
    opened.pages.checking.down.setSizes([100, 300])
    issues.step(1)
    settle(opened)
    message = issues.filter.record(0).message
    assert message in texts(issues)
    opened.resize(AT_150)
    settle(opened)
    cut = label(opened.pages.checking, message)
    assert cut.height() < 2 * cut.fontMetrics().height()


def test_dialogs_fit(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    session = opened.session
    for dialog in (
        NewYearDialog(session.jobs, tmp_path, session.accounts, opened), SettingsDialog(opened.settings, session, opened),
        AboutDialog(opened), HelpWindow(opened),
    ):
        qtbot.addWidget(dialog)
        dialog.show()
        settle(opened)
        assert dialog.minimumSizeHint().height() <= AT_150.height()
        assert dialog.minimumSizeHint().width() <= AT_150.width()
        assert layout_faults(dialog) == []
        dialog.close()


def test_faults_would_be_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    first, second, far = (QPushButton(words, window) for words in ("导出审核结果…", "查找问题", "生成报告"))
    first.setGeometry(10, 10, 40, 30)
    second.setGeometry(40, 10, 120, 30)
    far.setGeometry(250, 100, 120, 30)
    label = QLabel("公开02表 2050299 其他普通教育支出·财政拨款收入", window)
    label.setWordWrap(True)
    label.setGeometry(10, 100, 120, 20)
    window.show()
    found = "\n".join(layout_faults(window))
    for words in ("QPushButton“导出审核结果…” 与 QPushButton“查找问题” 重叠", "QPushButton“导出审核结果…” 40×30，要", "QPushButton“生成报告” 在", "高 20，要"):
        assert words in found
