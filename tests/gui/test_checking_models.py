"""The models of the page 校验 and of the formula library, under Qt's own model tester."""

import random
import time
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gui.frame.app import make_application
from gui.pages.check.frozen_view import spans
from gui.pages.check.issue_list import IssueList
from gui.pages.check.links_panel import LinksPanel
from gui.pages.check.sheet_model import SheetModel
from gui.pages.check.sheet_view import SheetView
from gui.pages.check.sheets import marks_of
from gui.pages.library.page import LibraryPage
from gui.session.session import Session
from tests.gui.opened import sample_copy
from tests.gui.seen import below_header, button, click_words, table_at
from tests.units import random_unit, standard_pack
from workbook.create.workbook import create_workbook
from workbook.formulas.outcomes import State, formula_states
from workbook.issues import Severity

ITEM = ("2050299", "财政拨款收入")


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path):
    make_application()
    made = Session(data_folder=tmp_path / "数据")
    made.open_now(sample_copy(tmp_path))
    yield made
    made.close()
    made.jobs.finish()


def break_it(session: Session, text: str = "999") -> None:
    place = session.accounts.tables["公开02"].position(*ITEM)
    assert session.edit_cell("公开02", *place, text)


def sheet_model(session: Session, code: str) -> SheetModel:
    return SheetModel(session, session.accounts.tables[code].sheet, code)


# ---------------------------------------------------------------- sheets


def test_every_sheet_passes_the_model_tester(session, qtmodeltester: ModelTester):
    for code in session.accounts.tables:
        qtmodeltester.check(sheet_model(session, code))


def test_a_sheet_shows_what_excel_shows(session):
    model = sheet_model(session, "公开02")
    table = session.accounts.tables["公开02"]
    row, column = table.position("合计", "本年收入合计")
    assert model.index(row, column).data() == "550.07"
    assert model.index(row, column).data(Qt.ItemDataRole.EditRole) == "550.0661"
    assert "550.0661" in model.index(row, column).data(Qt.ItemDataRole.ToolTipRole)
    assert model.view_of(row, column).align == "right"
    assert model.view_of(0, 0).align == "center"
    assert model.headerData(2, Qt.Orientation.Horizontal) == "C"
    counts = session.accounts.tables["公开11"]
    place = counts.position("车辆数合计", "数")
    assert sheet_model(session, "公开11").index(*place).data().isdigit()


def test_header_and_label_columns_stay_in_sight(session):
    expected = {"公开01": 0, "公开02": 2, "公开05": 2, "公开06": 0}
    for code, columns in expected.items():
        model = sheet_model(session, code)
        header, label_columns = model.header, model.frozen_columns
        assert 1 < header.start < header.stop == session.accounts.tables[code].first_data_row, code
        assert label_columns == columns, code
        assert list(spans(model)), code


def test_edited_and_marked_cells_say_so(session):
    break_it(session)
    model = sheet_model(session, "公开02")
    marks = marks_of(session.findings.issues, with_tails=True)
    model.marks = marks.sheets[model.sheet.file.name, model.sheet.name]
    row, column = session.accounts.tables["公开02"].position(*ITEM)
    assert model.is_edited(row, column)
    assert model.marks[row, column].severity is Severity.ERROR
    tip = model.index(row, column).data(Qt.ItemDataRole.ToolTipRole)
    assert "✗ 错误" in tip
    assert "已修改" in tip


def test_the_model_follows_an_edit(session, qtbot):
    model = sheet_model(session, "公开02")
    session.cells_edited.connect(model.forget)
    row, column = session.accounts.tables["公开02"].position(*ITEM)
    assert model.index(row, column).data() == "2.25"
    changed = []
    model.dataChanged.connect(lambda first, _last: changed.append((first.row(), first.column())))
    assert model.setData(model.index(row, column), "１，234.5".replace("，", ","))
    assert model.index(row, column).data() == "1,234.50"
    assert (row, column) in changed
    assert (row, session.accounts.tables["公开02"].position("2050299", "本年收入合计")[1]) in changed


def test_a_fault_is_shown_as_one(session):
    sheet = session.accounts.tables["公开02"].sheet
    row, column = session.accounts.tables["公开02"].position(*ITEM)
    sheet.marks.errors[row, column] = "#REF!"
    view = sheet_model(session, "公开02").view_of(row, column)
    assert (view.text, view.is_fault) == ("#REF!", True)


# ---------------------------------------------------------------- scrolling a long sheet


@pytest.fixture(scope="module")
def long_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pack = standard_pack()
    codes = [c for c in pack.functional.names if len(c) == 7]
    amounts = {("公开02", code, column): Decimal(index + 1)
               for index, code in enumerate(codes) for column in ("本年收入合计", "财政拨款收入")}
    path = tmp_path_factory.mktemp("long") / "很长.xlsx"
    create_workbook(path, pack, unit_name="示例单位", year=2024, amounts=amounts)
    return path


