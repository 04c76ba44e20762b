"""Nothing typed is lost: the one save state, its questions and ways out, other programs, other windows, and crashes."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from gui.session.session import Session
from gui.session.settings import Settings
from tests.gui.conftest import put_away
from tests.gui.opened import sample_copy, type_text
from tests.gui.seen import button, texts
from tests.gui.test_window import ITEM, bar_button, messages, patch_save_name, press, type_into
from workbook.companion.read import read_companion
from workbook.editing.saving import save
from workbook.editing.session import EditSession
from workbook.formulas.bindings import View
from workbook.pack.loading import load_pack
from workbook.paths import companion_path
from workbook.reading.accounts import read_workbook

SPENDING = "收支.本年支出.比上年"
REASON = "上年教育专项资金项目已完成，本年财政拨款项目支出减少"


def answer(words: str) -> list[str]:
    """Click the button with these words in the question that comes next; the list will hold what it said."""
    said: list[str] = []

    def click() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(20, click)
            return
        said.append(f"{box.text()}\n{box.informativeText()}")
        said.extend(b.text() for b in box.buttons())
        next(b for b in box.buttons() if b.text() == words).click()

    QTimer.singleShot(0, click)
    return said


def type_reason(qtbot: QtBot, window: MainWindow, text: str) -> None:
    """Go to a reason and type it, as a user does."""
    window.pages.show(PageName.REASONS, SPENDING)
    edit = window.pages.reasons.editor.edit
    edit.setFocus()
    edit.selectAll()
    type_text(edit, text)


def reason_in(workbook: Path) -> str:
    row = read_companion(companion_path(workbook), load_pack())[0].reason(SPENDING)
    return row.text.text if row is not None else ""


def written_elsewhere(path: Path, value: str) -> None:
    """Another program changes an amount of the workbook."""
    accounts = read_workbook(path, load_pack())
    editor = EditSession(accounts, View(accounts.tables))
    ref = accounts.tables["公开02"].ref("2050299", "其他收入")
    assert ref is not None
    editor.enter([(ref, value)])
    save(editor)


def state(window: MainWindow) -> str:
    return window.status.saving.text()


@pytest.fixture
def held(opened, sample) -> Path:
    """The 底稿 is open in Excel: the file that says so."""
    companion = companion_path(sample)
    owner = companion.with_name(f"~${companion.name}")
    owner.write_bytes(b"")
    return owner


# ---------------------------------------------------------------- one state, in words


def test_the_state_of_workbook_and_companion_is_always_seen_in_words(opened, qtbot):
    assert state(opened).startswith("已保存")
    type_into(qtbot, opened, "公开02", ITEM, "999")
    assert state(opened) == "有改动：公开表 1 格"
    press(qtbot, opened, "save")
    assert state(opened).startswith("已保存 ")
    type_reason(qtbot, opened, REASON)
    qtbot.waitUntil(lambda: state(opened) == "正在保存")
    qtbot.waitUntil(lambda: state(opened).startswith("已保存 "), timeout=5_000)
    assert reason_in(opened.session.path) == REASON


def test_a_companion_that_cannot_be_written_is_said_until_it_is_and_again_saves_it(opened, sample, held, qtbot):
    type_reason(qtbot, opened, REASON)
    qtbot.waitUntil(lambda: state(opened) == "保存失败：底稿", timeout=5_000)
    assert "Excel/WPS 中打开" in messages(opened)
    bar_button(opened, "重试").click()
    assert state(opened) == "保存失败：底稿", "trying in vain does not clear it"
    assert "Excel/WPS 中打开" in messages(opened)
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert messages(opened) == ""
    qtbot.mouseClick(opened.status.saving, Qt.MouseButton.LeftButton)
    held.unlink()
    bar_button(opened, "重试").click()
    assert state(opened).startswith("已保存 ")
    assert messages(opened) == ""
    assert reason_in(sample) == REASON


def test_it_is_written_by_itself_when_the_other_program_lets_go(opened, sample, held, qtbot):
    type_reason(qtbot, opened, REASON)
    qtbot.waitUntil(lambda: state(opened) == "保存失败：底稿", timeout=5_000)
    held.unlink()
    qtbot.waitUntil(lambda: state(opened).startswith("已保存 "), timeout=10_000)
    assert reason_in(sample) == REASON


def test_every_way_out_asks_and_names_what_is_not_saved(opened, sample, held, qtbot):
    type_reason(qtbot, opened, REASON)
    ways = [opened.actions_[name].trigger for name in ("close", "batch", "quit")]
    for leave in (*ways, partial(opened.files.open, sample), opened.close):
        said = answer("取消")
        assert not leave()
        assert "保存失败" in said[0]
        assert "底稿里改过的文字还没有写入（" in said[0]
        assert set(said[1:]) == {"重试", "另存为…", "不保存", "取消"}
        assert opened.session.path == sample
        assert opened.isVisible()
    assert opened.pages.reasons.editor.text == REASON
    assert opened.session.store.is_dirty


def test_what_is_still_in_the_cells_editor_is_asked_about_and_saved_too(opened, sample, qtbot):
    page = opened.pages.checking
    page.show_cell(opened.session.accounts.tables["公开02"].ref(*ITEM))
    qtbot.keyClicks(page.view, "8")
    said = answer("取消")
    opened.actions_["close"].trigger()
    assert "1 个单元格" in said[0]
    assert opened.session.accounts.value("公开02", *ITEM) == 8


def test_what_is_given_up_is_gone_with_its_message(opened, held, qtbot):
    type_reason(qtbot, opened, REASON)
    qtbot.waitUntil(lambda: state(opened).startswith("保存失败"), timeout=5_000)
    answer("不保存")
    opened.actions_["close"].trigger()
    assert opened.pages.current is PageName.OPEN
    assert messages(opened) == ""
    assert not opened.status.saving.isVisible()


def test_saved_elsewhere_the_texts_that_could_not_be_written_go_along(opened, sample, held, qtbot, monkeypatch, tmp_path):
    before = reason_in(sample)
    type_into(qtbot, opened, "公开02", ITEM, "999")
    type_reason(qtbot, opened, REASON)
    qtbot.waitUntil(lambda: state(opened).startswith("保存失败"), timeout=5_000)
    patch_save_name(monkeypatch, tmp_path / "另一个.xlsx")
    bar_button(opened, "另存为…").click()
    assert opened.session.path == tmp_path / "另一个.xlsx"
    assert reason_in(tmp_path / "另一个.xlsx") == REASON
    assert reason_in(sample) == before
    assert state(opened).startswith("已保存")
    assert opened.session.accounts.value("公开02", *ITEM) == 999


def test_a_read_only_workbook_is_replaced_only_when_asked(opened, sample, qtbot):
    type_into(qtbot, opened, "公开02", ITEM, "999")
    sample.chmod(0o444)
    press(qtbot, opened, "save")
    assert "只读" in messages(opened)
    assert state(opened) == "保存失败：公开表"
    bar_button(opened, "仍然覆盖").click()
    assert read_workbook(sample, load_pack()).value("公开02", *ITEM) == 999
    assert state(opened).startswith("已保存")


# ---------------------------------------------------------------- other programs


def test_a_change_elsewhere_is_noticed_and_told_cell_by_cell(opened, sample, qtbot):
    written_elsewhere(sample, "7.25")
    qtbot.waitUntil(lambda: "表格已在别处改动" in messages(opened), timeout=5_000)
    assert "公开02!" in messages(opened)
    assert "→ 7.25" in messages(opened)
    with qtbot.waitSignal(opened.session.opened, timeout=10_000):
        bar_button(opened, "重新载入").click()
    assert str(opened.session.accounts.value("公开02", "2050299", "其他收入")) == "7.25"
    assert messages(opened) == ""


def test_the_edits_here_can_be_kept_in_what_another_program_wrote(opened, sample, qtbot):
    type_into(qtbot, opened, "公开02", ITEM, "999")
    written_elsewhere(sample, "7.25")
    qtbot.waitUntil(lambda: "没保存的修改" in messages(opened), timeout=5_000)
    bar_button(opened, "保留这里的改动").click()
    accounts = opened.session.accounts
    assert (str(accounts.value("公开02", *ITEM)), str(accounts.value("公开02", "2050299", "其他收入"))) == ("999", "7.25")
    press(qtbot, opened, "save")
    saved = read_workbook(sample, load_pack())
    assert (saved.value("公开02", *ITEM), str(saved.value("公开02", "2050299", "其他收入"))) == (999, "7.25")


def test_texts_written_on_both_sides_are_asked_about_and_none_is_lost(opened, sample, qtbot):
    other = Session(data_folder=sample.parent)
    other.open_now(sample)
    other.set_companion(other.companion.with_text("联系人", other.companion.text("联系人").with_text("别处的人")))
    type_reason(qtbot, opened, REASON)
    other.close()
    other.jobs.finish()
    opened.session.store.flush()
    assert "修改过" in messages(opened)
    bar_button(opened, "保留这里的改动").click()
    assert reason_in(sample) == REASON
    kept = companion_path(sample).with_name(f"{companion_path(sample).name}.bak")
    assert "别处的人".encode() in b"".join(_parts(kept)), "the other's text is in the backup"


def _parts(path: Path) -> list[bytes]:
    import zipfile

    with zipfile.ZipFile(path) as package:
        return [package.read(name) for name in package.namelist()]


@pytest.mark.parametrize("is_saved_first", [True, False])
def test_a_report_says_when_its_figures_are_not_in_the_file(opened, sample, qtbot, tmp_path, is_saved_first):
    page = opened.pages.preview
    page.writer.ask_path = lambda *_: tmp_path / "报告.docx"
    type_into(qtbot, opened, "公开02", ITEM, "999")
    opened.pages.generate(True)
    assert "还没有保存" in page.notice.text
    assert not (tmp_path / "报告.docx").exists()
    page.notice.buttons["保存并生成" if is_saved_first else "仍然生成"].click()
    qtbot.waitUntil((tmp_path / "报告.docx").exists, timeout=15_000)
    assert (read_workbook(sample, load_pack()).value("公开02", *ITEM) == 999) is is_saved_first


def test_a_report_says_when_the_file_was_changed_elsewhere(opened, sample, qtbot):
    written_elsewhere(sample, "7.25")
    opened.pages.generate(True)
    assert "表格已在别处改动" in opened.pages.preview.notice.text


# ---------------------------------------------------------------- two windows


@pytest.fixture
def second(opened, sample, qtbot, tmp_path) -> MainWindow:
    """Another window, which opens the same workbook."""
    made = MainWindow(Session(data_folder=tmp_path / "数据"), Settings(tmp_path / "设置" / "two.json"))
    qtbot.addWidget(made, before_close_func=put_away)
    made.show()
    with qtbot.waitSignal(made.session.checked, timeout=10_000):
        made.files.open(sample)
    return made


def test_the_second_window_on_a_file_is_told(opened, second):
    assert "已在另一个窗口打开" in messages(second)
    assert messages(opened) == ""


def test_what_the_first_window_has_not_saved_is_not_taken_by_the_second(opened, sample, qtbot, tmp_path):
    type_into(qtbot, opened, "公开02", ITEM, "999")
    qtbot.waitUntil(lambda: opened.session.recovery.journal.read(sample) is not None)
    other = Session(data_folder=tmp_path / "数据")
    other.open_now(sample)
    assert not other.is_dirty
    other.close()
    assert opened.session.recovery.journal.read(sample) is not None


def test_where_there_was_no_companion_the_first_texts_are_not_replaced(window, qtbot, tmp_path):
    workbook = sample_copy(tmp_path)
    companion_path(workbook).unlink()
    other = Session(data_folder=tmp_path / "数据")
    for session in (window.session, other):
        session.open_now(workbook)
    first, second = ((s, s.companion_or_new()) for s in (window.session, other))
    for (session, companion), name in ((first, "第一个"), (second, "第二个")):
        session.set_companion(companion.with_text("联系人", companion.text("联系人").with_text(name)))
    assert window.session.store.flush()
    assert not other.store.flush()
    assert read_companion(companion_path(workbook), load_pack())[0].text("联系人").text == "第一个"
    assert "已由其他程序建立" in str(other.store.problem)
    other.store.drop()
    other.close()
    other.jobs.finish()


# ---------------------------------------------------------------- crashes


def test_texts_that_could_not_be_written_survive_a_crash_and_are_offered_at_the_start(opened, sample, held, qtbot, tmp_path):
    type_reason(qtbot, opened, REASON)
    qtbot.waitUntil(lambda: state(opened).startswith("保存失败"), timeout=5_000)
    opened.session.claim.release()  # as the system does when the program ends
    held.unlink()
    again = MainWindow(Session(data_folder=tmp_path / "数据"), Settings(tmp_path / "设置" / "again.json"))
    qtbot.addWidget(again, before_close_func=put_away)
    again.show()
    assert "程序上次关闭时没有保存的修改" in texts(again)
    assert any("底稿里的文字" in words for words in texts(again))
    with qtbot.waitSignal(again.session.checked, timeout=10_000):
        button(again, "恢复").click()
    assert "已经恢复：底稿里的文字" in messages(again)
    assert again.session.companion.reason(SPENDING).text.text == REASON
    qtbot.waitUntil(lambda: reason_in(sample) == REASON, timeout=5_000)
    assert again.session.recovery.waiting() == ()


def test_what_was_not_saved_can_be_given_up_at_the_start(opened, sample, qtbot, tmp_path):
    type_into(qtbot, opened, "公开02", ITEM, "999")
    qtbot.waitUntil(lambda: opened.session.recovery.journal.read(sample) is not None)
    assert opened.session.recovery.waiting() == (), "it is open here"
    opened.session.claim.release()
    opened.pages.show(PageName.OPEN)
    QApplication.processEvents()
    button(opened, "放弃").click()
    notice = opened.pages.welcome.notice
    assert "1 个单元格" in notice.text
    notice.buttons["放弃"].click()
    assert "程序上次关闭时没有保存的修改" not in texts(opened)
    assert opened.session.recovery.journal.read(sample) is None


def test_killed_windows_lose_nothing_typed_two_seconds_before():
    """One round of the long run: the 底稿 is held by another program."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "tools/kill_rounds.py", "--rounds", "1", "--seed", "3", "--first", "4"], cwd=root, check=False, capture_output=True, text=True,
        timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_words_typed_just_before_a_crash_are_put_back(opened, sample, qtbot, tmp_path):
    """In a reason, in a paragraph, and in a cell of a table that is still being edited: none of them was taken over yet."""
    opened.session.store.flush()
    type_reason(qtbot, opened, "最后几个字")
    opened.pages.show(PageName.TEXTS, "概况文字")
    editor = opened.pages.texts.tab("概况文字").editor
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    qtbot.keyClicks(editor, " end")
    opened.pages.show(PageName.TEXTS, "名词解释")
    opened.session.store.flush()
    table = opened.pages.texts.tab("名词解释").table
    table.setCurrentIndex(table.model().index(1, 1))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.keyClicks(QApplication.focusWidget(), "half a sentence")
    on_disk = read_companion(companion_path(sample), load_pack())[0]
    assert "half" not in on_disk.glossary[1].explanation.text, "not even in the 底稿 in memory yet"
    opened.session.claim.release()  # as the system does when the program ends
    again = Session(data_folder=tmp_path / "数据")
    said = []
    again.recovery.recovered.connect(lambda found: said.append(found.words()))
    again.open_now(sample)
    assert said == ["底稿里的文字"]
    assert again.companion.reason(SPENDING).text.text == "最后几个字"
    assert [p for p in again.companion.overview if p.text.text.endswith(" end")]
    assert again.companion.glossary[1].explanation.text.startswith("half a sentence")
    assert again.store.flush()
    assert reason_in(sample) == "最后几个字"
    again.close()
    again.jobs.finish()
    assert not list((tmp_path / "数据" / "recovery").iterdir())


def test_what_is_being_typed_into_a_table_is_saved_with_the_rest(opened, sample, qtbot):
    opened.pages.show(PageName.TEXTS, "名词解释")
    table = opened.pages.texts.tab("名词解释").table
    table.add_row()
    qtbot.keyClicks(QApplication.focusWidget(), "term")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    for letter in "meaning":
        qtbot.keyClick(QApplication.focusWidget(), letter)
    opened.actions_["save"].trigger()
    term = read_companion(companion_path(sample), load_pack())[0].glossary[-1]
    assert (term.term.text, term.explanation.text) == ("term", "meaning"), "Tab stays in the record that was begun"
