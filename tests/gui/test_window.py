"""The window as its user meets it: open, look, edit, undo, save, close; and what happens when something is in the way."""

from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton, QTextBrowser
from pytestqt.qtbot import QtBot

from gui.frame.app import ErrorDialog, Guard
from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from gui.widgets.notice import Tone
from tests.gui.seen import below_header, button, click_words, drop, menu_actions, table_at
from tests.workbook.test_editing import split_sample
from workbook.entries import Entry
from workbook.issues import Severity
from workbook.pack.loading import load_pack
from workbook.reading.accounts import read_workbook

ITEM = ("2050299", "财政拨款收入")


def press(qtbot: QtBot, window: MainWindow, action: str) -> None:
    window.actions_[action].trigger()
    window.session.jobs.finish()
    QApplication.processEvents()


def type_into(qtbot: QtBot, window: MainWindow, code: str, cell: tuple[str, str], text: str) -> None:
    """Go to a cell and type over it, as a user does."""
    page = window.pages.checking
    ref = window.session.accounts.tables[code].ref(*cell)
    assert ref is not None
    assert page.show_cell(ref)
    qtbot.keyClick(page.view, Qt.Key.Key_F2)
    editor = next(e for e in page.view.findChildren(QLineEdit) if e.isVisible())
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()


def messages(window: MainWindow) -> str:
    return window.bar.text


def bar_button(window: MainWindow, title: str) -> QPushButton:
    QApplication.processEvents()  # Qt shows a new button of a visible bar a moment later
    return next(b for b in window.bar.findChildren(QPushButton) if b.text() == title and not b.isHidden())


def patch_save_name(monkeypatch: pytest.MonkeyPatch, target: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kw: (str(target), ""))


# ---------------------------------------------------------------- the whole way


def test_from_the_sample_through_an_edit_to_the_saved_file(opened, sample, qtbot, tmp_path):
    window, page = opened, opened.pages.checking
    assert window.pages.current == "check"
    assert window.header.unit.text().startswith("示例市电化教育馆")
    assert page.badge() == "✓"
    assert page.tabs.count() == 11

    type_into(qtbot, window, "公开02", ITEM, "999")
    assert page.badge() == "2/0"
    assert window.header.dot.isVisible()
    assert "错误 2" in button(window.status, "错误").text()
    index = page.tabs.index_of(sample.name, window.session.accounts.tables["公开02"].sheet.name)
    assert page.tabs.tabData(index) == "2 个错误"

    page.tabs.setCurrentIndex(0)
    page.issues.choose(Severity.ERROR)
    first = page.issues.filter.index(0, 4)
    qtbot.mouseClick(
        page.issues.table.viewport(), Qt.MouseButton.LeftButton, pos=page.issues.table.visualRect(first).center())
    assert page.tabs.currentIndex() == index
    issue = page.issues.filter.record(0)
    current = page.view.currentIndex()
    assert (current.row(), current.column()) == (issue.cells[0].ref.row, issue.cells[0].ref.column)
    assert f"相差 {abs(issue.difference):.2f}" in page.links.toPlainText()

    press(qtbot, window, "undo")
    assert page.badge() == "✓"
    assert not window.session.is_dirty
    press(qtbot, window, "redo")
    assert page.badge() == "2/0"

    original = sample.read_bytes()
    press(qtbot, window, "save")
    assert not window.session.is_dirty
    assert "备份" in messages(window)
    backups = [p for p in sample.parent.iterdir() if p.read_bytes() == original]
    assert len(backups) == 1
    assert read_workbook(sample, load_pack()).value("公开02", *ITEM) == 999

    press(qtbot, window, "close")
    assert window.pages.current == "open"
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        window.files.open(sample)
    assert window.pages.checking.badge() == "2/0"


def test_f8_walks_through_the_findings_and_back(opened, qtbot):
    window, page = opened, opened.pages.checking
    type_into(qtbot, window, "公开02", ITEM, "999")
    window.session.findings.complete()
    count = page.issues.filter.rowCount()
    seen = []
    for _ in range(count + 1):
        press(qtbot, window, "next_issue")
        seen.append(page.issues.table.currentIndex().row())
    assert seen == [*range(count), 0] or seen == [*range(1, count), 0, 1]
    press(qtbot, window, "previous_issue")
    assert page.issues.table.currentIndex().row() == seen[-2]


