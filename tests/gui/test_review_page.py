"""审校: a report beside its findings; from the text to the list, from the list to the cell, and out as files."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QFileDialog, QToolTip
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from docgen.report.assembly import build_report, write_word
from gui.frame.app import make_application
from gui.frame.main_window import MainWindow
from gui.pages.base import DONE, PageName
from gui.pages.review.page import ReviewPage
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from tests.docgen.pdf_files import Sheet, write_pdf
from tests.gui.opened import sample_copy
from tests.gui.seen import button, buttons, drop, texts
from workbook.create.workbook import create_workbook
from workbook.editing.package_edit import edit_package
from workbook.issues import Severity
from workbook.pack.loading import load_pack
from workbook.paths import free_name

TOTAL = ("收入决算总计", "550.07", "555.07")
WAY = ("1．本年收入决算合计", "减少", "增加")
BUDGET = ("教育支出（类）决算数", "71.24", "7.24")


@pytest.fixture(scope="module")
def written(one_sample: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's report, linked."""
    context = one_sample.context
    target = tmp_path_factory.mktemp("报告") / "报告.docx"
    write_word(build_report(context), context, target, linked=True)
    return target


@pytest.fixture
def report(written: Path, tmp_path: Path) -> Path:
    """A copy of the sample's report."""
    return Path(shutil.copyfile(written, tmp_path / "报告.docx"))


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> ReviewPage:
    made = ReviewPage(session)
    qtbot.addWidget(made)
    made.resize(1180, 620)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    theme.apply(make_application(), theme.Mode.LIGHT)
    made = MainWindow(Session(data_folder=tmp_path / "数据"), Settings(tmp_path / "设置" / "settings.json"))
    qtbot.addWidget(made, before_close_func=lambda w: w.session.close())
    made.resize(1366, 768)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.session.jobs.finish()


def text_of(paragraph) -> str:
    return "".join(t.text or "" for t in paragraph.iter(qn("w:t"))).replace("\u00a0", " ")


def change(path: Path, *changes: tuple[str, str, str]) -> None:
    """In the paragraph that begins so, write something else."""
    document = docx.Document(path)
    for begins, old, new in changes:
        paragraph = next(p for p in document.element.body.iter(qn("w:p")) if text_of(p).startswith(begins))
        element = next(t for t in paragraph.iter(qn("w:t")) if old in (t.text or ""))
        element.text = (element.text or "").replace(old, new, 1)
    document.save(path)


def change_table(path: Path, title: str, old: str, new: str) -> None:
    """In the first table after the paragraph with this text, write another amount."""
    document = docx.Document(path)
    blocks = list(document.element.body.iter(qn("w:p"), qn("w:tbl")))
    at = max(i for i, b in enumerate(blocks) if b.tag == qn("w:p") and text_of(b) == title)
    table = next(b for b in blocks[at:] if b.tag == qn("w:tbl"))
    element = next(t for t in table.iter(qn("w:t")) if t.text == old)
    element.text = new
    document.save(path)


def review(qtbot: QtBot, page: ReviewPage, path: Path) -> None:
    with qtbot.waitSignal(page.shown, timeout=10_000):
        page.review(path)


def marked(page: ReviewPage) -> str:
    """The text that is highlighted."""
    return "".join(s.cursor.selectedText() for s in page.view.extraSelections()).replace("\u00a0", " ")


def spot(page: ReviewPage, finding: int) -> QPoint:
    """A point on a finding's text, which is in sight."""
    cursor = QTextCursor(page.view.document())
    cursor.setPosition(page.view.text.findings[finding].start + 1)
    return page.view.cursorRect(cursor).center()


def choose(page: ReviewPage, row: int) -> None:
    page.findings.table.selectRow(row)
    QApplication.processEvents()


# ---------------------------------------------------------------- what is found


def test_a_report_of_the_program_is_clean(qtbot: QtBot, page: ReviewPage, report: Path) -> None:
    assert page.badge() == ""
    review(qtbot, page, report)
    assert page.badge() == DONE
    assert page.bar.summary.text() == f"✓ 全文 {page.reviewed.review.compared:,} 个数，核对 {page.reviewed.review.compared:,} 个：错误 0，提示 0"
    assert page.reviewed.review.compared > 400
    assert any("没有发现问题" in words for words in texts(page.findings))