def test_painting_does_not_depend_on_the_length_of_the_sheet(qtbot, long_book, tmp_path):
    session = Session(data_folder=tmp_path)
    session.open_now(long_book)
    view = SheetView(session)
    qtbot.addWidget(view)
    model = sheet_model(session, "公开02")
    assert model.rowCount() > 1000
    asked: set[int] = set()
    real = model.view_of
    model.view_of = lambda row, column: (asked.add(row), real(row, column))[1]  # type: ignore[method-assign]  # a spy
    view.resize(900, 500)
    view.show_sheet(model)
    view.show()
    qtbot.waitExposed(view)
    asked.clear()
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    QApplication.processEvents()
    assert 10 < len(asked) < 80
    header = table_at(view, 100, below_header(view))
    assert header is not view
    assert header.rowAt(1) == model.header.start
    session.close()
    session.jobs.finish()


def test_a_cell_behind_the_frozen_header_is_scrolled_into_sight(qtbot, long_book, tmp_path):
    session = Session(data_folder=tmp_path)
    session.open_now(long_book)
    view = SheetView(session)
    qtbot.addWidget(view)
    view.resize(900, 500)
    view.show_sheet(sheet_model(session, "公开02"))
    view.show()
    qtbot.waitExposed(view)
    for row in (900, 300, 299, 298):
        view.go_to(row, 3)
        rect = view.visualRect(view.currentIndex())
        header = table_at(view, 100, below_header(view))
        assert rect.top() >= header.height()
        assert rect.bottom() <= view.viewport().height()
    session.close()
    session.jobs.finish()


# ---------------------------------------------------------------- findings, links, formulas


def issue_list(session: Session, qtbot: QtBot) -> IssueList:
    issues = IssueList()
    qtbot.addWidget(issues)
    issues.set_issues(list(session.findings.issues), {"公开01": "收入支出决算总表"}, with_tails=True)
    return issues


def test_the_findings_pass_the_model_tester_and_are_filtered(session, qtbot, qtmodeltester: ModelTester):
    break_it(session)
    issues = issue_list(session, qtbot)
    shown = issues.filter
    qtmodeltester.check(issues.model)
    qtmodeltester.check(shown)
    errors = sum(i.severity is Severity.ERROR for i in session.findings.issues)
    issues.choose(Severity.ERROR)
    assert shown.rowCount() == errors > 0
    issues.choose(None)
    kinds, sheets = issues.findChildren(QComboBox)
    sheets.setCurrentIndex(1)
    assert {shown.record(r).sheet for r in range(shown.rowCount())} == {"公开01"}
    sheets.setCurrentIndex(0)
    issues.search.setText("没有这样的问题")
    assert shown.rowCount() == 0
    issues.search.clear()
    kinds.setCurrentText("表内")
    assert {str(shown.record(r).kind) for r in range(shown.rowCount())} == {"表内"}


def test_rounding_tails_are_among_all_only_when_asked_for(session, qtbot):
    issues = issue_list(session, qtbot)
    tails = sum(i.severity is Severity.TAIL for i in session.findings.issues)
    whole = issues.filter.rowCount()
    issues.set_issues(list(session.findings.issues), {}, with_tails=False)
    assert issues.filter.rowCount() == whole - tails < whole
    issues.choose(Severity.TAIL)
    assert issues.filter.rowCount() == tails


def test_findings_sort_by_weight_and_difference(session, qtbot):
    break_it(session)
    shown = issue_list(session, qtbot).filter
    shown.sort(0, Qt.SortOrder.DescendingOrder)
    assert shown.record(0).severity is Severity.TAIL
    shown.sort(5, Qt.SortOrder.DescendingOrder)
    differences = [abs(shown.record(r).difference or 0) for r in range(shown.rowCount())]
    assert differences == sorted(differences, reverse=True)


def test_the_links_list_each_formula_with_the_cells_of_both_sides(session, qtbot):
    break_it(session)
    table = session.accounts.tables["公开02"]
    outcomes = session.editor.links.outcomes(table, *ITEM)
    assert outcomes[0].state is State.BROKEN
    assert outcomes[0].difference
    panel = LinksPanel(session)
    qtbot.addWidget(panel)
    panel.show_cell(table.ref(*ITEM))
    panel.resize(300, 700)
    panel.show()

    def cells() -> int:
        return sum(line in ("左", "右") for line in panel.toPlainText().split("\n"))

    said, opened = panel.toPlainText().split("\n"), cells()
    assert [line for line in said if line in ("✗", "✓")] == [o.state.sign for o in outcomes]
    assert said[said.index("本单元格") + 1] == "999.00", "a broken formula is open"
    click_words(qtbot, panel, "▸")
    assert cells() == sum(len(o.cells) for o in outcomes) > opened
    click_words(qtbot, panel, outcomes[1].formula.wording)
    assert cells() == opened