def test_what_is_no_amount_is_refused_inline(opened, qtbot):
    type_into(qtbot, opened, "公开02", ITEM, "abc")
    assert "不是金额" in messages(opened)
    editor = opened.pages.checking.view.findChild(QLineEdit)
    assert editor.text() == "abc", "stays to be mended"
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not opened.session.is_dirty
    assert opened.pages.checking.badge() == "✓"


def test_a_click_in_the_links_panel_crosses_sheets(opened, qtbot):
    page = opened.pages.checking
    ref = opened.session.accounts.tables["公开02"].ref("合计", "本年收入合计")
    page.show_cell(ref)
    links, target = page.links, opened.session.accounts.tables["公开01"].ref("本年收入合计", "决算数")
    click_words(qtbot, links, "本年收入合计", after="收入决算表的本年收入")
    assert page.tabs.tabs[page.tabs.currentIndex()].code == "公开01"
    assert (page.view.currentIndex().row(), page.view.currentIndex().column()) == (target.row, target.column)


@pytest.mark.parametrize(
    ("words", "code", "row"), [("公开03!C9", "公开03", 8), ("2080505", "公开02", None), ("04-06", "公开04", None), ("住房公积金", None, None)])
def test_the_search_box_finds_cells(opened, qtbot, words, code, row):
    page = opened.pages.checking
    page.find_box.setText(words)
    qtbot.keyClick(page.find_box, Qt.Key.Key_Return)
    if code:
        assert page.tabs.tabs[page.tabs.currentIndex()].code == code
    if row is not None:
        assert page.view.currentIndex().row() == row
    assert messages(opened) == ""


def test_a_search_for_nothing_says_what_can_be_searched(opened, qtbot):
    page = opened.pages.checking
    page.find_box.setText("没有这样的东西")
    qtbot.keyClick(page.find_box, Qt.Key.Key_Return)
    assert "没有找到" in messages(opened)


# ---------------------------------------------------------------- files in the way


def test_a_file_changed_on_disk_is_not_overwritten_and_reloading_helps(opened, sample, qtbot):
    type_into(qtbot, opened, "公开02", ITEM, "999")
    sample.write_bytes(sample.read_bytes() + b"\0")
    theirs = sample.read_bytes()
    opened.session.disk.look()
    opened.session.jobs.finish()
    assert "表格已在别处改动" in messages(opened)
    assert not opened.files.save()
    assert sample.read_bytes() == theirs
    assert opened.bar.tone is Tone.ERROR
    with qtbot.waitSignal(opened.session.opened, timeout=10_000):
        bar_button(opened, "重新载入").click()
    assert not opened.session.is_dirty


def test_a_companion_changed_in_excel_is_read_again(opened, qtbot):
    path = opened.session.companion.path
    other = Session(data_folder=path.parent)
    other.open_now(opened.session.path)
    other.set_companion(other.companion.with_text("联系电话", Entry.of("12345")))
    other.close()
    other.jobs.finish()
    opened.session.disk.look()
    opened.session.jobs.finish()
    assert opened.session.companion.text("联系电话").text == "12345"
    assert "底稿" in messages(opened)


def test_typing_over_a_formula_says_so_until_it_is_undone(opened, qtbot):
    type_into(qtbot, opened, "公开02", ("2050299", "本年收入合计"), "2.5")
    assert "原来是公式" in messages(opened)
    press(qtbot, opened, "undo")
    assert messages(opened) == ""


def test_a_file_open_in_excel_can_be_saved_under_another_name(opened, sample, qtbot, monkeypatch, tmp_path):
    type_into(qtbot, opened, "公开02", ITEM, "999")
    (sample.parent / f"~${sample.name}").write_bytes(b"")
    assert not opened.files.save()
    assert "打开" in messages(opened)
    patch_save_name(monkeypatch, tmp_path / "另一个.xlsx")
    bar_button(opened, "另存为…").click()
    assert opened.session.path == tmp_path / "另一个.xlsx"
    assert opened.session.accounts.value("公开02", *ITEM) == 999
    assert not opened.session.is_dirty