def test_broken_figures_are_listed_and_counted(qtbot: QtBot, page: ReviewPage, report: Path, qtmodeltester: ModelTester) -> None:
    change(report, TOTAL, WAY, BUDGET)
    review(qtbot, page, report)
    qtmodeltester.check(page.findings.model)
    qtmodeltester.check(page.findings.filter)
    rows = page.findings.filter
    assert [(f.stated, f.issue.expected, f.source) for f in map(rows.record, range(rows.rowCount()))] == [
        ("555.07 万元", "550.07 万元", "公开01表 C37"), ("增加", "减少 243.46 万元，下降 30.68%", "公开01表 C33 等 2 处"),
        ("7.24 万元", "71.24 万元", "公开05表 C8 等 3 处")]
    assert page.badge() == "3"
    assert page.bar.summary.text().endswith("错误 3，提示 0")
    assert [b.text() for b in buttons(page.findings) if b.text()] == ["全部 3", "错误 3", "提示 0"]


def test_filters_and_search(qtbot: QtBot, page: ReviewPage, report: Path) -> None:
    change(report, TOTAL, BUDGET, ("示例市电化教育馆 2024 年度本年支出决算合计", "万元，其中：", "万元，，其中："))
    review(qtbot, page, report)
    shown = page.findings.filter
    assert shown.rowCount() == 3
    qtbot.mouseClick(button(page.findings, "提示"), Qt.MouseButton.LeftButton)
    assert [shown.record(r).rule for r in range(shown.rowCount())] == ["标点重复"]
    page.findings.choose(None)
    page.findings.search.setText("公开05表")
    assert [shown.record(r).stated for r in range(shown.rowCount())] == ["7.24 万元"]
    page.findings.search.setText("没有这样的问题")
    assert "没有符合筛选条件的问题。" in texts(page.findings)
    page.findings.select(0)
    assert shown.rowCount() == 3
    shown.sort(0, Qt.SortOrder.DescendingOrder)
    assert shown.record(0).issue.severity is Severity.NOTICE
    shown.sort(1, Qt.SortOrder.AscendingOrder)
    assert [shown.record(r).number for r in range(3)] == [0, 1, 2]


# ---------------------------------------------------------------- text and list


def test_a_finding_chosen_in_the_list_is_shown_in_the_text(qtbot: QtBot, page: ReviewPage, report: Path) -> None:
    change(report, TOTAL, BUDGET)
    review(qtbot, page, report)
    assert marked(page) == "555.07 万元", "the first is shown at once"
    choose(page, 1)
    assert marked(page) == "7.24 万元"
    assert page.view.viewport().rect().contains(spot(page, 1))
    detail = page.findings.detail.toPlainText().replace("\u00a0", " ")
    for words in ("教育支出（类）比年初预算增加额写的是 7.24 万元", "公开05表 205 教育支出·合计 C8 → 424.24 万元", "底稿“年初预算”", "表文-01"):
        assert words in detail
    page.step(1)
    assert marked(page) == "555.07 万元"
    page.step(-1)
    assert marked(page) == "7.24 万元"


def test_a_finding_clicked_in_the_text_is_chosen_in_the_list(qtbot: QtBot, page: ReviewPage, report: Path) -> None:
    change(report, TOTAL, BUDGET)
    review(qtbot, page, report)
    choose(page, 0)
    page.view.go_to(1)
    qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=spot(page, 1))
    assert page.findings.current.number == 1
    choose(page, 0)
    page.view.go_to(1)
    sign = QPoint(19, spot(page, 1).y())  # beside the line
    qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=sign)
    assert page.findings.current.number == 1