def test_outcomes_agree_with_the_check(session):
    break_it(session)
    outcomes = [
        outcome for table in session.accounts.tables.values() for row, (_, columns) in table.rows.items() for column in columns
        for outcome in session.editor.links.outcomes(table, row, column)]
    evaluation = session.report.evaluation
    broken = {(o.formula.code, o.left, o.right) for o in outcomes if o.state in (State.BROKEN, State.NOTICE)}
    assert broken == {(f.formula.code, f.left, f.right) for f in evaluation.mismatches if not f.is_tail}
    assert {(o.formula.code, o.reason) for o in outcomes if o.obstacle} <= {(s.formula.code, s.reason) for s in evaluation.skipped}
    assert {o.formula.code for o in outcomes if o.holds} <= {code for code, held in evaluation.held.items() if held}


def test_the_library_passes_the_model_tester_and_knows_each_state(session, qtbot, qtmodeltester: ModelTester):
    break_it(session)
    states = formula_states(session.accounts.pack.formulas, session.report.evaluation)
    page = LibraryPage(session)
    qtbot.addWidget(page)
    page.activate()
    shown = page.list.filter
    qtmodeltester.check(page.list.model)
    qtmodeltester.check(shown)
    by_code = {s.formula.code: s for s in states}
    assert by_code["02-02"].state is State.BROKEN
    assert by_code["02-02"].first is not None
    assert by_code["01-01"].state is State.HOLDS
    assert len(states) == len(session.accounts.pack.formulas)
    assert sum(s.held + s.broken + s.tails for s in states) == session.report.evaluation.instances
    page.show()
    button(page, "不平").click()
    assert shown.rowCount() == sum(s.state in (State.BROKEN, State.NOTICE) for s in states)
    button(page, "全部").click()
    page.list.search.setText("中小企业")
    assert 0 < shown.rowCount() < len(states)


def test_a_fault_over_many_cells_marks_only_its_first(session):
    place = session.accounts.tables["公开01"].position("本年支出合计", "决算数")
    session.edit_cell("公开01", *place, "1")
    issue = next(i for i in session.findings.issues if i.code == "01-02")
    assert len(issue.cells) > 14
    marks = marks_of([issue], with_tails=True)
    assert sum(len(sheet) for sheet in marks.sheets.values()) == 1


def test_an_edit_is_checked_again_quickly(session, qtbot):
    """A generous bound; the benchmark states the real figure."""
    break_it(session, "1")
    times = []
    for n in range(8):
        start = time.perf_counter()
        break_it(session, str(n + 2))
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05


def test_a_random_unit_opens_in_every_sheet(qtbot, tmp_path, qtmodeltester: ModelTester):
    path = tmp_path / "随机.xlsx"
    create_workbook(path, standard_pack(), unit_name="示例单位", year=2024, amounts=random_unit(random.Random(11), funds=True))
    session = Session(data_folder=tmp_path)
    session.open_now(path)
    for code, table in session.accounts.tables.items():
        model = sheet_model(session, code)
        for row, (_, columns) in list(table.rows.items())[:20]:
            for column in columns:
                place = table.position(row, column)
                value = table.value(row, column)
                assert (model.index(*place).data() == "") is (value is None), (code, row, column)
    session.close()
    session.jobs.finish()


def test_several_findings_are_copied_whole(session, qtbot):
    break_it(session)
    issues = issue_list(session, qtbot)
    issues.show()
    issues.choose(Severity.ERROR)
    issues.table.selectAll()
    qtbot.keyClick(issues.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().split("\n")
    assert lines[0].split("\t")[0] == "级别"
    assert len(lines) == issues.filter.rowCount() + 1
    first = issues.filter.record(0)
    assert first.message in lines[1]
    assert f"{first.cells[0].ref.sheet}!{first.cells[0].ref.a1}={first.cells[0].value}" in lines[1]


def test_the_only_amount_that_can_be_right_is_put_in_with_one_click(session, qtbot):
    table = session.accounts.tables["公开02"]
    row, column = table.position("合计", "本年收入合计")
    session.edit_cell("公开02", row, column, "550.17")
    panel = LinksPanel(session)
    qtbot.addWidget(panel)
    panel.resize(300, 700)
    panel.show()
    panel.show_cell(table.ref("合计", "本年收入合计"))
    click_words(qtbot, panel, "填入 550.0661")
    assert session.accounts.value("公开02", "合计", "本年收入合计") == Decimal("550.0661")
    session.checked.connect(panel.refresh)
    session.edit_cell("公开02", *table.position("205", "本年收入合计"), "1")
    panel.show_cell(table.ref("合计", "本年收入合计"))
    assert "填入" not in panel.toPlainText(), "its other formulas hold"


def test_a_formula_is_explained(session, qtbot):
    break_it(session)
    panel = LinksPanel(session)
    qtbot.addWidget(panel)
    panel.resize(300, 700)
    panel.show()
    panel.show_cell(session.accounts.tables["公开02"].ref(*ITEM))
    click_words(qtbot, panel, "相差")
    said = panel.toPlainText()
    assert "依据：" in said
    assert "常见原因：" in said