def test_after_saving_elsewhere_what_was_done_can_still_be_undone(opened, sample, qtbot, monkeypatch, tmp_path):
    page, stack = opened.pages.checking, opened.session.undo_stack
    before = opened.session.accounts.value("公开02", *ITEM)
    type_into(qtbot, opened, "公开02", ITEM, "999")
    type_into(qtbot, opened, "公开02", ITEM, "1000")
    shown = (page.view.currentIndex().row(), page.view.currentIndex().column())
    patch_save_name(monkeypatch, tmp_path / "另一个.xlsx")
    press(qtbot, opened, "save_as")
    assert opened.session.path == tmp_path / "另一个.xlsx"
    assert not opened.session.is_dirty
    assert stack.isClean()
    assert page.tabs.tabs[page.tabs.currentIndex()].code == "公开02", "the user stays where he was"
    assert (page.view.currentIndex().row(), page.view.currentIndex().column()) == shown
    press(qtbot, opened, "undo")
    assert opened.session.accounts.value("公开02", *ITEM) == 999
    assert opened.session.accounts.value("公开02", "2050299", "本年收入合计") == 999, "its formula follows"
    press(qtbot, opened, "undo")
    assert opened.session.accounts.value("公开02", *ITEM) == before
    assert opened.session.is_dirty
    press(qtbot, opened, "redo")
    press(qtbot, opened, "save")
    assert read_workbook(tmp_path / "另一个.xlsx", load_pack()).value("公开02", *ITEM) == 999
    assert read_workbook(sample, load_pack()).value("公开02", *ITEM) == before, "the original is as it was"


def test_a_folder_saved_as_one_workbook_goes_on_with_its_history(window, qtbot, monkeypatch, tmp_path):
    folder = split_sample(tmp_path / "单位")
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        window.files.open(folder)
    type_into(qtbot, window, "公开02", ITEM, "999")
    patch_save_name(monkeypatch, tmp_path / "合并.xlsx")
    press(qtbot, window, "save_as")
    assert window.session.accounts.value("公开02", *ITEM) == 999
    press(qtbot, window, "undo")
    assert window.session.accounts.value("公开02", *ITEM) == Decimal("2.25")


def test_formulas_follow_in_a_folder_too(window, qtbot, tmp_path):
    folder = split_sample(tmp_path / "单位")
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        window.files.open(folder)
    type_into(qtbot, window, "公开02", ITEM, "999")
    view = window.pages.checking.view
    total = window.session.accounts.tables["公开02"].ref("2050299", "本年收入合计")
    assert view.model().index(total.row, total.column).data() == "999.00"
    press(qtbot, window, "undo")
    assert view.model().index(total.row, total.column).data() == "2.25"


def test_a_file_that_cannot_be_read_leaves_the_open_one(opened, sample, qtbot, tmp_path):
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    with qtbot.waitSignal(opened.session.failed, timeout=10_000):
        opened.files.open(broken)
    assert "坏.xlsx" in messages(opened)
    assert opened.session.path == sample


@pytest.mark.parametrize(("answer", "is_kept", "is_closed"), [("cancel", True, False), ("drop", False, True), ("save", False, True)])
def test_closing_with_unsaved_edits_asks_once(opened, sample, qtbot, monkeypatch, answer, is_kept, is_closed):
    type_into(qtbot, opened, "公开02", ITEM, "999")
    monkeypatch.setattr(opened.files, "ask_unsaved", lambda: answer)
    assert opened.close() is is_closed
    assert opened.session.is_dirty is (is_kept or answer == "drop")
    saved = read_workbook(sample, load_pack()).value("公开02", *ITEM)
    assert (saved == 999) is (answer == "save")
    assert opened.session.recovery.journal.read(sample) is None or answer == "cancel"


