"""变动原因: what a user does on the page, and what the report and the 底稿 say afterwards."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from pytestqt.qtbot import QtBot

from docgen.reasons.slot import SlotState
from docgen.report.assembly import build_report
from docgen.report.slots import with_reason
from gui.pages.base import DONE, PageName
from gui.pages.reasons.page import ReasonsPage
from gui.session.session import Session
from tests.gui.opened import type_text
from tests.gui.seen import button
from workbook.companion.read import read_companion

INCOME, SPENDING = "收支.本年收入.比上年", "收支.本年支出.比上年"
GOOD = "上年教育专项资金项目已完成，本年财政拨款项目支出减少"


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> ReasonsPage:
    """The page, no reason filled in."""
    companion = session.companion_or_new()
    session.set_companion(replace(companion, reasons=tuple(replace(r, text=r.text.with_text("")) for r in companion.reasons)))
    found = ReasonsPage(session)
    qtbot.addWidget(found)
    found.resize(1180, 620)
    with qtbot.waitExposed(found):
        found.show()
    found.activate()
    return found


def slot(page: ReasonsPage, slot_id: str):
    return next(s for s in page.slots if s.id == slot_id)


def type_reason(qtbot: QtBot, page: ReasonsPage, text: str) -> None:
    page.editor.edit.setFocus()
    page.editor.edit.selectAll()
    type_text(page.editor.edit, text)
    page.editor.flush()


def test_every_needed_reason_is_listed_and_counted(page: ReasonsPage) -> None:
    needed = [s for s in page.slots if s.state is not SlotState.NOT_NEEDED]
    assert [s.id for s in page.list.slots] == [s.id for s in needed]
    assert page.badge() == str(len(needed))
    assert page.summary.text() == f"已填 0 / {len(needed)}　待填 {len(needed)}"


def test_the_slot_shows_sentence_figures_and_drivers(page: ReasonsPage) -> None:
    page.go_to(SPENDING)
    assert "减少 243.46 万元" in page.editor.sentence.text()
    assert "待填写" in page.editor.sentence.text()
    words = QTextDocumentFragment.fromHtml(page.editor.amounts.text()).toPlainText().replace("\u2060", "").replace("\u00a0", " ").split()
    assert words == ["本年（万元）", "550.07", "上年决算（万元）", "793.53", "减少（万元）", "-243.46", "增减率", "-30.68%"]
    assert "项目支出 -288.95 万元" in page.editor.drivers.chart.accessibleDescription()


def test_a_reason_that_contradicts_the_sign_is_objected_to_until_it_is_corrected(qtbot: QtBot, page: ReasonsPage) -> None:
    page.go_to(SPENDING)
    type_reason(qtbot, page, "本年项目支出增加")
    assert "这里是减少，原因里写的是增加" in page.editor.objections.text()
    assert slot(page, SPENDING).state is SlotState.DOUBTFUL
    type_reason(qtbot, page, GOOD)
    assert page.editor.objections.text() == "✓ 没有发现问题"
    assert slot(page, SPENDING).state is SlotState.GIVEN
    assert GOOD in page.editor.sentence.text()


def test_ctrl_enter_accepts_and_goes_to_the_next_open_reason(qtbot: QtBot, page: ReasonsPage, session: Session) -> None:
    page.go_to(INCOME)
    type_text(page.editor.edit, "上年教育专项拨款已完成，财政拨款收入减少")
    qtbot.keyClick(page.editor.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert session.companion_or_new().reason(INCOME).text.text == "上年教育专项拨款已完成，财政拨款收入减少"
    assert page.editor.slot.id == SPENDING
    assert page.editor.text == ""


def test_a_suggestion_is_put_in_with_one_click_and_taken_back_with_undo(qtbot: QtBot, page: ReasonsPage) -> None:
    page.go_to(SPENDING)
    shown = page.editor.suggestions
    draft = next(shown.model().index(r, 1) for r in range(shown.model().rowCount()) if "草稿" in shown.model().index(r, 0).data())
    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=shown.visualRect(draft).center())
    assert page.editor.text == draft.data()
    assert slot(page, SPENDING).text == draft.data()
    page.editor.edit.undo()
    page.editor.flush()
    assert slot(page, SPENDING).text == ""


def test_the_reason_stands_in_the_report_and_in_the_file(qtbot: QtBot, page: ReasonsPage, session: Session) -> None:
    page.go_to(SPENDING)
    type_reason(qtbot, page, GOOD)
    texts = [b.text for b in build_report(session.context).blocks if hasattr(b, "spans")]
    assert any(f"变动原因：{GOOD}。" in t for t in texts)
    assert session.store.flush()
    read, _ = read_companion(session.companion_or_new().path, session.pack)
    row = read.reason(SPENDING)
    assert row.text.text == GOOD
    assert row.status == "已填"
    assert row.drivers  # the program wrote what explains the change beside it


def test_leaving_a_slot_keeps_what_was_typed(qtbot: QtBot, page: ReasonsPage) -> None:
    page.go_to(SPENDING)
    type_text(page.editor.edit, GOOD)
    page.editor.next_button.click()
    assert page.editor.slot.id != SPENDING
    assert slot(page, SPENDING).text == GOOD


def test_when_all_is_filled_the_page_says_so(page: ReasonsPage, session: Session) -> None:
    companion = session.companion_or_new()
    for found in page.slots:
        companion = with_reason(companion, found.id, found.draft or "人员经费按政策调整")
    session.set_companion(companion)
    left = [s for s in page.slots if s.state in (SlotState.OPEN, SlotState.DOUBTFUL)]
    assert page.badge() == (str(len(left)) if left else DONE)
    page.go_to_next_open()
    assert page.notice.text.startswith("原因都已填写" if left else "变动原因都已填写")
    assert page.next_button.text() == ("下一条有疑问的" if left else "接着填写文字资料")


def test_the_next_step_is_said_when_nothing_is_left(qtbot: QtBot, session: Session) -> None:
    page = ReasonsPage(session)
    qtbot.addWidget(page)
    page.show()
    page.activate()
    assert page.badge() == DONE
    with qtbot.waitSignal(page.page_requested) as asked:
        button(page, "接着填写文字资料").click()
    assert asked.args == [PageName.TEXTS, ""]


def test_the_filter_shows_what_is_not_needed_too(page: ReasonsPage) -> None:
    page.filter.setCurrentText("全部")
    assert len(page.list.slots) == len(page.slots)
    level = next(s for s in page.slots if s.direction == "持平")
    page.go_to(level.id)
    assert "不用填" in page.editor.objections.text()
    assert page.editor.edit.isHidden()


def test_without_last_year_the_page_says_what_is_missing(qtbot: QtBot, open_sample) -> None:
    session = open_sample(companion=False, prior=False)
    page = ReasonsPage(session)
    qtbot.addWidget(page)
    page.show()
    page.activate()
    assert page.missing.text.startswith("缺少")
    assert "上年决算" in page.missing.text
    with qtbot.waitSignal(page.page_requested) as asked:
        page.missing.buttons["填写年初预算"].click()
    assert asked.args == [PageName.TEXTS, "年初预算"]


def test_headings_group_the_list_and_cannot_be_chosen(page: ReasonsPage) -> None:
    page.list.show_slots(page.slots)
    page.list.show_slots(page.slots[:3])
    headings = {s.section_title for s in page.slots[:3]}
    lines = [page.list.item(i) for i in range(page.list.count())]
    assert len(lines) == 3 + len(headings)
    assert {line.text() for line in lines if not line.flags() & Qt.ItemFlag.ItemIsSelectable} == headings


def test_nothing_is_asked_for_before_a_workbook_is_open(qtbot: QtBot) -> None:
    page = ReasonsPage(Session())
    qtbot.addWidget(page)
    page.show()
    page.activate()
    assert page.badge() == ""
