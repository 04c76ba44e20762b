"""What it says is true now: 已核实 marks that fall off with their numbers, and reasons that are to be looked at again."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QInputDialog

from docgen.job.inputs import load_inputs
from docgen.reasons.slot import SlotState
from docgen.report.slots import reason_slots
from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from gui.pages.check.issue_list import IssueList
from tests.gui.test_saving import REASON, SPENDING, type_reason
from tests.gui.test_window import press, type_into
from workbook.companion.read import read_companion
from workbook.companion.rollforward import roll_forward
from workbook.issues import Severity
from workbook.pack.loading import load_pack


def slot(window: MainWindow):
    return next(s for s in window.session.findings.slots() if s.id == SPENDING)


def total_cell(window: MainWindow) -> tuple[str, str]:
    """本年支出合计 of 公开01, by the ids of the open form."""
    change = slot(window).change
    key = change.current.sources[0]
    found = window.session.editor.key(key)
    assert found is not None
    return found


def test_a_reason_whose_change_reversed_turns_to_look_again_and_back(opened, qtbot):
    type_reason(qtbot, opened, "项目支出按进度安排")
    opened.session.store.flush()
    assert slot(opened).state is SlotState.GIVEN
    opened.pages.show(PageName.CHECK)
    type_into(qtbot, opened, "公开01", total_cell(opened), "900")
    assert slot(opened).state is SlotState.RECHECK
    assert "写这条原因时是减少 243.46 万元，现在增加" in slot(opened).objections[0].message
    opened.pages.show(PageName.REASONS)
    assert opened.pages.reasons.badge() != "✓"
    assert "再看一遍 1" in opened.pages.reasons.summary.text()
    qtbot.keyClick(opened.pages.reasons.editor.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert slot(opened).state is SlotState.GIVEN, "accepted for the new amounts"
    press(qtbot, opened, "undo")
    assert slot(opened).state is SlotState.RECHECK


def test_a_reason_whose_quoted_amounts_no_longer_hold_is_to_be_looked_at_again(opened, qtbot):
    type_reason(qtbot, opened, "本年支出减少 243.46 万元，项目支出已完成")
    opened.session.store.flush()
    assert slot(opened).state is SlotState.GIVEN
    opened.pages.show(PageName.CHECK)
    type_into(qtbot, opened, "公开01", total_cell(opened), "540")
    assert slot(opened).state is SlotState.RECHECK


def test_a_verified_reason_is_done_until_its_numbers_change(opened, qtbot, sample):
    type_reason(qtbot, opened, "本年支出比上年增加")
    opened.session.store.flush()
    editor = opened.pages.reasons.editor
    assert slot(opened).state is SlotState.DOUBTFUL
    qtbot.keyClicks(editor.note, "ok")
    qtbot.mouseClick(editor.check, Qt.MouseButton.LeftButton, pos=QPoint(8, editor.check.height() // 2))
    assert (slot(opened).state, slot(opened).note) == (SlotState.VERIFIED, "ok")
    assert opened.session.store.flush()
    again = load_inputs(sample, pack=load_pack())
    assert next(s for s in reason_slots(again) if s.id == SPENDING).state is SlotState.VERIFIED, "kept in the 底稿"
    opened.pages.show(PageName.CHECK)
    type_into(qtbot, opened, "公开01", total_cell(opened), "540")
    assert slot(opened).state is SlotState.RECHECK
    press(qtbot, opened, "undo")
    assert slot(opened).state is SlotState.VERIFIED


def test_a_finding_marked_as_verified_is_no_longer_counted_until_its_numbers_change(opened, qtbot, monkeypatch, sample):
    type_into(qtbot, opened, "公开10", first_budget_cell(opened), "0.01")
    opened.session.findings.complete()
    page = opened.pages.checking
    page.issues.choose(Severity.NOTICE)
    assert page.issues.filter.rowCount() >= 1
    issue = page.issues.filter.record(0)
    before = int(page.issues.buttons[Severity.NOTICE].text().split()[-1])
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_kw: ("与会计核对过", True))
    choose(page.issues, 0, "标为已核实")
    qtbot.waitUntil(lambda: int(page.issues.buttons[Severity.NOTICE].text().split()[-1]) == before - 1, timeout=5_000)
    done = next(i for i in opened.session.findings.issues if i.code == issue.code and i.cells[:1] == issue.cells[:1])
    assert done.verified == "与会计核对过"
    row = next(r for r in range(page.issues.filter.rowCount()) if page.issues.filter.record(r).verified)
    choose(page.issues, row, "取消核实")
    qtbot.waitUntil(lambda: int(page.issues.buttons[Severity.NOTICE].text().split()[-1]) == before, timeout=5_000)


def first_budget_cell(window: MainWindow) -> tuple[str, str]:
    """An amount of 公开10 that may not be exceeded: its smallest makes a 提示."""
    table = window.session.accounts.tables["公开10"]
    row = next(iter(table.rows))
    column = next(c for c, values in table.columns.items() if values.get(row))
    return row, column


def choose(issues: IssueList, row: int, words: str) -> None:
    """Right-click a row and take the entry of the menu that begins so."""
    place = issues.table.visualRect(issues.filter.index(row, 4)).center()
    menu = issues.context_menu.menu(place)  # the offscreen platform has no pop-ups
    next(a for a in menu.actions() if a.text().startswith(words)).trigger()


def test_notes_go_along_into_the_next_year_but_no_mark(opened, qtbot):
    type_reason(qtbot, opened, REASON)
    opened.session.store.flush()
    editor = opened.pages.reasons.editor
    qtbot.keyClicks(editor.note, "ok")
    qtbot.mouseClick(editor.check, Qt.MouseButton.LeftButton, pos=QPoint(8, editor.check.height() // 2))
    assert opened.session.store.flush()
    old = read_companion(opened.session.companion.path, load_pack())[0]
    assert [v.is_given for v in old.verified] == [True]
    new = roll_forward(replace(old), opened.session.accounts, load_pack(), 2025)
    assert [(v.note, v.is_given) for v in new.verified] == [("ok", False)]
