"""Reports held against their own tables: no workbook, Word and PDF alike."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import docx
import pytest

from cli.main import main
from docgen.imports.report import read_report
from docgen.job.inputs import load_inputs
from docgen.review.engine import review_document
from docgen.review.own_tables import cover_of, inputs_of_report, own_tables
from tests.docgen.pdf_files import Sheet, write_pdf
from tests.docgen.review_files import SAMPLE, report_file, written

TOTALS = (
    ("收入", None, "支出", None), ("项目", "决算数", "项目", "决算数"),
    ("一、一般公共预算财政拨款收入", "2,940.05", "一、一般公共服务支出", "2,946.25"), ("八、其他收入", "6.20", "二、外交支出", ""),
    ("本年收入合计", "2,946.25", "本年支出合计", "2,946.25"), ("总计", "2,946.25", "总计", "2,946.25"),
)  # fmt: skip
INCOME = (
    ("科目编码", "科目名称", "本年收入合计", "财政拨款收入", "其他收入"), ("201", "一般公共服务支出", "2,946.25", "2,940.05", "6.20"),
    ("20106", "财政事务", "2,946.25", "2,940.05", "6.20"), ("2010601", "行政运行", "2,946.25", "2,940.05", "6.20"),
    ("合计", None, "2,946.25", "2,940.05", "6.20"),
)  # fmt: skip


def pdf_report(path: Path, income: tuple[tuple[str | None, ...], ...] = INCOME) -> Path:
    cover, first, second, third, words = (Sheet() for _ in range(5))
    cover.text(150, 200, "示例市普通财政局", 24)
    cover.text(150, 300, "2024年度部门决算", 24)
    first.text(200, 80, "收入支出决算总表", 16)
    first.text(450, 110, "单位：万元", 10)
    first.table(120, (60, 230, 300, 470, 540), TOTALS)
    second.text(200, 80, "收入决算表", 16)
    second.text(450, 110, "单位：万元", 10)
    second.table(700, (60, 130, 280, 370, 460, 540), income[:3])
    third.table(80, (60, 130, 280, 370, 460, 540), (income[0], *income[3:]))
    words.text(150, 80, "第三部分 2024年度部门决算情况说明", 16)
    words.paragraph(120, "一、收入支出决算总体情况说明")
    words.paragraph(150, "示例市普通财政局2024年度收入支出总计2946.25万元。")
    return write_pdf(path, cover, first, second, third, words)


def test_tables_are_recognised_and_their_cells_named_by_page_table_row_and_column(tmp_path: Path) -> None:
    report = read_report(pdf_report(tmp_path / "报告.pdf"))
    accounts = own_tables(report).accounts
    assert list(accounts.tables) == ["公开01", "公开02"]
    amount = accounts.amount("公开02", "合计", "其他收入")
    assert amount is not None
    assert (str(amount.value), str(amount.ref)) == ("6.20", "第4页表2第5行第5列")
    assert cover_of(report) == ("示例市普通财政局", 2024)


def test_the_check_formulas_run_on_a_reports_own_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tuple(tuple(t.replace("2,940.05", "2,840.05") if t and row[0] == "合计" else t for t in row) for row in INCOME)
    path, out = pdf_report(tmp_path / "报告.pdf", wrong), tmp_path / "结果.json"
    assert main(["review", str(path), "--pack", "shanghai-2024", "--format", "json", "-o", str(out)]) == 1
    record = json.loads(out.read_text("utf-8"))
    assert (record["unit"], record["year"]) == ("示例市普通财政局", 2024)
    broken = [issue for issue in record["issues"] if issue["kind"] == "表内" and issue["severity"] == "错误"]
    cells = [cell for issue in broken for cell in issue["cells"]]
    assert {"page": 4, "table": 2, "row": 5, "column": 4, "value": "2840.05"} in cells
    assert {issue["page"] for issue in broken} <= {3, 4}


def test_our_own_report_is_clean_against_its_own_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = report_file(tmp_path, load_inputs(SAMPLE), linked=False)
    assert main(["review", str(report)]) == 0
    out = capsys.readouterr().out
    assert "对照 报告自己所附的表" in out
    assert "错误 0，" in out
    inputs = inputs_of_report(read_report(report))
    assert len(inputs.accounts.tables) == len(inputs.pack.sheets)


def test_an_annexed_table_that_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = report_file(tmp_path, load_inputs(SAMPLE), linked=False)
    document = docx.Document(str(path))
    table = document.element.body.xpath("w:tbl")[-2]
    table.getparent().remove(table)
    document.save(str(path))
    assert main(["review", str(path), str(SAMPLE)]) == 1
    assert "报告没有附公开10表“财政拨款“三公”经费支出决算表”，请补上" in capsys.readouterr().out


def test_a_report_without_tables_is_not_blamed_for_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, (
        "示例市普通财政局2024年度部门决算", "一、收入支出决算总体情况说明", "2024年度收入支出总计100.00万元。与2023年度相比，增加20.00万元，增长25.00%。",
        "二、收入决算情况说明", "本年收入合计100.00万元，其中：财政拨款收入60.00万元，占60.00%；其他收入40.00万元，占50.00%。",
        "三、支出决算情况说明", "本年支出合计100.00万元，其中：基本支出60.00万元，占60.00%；项目支出40.00万元，占40.00%。",
    ))  # fmt: skip
    assert main(["review", str(path)]) == 1
    out = capsys.readouterr().out
    assert "只核对了文字中各数之间的关系" in out
    assert "缺少“收入支出决算总表”" not in out
    assert "占比之和是 110.00%" in out


@pytest.mark.parametrize(("cover", "name"), [
    (("2024年度", "某某市教育局部门决算"), "某某市教育局"), (("附件2", "某某县人民医院2024年度单位决算公开文本"), "某某县人民医院"),
    (("2025年9月", "内蒙古自治区某某厅", "2024年度部门决算", "公开报告"), "内蒙古自治区某某厅"), (("某某市财政局2024年度部门决算信息公开",), "某某市财政局"),
    (("2024年度部门决算公开", "目录", "第一部分 某某区司法局概况"), "某某区司法局"), (("2024年度部门决算公开", "第一部分 单位概况"), ""),
])  # fmt: skip
def test_the_cover_tells_unit_and_year(tmp_path: Path, cover: tuple[str, ...], name: str) -> None:
    assert cover_of(read_report(written(tmp_path, (*cover, "目录", "正文。")))) == (name, 2024)


def word_tables(path: Path, *blocks: str | tuple[tuple[str | None, ...], ...]) -> Path:
    """A Word file of paragraphs and tables; a row of one text and blanks is one cell over all columns."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(len(block), len(block[0]))
        for r, row in enumerate(block):
            if row[1:] == (None,) * (len(row) - 1):
                table.cell(r, 0).merge(table.cell(r, len(row) - 1))
            for c, text in enumerate(row):
                if text:
                    table.cell(r, c).text = text
    document.save(str(path))
    return path


