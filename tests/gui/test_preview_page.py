"""预览与生成: pages, sources, what is missing, writing the report."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from docgen.model import ChartBlock, FigureSpan, PromptSpan, ReasonSpan, TableBlock
from docgen.report.slots import with_reason
from docgen.report.yearly import year_overview
from gui.pages.base import DONE, PageName
from gui.pages.preview.page import PreviewPage
from gui.paper.builder import OWN_LEVEL
from gui.paper.view import GAP, PaperView
from gui.session.session import Session
from gui.session.settings import Settings
from tests.gui.seen import button

SPENDING = "收支.本年支出.比上年"


@pytest.fixture(scope="module")
def one_page(one_sample: Session, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PreviewPage]:
    found = PreviewPage(one_sample, Settings(tmp_path_factory.mktemp("设置") / "settings.json"))
    found.resize(1180, 620)
    yield found
    found.deleteLater()


@pytest.fixture
def page(qtbot: QtBot, one_page: PreviewPage, session: Session) -> Iterator[PreviewPage]:
    """The page, made once, showing the report from its beginning."""
    if one_page.preview is None or one_page.is_stale:
        with qtbot.waitSignal(one_page.shown, timeout=10_000):
            one_page.show()
    one_page.show()
    one_page.notice.hide()
    one_page.paper.set_zoom(None)
    one_page.paper.verticalScrollBar().setValue(0)
    yield one_page
    one_page.hide()


def without_reason(session: Session, slot: str = SPENDING) -> None:
    session.set_companion(with_reason(session.companion_or_new(), slot, ""))


def figure_mark(page: PreviewPage, figure_id: str):
    return next(m for m in page.paper.marks(FigureSpan) if m.span.figure.id == figure_id)


def shown_place(page: PreviewPage, mark) -> QPoint:
    """Where a mark lies in the window, after scrolling to it."""
    page.paper.go_to_mark(mark)
    return next(page.paper.places(mark)).center().toPoint()


# ---------------------------------------------------------------- the pages
def test_the_report_is_laid_out_as_pages_with_outline_and_charts(page: PreviewPage) -> None:
    blocks = page.preview.report.blocks
    marks = page.paper.marks(FigureSpan)
    stated = [s for b in blocks for s in getattr(b, "spans", ()) if isinstance(s, FigureSpan)]
    in_tables = [s for b in blocks if isinstance(b, TableBlock) for r in b.rows for c in r for s in c.spans if isinstance(s, FigureSpan)]
    assert len(marks) == len(stated) + len(in_tables)
    text = "".join(s.document.toPlainText() for s in page.paper.sheets)
    assert "减少 243.46 万元，下降 30.68%" in text
    assert text.count("\ufffc") == sum(isinstance(b, ChartBlock) for b in blocks) == 2
    titles = [page.outline.topLevelItem(i).text(0).strip() for i in range(page.outline.topLevelItemCount())]
    assert "一、收入支出决算总体情况说明" in titles
    assert sum(s.page_size.width() > s.page_size.height() for s in page.paper.sheets) == 9


def test_merged_cells_of_tables_keep_their_width(page: PreviewPage) -> None:
    page.paper.build_to(len(page.paper.sheets))
    sheet = next(s for s in page.paper.sheets if s.page_size.width() > s.page_size.height())
    table = next(f for f in sheet.document.rootFrame().childFrames())
    assert table.cellAt(0, 0).columnSpan() == 3
    assert table.cellAt(0, 0).firstCursorPosition().block().text() == "收入"


def test_hovering_a_figure_tells_its_source_and_clicking_goes_there(qtbot: QtBot, page: PreviewPage, session: Session) -> None:
    mark = figure_mark(page, "一般公共.205")
    place = shown_place(page, mark)
    assert page.paper.mark_at(QPointF(place)) == mark
    viewport = page.paper.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, place, viewport.mapToGlobal(place)))
    tip = QToolTip.text()
    assert "公开05表 205 教育支出·合计" in tip
    assert "→ 424.24 万元" in tip
    with qtbot.waitSignal(session.cell_requested) as asked:
        qtbot.mouseClick(page.paper.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args[0] == mark.span.figure.sources[0]


def test_a_computed_figure_tells_how_it_was_computed(page: PreviewPage) -> None:
    tip = page.preview.tip(figure_mark(page, "收支.本年支出.比上年.增减额").span)
    assert "上年公开01表 本年支出合计" in tip
    assert "算法：" in tip


def test_a_missing_reason_stands_out_and_leads_to_its_slot(qtbot: QtBot, page: PreviewPage, session: Session) -> None:
    assert page.badge() == DONE
    with qtbot.waitSignal(page.shown, timeout=10_000):
        without_reason(session)
    assert page.badge() == ""
    assert page.state.whole == "! 还不能公开：变动原因待填 1 处"
    assert page.prompt_button.text() == "下一处待填（1）"
    counts = {h.text: h.prompts for h in page.paper.headings}
    assert counts["（二）支出决算总计"] == 1
    qtbot.keyClick(page, Qt.Key.Key_F7)
    page.go_to_next_prompt()
    mark = next(m for m in page.paper.marks(PromptSpan))
    with qtbot.waitSignal(page.page_requested) as asked:
        qtbot.mouseClick(page.paper.viewport(), Qt.MouseButton.LeftButton, pos=shown_place(page, mark))
    assert asked.args == [PageName.REASONS, SPENDING]


def test_a_given_text_leads_to_where_it_is_edited(qtbot: QtBot, page: PreviewPage) -> None:
    mark = next(m for m in page.paper.marks(ReasonSpan) if m.span.slot == "文本.联系人")
    with qtbot.waitSignal(page.page_requested) as asked:
        qtbot.mouseClick(page.paper.viewport(), Qt.MouseButton.LeftButton, pos=shown_place(page, mark))
    assert asked.args == [PageName.TEXTS, "文本.联系人"]


def test_the_outline_scrolls_and_follows(page: PreviewPage) -> None:
    titles = [h.text for h in page.paper.headings]
    number = titles.index("八、财政拨款“三公”经费支出决算情况说明")
    page.outline.asked.emit(number)
    assert page.outline.current == number


def test_what_is_read_stays_in_place_when_the_report_changes(qtbot: QtBot, page: PreviewPage, session: Session) -> None:
    page.paper.build_to(len(page.paper.sheets))
    page.paper.go_to_heading([h.text for h in page.paper.headings].index("第三部分 名词解释"))
    def top() -> float:
        term = next(m for m in page.paper.marks(ReasonSpan) if m.span.slot == "名词解释")
        return next(page.paper.places(term)).top()

    before = top()
    kept = {id(s.document) for s in page.paper.sheets}
    with qtbot.waitSignal(page.shown, timeout=10_000):
        without_reason(session)
    assert top() == pytest.approx(before, abs=1)
    assert len(kept & {id(s.document) for s in page.paper.sheets}) >= len(kept) // 2  # only part two was laid out anew


def test_nothing_is_built_while_the_page_is_hidden(qtbot: QtBot, page: PreviewPage, session: Session) -> None:
    page.hide()
    shown = page.preview
    without_reason(session)
    session.jobs.finish()
    assert page.preview is shown
    with qtbot.waitSignal(page.shown, timeout=10_000):
        page.show()
    assert page.preview is not shown


def test_an_edit_of_the_workbook_shows_in_the_preview(qtbot: QtBot, page: PreviewPage, session: Session) -> None:
    figure = figure_mark(page, "收入.其他").span.figure
    ref = figure.sources[0]
    with qtbot.waitSignal(page.shown, timeout=10_000):
        assert session.edit_cell("公开01", ref.row, ref.column, "99.99")
    assert figure_mark(page, "收入.其他").span.figure.text == "99.99"
    assert "公开表有错误" in page.state.whole


def test_zoom_and_landscape_pages(page: PreviewPage) -> None:
    page.paper.build_to(len(page.paper.sheets))
    page.paper.set_zoom(0.5)
    assert page.paper.zoom == 0.5
    widths = {round(p.rect.width()) for p in page.paper.pages}
    assert widths == {round(210 * 96 / 25.4 / 2), round(297 * 96 / 25.4 / 2)}
    page.paper.set_zoom(None)
    assert all(p.rect.width() <= page.paper.viewport().width() - 2 * GAP + 1 for p in page.paper.pages)


def test_the_pages_are_those_of_the_word_file(page: PreviewPage) -> None:
    page.paper.build_to(len(page.paper.sheets))
    pages = page.paper.pages
    assert [sheet.page_count for sheet in page.paper.sheets] == [sheet.planned for sheet in page.paper.sheets]
    assert len(pages) == page.preview.plan.total
    contents = next(sheet for sheet in page.paper.sheets if sheet.contents)
    assert "第二部分　单位决算情况说明\t3" in contents.document.toPlainText()


def test_a_whole_page_is_seen_at_a_time(page: PreviewPage) -> None:
    button(page, "整页").click()
    view = page.paper.viewport()
    for placed in page.paper.pages:
        assert placed.rect.height() <= view.height()
        assert placed.rect.width() <= view.width()


def test_headings_of_own_texts_are_told_from_sections(page: PreviewPage) -> None:
    levels = {h.text: h.level for h in page.paper.headings}
    assert levels["一、加强党的建设"] == OWN_LEVEL > levels["三、2024 年度单位主要工作完成情况"]


# ---------------------------------------------------------------- the overview
def test_the_overview_shows_composition_completion_and_change(page: PreviewPage) -> None:
    year = page.preview.year
    assert [(p.name, p.amount.text, p.share.text) for p in year.compositions[0].parts] == [
        ("一般公共预算财政拨款收入", "528.68", "96.11%"), ("其他收入", "21.39", "3.89%")]
    assert "其他收入 21.39 万元 3.89%" in page.year.compositions[0].accessibleDescription()
    assert "一般公共预算支出 117.09%" in page.year.completion.accessibleDescription()
    assert "▼ 243.46" in page.year.changes.accessibleDescription()


def test_the_overview_without_last_year_and_budget(qtbot: QtBot, open_sample, tmp_path: Path) -> None:
    session = open_sample(companion=False, prior=False)
    page = PreviewPage(session, Settings(tmp_path / "settings.json"))
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.shown, timeout=10_000):
        page.show()
    year = year_overview(page.preview.narrative)
    assert all(c.change.direction == "未知" for c in year.changes)
    assert page.year.changes.bars == ()
    assert "无法计算的数" in page.state.whole


# ---------------------------------------------------------------- writing
def test_generating_writes_the_linked_report_that_states_the_figures(qtbot: QtBot, page: PreviewPage, tmp_path: Path) -> None:
    target = tmp_path / "报告.docx"
    page.writer.ask_path = lambda title, proposal, kinds: target
    with qtbot.waitSignal(page.writer.written, timeout=10_000):
        page.generate(linked=True)
    document = docx.Document(target)
    xml = document.element.xml
    assert "243.46" in xml
    assert "w:sdt" in xml
    assert page.notice.text.startswith("已生成“报告.docx”（工作版")
    assert set(page.notice.buttons) == {"打开报告", "打开文件夹", "导出 PDF…"}


def test_the_proposal_names_unit_and_year(page: PreviewPage) -> None:
    asked: list[Path] = []
    page.writer.ask_path = lambda title, proposal, kinds: asked.append(proposal)
    page.generate(linked=False)
    assert asked[0].name == "2024年度示例市电化教育馆决算公开报告（公开版）.docx"


def test_the_public_version_asks_first_when_something_is_missing(qtbot: QtBot, page: PreviewPage, session: Session, tmp_path: Path) -> None:
    with qtbot.waitSignal(page.shown, timeout=10_000):
        without_reason(session)
    target = tmp_path / "公开版.docx"
    page.writer.ask_path = lambda title, proposal, kinds: target
    page.generate(linked=False)
    assert page.notice.text == "这样还不能公开：变动原因待填 1 处。"
    assert not target.exists()
    with qtbot.waitSignal(page.writer.written, timeout=10_000):
        page.notice.buttons["仍然生成"].click()
    assert "请填写变动原因" in "\n".join(p.text for p in docx.Document(target).paragraphs)
    assert "注意：变动原因待填 1 处" in page.notice.text


def test_generating_right_after_a_change_uses_the_change(qtbot: QtBot, page: PreviewPage, session: Session, tmp_path: Path) -> None:
    page.hide()  # the frame's own button works from any page
    session.set_companion(with_reason(session.companion_or_new(), SPENDING, "上年专项资金项目完成，项目支出减少"))
    target = tmp_path / "报告.docx"
    page.writer.ask_path = lambda title, proposal, kinds: target
    with qtbot.waitSignal(page.writer.written, timeout=10_000):
        page.generate(linked=False)
    assert any("上年专项资金项目完成，项目支出减少" in p.text for p in docx.Document(target).paragraphs)


def test_a_target_that_cannot_be_written_is_named(qtbot: QtBot, page: PreviewPage, tmp_path: Path) -> None:
    target = tmp_path / "没有" / "报告.docx"
    page.writer.ask_path = lambda title, proposal, kinds: target
    page.generate(linked=True)
    qtbot.waitUntil(lambda: "报告.docx：" in page.notice.text, timeout=10_000)


# ---------------------------------------------------------------- geometry
def test_what_is_read_stays_in_place_when_the_window_changes(page: PreviewPage) -> None:
    page.paper.go_to_heading([h.text for h in page.paper.headings].index("第三部分 名词解释"))
    term = next(m for m in page.paper.marks(ReasonSpan) if m.span.slot == "名词解释")
    before = next(page.paper.places(term)).top()
    page.paper.resize(page.paper.width() - 300, page.paper.height())
    assert next(page.paper.places(term)).top() == pytest.approx(before, abs=page.paper.height() / 4)


def test_a_view_without_a_report_is_empty(qtbot: QtBot) -> None:
    view = PaperView()
    qtbot.addWidget(view)
    view.show()
    assert view.mark_at(QPointF(10, 10)) is None
    assert not view.next_prompt()


def test_a_procurement_share_changes_with_the_companion(qtbot: QtBot, page: PreviewPage, session: Session) -> None:
    companion = session.companion_or_new()
    goods = companion.text("中小企业货物").with_value(Decimal("0.40"))
    with qtbot.waitSignal(page.shown, timeout=10_000):
        session.set_companion(companion.with_text("中小企业货物", goods))
    figure = figure_mark(page, "采购.货物.中小企业占比").span.figure
    tip = page.preview.tip(figure_mark(page, "采购.货物.中小企业占比").span)
    assert figure.text != "100.00%"
    assert "底稿“采购与中小企业”" in tip