def test_a_wrong_amount_in_a_table_opens_the_table(qtbot: QtBot, page: ReviewPage, report: Path) -> None:
    change_table(report, "二、收入决算表", "424.24", "424.42")
    review(qtbot, page, report)
    [finding] = page.reviewed.findings
    assert (finding.stated, finding.issue.expected, finding.source) == ("424.42", "424.24", "公开02表 D8")
    assert marked(page) == "424.42", "the first finding is shown at once"
    page.view.toggle(page.view.text.part_of[finding.issue.paragraph].key)
    assert page.view.text.is_folded(finding.issue.paragraph)
    assert "424.42" not in page.view.toPlainText()
    assert "✗ 错误 1" in marked(page)
    page.step(1)
    page.findings.table.clicked.emit(page.findings.table.currentIndex())
    assert marked(page) == "424.42"
    assert page.view.viewport().rect().contains(spot(page, 0))


def test_contents_and_long_tables_are_folded_until_clicked(qtbot: QtBot, page: ReviewPage, report: Path) -> None:
    review(qtbot, page, report)
    text = page.view.toPlainText()
    assert "▸ 目录" in text
    assert text.count("▸ 表格") == 11
    assert "示例市电化教育馆\n公益一类事业单位" in text, "a small table is shown"
    part = next(p for p in page.view.text.parts if p.folds and p.words.startswith("目录"))
    cursor = QTextCursor(page.view.document())
    cursor.setPosition(page.view.text.paragraphs[part.key].start + 2)
    qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=page.view.cursorRect(cursor).center())
    assert "▾ 目录" in page.view.toPlainText()
    assert page.view.toPlainText().count("第三部分　名词解释") == 2


def test_a_known_figure_says_where_it_comes_from_and_leads_there(qtbot: QtBot, page: ReviewPage, report: Path, session: Session) -> None:
    review(qtbot, page, report)
    number = next(i for i, f in enumerate(page.reviewed.review.figures) if f.figure.id == "一般公共.205")
    assert "公开05表 205 教育支出·合计 C8 → 424.24 万元" in page.reviewed.tip(-1, number)
    with qtbot.waitSignal(session.cell_requested) as asked:
        page.view.figure_clicked.emit(number)
    assert asked.args[0].a1 == "C8"


def test_figures_under_the_pointer_are_found(qtbot: QtBot, page: ReviewPage, report: Path, session: Session) -> None:
    change(report, TOTAL)
    review(qtbot, page, report)
    number, found = next((i, f) for i, f in enumerate(page.reviewed.review.figures) if f.figure.id == "收支.总计.比上年.增减额")
    place = page.view.text.paragraphs[found.paragraph]
    cursor = QTextCursor(page.view.document())
    cursor.setPosition(place.start + found.start + 1)
    page.view.setTextCursor(cursor)
    page.view.ensureCursorVisible()
    point = page.view.cursorRect(cursor).center()
    assert page.view.under(point) == (-1, number, -1)
    page.view.go_to(0)
    finding, figure, _ = page.view.under(spot(page, 0))
    assert finding == 0
    words = page.reviewed.tip(finding, figure)
    assert "应为 550.07" in words.replace("\u00a0", " ")
    assert "公开01表" in words


# ---------------------------------------------------------------- to the cell


def test_enter_and_double_click_go_to_the_source_cell(qtbot: QtBot, page: ReviewPage, report: Path, session: Session) -> None:
    change(report, TOTAL, BUDGET)
    review(qtbot, page, report)
    choose(page, 0)
    page.findings.table.setFocus()
    with qtbot.waitSignal(session.cell_requested) as asked:
        qtbot.keyClick(page.findings.table, Qt.Key.Key_Return)
    assert str(asked.args[0]) == "公开01 收入支出决算总表!C37"
    table = page.findings.table
    place = table.visualRect(page.findings.filter.index(1, 3)).center()
    with qtbot.waitSignal(session.cell_requested) as asked:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert str(asked.args[0]) == "公开05 一般公共预算财政拨款支出决算表!C8"


