"""Reading PDF files as reports: lines, paragraphs, page numbers, contents, tables over several pages."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from docgen.docx.paragraphs import DocTable, ReportFile
from docgen.imports.report import read_report
from docgen.pdf.reading import read_pdf
from tests.docgen.pdf_files import HEIGHT, Sheet, write_pdf
from workbook.errors import InputError

LONG = (
    "2024年度收入支出总计2995.39万元。与2023年度相比，收入支出总计减少56.95万元，下降1.87%，主要原因是"
    "人员进出及退休变化，以及项目支出中合同支付进度条款等原因减少支付，另有一些不能在这里一一说明的其他原因。"
)


def grid(report: ReportFile, number: int = 1) -> list[list[str]]:
    """A table's texts, row by row; cells that continue the one above are left out."""
    return [[cell.text for cell in row if not cell.covered] for row in report.tables[number - 1].rows]


def text_of(report: ReportFile) -> list[str]:
    return [block.text for block in report.blocks if not isinstance(block, DocTable)]


def test_lines_become_paragraphs_and_page_numbers_are_set_apart(tmp_path: Path) -> None:
    sheets = []
    for number in range(1, 5):
        sheet = Sheet()
        sheet.text(240, 40, "示例单位年度报告", 9)
        y = sheet.paragraph(100, f"（{'一二三四'[number - 1]}）{LONG}")
        y = sheet.paragraph(y, LONG)
        sheet.paragraph(y, "本段很短。")
        sheet.text(290, HEIGHT - 30, f"- {number} -", 9)
        sheets.append(sheet)
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", *sheets))
    assert text_of(report)[:3] == [f"（一）{LONG}", LONG, "本段很短。"]
    assert len(report.paragraphs) == 12
    assert [p.page for p in report.paragraphs[2:5]] == [1, 2, 2]
    assert {margin.text for margin in report.margins} == {"示例单位年度报告", "- 1 -", "- 2 -", "- 3 -", "- 4 -"}


def test_a_paragraph_goes_on_over_the_page_end(tmp_path: Path) -> None:
    first, second = Sheet(), Sheet()
    first.paragraph(100, LONG)
    first.text(96, 700, "这一段在页末没有写完因为这一行已经排满到了右边的版心线处")
    first.text(96 + 28 * 12, 700, "再加七字就到边缘")
    second.text(72, 100, "了，所以下一页接着写。")
    second.paragraph(130, LONG)
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", first, second))
    assert text_of(report)[1] == "这一段在页末没有写完因为这一行已经排满到了右边的版心线处再加七字就到边缘了，所以下一页接着写。"


def test_characters_are_read_from_left_to_right_in_whatever_order_they_are_drawn(tmp_path: Path) -> None:
    sheet = Sheet()
    end = sheet.text(72, 100, "收入总计")
    sheet.text(end + 24, 100, "万元，下降1.87%。")
    sheet.text(end, 100, "95.4")  # drawn last, stands in the middle
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))
    assert text_of(report) == ["收入总计95.4万元，下降1.87%。"]


def test_a_table_keeps_merged_cells_and_cells_of_several_lines(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.table(100, (60, 160, 260, 360), [
        ("项目", None, "本年收入|合计"), ("科目编码", "科目名称", "金额"), ("201", "一般公共服务|支出", "2,112.86"), ("208", "", ""),
    ], height=34)  # fmt: skip
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))
    assert [[(c.column, c.span, c.text.replace("\n", "")) for c in row] for row in report.tables[0].rows] == [
        [(1, 2, "项目"), (3, 1, "本年收入合计")], [(1, 1, "科目编码"), (2, 1, "科目名称"), (3, 1, "金额")],
        [(1, 1, "201"), (2, 1, "一般公共服务支出"), (3, 1, "2,112.86")], [(1, 1, "208"), (2, 1, ""), (3, 1, "")],
    ]  # fmt: skip