def test_a_table_continued_under_its_head_is_one(tmp_path: Path) -> None:
    parts = (INCOME[:3], "续表", (INCOME[0], *INCOME[3:]))
    path = word_tables(tmp_path / "报告.docx", "收入支出决算总表", "单位：万元", TOTALS, "收入决算表", "单位：万元", *parts)
    accounts = own_tables(read_report(path)).accounts
    assert not accounts.duplicates
    assert {code: table.value("合计", "其他收入") for code, table in accounts.tables.items() if code == "公开02"} == {"公开02": Decimal("6.20")}


def test_a_title_in_the_table_counts_before_a_list_of_titles_above(tmp_path: Path) -> None:
    titled = tuple((title, *(None,) * (len(rows[0]) - 1)) for title, rows in (("收入支出决算总表", TOTALS), ("收入决算表", INCOME)))
    listed = ("第五部分 附表", "一、收入支出决算总表", "二、收入决算表", "三、支出决算表", "四、财政拨款收入支出决算总表")
    path = word_tables(tmp_path / "报告.docx", *listed, (titled[0], *TOTALS), "", (titled[1], *INCOME))
    assert list(own_tables(read_report(path)).accounts.tables) == ["公开01", "公开02"]


def test_a_report_in_yuan_whose_tables_are_in_yuan(tmp_path: Path) -> None:
    def in_yuan(rows: tuple[tuple[str | None, ...], ...]) -> tuple[tuple[str | None, ...], ...]:
        return tuple(tuple(f"{Decimal(text.replace(',', '')) * 10_000 + 7:,.2f}" if text and "." in text else text for text in row) for row in rows)

    income, other = "29,462,507.00", "62,007.00"
    texts = [f"本年收入合计{income}元，其中：财政拨款收入29,400,507.00元，占99.79%；其他收入{other}元，占0.21%。", *["行政运行29,462,507.00元。"] * 8]
    head = ("第二部分 2024年度单位决算情况说明", "一、收入支出决算总体情况说明", f"收、支总计{income}元。", "二、收入决算情况说明")
    for said, codes in ((other, set()), ("62,070.00", {"表文-01"})):
        path = word_tables(
            tmp_path / "报告.docx", "收入支出决算总表", "示例单位2024年度", "单位：元", in_yuan(TOTALS), "收入决算表", "单位：元", in_yuan(INCOME),
            *head, texts[0].replace(other, said), *texts[1:], "三、支出决算情况说明", f"本年支出合计{income}元。")
        report = read_report(path)
        found = [f.issue for f in review_document(report, inputs_of_report(report)).findings]
        assert {issue.code for issue in found if issue.code in ("表文-01", "表文-06")} == codes
        assert not codes or any("62,070.00 元" in issue.message for issue in found)


def misread_page() -> Sheet:
    """A table without lines whose amounts in one column begin with a digit too many."""
    page, xs = Sheet(), (60, 130, 280, 370, 460)
    page.text(200, 60, "示例市普通财政局2024年度收入决算表", 16)
    page.text(450, 90, "单位：万元", 10)
    rows = [*INCOME[:4], ("2010602", "一般行政管理事务", "1.00", "1.00", "0.00"), INCOME[4]]
    for y, row in enumerate(rows):
        for x, text in zip(xs, row, strict=True):
            if text:
                page.text(x, 120 + 20 * y, f"9{text}" if "." in text and x == xs[2] else text, 10)
    return page


@pytest.mark.parametrize("copies", [1, 2])
def test_a_table_without_lines_that_contradicts_itself_all_over_is_not_compared(tmp_path: Path, copies: int) -> None:
    report = read_report(write_pdf(tmp_path / "报告.pdf", *[misread_page() for _ in range(copies)]))
    found = [f.issue for f in review_document(report, inputs_of_report(report)).findings]
    assert [issue.message for issue in found if issue.code == "表文-62"] == [
        "所附公开02表没有读准（没有框线，或打印时被截开），没有核对，请用有框线的文件或 Word 文件再审"]
    assert not [issue.message for issue in found if issue.code.startswith(("02-", "规范"))]

