"""The reviewed report as a document: every paragraph and every finding is where it should be, whatever the file holds."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_BREAK
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from docgen.docx.paragraphs import DocParagraph
from docgen.job.inputs import Inputs, load_inputs
from gui.frame.app import make_application
from gui.pages.review.finding_list import detail
from gui.pages.review.model import Reviewed, changes_since, review_file
from gui.pages.review.output import refreshed_words
from gui.pages.review.text import Kind, ReportText, Segment, look_of, parts_of, segments
from gui.pages.review.view import ReportView
from gui.paper import looks
from gui.paper.sources import how_words
from tests.gui.opened import sample_copy
from workbook.editing.cells import CellState
from workbook.editing.session import EditSession

RARE = "𠮷"
"""A character that is two of Qt's."""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    make_application()
    return load_inputs(sample_copy(tmp_path_factory.mktemp("示例")))


def reviewed(path: Path, inputs: Inputs) -> Reviewed:
    return review_file(path, inputs, lambda _percent, _words: None)


def shown(text: ReportText, start: int, end: int) -> str:
    cursor = QTextCursor(text.document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText()


def report(folder: Path, *paragraphs: str) -> Path:
    document = docx.Document()
    for words in paragraphs:
        document.add_heading(words[2:], 1) if words.startswith("# ") else document.add_paragraph(words)
    path = folder / "报告.docx"
    document.save(path)
    return path


# ---------------------------------------------------------------- cutting


SPAN = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 5)).map(lambda s: (min(s[:2]), max(s[:2]), s[2]))


@given(st.integers(1, 25), st.lists(SPAN, max_size=4), st.lists(SPAN, max_size=4))
def test_segments_cover_the_text_and_know_what_they_are_about(length, findings, found):
    cut = list(segments(length, findings, found))
    assert [s.start for s in cut] == [0, *(s.end for s in cut[:-1])]
    assert cut[-1].end == length
    for segment in cut:
        for spans, number in ((findings, segment.finding), (found, segment.found)):
            covering = [n for a, b, n in spans if a < segment.end and segment.start < b]
            assert number == (covering[0] if covering else -1)


def test_an_empty_text_has_no_segments():
    assert list(segments(0, [], [])) == []
    assert list(segments(3, [(0, 3, 7)], [])) == [Segment(0, 3, 7, -1)]