def test_a_number_wider_than_its_cell_stays_whole(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.table(100, (60, 160, 192, 260), [("合计", "", "6.20"), ("其他", "1", "")])
    sheet.text(160, 114, "12,112.86", 10)  # 45 points wide in a cell of 32
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))
    assert grid(report)[0][1] == "12,112.86"


def test_a_table_over_two_pages_is_one_without_its_repeated_head(tmp_path: Path) -> None:
    xs = (60, 160, 260)
    first, second = Sheet(), Sheet()
    head = ("科目名称", "决算数")
    first.text(240, 80, "收入决算表", 16)
    first.table(700, xs, [head, ("教育支出", "1.00"), ("住房保障支出", "2.00")])
    second.table(100, xs, [head, ("卫生健康支出", "3.00")])
    second.text(72, 200, "注：本表反映收入。")
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", first, second))
    assert grid(report) == [list(head), ["教育支出", "1.00"], ["住房保障支出", "2.00"], ["卫生健康支出", "3.00"]]
    assert [p.page for p in report.paragraphs if p.text in ("2.00", "3.00")] == [1, 2]


def test_a_table_without_lines_is_told_by_its_columns(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(200, 80, "收入决算表", 16)
    rows = [("科目编码", "科目名称", "合计", "其他收入"), ("201", "一般公共服务支出", "2,112.86", "6.20"), ("208", "社会保障支出", "326.72", ""),
            ("221", "住房保障支出", "445.69", ""), ("", "合计", "2,885.27", "6.20")]  # fmt: skip
    for number, row in enumerate(rows):
        for x, text in zip((72, 150, 330, 430), row, strict=True):
            sheet.text(x, 120 + 20 * number, text, 10)
    sheet.paragraph(260, LONG)
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))
    assert grid(report) == [list(row) for row in rows]
    assert text_of(report) == ["收入决算表", LONG]


def test_amounts_strewn_over_a_page_take_no_time(tmp_path: Path) -> None:
    """Nobody's table has a column for each of them, and looking for the best ones must come to an end."""
    sheet, numbers = Sheet(), random.Random(1)
    for row in range(100):
        for x in sorted(numbers.uniform(30, 560) for _ in range(20)):
            sheet.text(x, 40 + 7 * row, "1.5", 2)
    path = write_pdf(tmp_path / "散点.pdf", sheet)
    started = time.process_time()
    read_pdf(path)
    assert time.process_time() - started < 5


def test_tables_with_titles_of_their_own_stay_apart(tmp_path: Path) -> None:
    xs = (60, 160, 260)
    first, second = Sheet(), Sheet()
    first.table(700, xs, [("科目名称", "决算数"), ("教育支出", "1.00")])
    second.text(240, 80, "支出决算表", 16)
    second.table(100, xs, [("科目名称", "决算数"), ("教育支出", "3.00")])
    assert len(read_pdf(write_pdf(tmp_path / "报告.pdf", first, second)).tables) == 2


def test_the_lines_of_the_contents_are_told_from_headings(tmp_path: Path) -> None:
    contents, body = Sheet(), Sheet()
    contents.text(280, 100, "目  录", 16)
    for number, line in enumerate(("第一部分 单位概况", "一、主要职责", "第二部分 单位决算情况说明")):
        contents.text(72, 140 + 20 * number, line)
    body.text(200, 100, "第一部分 单位概况", 16)
    body.paragraph(140, LONG)
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", contents, body))
    assert [p.style for p in report.paragraphs] == ["toc 1"] * 4 + ["", ""]
    assert report.paragraphs[4].level == 1