def test_sources_in_the_detail_are_links(qtbot: QtBot, page: ReviewPage, report: Path, session: Session, monkeypatch) -> None:
    change(report, WAY, BUDGET)
    review(qtbot, page, report)
    choose(page, 1)
    with qtbot.waitSignal(session.cell_requested):
        page.findings.detail.anchorClicked.emit(QUrl("c0"))
    with qtbot.waitSignal(page.page_requested) as asked:
        page.findings.detail.anchorClicked.emit(QUrl("c1"))
    assert asked.args == [PageName.TEXTS, "年初预算"]
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, words, *_rest: shown.append(words))
    choose(page, 0)
    page.findings.detail.anchorClicked.emit(QUrl("c1"))
    assert shown == ["上年公开01表 本年收入合计 C33 → 793.53 万元（上年决算表，不在本工作簿中）"]


def test_a_finding_about_words_has_no_cell(qtbot: QtBot, page: ReviewPage, report: Path) -> None:
    change(report, ("示例市电化教育馆 2024 年度本年支出", "2024", "2023"))
    review(qtbot, page, report)
    choose(page, 0)
    page.findings.table.activated.emit(page.findings.table.currentIndex())
    assert page.notice.text == "这个问题只和文字有关，没有来源单元格。"
    assert marked(page) == "2023"


# ---------------------------------------------------------------- whole reports


def test_a_missing_section_and_a_report_without_headings(qtbot: QtBot, page: ReviewPage, report: Path, tmp_path: Path) -> None:
    plain = docx.Document()
    plain.add_paragraph("示例市电化教育馆 2024 年度收入、支出决算总计均为 555.07 万元。")
    plain.save(tmp_path / "一段.docx")
    review(qtbot, page, tmp_path / "一段.docx")
    first = page.reviewed.findings[0]
    assert (first.place, first.issue.code) == ("整篇报告", "表文-25")
    assert page.view.toPlainText().startswith("整篇报告")
    choose(page, 0)
    assert marked(page).startswith("整篇报告")


def test_a_report_of_another_unit(qtbot: QtBot, page: ReviewPage, tmp_path: Path) -> None:
    folder = tmp_path / "别的单位"
    folder.mkdir()
    path = folder / "别的单位_2024年度决算公开表.xlsx"
    create_workbook(path, load_pack(), unit_name="示例市第一小学", year=2024, amounts={})
    other = Session(data_folder=tmp_path / "另外")
    other.open_now(path)
    target = folder / "别的单位报告.docx"
    write_word(build_report(other.context), other.context, target, linked=True)
    other.close()
    other.jobs.finish()
    review(qtbot, page, target)
    names = [f for f in page.reviewed.findings if f.issue.expected == "示例市电化教育馆"]
    assert [(f.stated, f.place) for f in names] == [("示例市第一小学", "整篇报告")]
    assert page.notice.text == "报告写的单位是“示例市第一小学”，公开表是“示例市电化教育馆”的，请核对是不是同一个单位。"
    assert int(page.badge()) > 0
    for row in range(0, page.findings.filter.rowCount(), 9):
        choose(page, row)
        number = page.findings.filter.record(row).number
        assert page.view.current == number
        assert page.view.viewport().rect().adjusted(0, -20, 0, 20).contains(spot(page, number))


def test_errors_of_the_workbook_itself_are_mentioned(qtbot: QtBot, page: ReviewPage, report: Path, session: Session) -> None:
    place = session.accounts.tables["公开02"].position("合计", "本年收入合计")
    assert session.edit_cell("公开02", *place, "999")
    review(qtbot, page, report)
    assert page.notice.text.startswith("公开表本身有")


@pytest.mark.parametrize("name", ["坏.docx", "旧.doc", "没有.docx"])
def test_a_file_that_cannot_be_read_is_one_sentence(qtbot: QtBot, page: ReviewPage, report: Path, tmp_path: Path, name: str) -> None:
    review(qtbot, page, report)
    path = tmp_path / name
    if name != "没有.docx":
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) if name == "旧.doc" else b"PK\x03\x04 nothing")
    page.review(path)
    qtbot.waitUntil(lambda: page.notice.text.startswith(f"{name}："), timeout=10_000)
    assert "\n" not in page.notice.text
    assert page.reviewed.path == report, "the review before stays"
    assert set(page.notice.buttons) == {"重试", "选择别的报告…"}


# ---------------------------------------------------------------- again