def test_parts_are_lines_tables_and_the_contents():
    def line(number: int, text: str = "字", **facts: object) -> DocParagraph:
        return replace(DocParagraph(number, text), **facts)  # type: ignore[arg-type]  # facts of a paragraph

    contents = [line(n, f"第{n}节\t1", style="目录1") for n in (1, 2, 3, 4, 5)]
    cells = [line(10 + i, "1.00", table=1, row=i // 3 + 1, column=i % 3 + 1) for i in range(90)]
    nested = [line(200, "外", table=2, row=1, column=1), line(201, "内", table=3, row=1, column=1), line(202, "外", table=2, row=1, column=2)]
    parts = parts_of([*contents, line(6), line(7, ""), line(8, "", numbering="一、"), *cells, *nested, line(300)])
    assert [(p.kind, p.key, len(p.paragraphs)) for p in parts] == [
        (Kind.CONTENTS, 1, 5), (Kind.LINE, 6, 1), (Kind.LINE, 8, 1), (Kind.TABLE, 10, 90), (Kind.TABLE, 200, 1), (Kind.TABLE, 201, 1),
        (Kind.TABLE, 202, 1), (Kind.LINE, 300, 1)]
    assert [p.words for p in parts if p.folds] == ["目录　5 行", "表格　30 行 3 列"]


def test_looks_follow_style_or_level():
    assert look_of(DocParagraph(1, "字", style="一级标题", level=2)).level == 1
    assert look_of(DocParagraph(1, "字", level=1, style="Heading 1")).families == looks.TITLE
    assert look_of(DocParagraph(1, "字", style="Normal")).indent == 2
    assert look_of(DocParagraph(1, "　　字", style="Normal")).indent == 0
    assert look_of(DocParagraph(1, "字", level=9)) == look_of(DocParagraph(1, "字", level=4))


# ---------------------------------------------------------------- places


def test_findings_are_placed_by_character_whatever_stands_before_them(qtbot: QtBot, inputs: Inputs, tmp_path: Path) -> None:
    path = report(tmp_path, f"{RARE}{RARE}示例市电化教育馆 2024 年度收入、支出决算总计均为 XX 万元，，其中：")
    document = docx.Document(path)
    document.paragraphs[0].insert_paragraph_before("上一段").add_run().add_break(WD_BREAK.LINE)
    document.save(path)
    text = ReportText(reviewed(path, inputs), frozenset())
    placed = {f.rule: shown(text, text.findings[f.number].start, text.findings[f.number].end) for f in text.reviewed.findings}
    assert placed["留有没有填完的地方"] == "XX"
    assert placed["标点重复"] == "，，"
    for number, place in text.paragraphs.items():
        said = next(p for p in text.reviewed.review.paragraphs if p.number == number).text
        assert shown(text, place.start, place.end) == said.replace("\n", "\u2028")


def test_every_paragraph_of_the_sample_is_where_the_document_says(qtbot: QtBot, inputs: Inputs, tmp_path: Path) -> None:
    from docgen.report.assembly import build_report, write_word

    path = tmp_path / "报告.docx"
    write_word(build_report(inputs), inputs, path, linked=True)
    found = reviewed(path, inputs)
    folded = ReportText(found, frozenset())
    opened = ReportText(found, frozenset(p.key for p in folded.parts if p.folds))
    assert opened.document.blockCount() > 5 * folded.document.blockCount()
    for paragraph in found.review.paragraphs:
        if place := opened.paragraphs.get(paragraph.number):
            said = (paragraph.numbering + paragraph.text).replace("\n", "\u2028")
            assert shown(opened, place.start, place.end) == said, paragraph.number
    for number, known in enumerate(found.review.figures[::17]):
        start = folded.paragraphs[known.paragraph].start + known.start
        words = shown(folded, start, start + known.end - known.start)
        assert words == known.figure.text.rstrip("%") or known.figure.value == 0, number


def test_a_report_with_nothing_in_it_can_be_shown(qtbot: QtBot, inputs: Inputs, tmp_path: Path) -> None:
    view = ReportView()
    qtbot.addWidget(view)
    view.show_review(reviewed(report(tmp_path), inputs))
    view.show()
    qtbot.waitExposed(view)
    view.go_to(99)
    assert view.current == -1
    assert view.toPlainText().startswith("整篇报告"), "no section is recognised"


def test_paper_stays_where_it_is_read_when_the_window_changes(qtbot: QtBot, inputs: Inputs, tmp_path: Path) -> None:
    path = report(tmp_path, *(f"第{n}段" + "文字" * 60 for n in range(80)))
    view = ReportView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    view.show_review(reviewed(path, inputs))
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    read = {view.cursorForPosition(QPoint(60, y)).block().text() for y in (2, 60)}
    for width in (420, 1600):
        view.resize(width, 400)
        assert view.cursorForPosition(QPoint(60, 20)).block().text() in read
    assert view.viewport().width() < 900, "lines stay short enough to read"


# ---------------------------------------------------------------- words


def test_what_is_said_about_a_finding(qtbot: QtBot, inputs: Inputs, tmp_path: Path) -> None:
    found = reviewed(report(
        tmp_path, "# 一、收入支出决算总体情况说明", "示例市电化教育馆 2024 年度收入、支出决算总计均为 555.00 万元<A&B>。",
        "# 二、收入决算情况说明", "示例市电化教育馆 2024 年度本年收入决算合计 550.07 万元。", "# 三、支出决算情况说明", "本年支出决算合计 550.07 万元。"), inputs)
    total = next(f for f in found.findings if f.stated == "555.00 万元")
    words = detail(total)
    assert "&lt;A&amp;B&gt;" in words
    assert "<a href='c0'" in words
    assert "算法" not in words, "the content of a cell is not computed"
    figure = next(i for i, f in enumerate(found.review.figures) if f.figure.text == "550.07")
    assert "应为 550.07" in found.tip(total.number, figure)
    assert found.tip(-1, -1) == ""
    assert how_words(total.figure, ()) == total.figure.how


def test_only_what_differs_makes_a_review_doubtful(inputs: Inputs) -> None:
    assert changes_since(inputs, replace(inputs)) == []
    other = load_inputs(inputs.accounts.path)
    assert changes_since(inputs, other) == []
    total = other.accounts.tables["公开02"].ref("合计", "本年收入合计")
    other = replace(other, accounts=EditSession(other.accounts, other.view).apply([(total, CellState(Decimal(1)))]).accounts)
    assert changes_since(inputs, other) == ["公开表"]
    assert changes_since(inputs, replace(inputs, prior={}, companion=None)) == ["上年公开表", "底稿"]


def test_a_refresh_tells_what_it_did_and_what_it_left() -> None:
    from docgen.refresh import Refreshed, Unplaced

    path = Path("报告.docx")
    assert refreshed_words(Refreshed(path)) == "“报告.docx”不用刷新，公开表的数和上次写入时一样。"
    left = Unplaced(3, "教育支出（类）决算数为 424.24 万元，与年初预算相比增加 71.24 万元", "424.24", "400.00", "原来的数已被改过")
    words = refreshed_words(Refreshed(
        path, 12, 3, 1, 2, (left,), prompts=("【请填写】",), backup=Path("报告_刷新前.docx"), notes=("报告正在 Word 中打开",)))
    assert words == (
        "已刷新“报告.docx”：换了 12 个数，改写 3 段，图表 1 个。人工改过的 2 处保留原样。原报告已备份为“报告_刷新前.docx”。"
        "有 1 处没有放进去，请手工修改：“教育支出（类）决算数为 424.24……”原来的数已被改过。还有 1 处待填。报告正在 Word 中打开。")