@pytest.mark.parametrize("rotate", [0, 90])
def test_a_page_that_lies_on_its_side_is_turned(tmp_path: Path, rotate: int) -> None:
    sheet = Sheet()
    for number, character in enumerate("收入总计与上年持平"):
        code = character.encode("utf-16-be").hex()
        sheet.marks.append(f"BT /F1 12 Tf 0 1 -1 0 300 {100 + 12 * number} Tm <{code}> Tj ET")
    path = write_pdf(tmp_path / "报告.pdf", sheet)
    path.write_bytes(path.read_bytes().replace(b"/Contents 7", f"/Rotate {rotate} /Contents 7".encode()))
    assert text_of(read_pdf(path)) == ["收入总计与上年持平"]


def test_scanned_and_blank_pages_are_named(tmp_path: Path) -> None:
    text, picture, nothing = Sheet(), Sheet(), Sheet()
    text.paragraph(100, LONG)
    picture.image()
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", text, picture, nothing))
    assert (report.pages, report.scanned, report.blank) == (3, (2,), (3,))
    with pytest.raises(InputError, match="扫描的图片，没有文字"):
        read_pdf(write_pdf(tmp_path / "扫描.pdf", picture))


@pytest.mark.parametrize(("content", "words"), [
    (b"", "不是 Word 文档"), (b"%PDF-1.4\nnothing", "PDF 文件已损坏"), (b"\x00" * 2000, "不是 Word 文档"),
])  # fmt: skip
def test_what_is_no_report_is_refused_in_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "报告.pdf"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_report(path)


def test_a_word_file_is_read_as_the_same_kind_of_report(tmp_path: Path) -> None:
    from tests.docgen.review_files import written

    report = read_report(written(tmp_path, ["第一部分 单位概况", "本年收入1.00万元。"]))
    assert text_of(report) == ["第一部分 单位概况", "本年收入1.00万元。"]


def three_lines(sheet: Sheet, y: float, codes: Sequence[tuple[str, str, str, str, str]], *, with_head: bool = True) -> float:
    """A table with lines above and below its head and at its end only; heads in the middle, amounts at the right."""
    middles, rights = (132.0, 222.0, 322.0, 412.0, 500.0), (0.0, 0.0, 350.0, 440.0, 525.0)
    sheet.line(72, y, 525, y)
    if with_head:
        sheet.text(412 - 20, y + 14, "本年支出", 10)
        for middle, text, lower in ((100, "科目编码", 7), (222, "科目名称", 7), (322, "小计", 16), (412, "基本支出", 16), (500, "项目支出", 16)):
            sheet.text(middle - len(text) * 5, y + 14 + lower, text, 10)
        y += 36
        sheet.line(72, y, 525, y)
    for row in codes:
        y += 18
        for column, text in enumerate(row):
            left = (76.0, middles[1] - 30)[column] if column < 2 else rights[column] - len(text) * 5
            sheet.text(left, y - 5, text, 10)
    sheet.line(72, y, 525, y)
    return y


def test_a_table_with_three_lines_has_the_columns_of_its_texts(tmp_path: Path) -> None:
    first, second = Sheet(), Sheet()
    first.text(220, 80, "支出决算表")
    first.text(430, 100, "单位：万元")
    three_lines(first, 110, [("205", "教育支出", "1,528.68", "1,500.00", "28.68"), ("20502", "普通教育", "28.68", "", "28.68"), ("208", "社会保障", "3.10", "3.10", "")])
    three_lines(second, 80, [("20805", "养老支出", "3.10", "3.10", ""), ("210", "卫生健康", "0.50", "", "0.50")], with_head=False)
    report = read_pdf(write_pdf(tmp_path / "三线表.pdf", first, second))
    assert grid(report) == [
        ["科目编码", "科目名称", "本年支出"], ["小计", "基本支出", "项目支出"],
        ["205", "教育支出", "1,528.68", "1,500.00", "28.68"], ["20502", "普通教育", "28.68", "", "28.68"], ["208", "社会保障", "3.10", "3.10", ""],
        ["20805", "养老支出", "3.10", "3.10", ""], ["210", "卫生健康", "0.50", "", "0.50"]]
    assert [cell.span for cell in report.tables[0].rows[0]] == [1, 1, 3]
    assert text_of(report) == ["支出决算表", "单位：万元"]


