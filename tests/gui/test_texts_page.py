"""文字资料: editing every part of the 底稿 as a user does, with pasting and importing."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QTableWidget, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from docgen.report.assembly import build_report
from gui.pages.base import PageName
from gui.pages.texts.fields import RecordModel
from gui.pages.texts.page import TextsPage
from gui.pages.texts.performance import ImportSource
from gui.pages.texts.project import INDICATOR_FIELDS, findings_of
from gui.session.session import Session
from tests.gui.opened import type_text
from tests.packs import own_companion
from tests.workbook.companion_data import DUTIES, WORK
from workbook.companion.model import OLD_TEXT_MARK, BudgetLine, Level
from workbook.companion.read import read_companion
from workbook.entries import Entry
from workbook.pack.choice import key_of
from workbook.pack.loading import load_pack
from workbook.paths import companion_path
from workbook.performance.model import Indicator


@pytest.fixture(scope="module")
def one_page(one_sample: Session) -> Iterator[TextsPage]:
    found = TextsPage(one_sample)
    found.resize(1180, 620)
    yield found
    found.deleteLater()


@pytest.fixture
def page(one_page: TextsPage, session: Session) -> Iterator[TextsPage]:
    """The page, made once, on its first sub-page."""
    one_page.show()
    one_page.tabs.setCurrentIndex(0)
    one_page.activate()
    yield one_page
    one_page.flush()
    one_page.hide()


@pytest.fixture
def own_page(qtbot: QtBot, open_sample) -> TextsPage:
    """A page for a test that opens another unit or another pack."""
    found = TextsPage(open_sample())
    qtbot.addWidget(found)
    found.resize(1180, 620)
    found.show()
    found.activate()
    return found


def reread(session: Session):
    """The 底稿 as the file on disk says."""
    assert session.store.flush()
    return read_companion(session.companion_or_new().path, session.pack)[0]


def press(widget: QWidget, words: str) -> None:
    next(button for button in widget.findChildren(QPushButton) if button.text() == words).click()


def says(widget: QWidget, words: str) -> bool:
    return any(words in label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def paste(widget, text: str = "", html: str = "") -> None:
    data = QMimeData()
    if html:
        data.setHtml(html)
    data.setText(text)
    QGuiApplication.clipboard().setMimeData(data)
    widget.paste()
    QGuiApplication.clipboard().clear()  # an object of Python's must not be left to Qt when the interpreter ends


# ---------------------------------------------------------------- forms
def test_a_unit_entry_is_saved_as_it_is_typed(page: TextsPage, session: Session) -> None:
    field = page.tab("单位信息").form.field("结余分配事项")
    field.input.selectAll()
    type_text(field.input, "按规定提取职工福利基金")
    page.flush()
    assert session.companion_or_new().text("结余分配事项").text == "按规定提取职工福利基金"
    assert reread(session).text("结余分配事项").text == "按规定提取职工福利基金"


def test_what_is_no_number_is_said_beside_the_field_and_counted(page: TextsPage, session: Session) -> None:
    page.tab("单位信息").form.field("最低变动率").set_text("百分之五")
    assert page.tab("单位信息").form.field("最低变动率").note.text() == "✕ 应填数字，请改正"
    assert page.tabs.tabText(0) == "单位信息 1"
    page.tab("单位信息").form.field("最低变动率").set_text("５.０")
    assert session.companion_or_new().text("最低变动率").value == Decimal("5.0")
    assert page.tabs.tabText(0) == "单位信息"


def test_a_missing_file_of_last_year_is_named(page: TextsPage) -> None:
    page.tab("单位信息").form.field("上年决算表").set_text("没有这个文件.xlsx")
    assert "找不到这个文件" in page.tab("单位信息").form.field("上年决算表").note.text()


def test_an_empty_contact_is_a_gap(page: TextsPage, session: Session) -> None:
    before = int(page.badge())
    page.tabs.setCurrentWidget(page.tab("联系方式"))
    page.tab("联系方式").form.field("联系电话").set_text("")
    assert page.tabs.tabText(page.tabs.indexOf(page.tab("联系方式"))) == "联系方式 1"
    assert int(page.badge()) == before + 1
    page.go_to("文本.联系电话")
    assert page.tabs.currentWidget() is page.tab("联系方式")


def test_the_page_leads_from_gap_to_gap_and_on(qtbot: QtBot, page: TextsPage, session: Session) -> None:
    session.set_companion(session.companion_or_new().with_text("联系电话", Entry()))
    for title in ("绩效自评", "联系方式", "绩效自评"):
        press(page, "下一处未填（3）")
        assert page.tabs.currentWidget() is page.tab(title)
    session.set_companion(replace(session.companion_or_new().with_text("联系电话", Entry("0471-1")), projects=()))
    with qtbot.waitSignal(page.page_requested) as asked:
        press(page, "接着：预览与生成")
    assert asked.args == [PageName.PREVIEW, ""]


def test_procurement_amounts_are_checked_against_sheet_11(page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("采购与中小企业"))
    assert says(page.tab("采购与中小企业"), "✓ 与公开表一致")
    page.tab("采购与中小企业").form.field("服务采购").set_text("99")
    assert says(page.tab("采购与中小企业"), "✗ 公开11表 授予中小企业合同金额")
    page.tab("采购与中小企业").form.field("服务采购").set_text("3.6165")
    assert says(page.tab("采购与中小企业"), "✓ 与公开表一致")


def test_showing_an_amount_rounded_does_not_change_it(qtbot: QtBot, page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("采购与中小企业"))
    field = page.tab("采购与中小企业").form.field("货物采购")
    before = session.companion_or_new().text("中小企业货物")
    field.input.setFocus()
    qtbot.keyClick(field.input, Qt.Key.Key_Tab)
    page.flush()
    assert session.companion_or_new().text("中小企业货物") == before
    assert before.value == Decimal("0.8149")


# ---------------------------------------------------------------- tables
def test_a_budget_number_is_edited_in_the_table(qtbot: QtBot, page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("年初预算"))
    model = page.tab("年初预算").table.records_model
    assert model.setData(model.index(0, 2), "１，２３４．５０")
    line = session.companion_or_new().budget[0]
    assert (line.code, line.amount.value) == ("2050299", Decimal("1234.50"))
    assert says(page.tab("年初预算"), "不大于财政拨款合计")
    qtbot.keyClick(page.tab("年初预算").table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.companion_or_new().budget[0].amount.value == Decimal("2.25")
    assert not says(page.tab("年初预算"), "不大于财政拨款合计")
    assert reread(session).budget[0].amount.value == Decimal("2.25")


def test_budget_rows_pasted_from_excel(page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("年初预算"))
    table = page.tab("年初预算").table
    table.setCurrentIndex(table.records_model.index(table.records_model.rowCount() - 1, 0))
    paste(table, "2050202\t小学教育\t12.30\r\n2050203\t初中教育\t1,000.00\r\n")
    lines = {b.code: b for b in session.companion_or_new().budget}
    assert lines["2050202"].name == "小学教育"
    assert lines["2050203"].amount.value == Decimal("1000.00")
    assert reread(session).tables()["年初预算"].value("2050203", "数") == Decimal("1000.00")


def test_amounts_in_yuan_are_taken_over_in_wan(page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("年初预算"))
    unit = next(b for b in page.tab("年初预算").findChildren(QComboBox) if b.accessibleName() == "输入金额的单位")
    unit.setCurrentIndex(1)
    model = page.tab("年初预算").table.records_model
    model.setData(model.index(0, 2), "22600")
    unit.setCurrentIndex(0)
    assert session.companion_or_new().budget[0].amount.value == Decimal("2.26")


def test_an_unknown_code_is_marked(page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("年初预算"))
    model = page.tab("年初预算").table.records_model
    model.setData(model.index(0, 0), "2059998")
    assert "不在功能分类科目目录" in model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert page.tabs.tabText(page.tabs.indexOf(page.tab("年初预算"))) == "年初预算 1"


def test_codes_are_listed_from_sheet_05(page: TextsPage, session: Session) -> None:
    companion = session.companion_or_new()
    session.set_companion(replace(companion, budget=companion.budget[:2]))
    page.tabs.setCurrentWidget(page.tab("年初预算"))
    press(page.tab("年初预算"), "按公开05表列出科目")
    codes = [b.code for b in session.companion_or_new().budget]
    assert codes == ["2050299", "2059999", "2080502", "2080505", "2101102", "2210201"]


def test_units_can_be_added_moved_and_removed(page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("所属单位"))
    table = page.tab("所属单位").table
    model = table.records_model
    model.setData(model.index(1, 0), "示例市教育装备中心")
    model.setData(model.index(1, 1), "公益二类事业单位")
    assert [u.name.text for u in session.companion_or_new().units] == ["示例市电化教育馆", "示例市教育装备中心"]
    table.setCurrentIndex(model.index(1, 0))
    table.move_row(-1)
    assert [u.number for u in session.companion_or_new().units] == ["1", "2"]
    assert session.companion_or_new().units[0].name.text == "示例市教育装备中心"
    table.remove_rows()
    assert [u.name.text for u in reread(session).units] == ["示例市电化教育馆"]


def test_glossary_is_completed_with_standard_terms(qtbot: QtBot, page: TextsPage, session: Session) -> None:
    companion = session.companion_or_new()
    session.set_companion(replace(companion, glossary=companion.glossary[:1]))
    page.tabs.setCurrentWidget(page.tab("名词解释"))
    press(page.tab("名词解释"), "补入标准名词")
    terms = [t.term.text for t in session.companion_or_new().glossary]
    assert len(terms) == len(set(terms)) > 10
    qtbot.keyClick(page.tab("名词解释").table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(session.companion_or_new().glossary) == 1


def test_the_tables_are_proper_models(qtmodeltester: ModelTester) -> None:
    model = RecordModel(INDICATOR_FIELDS, lambda: Indicator("", "", ""))
    qtmodeltester.check(model)
    model.show_records([Indicator("产出指标", "数量指标", "场次"), Indicator("产出指标", "数量指标", "人次")])
    model.change(model.typed([(1, 2, "人数"), (1, 3, "正向"), (2, 2, ""), (3, 2, "次数"), (3, 99, "没有这一列")]))
    assert [i.third for i in model.filled] == ["场次", "人数", "次数"]
    model.step(-1)
    assert [i.third for i in model.filled] == ["场次", "人次"]


# ---------------------------------------------------------------- texts of part one
WORD_HTML = """<html><body><!--StartFragment-->
<h1>一、加强党的建设</h1><p class=MsoNormal><span style='font-family:仿宋'>修订支部制度。<o:p></o:p></span></p>
<h2>（一）组织培训</h2><p>培训教师<b>260</b>人。</p><p>&nbsp;</p><p>· 按期完成计划。</p><!--EndFragment--></body></html>"""


def test_pasting_from_word_keeps_paragraphs_and_levels(page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("概况文字"))
    page.tab("概况文字").choose(WORK)
    editor = page.tab("概况文字").editor
    editor.selectAll()
    paste(editor, html=WORD_HTML)
    page.flush()
    found = session.companion_or_new().paragraphs(WORK)
    assert [(p.level, p.text.text) for p in found] == [
        (Level.FIRST, "一、加强党的建设"), (Level.BODY, "修订支部制度。"), (Level.SECOND, "（一）组织培训"),
        (Level.BODY, "培训教师260人。"), (Level.BODY, "按期完成计划。")]
    styles = [(b.style, b.text) for b in build_report(session.context).blocks if hasattr(b, "spans")]
    assert ("二级标题", "一、加强党的建设") in styles
    assert [p.text.text for p in reread(session).paragraphs(WORK)] == [p.text.text for p in found]


def test_the_level_of_a_paragraph_is_changed_with_a_key(qtbot: QtBot, page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("概况文字"))
    page.tab("概况文字").choose(DUTIES)
    editor = page.tab("概况文字").editor
    editor.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.keyClick(editor, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    page.flush()
    assert session.companion_or_new().paragraphs(DUTIES)[0].level is Level.FIRST
    assert next(b for b in page.tab("概况文字").findChildren(QPushButton) if b.text() == "一级标题").isChecked()


def test_old_texts_are_marked_until_they_are_updated(page: TextsPage, session: Session) -> None:
    companion = session.companion_or_new()
    session.set_companion(replace(companion, overview=tuple(replace(p, remark=OLD_TEXT_MARK) for p in companion.overview)))
    page.tabs.setCurrentWidget(page.tab("概况文字"))
    assert "从上年结转" in page.tab("概况文字").notice.text
    page.tab("概况文字").notice.buttons["都已更新"].click()
    assert page.tab("概况文字").notice.text == ""
    assert not any(p.remark for p in session.companion_or_new().overview)


def test_importing_a_word_file_can_be_undone(page: TextsPage, session: Session, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("一、主要职能、职责", 1)
    document.add_paragraph("负责教育信息化工作。")
    path = tmp_path / "概况.docx"
    document.save(path)
    before = session.companion_or_new().overview
    page.tabs.setCurrentWidget(page.tab("概况文字"))
    page.tab("概况文字").import_file(path)
    assert [p.text.text for p in session.companion_or_new().paragraphs(DUTIES)] == ["负责教育信息化工作。"]
    assert session.companion_or_new().paragraphs(WORK)  # what the file does not have stays
    page.tab("概况文字").notice.buttons["撤销"].click()
    assert session.companion_or_new().overview == before


# ---------------------------------------------------------------- performance
def test_importing_a_table_makes_a_project_and_shows_its_arithmetic(page: TextsPage, session: Session) -> None:
    companion = session.companion_or_new()
    source = companion.path
    copied = source.with_name("自评表.xlsx")
    copied.write_bytes(source.read_bytes())
    session.set_companion(replace(companion, projects=(), unlisted=()))
    page.tabs.setCurrentWidget(page.tab("绩效自评"))
    page.tab("绩效自评").import_files([copied])
    projects = session.companion_or_new().projects
    assert [p.name.text for p in projects] == ["名师视界直播运行费", "教育三项改革资金", "教师培训专项"]
    assert projects[0].score.value == Decimal("99.68")
    assert projects[0].actual.value == Decimal("19.35")
    assert page.tab("绩效自评").projects.item(0).text() == "名师视界直播运行费\n99.68 分　✓"
    assert len(reread(session).projects) == 3
    page.tab("绩效自评").notice.buttons["撤销"].click()
    assert session.companion_or_new().projects == ()


def test_a_wrong_score_is_found_and_the_total_is_filled_in(page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("绩效自评"))
    page.tab("绩效自评").projects.setCurrentRow(0)
    editor = page.tab("绩效自评").editor
    model = editor.indicators.records_model
    column = next(i for i, f in enumerate(INDICATOR_FIELDS) if f.title == "得分")
    model.setData(model.index(0, column), "5")
    project = session.companion_or_new().projects[0]
    assert any(i.code == "绩效-06" for i in findings_of(project, session.pack.companion_rules))
    assert "✗" in page.tab("绩效自评").projects.item(0).text()
    assert page.tabs.tabText(page.tabs.indexOf(page.tab("绩效自评"))) == "绩效自评 3", "with the two that have hints"
    press(editor, "按合计填总分")
    project = session.companion_or_new().projects[0]
    assert not any(i.code == "绩效-06" for i in findings_of(project, session.pack.companion_rules))
    assert reread(session).projects[0].table.total_score.value == project.table.score_sum()


def test_a_project_is_added_with_a_blank_table_and_removed(page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("绩效自评"))
    press(page.tab("绩效自评"), "添加项目")
    press(page.tab("绩效自评").editor, "新建空白表")
    project = session.companion_or_new().projects[-1]
    assert project.table is not None
    assert page.tab("绩效自评").editor.indicators.records == ()
    type_text(page.tab("绩效自评").editor.summary.field("下一步改进措施").input, "还没有打完")
    press(page.tab("绩效自评"), "删除")
    page.flush()
    assert len(session.companion_or_new().projects) == 3
    page.tab("绩效自评").notice.buttons["撤销"].click()
    assert len(session.companion_or_new().projects) == 4


def test_a_file_without_tables_is_named(page: TextsPage, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("无表")
    document.save(tmp_path / "空.docx")
    page.tab("绩效自评").import_files([tmp_path / "空.docx"])
    assert "空.docx" in page.tab("绩效自评").notice.text
    assert "没有认出项目支出绩效自评表" in page.tab("绩效自评").notice.text


# ---------------------------------------------------------------- no 底稿 yet
def test_without_a_companion_the_first_entry_makes_one(qtbot: QtBot, open_sample) -> None:
    session = open_sample(companion=False)
    page = TextsPage(session)
    qtbot.addWidget(page)
    page.show()
    page.activate()
    assert page.tab("单位信息").form.field("单位名称").text == "示例市电化教育馆"
    counts = {page.tabs.tabText(i).partition(" ")[0]: page.tabs.tabText(i).partition(" ")[2] for i in range(page.tabs.count())}
    assert counts["年初预算"] == "3"  # both totals and the lines
    assert counts["采购与中小企业"] == "1"
    assert counts["概况文字"] == "3"
    page.tabs.setCurrentWidget(page.tab("联系方式"))
    page.tab("联系方式").form.field("联系人").set_text("王晓明")
    assert reread(session).text("联系人").text == "王晓明"
    assert companion_path(session.path).is_file()


def test_a_budget_line_keeps_its_text_until_it_has_a_code(page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("年初预算"))
    model = page.tab("年初预算").table.records_model
    row = model.rowCount() - 1
    model.setData(model.index(row, 2), "3.00")
    assert model.record(row) == BudgetLine("", "", Entry("3.00", Decimal("3.00")))
    assert len(session.companion_or_new().budget) == row
    model.setData(model.index(row, 0), "2050202")
    assert session.companion_or_new().budget[row].name == "小学教育"


def test_what_is_still_being_typed_is_saved_when_everything_must_be_on_disk(page: TextsPage, session: Session) -> None:
    page.tabs.setCurrentWidget(page.tab("联系方式"))
    field = page.tab("联系方式").form.field("联系人")
    field.input.selectAll()
    type_text(field.input, "李建国")  # and at once the window is closed
    assert session.store.flush()
    assert read_companion(session.companion_or_new().path, session.pack)[0].text("联系人").text == "李建国"


def test_what_was_typed_never_reaches_another_unit(qtbot: QtBot, own_page: TextsPage) -> None:
    page, session = own_page, own_page.session
    page.tabs.setCurrentWidget(page.tab("联系方式"))
    field = page.tab("联系方式").form.field("联系人")
    field.input.selectAll()
    type_text(field.input, "李建国")
    other = next(p for p in session.path.parent.glob("*2023*公开表.xlsx"))
    session.open_now(other)
    phone = page.tab("联系方式").form.field("联系电话")
    type_text(phone.input, "号码七")  # what is typed now is taken over, and so would be what was typed before
    qtbot.waitUntil(lambda: "号码七" in session.companion_or_new().text("联系电话").text)
    assert session.companion_or_new().text("联系人").text != "李建国"
    assert field.text == session.companion_or_new().text("联系人").text


def test_the_sub_pages_are_those_of_the_packs_form(qtbot: QtBot, own_page: TextsPage, tmp_path: Path) -> None:
    page, session = own_page, own_page.session
    titles = [page.tabs.tabText(i).partition(" ")[0] for i in range(page.tabs.count())]
    assert titles == ["单位信息", "概况文字", "所属单位", "年初预算", "采购与中小企业", "绩效自评", "名词解释", "联系方式"]
    with qtbot.waitSignal(session.opened, timeout=20_000):
        pack = load_pack(own_companion(tmp_path))
        session.choose_pack(key_of(pack.folder), pack)
    titles = [page.tabs.tabText(i).partition(" ")[0] for i in range(page.tabs.count())]
    assert titles == ["单位信息", "概况文字", "所属单位", "年初预算", "中小企业采购情况", "培训与会议", "名词解释", "联系方式"]
    tab = page.tab("培训与会议")
    page.tabs.setCurrentWidget(tab)
    tab.form.field("培训费").set_text("0.5")
    tab.form.field("培训内容").set_text("业务培训")
    assert says(tab, "培训费不大于预算")
    page.tabs.setCurrentWidget(page.tab("中小企业采购情况"))
    assert page.tab("中小企业采购情况").form.field("服务采购").text == "3.62"
    assert reread(session).text("培训内容").text == "业务培训"
    page.go_to("文本.培训内容")
    assert page.tabs.currentWidget() is tab

def test_a_table_that_was_not_understood_is_shown_beside_its_source(page: TextsPage, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "自评.docx"
    document = docx.Document()
    table = document.add_table(2, 2)
    for (r, c), words in {(0, 0): "项目", (0, 1): "设备更新", (1, 0): "三级指标", (1, 1): "更新台数"}.items():
        table.cell(r, c).text = words
    document.save(file)
    tab = page.tab("绩效自评")
    tab.import_files([file])
    tab.notice.buttons["对照原表"].click()
    shown = next(d for d in QApplication.topLevelWidgets() if isinstance(d, ImportSource))
    grid = shown.findChild(QTableWidget)
    assert [[grid.item(r, c).text() for c in range(2)] for r in range(2)] == [["项目", "设备更新"], ["三级指标", "更新台数"]]
    grid.selectAll()
    shown.close()