def test_a_report_that_was_corrected_is_clean_again(qtbot: QtBot, page: ReviewPage, report: Path, session: Session) -> None:
    change(report, TOTAL, BUDGET)
    review(qtbot, page, report)
    choose(page, 1)
    assert page.stale.text == ""
    change(report, ("收入决算总计", "555.07", "550.07"))
    page.activate()
    qtbot.waitUntil(lambda: page.stale.text == "报告已改动，结果可能过时。", timeout=10_000)
    with qtbot.waitSignal(page.shown, timeout=10_000):
        page.stale.buttons["重新审校"].click()
    assert page.stale.text == ""
    assert [f.stated for f in page.reviewed.findings] == ["7.24 万元"]
    assert page.findings.current.stated == "7.24 万元", "the finding that was chosen still is"
    assert marked(page) == "7.24 万元"
    change(report, ("教育支出（类）决算数", "7.24", "71.24"))
    with qtbot.waitSignal(page.shown, timeout=10_000):
        page.bar.again.click()
    assert page.badge() == DONE


def test_an_edit_of_the_workbook_makes_the_review_doubtful_until_it_is_taken_back(
    qtbot: QtBot, page: ReviewPage, report: Path, session: Session
) -> None:
    review(qtbot, page, report)
    place = session.accounts.tables["公开05"].position("205", "合计")
    assert session.edit_cell("公开05", *place, "400")
    qtbot.waitUntil(lambda: page.stale.text == "公开表已改动，结果可能过时。")
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: page.stale.text == "")
    session.undo_stack.redo()
    qtbot.waitUntil(lambda: page.stale.text != "")
    with qtbot.waitSignal(page.shown, timeout=10_000):
        page.again()
    assert page.stale.text == ""
    assert any(f.stated == "424.24 万元" and f.issue.expected == "400.00 万元" for f in page.reviewed.findings)


def test_a_report_that_is_gone_is_said(qtbot: QtBot, page: ReviewPage, report: Path) -> None:
    review(qtbot, page, report)
    report.unlink()
    page.activate()
    qtbot.waitUntil(lambda: "已不在原来的位置" in page.stale.text, timeout=10_000)


def test_a_review_can_be_cancelled(qtbot: QtBot, page: ReviewPage, report: Path, session: Session, monkeypatch) -> None:
    from docgen.docx import reading

    real, go_on = reading.read_document, threading.Event()

    def slow(path: Path):
        assert go_on.wait(20)
        return real(path)

    monkeypatch.setattr(reading, "read_document", slow)
    page.review(report)
    qtbot.waitUntil(lambda: page.notice.text == "正在审校“报告.docx”", timeout=10_000)
    page.notice.buttons["取消"].click()
    go_on.set()
    session.jobs.finish()
    assert page.reviewed is None
    assert page.notice.text == ""
    assert page.badge() == ""


# ---------------------------------------------------------------- files


def test_both_exports(qtbot: QtBot, page: ReviewPage, report: Path, tmp_path: Path) -> None:
    change(report, TOTAL, BUDGET)
    review(qtbot, page, report)
    before = report.read_bytes()
    asked: list[tuple[str, Path]] = []

    def answer(title: str, proposal: Path, kinds: str) -> Path:
        asked.append((title, proposal))
        return proposal

    page.output.ask_path = answer
    with qtbot.waitSignal(page.output.written, timeout=10_000):
        page.bar.comments.click()
    assert page.notice.text == "带批注的报告已写入“报告_审校批注.docx”（2 条批注），原报告没有改动。"
    comments = docx.Document(tmp_path / "报告_审校批注.docx").comments
    assert [c.text.startswith("【错误】") for c in comments] == [True, True]
    with qtbot.waitSignal(page.output.written, timeout=10_000):
        page.bar.list.click()
    rows = [[str(v) for v in row if v is not None] for row in openpyxl.load_workbook(tmp_path / "报告_审校结果.xlsx").active.values]
    assert any("7.24 万元" in cell for row in rows for cell in row)
    assert report.read_bytes() == before
    assert [title for title, _ in asked] == ["导出批注版", "导出清单"]
    assert free_name(report, "审校批注", ".docx").name == "报告_审校批注（2）.docx"
    opened: list[Path] = []
    page.output.open_path = opened.append
    page.bar.open.click()
    assert opened == [report]