def test_a_row_that_the_page_end_cuts_through_is_one(tmp_path: Path) -> None:
    xs = (60, 102.5, 201, 300, 400)
    head = ("科目编码", "科目名称", "小计", "基本支出")
    first, second = Sheet(), Sheet()
    first.table(740, xs, [head, ("20805", "行政事业单位养老支", "31.50", "31.50")])
    second.table(60, xs, [head, ("01", "出", "", ""), ("210", "卫生健康支出", "2.00", "")])
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", first, second))
    assert grid(report) == [[*head], ["2080501", "行政事业单位养老支出", "31.50", "31.50"], ["210", "卫生健康支出", "2.00", ""]]


def test_a_text_too_long_for_its_row_is_not_mixed_with_what_it_lies_on(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.table(60, (60, 110, 200), [("公务用车", "合计"), ("13.69", "15.84")])
    sheet.text(72, 91, "购置", 10)
    assert grid(read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))) == [["公务用车购置", "合计"], ["13.69", "15.84"]]


def test_a_number_that_someone_broke_by_hand_is_whole(tmp_path: Path) -> None:
    sheet = Sheet()
    y = sheet.paragraph(80, LONG)
    sheet.text(96, y, "本年支出合计3176.71万元，其中：基本支出19")
    sheet.text(72, y + 18, "90.76万元，占62.67%。")
    sheet.paragraph(y + 36, LONG)
    assert text_of(read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))) == [LONG, "本年支出合计3176.71万元，其中：基本支出1990.76万元，占62.67%。", LONG]


def test_heads_of_three_levels_stand_over_their_columns(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(430, 60, "单位：万元")
    width = 75.0
    middles = [90 + width * column for column in range(6)]
    for text, first, last, y in (
        ("预算数", 0, 2, 84), ("决算数", 3, 5, 84), ("公务用车购置及运行费", 0, 1, 102), ("接待费", 2, 2, 108), ("公务用车购置及运行费", 3, 4, 102),
        ("接待费", 5, 5, 108), ("购置费", 0, 0, 120), ("运行费", 1, 1, 120), ("购置费", 3, 3, 120), ("运行费", 4, 4, 120)):
        sheet.text((middles[first] + middles[last]) / 2 - len(text) * 5, y, text, 10)
    for number, row in enumerate((("18.00", "15.00", "3.00", "15.84", "13.69", "2.15"), ("0.00", "0.00", "0.00", "0.00", "0.00", "0.00"), ("18.00", "15.00", "3.00", "15.84", "13.69", "2.15"))):
        for middle, text in zip(middles, row, strict=True):
            sheet.text(middle + 30 - len(text) * 5, 140 + 20 * number, text, 10)
    table = read_pdf(write_pdf(tmp_path / "报告.pdf", sheet)).tables[0]
    assert [[(cell.text, cell.span) for cell in row if not cell.covered] for row in table.rows[:3]] == [
        [("预算数", 3), ("决算数", 3)], [("公务用车购置及运行费", 2), ("接待费", 1)] * 2, [("购置费", 1), ("运行费", 1)] * 2]
    assert [cell.text for cell in table.rows[3]] == ["18.00", "15.00", "3.00", "15.84", "13.69", "2.15"]


def test_the_mark_of_a_footnote_is_no_digit_of_a_number(tmp_path: Path) -> None:
    sheet = Sheet()
    x = sheet.text(72, 100, "收入总计15.20")
    sheet.text(sheet.text(x, 95, "12", 7), 100, "万元。")
    sheet.table(140, (60, 160, 260), [("项目", "决算数"), ("教育支出", "877.48")])
    sheet.text(193, 170, "1", 6)
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))
    assert text_of(report) == ["收入总计15.20万元。"]
    assert grid(report) == [["项目", "决算数"], ["教育支出", "877.48"]]


