"""The grid takes keys, ranges and the clipboard as Excel and WPS do."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from gui.frame.app import make_application
from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from gui.pages.check.page import CheckingPage
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from tests.gui.conftest import put_away
from tests.gui.opened import sample_copy, type_text
from tests.gui.seen import below_header, table_at

Key, Modifier = Qt.Key, Qt.KeyboardModifier
CODE, ROW = "公开03", "2050299"
COLUMNS = ("本年支出合计", "基本支出", "项目支出")


@pytest.fixture(scope="module")
def shared(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """One window for all: what a test did is undone before the next."""
    theme.apply(make_application(), theme.Mode.LIGHT)
    folder = tmp_path_factory.mktemp("输入")
    window = MainWindow(Session(data_folder=folder / "数据"), Settings(folder / "settings.json"))
    window.showNormal()
    window.resize(1366, 768)
    window.session.open_now(sample_copy(folder))
    window.session.jobs.finish()
    yield window
    put_away(window)
    window.close()


@pytest.fixture
def opened(shared: MainWindow) -> MainWindow:
    while shared.session.undo_stack.canUndo():
        shared.session.undo_stack.undo()
    shared.session.undo_stack.clear()
    shared.bar.dismiss()
    shared.resize(1366, 768)
    shared.pages.show(PageName.CHECK)
    return shared


@pytest.fixture
def page(opened: MainWindow) -> CheckingPage:
    opened.activateWindow()
    made = opened.pages.checking
    made.tabs.setCurrentIndex(2)
    made.view.setFocus()
    return made


def position(page: CheckingPage, row: str, column: str, code: str = CODE) -> tuple[int, int]:
    return page.session.accounts.tables[code].position(row, column)


def value(page: CheckingPage, row: str, column: str) -> Decimal | None:
    return page.session.accounts.value(CODE, row, column)


def at(page: CheckingPage) -> tuple[int, int]:
    return page.view.currentIndex().row(), page.view.currentIndex().column()


def select(page: CheckingPage, first: tuple[int, int], last: tuple[int, int]) -> None:
    """A click, and another with Shift."""
    view = page.view
    for cell, modifier in ((first, Modifier.NoModifier), (last, Modifier.ShiftModifier)):
        view.scrollTo(view.model().index(*cell))
        place = view.visualRect(view.model().index(*cell)).center()
        QTestClick(page, place, modifier)


def QTestClick(page: CheckingPage, place: QPoint, modifier: Qt.KeyboardModifier) -> None:  # noqa: N802  # as Qt calls it
    from PySide6.QtTest import QTest

    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def editor(page: CheckingPage) -> QLineEdit | None:
    return next((e for e in page.view.findChildren(QLineEdit) if e.isVisible()), None)


def keys(qtbot: QtBot, page: CheckingPage, *pressed: Qt.Key | str, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
    """Keys and texts, each as the field in front gets it."""
    for part in pressed:
        for key in part if isinstance(part, str) else (part,):
            qtbot.keyClick(editor(page) or page.view, key, modifier)
            QApplication.processEvents()


def test_a_column_is_typed_with_enter_and_a_row_with_tab(page, qtbot):
    row, column = position(page, ROW, "基本支出")
    page.view.go_to(row, column)
    keys(qtbot, page, "1.5", Key.Key_Return, "2.5", Key.Key_Return)
    assert at(page) == (row + 2, column)
    assert value(page, ROW, "基本支出") == Decimal("1.5")
    keys(qtbot, page, Key.Key_Return, modifier=Modifier.ShiftModifier)
    assert at(page) == (row + 1, column)
    page.view.go_to(row, column)
    keys(qtbot, page, "3", Key.Key_Tab)
    assert at(page) == position(page, ROW, "项目支出")
    keys(qtbot, page, "4", Key.Key_Return)
    assert at(page) == (row + 1, column), "Enter after Tab: below where the row began"
    assert [value(page, ROW, c) for c in COLUMNS[1:]] == [3, 4]
    keys(qtbot, page, Key.Key_Backtab, modifier=Modifier.ShiftModifier)
    assert at(page) == position(page, page.session.accounts.tables[CODE].structure.key_at(row + 1, column)[0], "本年支出合计")


def test_tab_passes_over_what_is_no_amount(page, qtbot):
    table = page.session.accounts.tables[CODE]
    row = table.position(ROW, "基本支出")[0]
    last = max(table.rows[ROW][1].values())
    page.view.go_to(row, last)
    keys(qtbot, page, Key.Key_Tab)
    assert at(page) == (row + 1, min(table.rows[ROW][1].values()))
    page.view.go_to(*max((r, max(columns.values())) for r, columns in table.rows.values()))
    keys(qtbot, page, Key.Key_Tab)
    assert QApplication.focusWidget() is not page.view, "behind the last amount on to the next control"


def test_escape_and_f2_and_arrows(page, qtbot):
    row, column = position(page, ROW, "基本支出")
    before = value(page, ROW, "基本支出")
    page.view.go_to(row, column)
    keys(qtbot, page, "77", Key.Key_Escape)
    assert value(page, ROW, "基本支出") == before
    keys(qtbot, page, "77", Key.Key_Right)
    assert at(page) == (row, column + 1)
    assert value(page, ROW, "基本支出") == 77
    page.view.go_to(row, column)
    keys(qtbot, page, Key.Key_F2, Key.Key_End, Key.Key_Left, "5", Key.Key_Return)
    assert value(page, ROW, "基本支出") == 757


def test_what_is_no_amount_stays_in_the_editor(opened, page, qtbot):
    page.view.go_to(*position(page, ROW, "基本支出"))
    keys(qtbot, page, "12x", Key.Key_Return)
    assert "不是金额" in opened.bar.text
    assert editor(page).text() == "12x"
    keys(qtbot, page, "12", Key.Key_Return)
    assert value(page, ROW, "基本支出") == 12


def test_a_range_is_filled_moved_through_and_cleared_as_one_step(page, qtbot):
    (row, column), (_, last) = position(page, ROW, "基本支出"), position(page, ROW, "项目支出")
    select(page, (row, column), (row, last))
    keys(qtbot, page, Key.Key_Return)
    assert at(page) in ((row, column), (row, last))
    keys(qtbot, page, "6")
    keys(qtbot, page, Key.Key_Return, modifier=Modifier.ControlModifier)
    assert [value(page, ROW, c) for c in COLUMNS[1:]] == [6, 6]
    assert len(page.view.selected_cells()) == 2, "the selection stays"
    keys(qtbot, page, Key.Key_Delete)
    assert [value(page, ROW, c) for c in COLUMNS[1:]] == [None, None]
    page.session.undo_stack.undo()
    page.session.undo_stack.undo()
    assert not page.session.is_dirty


def test_shift_and_the_arrows_select_and_control_goes_to_the_end(page, qtbot):
    row, column = position(page, ROW, "本年支出合计")
    page.view.go_to(row, column)
    keys(qtbot, page, Key.Key_Right, modifier=Modifier.ShiftModifier)
    assert page.view.selected_cells() == [(row, column), (row, column + 1)]
    page.view.go_to(row, column)
    keys(qtbot, page, Key.Key_Down, modifier=Modifier.ControlModifier)
    bottom = at(page)[0]
    sheet = page.view.shown.sheet
    assert bottom > row
    assert sheet.content(bottom, column) != "" == sheet.content(bottom + 1, column)


def test_amounts_are_copied_and_pasted_with_all_their_digits(opened, page, qtbot):
    row, column = position(page, ROW, "本年支出合计")
    opened.session.edit_cell(CODE, row, column, "528.6751")
    page.view.go_to(row, column)
    assert page.view.currentIndex().data() == "528.68"
    keys(qtbot, page, Key.Key_C, modifier=Modifier.ControlModifier)
    assert QApplication.clipboard().text() == "528.6751"
    select(page, (row, column + 1), (row, column + 2))
    keys(qtbot, page, Key.Key_V, modifier=Modifier.ControlModifier)
    assert [value(page, ROW, c) for c in COLUMNS] == [Decimal("528.6751")] * 3, "one cell fills the selection"


def test_a_pasted_block_is_one_step_and_names_what_it_left_alone(opened, page, qtbot):
    row, column = position(page, ROW, "本年支出合计")
    label = page.view.shown.edit_text(row, column - 1)
    QApplication.clipboard().setText(f"{label}\t1\t合计\t2,000.25\r\n别的科目\t3\t4\t（5）\r\n")
    page.view.go_to(row, column - 1)
    keys(qtbot, page, Key.Key_V, modifier=Modifier.ControlModifier)
    model = page.view.shown
    assert [value(page, ROW, c) for c in COLUMNS] == [1, page.session.editor.current(model.sheet) and value(page, ROW, "基本支出"), Decimal("2000.25")]
    assert model.edit_text(row, column - 1) == label
    assert "已粘贴 5 个单元格" in opened.bar.text
    assert f"{model.ref(row, column + 1).a1} 没有改动，“合计”不是金额" in opened.bar.text
    assert model.ref(row + 1, column - 1).a1 in opened.bar.text
    assert "别的科目" in opened.bar.text
    page.session.undo_stack.undo()
    assert not page.session.is_dirty


def test_fill_down_and_right(page, qtbot):
    row, column = position(page, ROW, "基本支出")
    page.view.go_to(row, column)
    keys(qtbot, page, "8", Key.Key_Return)
    select(page, (row, column), (row, column + 1))
    keys(qtbot, page, Key.Key_R, modifier=Modifier.ControlModifier)
    assert value(page, ROW, "项目支出") == 8
    page.view.go_to(row + 1, column)
    keys(qtbot, page, Key.Key_D, modifier=Modifier.ControlModifier)
    assert page.view.model().index(row + 1, column).data() == "8.00", "one cell takes what stands above it"


def test_labels_codes_and_headers_cannot_be_overtyped_by_accident(opened, page, qtbot):
    page.tabs.setCurrentIndex(0)
    model, view = page.view.shown, page.view
    row, column = next((r, c) for r in range(model.rowCount()) for c in range(model.columnCount()) if model.edit_text(r, c) == "二、外交支出")
    view.go_to(row, column)
    QApplication.clipboard().setText("20")
    keys(qtbot, page, "20", Key.Key_F2)
    assert editor(page) is None
    assert "已锁定" in opened.bar.text
    keys(qtbot, page, Key.Key_V, modifier=Modifier.ControlModifier)
    keys(qtbot, page, Key.Key_Delete)
    assert model.edit_text(row, column) == "二、外交支出"
    action = next(a for a in page.view.context_menu.menu(QPoint()).actions() if a.text() == "修改文字")
    action.trigger()
    assert editor(page) is not None
    type_text(editor(page), "外交")
    keys(qtbot, page, Key.Key_Return)
    assert "外交" in model.edit_text(row, column) != "二、外交支出"
    view.go_to(row, column)
    keys(qtbot, page, Key.Key_F2)
    assert editor(page) is None, "locked again"


def test_the_right_mouse_button_offers_what_fits(page, qtbot):
    page.view.go_to(*position(page, ROW, "基本支出"))
    menu = page.view.context_menu.menu(QPoint())  # the offscreen platform has no pop-ups
    assert {"复制", "粘贴", "清除金额", "修改"} <= {a.text().partition("\t")[0] for a in menu.actions()}


def test_the_status_line_sums_what_is_selected(opened, page, qtbot):
    row, column = position(page, ROW, "基本支出")
    opened.session.cells.enter([(CODE, row, column, "1.006"), (CODE, row, column + 1, "2.0001")])
    select(page, (row, column), (row, column + 1))
    said = "平均 1.50　计数 2　求和 3.01"
    qtbot.waitUntil(lambda: said in {label.text() for label in opened.status.findChildren(QLabel)})
    page.view.go_to(row, column)
    qtbot.waitUntil(lambda: said not in {label.text() for label in opened.status.findChildren(QLabel)})


def test_the_letters_stay_with_the_frozen_columns(opened, page):
    page.tabs.setCurrentIndex(1)
    page.across.setSizes([640, 220])
    opened.resize(1100, 600)
    QApplication.processEvents()
    page.view.horizontalScrollBar().setValue(page.view.horizontalScrollBar().maximum())
    pane = table_at(page.view, 60, below_header(page.view) + 200)
    assert pane is not page.view
    assert pane.horizontalHeader().isVisible()
    letters = pane.horizontalHeader()
    assert letters.mapTo(page.view, QPoint(0, 0)).y() == page.view.horizontalHeader().y()
    assert letters.logicalIndexAt(2) == 0


def test_a_screen_reader_says_what_a_cell_is(page):
    model = page.view.shown
    index = model.index(*position(page, ROW, "本年支出合计"))
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith(f"{model.ref(index.row(), index.column()).a1} 公开03表 2050299")
    assert index.data() in said


def test_f6_leads_out_of_the_grid(page):
    page.view.setFocus()
    seen = []
    for _ in range(4):
        page.next_part(1)  # the offscreen platform delivers no shortcuts
        seen.append(QApplication.focusWidget())
    assert seen[0] is page.links
    assert seen[1] is page.issues.table
    page.view.setFocus()
    page.next_part(-1)
    assert QApplication.focusWidget() is page.tabs


def test_the_only_right_amount_is_filled_in_from_the_menus_of_cell_and_finding(opened: MainWindow, page: CheckingPage):
    session, cell = opened.session, ("合计", "本年支出合计")
    right, place = session.accounts.value(CODE, *cell), position(page, *cell)
    ref = session.accounts.tables[CODE].ref(*cell)

    def menus() -> list[list[str]]:
        page.show_cell(ref)
        issues = page.issues
        row = next(r for r in range(issues.filter.rowCount()) if ref in [c.ref for c in issues.filter.record(r).cells])
        place = issues.table.visualRect(issues.filter.index(row, 0)).center()
        return [list(page.view.context_menu.menu(QPoint()).actions()), list(issues.context_menu.menu(place).actions())]  # no pop-ups off screen

    for number in range(2):
        assert session.edit_cell(CODE, *place, "9999")
        action = next(a for a in menus()[number] if "填入" in a.text())
        assert action.text() == f"{ref.a1} 填入 {right.normalize():f}"
        action.trigger()
        assert session.accounts.value(CODE, *cell) == right
    session.edit_cell(CODE, *place, "9999")
    session.edit_cell(CODE, *position(page, "205", "本年支出合计"), "1")
    assert not [a for menu in menus() for a in menu if "填入" in a.text()], "several amounts may be wrong"