def test_edits_of_a_crashed_session_come_back(opened, sample, qtbot, tmp_path):
    type_into(qtbot, opened, "公开02", ITEM, "999")
    qtbot.waitUntil(lambda: opened.session.recovery.journal.read(sample) is not None)
    opened.session.claim.release()  # as the system does when the program ends
    again = Session(data_folder=tmp_path / "数据")
    with qtbot.waitSignal(again.recovery.recovered):
        again.open_now(sample)
    assert again.is_dirty
    assert again.accounts.value("公开02", *ITEM) == 999
    assert again.undo_stack.canUndo()
    again.undo_stack.undo()
    assert not again.is_dirty
    again.close()
    again.jobs.finish()


# ---------------------------------------------------------------- opening in other ways


def test_a_workbook_can_be_dropped_on_the_window(window, sample, qtbot):
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        drop(window, sample)
    assert window.session.path == sample


def test_the_sample_opens_from_the_welcome_page(window, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr("gui.frame.main_window.documents", lambda: tmp_path)
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        window.actions_["sample"].trigger()
    assert window.session.path.parent == tmp_path / "决算公开助手示例"
    assert window.settings.recent == [window.session.path.resolve()]


def test_a_new_year_is_made_and_opened(window, qtbot, monkeypatch, tmp_path):
    from gui.dialogs.asking import NewYearDialog

    def fill(dialog: NewYearDialog) -> int:
        dialog.accept()
        assert dialog.problem.text == "请填写单位名称。"
        dialog.unit.setText("示例市第一小学")
        dialog.year.setValue(2024)
        dialog.folder.set_path(tmp_path / "新 单位")
        dialog.accept()
        assert dialog.made is not None
        return dialog.result()

    monkeypatch.setattr(NewYearDialog, "exec", fill)
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        window.actions_["new"].trigger()
    assert window.session.accounts.unit_name == "示例市第一小学"
    assert window.session.companion is not None


def test_recent_files_are_kept_newest_first_and_can_be_forgotten(window, tmp_path):
    for name in ("甲.xlsx", "乙.xlsx", "甲.xlsx"):
        window.settings.note_opened(tmp_path / name)
    assert [p.name for p in window.settings.recent] == ["甲.xlsx", "乙.xlsx"]
    window.settings.forget(tmp_path / "乙.xlsx")
    assert [p.name for p in Settings(window.settings.file).recent] == ["甲.xlsx"]


# ---------------------------------------------------------------- the frame


def test_every_menu_entry_does_something(window):
    assert [a.objectName() for a in menu_actions(window) if not a.receivers("2triggered(bool)")] == []


def test_no_two_menu_entries_share_their_keys(window):
    keys = [
        key.toString(QKeySequence.SequenceFormat.PortableText)
        for action in menu_actions(window) for key in action.shortcuts()
    ]
    assert sorted(keys) == sorted(set(keys))



def test_pages_that_need_a_workbook_lead_to_the_welcome_page(window):
    window.pages.show(PageName.CHECK)
    assert window.pages.current == "open"


@pytest.mark.parametrize("mode", list(theme.Mode))
def test_colours_change_while_everything_is_open(opened, mode, qtbot):
    for name in (PageName.CHECK, PageName.LIBRARY, PageName.OPEN):
        opened.pages.show(name)
    opened.settings.mode = mode
    opened.dress()
    assert theme.colours().is_dark is (mode is theme.Mode.DARK or (mode is theme.Mode.SYSTEM and theme.is_system_dark()))
    opened.grab()


def test_a_column_widens_for_a_larger_amount(opened, qtbot):
    type_into(qtbot, opened, "公开02", ITEM, "123456789012.34")
    view, ref = opened.pages.checking.view, opened.session.accounts.tables["公开02"].ref(*ITEM)
    width = view.fontMetrics().horizontalAdvance("123,456,789,012.34")
    assert view.columnWidth(ref.column) > width
    total = opened.session.accounts.tables["公开02"].ref("2050299", "本年收入合计")
    assert view.columnWidth(total.column) > width, "its formula follows"


def test_the_row_numbers_of_the_header_stay_with_it_while_the_sheet_scrolls(opened, qtbot):
    view = opened.pages.checking.view
    opened.pages.show(PageName.CHECK)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    QApplication.processEvents()
    numbers, header = (table_at(view, x, below_header(view)) for x in (10, 100))
    assert numbers is header is not view, "else numbers of other rows stand beside the header"


def test_layout_and_zoom_are_remembered(opened, qtbot, tmp_path):
    press(qtbot, opened, "zoom_in")
    opened.resize(1200, 700)
    opened.close()
    again = MainWindow(Session(data_folder=tmp_path / "数据"), Settings(opened.settings.file))
    qtbot.addWidget(again)
    assert again.height() == 700  # the offscreen screen is too narrow to keep the width
    assert again.settings.zoom == 110
    again.session.jobs.finish()


def test_the_window_fits_a_small_screen(opened):
    assert opened.minimumSizeHint().width() <= 1366
    assert opened.minimumSizeHint().height() <= 720


def test_tails_are_listed_only_when_wanted(opened, qtbot):
    page = opened.pages.checking
    everything = page.issues.filter.rowCount()
    opened.settings.shows_tails = False
    opened.session.checked.emit()
    assert page.issues.filter.rowCount() < everything
    page.issues.choose(Severity.TAIL)
    assert page.issues.filter.rowCount() > 0


def test_linking_last_year_is_kept_in_the_companion(window, sample, qtbot):
    sample.with_name(f"{sample.stem}_底稿.xlsx").unlink(missing_ok=True)
    window.session.open_now(sample)
    assert window.session.inputs.prior_accounts is None
    prior = next(p for p in sample.parent.glob("*2023*决算公开表.xlsx"))
    with qtbot.waitSignal(window.session.opened, timeout=10_000):
        window.tools.link_to(prior)
    window.session.jobs.finish()
    assert window.session.inputs.prior_accounts.year == 2023
    assert window.session.companion.text("上年决算表").text == prior.name


# ---------------------------------------------------------------- unexpected errors


def test_an_unexpected_error_ends_in_a_sentence_and_the_log(window, monkeypatch, tmp_path, qtbot):
    shown: list[tuple[BaseException, str]] = []
    guard = Guard()
    monkeypatch.setattr(guard, "show", lambda error, details: shown.append((error, details)))
    error = ZeroDivisionError("x")
    guard(type(error), error, None)
    assert "ZeroDivisionError" in shown[0][1]
    assert window.isVisible()


def test_the_error_dialog_names_the_log_and_hides_the_details(window, qtbot):
    dialog = ErrorDialog(KeyError("boom"), "Traceback …")
    qtbot.addWidget(dialog)
    assert "KeyError" in dialog.text()
    assert "juesuan.log" in dialog.informativeText()
    assert dialog.detailedText() == "Traceback …"


def test_the_settings_dialog_keeps_thresholds_in_the_companion(opened, qtbot):
    from gui.dialogs.asking import SettingsDialog

    dialog = SettingsDialog(opened.settings, opened.session, opened)
    qtbot.addWidget(dialog)
    dialog.rate.setText("很多")
    dialog.accept()
    assert "变动率" in dialog.problem.text
    dialog.rate.setText("10")
    dialog.mode.setCurrentText("深色")
    dialog.accept()
    assert opened.settings.mode is theme.Mode.DARK
    assert opened.session.companion.text("最低变动率").value == 10
    assert opened.session.store.flush()
    from workbook.companion.read import read_companion

    path = opened.session.companion.path
    assert read_companion(path, load_pack())[0].text("最低变动率").value == 10


@pytest.mark.parametrize("dialog", ["about", "help"])
def test_about_and_help_open_offline(opened, qtbot, monkeypatch, dialog):
    from gui.dialogs.about import AboutDialog, HelpWindow

    shown: list[AboutDialog] = []
    monkeypatch.setattr(AboutDialog, "exec", lambda self: shown.append(self))  # noqa: PLW0108  # a method has a self
    opened.actions_[dialog].trigger()
    if dialog == "about":
        assert "LGPL" in shown[0].findChild(QTextBrowser).toPlainText()
    else:
        assert "校验" in opened.findChild(HelpWindow).browser.toPlainText()


def test_the_smoke_test_passes(qtbot, tmp_path):
    from gui.frame.app import smoke

    assert smoke(None, str(tmp_path / "冒烟 测试")) == 0
    names = {p.name for p in (tmp_path / "冒烟 测试").iterdir()}
    assert {"smoke.json", "report.docx", "window.png"} <= names