def test_a_line_drawn_too_far_down_joins_no_two_tables(tmp_path: Path) -> None:
    sheet = Sheet()
    for top in (100, 300):
        sheet.table(top, (60, 200, 300, 400), (("项目", "合计", "基本支出"), ("行政运行", "12.50", "12.50")))
    sheet.line(200, 100, 200, 420)
    sheet.text(60, 260, "第二张表", 12)
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))
    assert [grid(report, number) for number in (1, 2)] == [[["项目", "合计", "基本支出"], ["行政运行", "12.50", "12.50"]]] * 2


ROWS = (("科目编码", "科目名称", "合计", "基本支出"), ("205", "教育支出", "12.50", "10.00"), ("208", "社会保障支出", "0.50", ""), ("", "合计", "13.00", "10.00"))


def written(sheet: Sheet, y: float, xs: Sequence[float], rows: Sequence[Sequence[str]] = ROWS) -> None:
    """Texts at the left side of their columns, heads in the middle, amounts at the right."""
    for number, row in enumerate(rows):
        for left, right, text in zip(xs, xs[1:], row, strict=False):
            width = 10 * sum(0.5 if c < "\u2e80" else 1 for c in text)
            x = (left + right - width) / 2 if not number else right - 3 - width if "." in text else left + 3
            sheet.text(x, y + 14 + 20 * number, text, 10)


@pytest.mark.parametrize("lines", ["head", "across", "down", "none"])
def test_the_lines_that_a_table_has_are_used_and_those_that_it_lacks_are_told_by_its_texts(tmp_path: Path, lines: str) -> None:
    sheet, xs = Sheet(), (60, 120, 260, 350, 440)
    sheet.text(200, 80, "支出决算表", 16)
    sheet.text(380, 100, "单位：万元", 10)
    written(sheet, 110, xs)
    for y in {"none": (), "across": (110, 130, 150, 170, 190)}.get(lines, (110, 130, 190)):
        sheet.line(xs[0], y, xs[-1], y)
    for x in xs if lines in ("head", "down") else ():
        sheet.line(x, 110, x, 190 if lines == "down" or x in (xs[0], xs[-1]) else 130)
    assert grid(read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))) == [[*row] for row in ROWS]


def test_a_watermark_is_no_text_of_the_page(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.paragraph(300, LONG)
    sheet.marks += [f"BT /F1 40 Tf 0.7 0.7 -0.7 0.7 {180 + 30 * i} {480 + 30 * i} Tm <{c.encode('utf-16-be').hex()}> Tj ET" for i, c in enumerate("内部资料")]
    assert text_of(read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))) == [LONG]


def test_a_text_longer_than_its_cell_is_whole_and_a_number_beside_it_its_own(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.table(100, (60, 110, 190, 250), [("编码", "名称", "金额"), ("2080505", "", ""), ("208", "", "")])
    sheet.text(112, 134, "机关事业单位养老支出", 10)  # 100 points wide in a cell of 80
    sheet.text(223, 134, "12.50", 10)
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", sheet))
    assert grid(report)[1] == ["2080505", "机关事业单位养老支出", "12.50"]


def test_a_sheet_that_was_cut_for_its_width_is_one_table(tmp_path: Path) -> None:
    first, second = Sheet(), Sheet()
    first.text(60, 80, "部门：示例市财政局", 10)
    first.table(100, (60, 160, 300, 400), [row[:3] for row in ROWS] + [("", "", "")])
    second.text(60, 80, "单位：万元", 10)
    second.table(100, (40, 140), [row[3:] for row in ROWS] + [("",)])
    report = read_pdf(write_pdf(tmp_path / "报告.pdf", first, second))
    assert [grid(report, number + 1) for number in range(len(report.tables))] == [[*([*row] for row in ROWS), [""] * 4]]