def test_an_export_over_the_report_is_refused(qtbot: QtBot, page: ReviewPage, report: Path) -> None:
    change(report, TOTAL)
    review(qtbot, page, report)
    before = report.read_bytes()
    page.output.ask_path = lambda *_: report
    page.bar.comments.click()
    qtbot.waitUntil(lambda: "请换一个文件名" in page.notice.text, timeout=10_000)
    assert report.read_bytes() == before


def test_a_report_without_links_cannot_be_refreshed(qtbot: QtBot, page: ReviewPage, tmp_path: Path, session: Session) -> None:
    context = session.context
    write_word(build_report(context), context, tmp_path / "公开版.docx", linked=False)
    review(qtbot, page, tmp_path / "公开版.docx")
    assert not page.bar.refresh.isEnabled()
    assert "没有数据链接" in page.bar.refresh.toolTip()


def test_refreshing_puts_the_workbooks_figures_into_the_report(qtbot: QtBot, page: ReviewPage, report: Path, session: Session, tmp_path: Path) -> None:
    review(qtbot, page, report)
    place = session.accounts.tables["公开05"].position("2210201", "合计")
    assert session.edit_cell("公开05", *place, "33.33")
    page.bar.refresh.click()
    assert set(page.notice.buttons) == {"刷新这份报告", "写成另一份…"}
    with qtbot.waitSignal(page.shown, timeout=20_000):
        page.notice.buttons["刷新这份报告"].click()
    assert page.notice.text.startswith("已刷新“报告.docx”：换了")
    assert "报告_刷新前.docx" in page.notice.text
    assert "33.33" in page.view.toPlainText()
    assert "33.33" in "".join(docx.Document(report).element.body.itertext())
    assert page.stale.text == ""
    assert not any(f.issue.expected == "33.33 万元" for f in page.reviewed.findings)


def test_a_workbook_with_a_cell_that_holds_no_amount_is_not_refreshed_from_unless_wanted(
    qtbot: QtBot, page: ReviewPage, report: Path, session: Session
) -> None:
    ref = session.accounts.tables["公开05"].ref("2210201", "合计")
    session.path.write_bytes(edit_package(session.path.read_bytes(), {ref.sheet: {(ref.row, ref.column): "待定"}}))
    session.open_now(session.path)
    review(qtbot, page, report)
    before = report.read_bytes()
    page.bar.refresh.click()
    page.notice.buttons["刷新这份报告"].click()
    assert page.notice.text.startswith("没有刷新：公开05 ")
    assert report.read_bytes() == before
    with qtbot.waitSignal(page.shown, timeout=20_000):
        page.notice.buttons["仍然刷新"].click()
    assert page.notice.text.startswith("“报告.docx”") or page.notice.text.startswith("已刷新")
    assert "待定" not in page.view.toPlainText()
    assert "处没有放进去" in page.notice.text


# ---------------------------------------------------------------- in the window


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """A window with the sample unit, made once."""
    theme.apply(make_application(), theme.Mode.LIGHT)
    folder = tmp_path_factory.mktemp("单位")
    made = MainWindow(Session(data_folder=folder / "数据"), Settings(folder / "设置" / "settings.json"))
    made.resize(1366, 768)
    made.show()
    made.session.open_now(sample_copy(folder))
    made.session.jobs.finish()
    yield made
    made.session.close()
    made.session.jobs.finish()
    made.close()
    made.deleteLater()


@pytest.fixture
def opened(frame: MainWindow, qtbot: QtBot) -> Iterator[MainWindow]:
    """That window, on the page 校验, with nothing reviewed."""
    frame.pages.reviewing.clear()
    frame.pages.show(PageName.CHECK)
    yield frame
    frame.session.jobs.finish()


