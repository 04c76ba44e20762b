"""比较两份公开表, 查找和替换."""

from decimal import Decimal
from pathlib import Path

import openpyxl
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.dialogs.lists import CompareDialog, ReplaceDialog
from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from gui.widgets.parts import ContextMenu
from tests.gui.seen import button
from tests.units import standard_pack
from workbook.create.workbook import create_workbook

ITEM = ("2050299", "财政拨款收入")


def compared(window: MainWindow) -> CompareDialog:
    window.actions_["compare"].trigger()
    return next(d for d in QApplication.topLevelWidgets() if isinstance(d, CompareDialog) and d.isVisible())


def test_edits_are_compared_with_the_file_and_exported(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    session = opened.session
    session.edit_cell("公开03", *session.accounts.tables["公开03"].position("2050299", "基本支出"), "9.5")
    dialog = compared(opened)
    dialog.other.setCurrentText("磁盘上的文件（修改之前）")
    dialog.compare()
    found = [dialog.filter.record(n) for n in range(dialog.filter.rowCount())]
    assert {(d.row, d.column, d.old, d.new) for d in found} >= {("2050299 其他普通教育支出", "基本支出", None, Decimal("9.5"))}
    place = next(n for n, d in enumerate(found) if d.column == "基本支出" and d.row.startswith("2050299"))
    index = dialog.filter.index(place, 1)
    qtbot.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=dialog.table.visualRect(index).center())
    assert opened.pages.checking.tabs.tabs[opened.pages.checking.tabs.currentIndex()].code == "公开03"
    dialog.writer.ask_path = lambda *_: tmp_path / "比较.xlsx"
    dialog.export.click()
    opened.session.jobs.finish()
    sheet = openpyxl.load_workbook(tmp_path / "比较.xlsx").active
    assert sheet.page_setup.orientation == "landscape"
    rows = list(sheet.iter_rows(values_only=True))
    titles = next(n for n, row in enumerate(rows) if "栏目" in row)
    assert [row[rows[titles].index("栏目")] for row in rows[titles + 1 :]] == [d.column for d in found]
    dialog.close()


def test_two_years_are_compared_by_code_not_by_place(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = compared(opened)
    prior = opened.session.inputs.prior_accounts
    assert dialog.other.currentText() == "上年决算公开表"
    total = next(d for d in map(dialog.filter.record, range(dialog.filter.rowCount())) if d.sheet == "公开02" and d.row == "合计")
    assert total.old == prior.value("公开02", "合计", total.column)
    assert total.change == total.new - total.old
    dialog.sheets.setCurrentIndex(1)
    assert len({dialog.filter.record(n).sheet for n in range(dialog.filter.rowCount())}) == 1
    dialog.close()


def test_words_are_replaced_in_cells_reasons_and_texts_and_taken_back(opened: MainWindow, qtbot: QtBot) -> None:
    session = opened.session
    opened.actions_["replace"].trigger()
    dialog = next(d for d in QApplication.topLevelWidgets() if isinstance(d, ReplaceDialog) and d.isVisible())
    companion = session.companion
    assert companion is not None
    qtbot.keyClicks(dialog.words, "2024")
    assert not dialog.new.text()
    dialog.words.setText("示例市电化教育馆")
    dialog.new.setText("示例市教育技术中心")
    places = [dialog.filter.record(n) for n in range(dialog.filter.rowCount())]
    assert sum(h.ref is not None for h in places) >= 11
    assert any(h.text is not None for h in places)
    qtbot.mouseClick(button(dialog, "全部替换"), Qt.MouseButton.LeftButton)
    assert session.accounts.unit_name == "示例市教育技术中心"
    assert opened.header.unit.whole == "示例市教育技术中心", "the header follows at once"
    assert session.companion.unit_name == "示例市教育技术中心"
    assert dialog.filter.rowCount() == 0
    dialog.notice.buttons["撤销"].click()
    assert not session.is_dirty
    assert session.companion.overview == companion.overview
    assert session.companion.unit_name == companion.unit_name
    dialog.words.setText("550.0661")
    assert {h.before for h in map(dialog.filter.record, range(dialog.filter.rowCount()))} == {"550.0661"}
    dialog.close()


def test_a_new_workbook_begins_with_its_tables_and_says_what_to_do(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened.pages.show(PageName.PREVIEW)
    path = tmp_path / "空白.xlsx"
    create_workbook(path, standard_pack(), unit_name="示例单位", year=2024)
    with qtbot.waitSignal(opened.session.checked, timeout=10_000):
        opened.files.open(path)
    assert opened.pages.current is PageName.CHECK
    assert opened.bar.text.startswith("公开表还是空的")


def test_lists_offer_their_menus(opened: MainWindow, qtbot: QtBot) -> None:
    opened.pages.show(PageName.REASONS)
    slots = opened.pages.reasons.list
    row = next(r for r in range(slots.count()) if slots.item(r).flags() & Qt.ItemFlag.ItemIsSelectable)
    menu = slots.findChild(ContextMenu).menu(slots.visualItemRect(slots.item(row)).center())
    next(a for a in menu.actions() if a.text() == "复制这句话").trigger()
    assert QApplication.clipboard().text().startswith(slots.slots[0].sentence)
    opened.pages.show(PageName.OPEN)
    lines = [m.menu(QPoint(1, 1)) for m in opened.pages.welcome.findChildren(ContextMenu)]
    assert ["打开", "打开所在文件夹", "复制路径", "从列表中去掉"] in [[a.text() for a in m.actions()] for m in lines]