def test_a_report_dropped_on_any_page_is_reviewed(opened: MainWindow, report: Path, qtbot: QtBot) -> None:
    change(report, TOTAL)
    assert opened.pages.current == "check"
    page = opened.pages.reviewing
    with qtbot.waitSignal(page.shown, timeout=10_000):
        drop(opened, report)
    assert opened.pages.current == "review"
    QApplication.processEvents()
    qtbot.waitUntil(lambda: opened.pages.badge(PageName.REVIEW) == "1")
    opened.actions_["next_issue"].trigger()
    assert opened.pages.current == "review"
    assert marked(page) == "555.07 万元"
    page.findings.table.activated.emit(page.findings.table.currentIndex())
    assert opened.pages.current == "check"
    checking = opened.pages.checking
    assert checking.view.currentIndex().data(Qt.ItemDataRole.UserRole).a1 == "C37"


def test_a_report_dropped_on_the_page_or_chosen_is_reviewed(opened: MainWindow, report: Path, qtbot: QtBot, monkeypatch) -> None:
    opened.pages.show(PageName.REVIEW)
    page = opened.pages.reviewing
    assert page.empty.isVisible()
    assert not page.generated_button.isVisible()
    with qtbot.waitSignal(page.shown, timeout=10_000):
        drop(page, report)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_named: (str(report), ""))
    with qtbot.waitSignal(page.shown, timeout=10_000):
        opened.actions_["review"].trigger()
    assert page.badge() == DONE


def test_without_a_workbook_the_report_waits_for_it(window: MainWindow, report: Path, qtbot: QtBot, tmp_path: Path) -> None:
    drop(window, report)
    qtbot.waitUntil(lambda: "请先打开“报告.docx”对应的公开表" in window.bar.text)
    page = window.pages.reviewing
    with qtbot.waitSignal(page.shown, timeout=10_000):
        window.files.open(sample_copy(tmp_path))
    assert window.pages.current == "review"
    window.files.close()
    assert page.reviewed is None
    assert page.badge() == ""


def test_a_report_that_was_just_generated_is_offered(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    preview = opened.pages.preview
    preview.writer.ask_path = lambda *_: tmp_path / "新报告.docx"
    with qtbot.waitSignal(preview.writer.written, timeout=10_000):
        opened.pages.generate(linked=True)
    opened.pages.show(PageName.REVIEW)
    page = opened.pages.reviewing
    assert page.generated_button.isVisible()
    with qtbot.waitSignal(page.shown, timeout=10_000):
        page.generated_button.click()
    assert page.reviewed.path.name == "新报告.docx"
    assert page.badge() == DONE


def test_the_page_fits_a_small_window_and_remembers_its_layout(window: MainWindow, report: Path, qtbot: QtBot, tmp_path: Path) -> None:
    window.session.open_now(sample_copy(tmp_path))
    change(report, TOTAL, WAY, BUDGET)
    report = report.rename(report.with_name("2024年度示例市电化教育馆部门决算公开报告.docx"))
    page = window.pages.reviewing
    window.showNormal()
    window.resize(1366, 768)
    with qtbot.waitSignal(page.shown, timeout=10_000):
        window.pages.review(report)
    QApplication.processEvents()
    assert len(page.bar.name.text()) >= len("2024年度….docx")
    window.resize(911, 512)
    QApplication.processEvents()
    assert window.width() == 911
    assert page.findings.geometry().right() <= page.width()
    assert page.bar.summary.width() >= page.bar.summary.sizeHint().width()
    assert page.bar.comments.is_folded
    assert not page.bar.name.isVisible()
    page.across.setSizes([300, 420])
    sizes = page.across.sizes()
    window.close()
    again = MainWindow(Session(data_folder=tmp_path / "数据"), Settings(window.settings.file))
    qtbot.addWidget(again)
    again.session.open_now(sample_copy(tmp_path))
    again.showNormal()
    again.resize(911, 512)
    other = again.pages.reviewing
    with qtbot.waitSignal(other.shown, timeout=10_000):
        again.pages.review(report)
    QApplication.processEvents()
    assert other.across.sizes() == sizes
    again.session.close()
    again.session.jobs.finish()


def test_colours_and_size_change_while_a_review_is_shown(opened: MainWindow, report: Path, qtbot: QtBot) -> None:
    change(report, TOTAL)
    page = opened.pages.reviewing
    with qtbot.waitSignal(page.shown, timeout=10_000):
        opened.pages.review(report)
    white = page.view.viewport().grab().toImage().pixelColor(3, 3).name()
    opened.settings.mode = theme.Mode.DARK
    opened.dress()
    opened.actions_["zoom_in"].trigger()
    assert opened.pages.current == "review"
    assert page.view.zoom == pytest.approx(1.1)
    assert marked(page) == "555.07 万元"
    assert page.view.viewport().grab().toImage().pixelColor(3, 3).name() == white, "paper is white in the dark, too"
    opened.actions_["zoom_reset"].trigger()
    assert page.view.zoom == 1
    opened.settings.mode = theme.Mode.LIGHT
    opened.dress()


def test_a_pdf_report_is_reviewed_and_its_checklist_written(qtbot: QtBot, page: ReviewPage, tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(150, 80, "第二部分 单位决算情况说明", 16)
    y = sheet.paragraph(120, "一、收入支出决算总体情况说明")
    y = sheet.paragraph(y, "示例市电化教育馆2024年度收入、支出决算总计均为555.07万元。")
    y = sheet.paragraph(y, "二、收入决算情况说明")
    y = sheet.paragraph(y, "示例市电化教育馆2024年度本年收入决算合计550.07万元。")
    sheet.paragraph(y, "三、支出决算情况说明")
    review(qtbot, page, write_pdf(tmp_path / "报告.pdf", sheet))
    wrong = next(f for f in page.reviewed.findings if f.stated.startswith("555.07"))
    assert wrong.issue.expected == "550.07 万元"
    assert wrong.where.startswith("第 1 页　一、")
    choose(page, next(r for r in range(page.findings.filter.rowCount()) if page.findings.filter.record(r) is wrong))
    assert "第 1 页" in page.findings.detail.toPlainText()
    assert page.bar.summary.text().startswith("全文 ")
    assert not page.bar.refresh.isEnabled()
    target = tmp_path / "检查表.xlsx"
    page.output.ask_path = lambda *_: target
    with qtbot.waitSignal(page.output.written, timeout=20000):
        page.bar.checklist.click()
    assert openpyxl.load_workbook(target).active["A1"].value.startswith("部门决算公开检查表")
    page.output.ask_path = lambda _, proposal, __: proposal
    with qtbot.waitSignal(page.output.written, timeout=20000):
        page.bar.comments.click()
    assert (tmp_path / "报告_审校批注.pdf").read_bytes().startswith(b"%PDF")


def test_the_start_page_leads_to_reviewing_a_report_alone(qtbot: QtBot, window: MainWindow, report: Path, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_named: ("", ""))
    button(window, "只有报告").click()  # and thought better of it
    assert window.pages.current is PageName.OPEN
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_named: (str(report), ""))
    with qtbot.waitSignal(window.pages.reviewing.shown, timeout=20000):
        button(window, "只有报告").click()
    assert window.pages.current is PageName.REVIEW
    assert window.pages.reviewing.reviewed.is_own


def test_a_report_without_a_workbook_is_held_against_its_own_tables(qtbot: QtBot, window: MainWindow, report: Path) -> None:
    change(report, (TOTAL[0], TOTAL[1], TOTAL[2]))
    drop(window, report)
    QApplication.processEvents()
    page = window.pages.reviewing
    with qtbot.waitSignal(page.shown, timeout=20000):
        button(window, "没有公开表").click()
    assert window.pages.current is PageName.REVIEW
    assert page.isVisible()
    assert page.reviewed.is_own
    assert page.notice.text.startswith("没有打开公开表，对照的是报告自己所附的表。全文 ")
    wrong = next(f for f in page.reviewed.findings if f.stated == "555.07 万元")
    assert wrong.issue.expected == "550.07 万元"
    choose(page, next(r for r in range(page.findings.filter.rowCount()) if page.findings.filter.record(r) is wrong))
    page.findings.cell_requested.emit(wrong.cells[0])
    assert page.notice.text.startswith("来自报告的表格")
    window.pages.show(PageName.OPEN)
    window.pages.show(PageName.REVIEW)
    assert page.isVisible()
