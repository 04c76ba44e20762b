"""Tables and charts of an edited report, reports of older versions, and what is no report to refresh."""

from __future__ import annotations

import random
import zlib
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from docgen.job.inputs import load_inputs
from docgen.refresh import refresh_report
from docgen.report.assembly import build_report, write_word
from tests.docgen.ooxml_rules import problems
from tests.docgen.refresh_files import (
    Unit,
    W,
    control,
    controls,
    edit_xml,
    paragraph_with,
    replace_in,
    run_of,
    say,
    shown,
    texts,
)
from tests.docgen.worddoc_files import paragraph, parts_of, word_file
from tests.units import Variant, random_unit, standard_pack, write_variant
from workbook.amounts import MoneyUnit
from workbook.errors import InputError
from workbook.formats.package import Package

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CHART, BOOK = "word/charts/chart1.xml", "word/embeddings/Microsoft_Excel_Worksheet1.xlsx"
TOTAL = "收入、支出决算总计均为 "


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    unit = Unit(tmp_path_factory.mktemp("unit"))
    unit.write()
    return unit


@pytest.fixture
def unit(written: Unit, tmp_path: Path) -> Unit:
    return written.copy(tmp_path / "单位")


# ---------------------------------------------------------------- tables


def cell_of(root: etree._Element, tag: str) -> etree._Element:
    """The table cell in which a figure stands."""
    return next(c.getparent().getparent() for c in root.iter(f"{W}sdt")
                if c.find(f"{W}sdtPr/{W}tag").get(f"{W}val") == tag and c.getparent().getparent().tag == f"{W}tc")


def test_a_cell_that_people_changed_stays_the_others_follow(unit):
    tag = next(t for t, _ in controls(unit.report) if t.startswith("公开01.收入总计."))

    def change(root):
        say(paragraph_with(root, "一、一般公共预算财政拨款收入"), "一、财政拨款收入")

    unit.edit(change)
    unit.set_figure("收支.总计", "900")
    outcome = unit.refresh()
    assert outcome.unplaced == ()
    assert dict(controls(unit.refreshed))[tag] == "900.00"
    assert "一、财政拨款收入" in texts(unit.refreshed)


def test_an_amount_typed_over_in_a_table_stays_and_is_told_by_its_row(unit):
    tag = next(t for t, _ in controls(unit.report) if t.startswith("公开01.收入总计."))
    unit.edit(lambda root: say(cell_of(root, tag), "551.00"))
    unit.set_figure("收支.总计", "900")
    outcome = unit.refresh()
    assert [(e.text, e.stated, e.expected) for e in outcome.unplaced] == [("总计", "551.00", "900.00")]
    assert dict(controls(unit.refreshed))[tag] == "551.00"


def test_words_that_people_added_in_a_cell_stay_and_its_amount_follows(unit):
    tag = next(t for t, _ in controls(unit.report) if t.startswith("公开01.收入总计."))
    unit.edit(lambda root: next(cell_of(root, tag).iter(f"{W}p")).append(run_of("（含利息）")))
    unit.set_figure("收支.总计", "900")
    assert unit.refresh().unplaced == ()
    assert dict(controls(unit.refreshed))[tag] == "900.00"
    assert "900.00（含利息）" in texts(unit.refreshed)


def test_texts_of_the_performance_tables_follow_the_companion(unit):
    inputs = unit.inputs
    entry = inputs.companion.projects[0].table.indicators[0].actual
    from workbook.editing.package_edit import edit_package

    unit.companion.write_bytes(edit_package(unit.companion.read_bytes(), {entry.ref.sheet: {(entry.ref.row, entry.ref.column): "另一个实际值"}}))
    outcome = unit.refresh()
    assert (outcome.sentences, outcome.unplaced) == (1, ())
    assert texts(unit.refreshed).count("另一个实际值") == 1
    assert texts(unit.refreshed) == unit.fresh_texts()


@pytest.fixture
def reshaped(tmp_path: Path) -> tuple[Path, object]:
    """A report, and accounts of the same unit with other items, so that tables have other rows."""
    def book(number: int) -> Path:
        path = tmp_path / f"{number}.xlsx"
        write_variant(path, standard_pack(), random_unit(random.Random(number), funds=False), Variant(), MoneyUnit.YUAN)
        return path

    first, second = (load_inputs(book(n)) for n in (3, 4))
    report = tmp_path / "报告.docx"
    write_word(build_report(first), first, report, linked=True)
    return report, second


def sheet_three(root: etree._Element) -> etree._Element:
    heading = next(p for p in root.iter(f"{W}p") if shown(p) == "三、支出决算表" and p.find(f"{W}pPr") is not None and p.find(f".//{W}hyperlink") is None)
    return next(e for e in heading.itersiblings(f"{W}tbl"))


def test_a_table_with_other_rows_is_replaced_unless_somebody_changed_it(reshaped, tmp_path):
    report, inputs = reshaped
    edit_xml(report, "word/document.xml", lambda root: say(next(sheet_three(root).iter(f"{W}p")), "我们的表头"))
    outcome = refresh_report(report, inputs, tmp_path / "刷新.docx")
    assert [e.why for e in outcome.unplaced if "行列" in e.why] == ["表的行列变了，而这张表改动过"]
    found = texts(tmp_path / "刷新.docx")
    new = tmp_path / "新写.docx"
    write_word(build_report(inputs), inputs, new, linked=True)
    fresh = texts(new)
    start, end = (found.index(h, found.index("第五部分　单位决算表")) for h in ("三、支出决算表", "四、财政拨款收入支出决算总表"))
    wanted = [fresh.index(h, fresh.index("第五部分　单位决算表")) for h in ("三、支出决算表", "四、财政拨款收入支出决算总表")]
    assert "我们的表头" in found[start:end]
    assert found[:start] == fresh[: wanted[0]]
    assert found[end:] == fresh[wanted[1] :]
    total = next(f for f in build_report(inputs).figures if f.id.startswith("公开03.合计."))
    assert (total.id, total.text) in controls(tmp_path / "刷新.docx")
    assert problems((tmp_path / "刷新.docx").read_bytes()) == []


def rows_of(table: etree._Element) -> list[list[str]]:
    return [[shown(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")]


def refreshed_rows(unit: Unit) -> list[list[str]]:
    return rows_of(sheet_three(etree.fromstring(Package(unit.refreshed.read_bytes()).read("word/document.xml"))))


def test_a_column_and_a_row_that_people_added_stay_and_the_other_cells_follow(unit):
    def change(root):
        table = sheet_three(root)
        for row in table.iter(f"{W}tr"):
            row[-1].addprevious(deepcopy(row[-1]))
            for text in row[-2].iter(f"{W}t"):
                text.text = ""
        table.append(deepcopy([*table.iter(f"{W}tr")][-1]))
        for cell in [*table.iter(f"{W}tr")][-1].iter(f"{W}tc"):
            for text in cell.iter(f"{W}t"):
                text.text = ""

    before = rows_of(sheet_three(etree.fromstring(Package(unit.report.read_bytes()).read("word/document.xml"))))
    unit.edit(change)
    unit.set_figure("公开03.205.基本支出", "400")
    outcome = unit.refresh()
    assert outcome.unplaced == ()
    found = refreshed_rows(unit)
    assert len(found) == len(before) + 1
    assert [len(row) for row in found[:-1]] == [len(row) + 1 for row in before]
    assert sum("400.00" in row for row in found) == 1
    row = next(row for row in found if "400.00" in row)
    assert row[-2] == ""
    assert "教育支出" in row
    assert unit.refresh().unplaced == ()


def test_a_row_that_people_deleted_is_named_and_the_other_cells_follow(unit):
    def change(root):
        row = next(r for r in sheet_three(root).iter(f"{W}tr") if "2210201" in shown(r))
        row.getparent().remove(row)

    unit.edit(change)
    unit.set_figure("公开03.205.基本支出", "400")
    outcome = unit.refresh()
    assert [(e.text, e.why) for e in outcome.unplaced] == [("2210201 住房公积金", "表里的这一行已被删去")]
    found = refreshed_rows(unit)
    assert sum("400.00" in row for row in found) == 1
    assert not any("2210201" in row for row in found)


def test_a_row_that_people_moved_is_found_where_it_stands(unit):
    def change(root):
        table = sheet_three(root)
        row = next(r for r in table.iter(f"{W}tr") if "20502普通教育" in shown(r))
        table.append(row)

    unit.edit(change)
    unit.set_figure("公开03.20502.项目支出", "7.77")
    unit.set_figure("公开03.2210201.基本支出", "8.88")
    assert unit.refresh().unplaced == ()
    found = refreshed_rows(unit)
    assert "7.77" in next(row for row in found if "20502" in row)
    assert "8.88" in next(row for row in found if "2210201" in row)
    assert found[-1][0] == "20502"


# ---------------------------------------------------------------- charts


def amounts(path: Path) -> list[str]:
    root = etree.fromstring(parts_of(path)[CHART])
    return [v.text for v in root.findall(f".//{C}val//{C}v")]


def test_a_chart_gets_its_new_data_and_the_workbook_inside_too(unit):
    unit.set_figure("收入.其他", "300")
    outcome = unit.refresh()
    assert (outcome.charts, outcome.unplaced) == (1, ())
    fresh = parts_of(unit.write(unit.folder / "新写.docx"))
    now = parts_of(unit.refreshed)
    assert now[CHART] == fresh[CHART]
    assert now[BOOK] == fresh[BOOK]
    assert now["word/charts/chart2.xml"] == fresh["word/charts/chart2.xml"]
    described = [e.get("descr") for e in etree.fromstring(now["word/document.xml"]).iter() if str(e.tag).endswith("}docPr")]
    assert "其他收入 300.00 万元" in described[0]


def test_a_chart_whose_data_people_changed_stays_and_is_told(unit):
    def change(root):
        root.findall(f".//{C}val//{C}v")[0].text = "530"

    edit_xml(unit.report, CHART, change)
    assert unit.refresh().unplaced == ()
    unit.set_figure("收入.其他", "300")
    outcome = unit.refresh()
    assert [e.expected for e in outcome.unplaced] == [
        "一般公共预算财政拨款收入 528.68 万元，63.80%；其他收入 300.00 万元，36.20%"]
    assert amounts(unit.refreshed)[0] == "530"


def test_a_chart_that_word_saved_with_other_looks_keeps_them(unit):
    def save(root):
        for point in root.findall(f".//{C}val//{C}v"):
            point.text = f"{point.text}0000000001"
        root.find(f".//{C}dPt//{{*}}srgbClr").set("val", "ABCDEF")

    edit_xml(unit.report, CHART, save)
    unit.set_figure("收入.其他", "1")
    unit.set_figure("收入.事业", "50")
    outcome = unit.refresh()
    assert (outcome.charts, outcome.unplaced) == (1, ())
    assert amounts(unit.refreshed) == ["528.6751", "50", "1"]
    root = etree.fromstring(parts_of(unit.refreshed)[CHART])
    assert root.find(f".//{C}dPt//{{*}}srgbClr").get("val") == "ABCDEF"
    assert len(root.findall(f".//{C}dPt")) == 3
    assert len(root.findall(f".//{C}dLbl")) == 1
    assert problems(unit.refreshed.read_bytes()) == []


def test_a_chart_goes_with_its_income_and_comes_back(unit):
    for figure in ("收入.一般公共预算", "收入.其他"):
        unit.set_figure(figure, "0")
    outcome = unit.refresh()
    assert outcome.unplaced == ()
    assert "本年度没有收入，不作图。" in texts(unit.refreshed)
    assert texts(unit.refreshed) == unit.fresh_texts()
    unit.refreshed.replace(unit.report)
    unit.set_figure("收入.其他", "7")
    assert unit.refresh().unplaced == ()
    assert texts(unit.refreshed) == unit.fresh_texts()
    assert problems(unit.refreshed.read_bytes()) == []
    charts = [name for name in parts_of(unit.refreshed) if name.startswith("word/charts/chart")]
    assert any(zlib.crc32(parts_of(unit.refreshed)[name]) == zlib.crc32(parts_of(unit.folder / "新写.docx")[CHART]) for name in charts)


# ---------------------------------------------------------------- reports of older versions


def make_old(path: Path) -> None:
    """Take the stored baseline out, as in reports of versions that had none."""
    package = Package(path.read_bytes())
    for name in ("customXml/item2.xml", "customXml/itemProps2.xml", "customXml/_rels/item2.xml.rels"):
        package.remove(name)
    for name, tag in (("word/_rels/document.xml.rels", "Target"), ("[Content_Types].xml", "PartName")):
        root = etree.fromstring(package.read(name))
        for item in [i for i in root if "/item2.xml" in i.get(tag, "") or "/itemProps2.xml" in i.get(tag, "")]:
            root.remove(item)
        package.write(name, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
    path.write_bytes(package.to_bytes())


def test_a_report_without_baseline_is_refreshed_figure_by_figure(unit):
    make_old(unit.report)
    unit.edit(lambda root: paragraph_with(root, TOTAL).append(run_of("特此说明。")))
    unit.set_figure("收支.总计", "900")
    outcome = unit.refresh()
    found = next(t for t in texts(unit.refreshed) if TOTAL in t)
    assert "均为 900.00 万元" in found
    assert "各增加 106.47 万元，增长 13.42%" in found
    assert found.endswith("特此说明。")
    assert ["只更新了带链接的数" in e.why for e in outcome.unplaced] == [True]
    assert [t.replace("特此说明。", "") for t in texts(unit.refreshed)] == unit.fresh_texts()
    assert problems(unit.refreshed.read_bytes()) == []


def test_without_baseline_what_people_typed_over_a_figure_is_told(unit):
    make_old(unit.report)
    unit.edit(lambda root: say(control(root, "收支.支出总计"), "551.00"))
    for figure, value in (("收支.年初结转", "5"), ("收支.支出总计", "905"), ("收入.其他", "300")):
        unit.set_figure(figure, value)
    outcome = unit.refresh()
    assert ("551.00", "905.00") in {(e.stated, e.expected) for e in outcome.unplaced}
    assert ("收支.年初结转", "5.00") in controls(unit.refreshed)


# ---------------------------------------------------------------- what is not refreshed


def test_a_report_of_another_unit_or_year_is_refused(unit):
    def other(name: str, value: str) -> Unit:
        copy = unit.copy(unit.folder / name)
        edit_xml(copy.report, "customXml/item1.xml", lambda root: root.set(name, value))
        return copy

    for name, value, words in (
        ("unit", "别的单位", "是“别的单位”的报告，工作簿是“示例市电化教育馆”的"),
        ("year", "2023", "是 2023 年度的报告，工作簿是 2024 年度的"),
        ("pack", "别的模板", "请加 --pack 别的模板"),
    ):
        with pytest.raises(InputError, match=words):
            other(name, value).refresh()


def test_a_report_without_links_is_refused_with_what_to_do(unit, tmp_path):
    context = unit.inputs
    clean = tmp_path / "公开版.docx"
    write_word(build_report(context), context, clean, linked=False)
    foreign = word_file(tmp_path, paragraph("他人写的报告"), "他人.docx")
    for path in (clean, foreign):
        with pytest.raises(InputError, match="请用 juesuan review 审校，或重新生成报告"):
            refresh_report(path, unit.inputs, tmp_path / "出.docx")
    assert not (tmp_path / "出.docx").exists()


def test_a_damaged_baseline_is_as_good_as_none(unit):
    package = Package(unit.report.read_bytes())
    package.write("customXml/item2.xml", b"<baseline")
    unit.report.write_bytes(package.to_bytes())
    unit.set_figure("收支.总计", "900")
    assert len(unit.refresh().unplaced) == 1
    assert texts(unit.refreshed) == unit.fresh_texts()


def test_a_comment_on_a_vanished_paragraph_keeps_it(unit):
    from docgen.docx.comments import Comment, write_commented
    from docgen.docx.reading import read_document

    read = read_document(unit.report)
    number = next(p.number for p in read.paragraphs if p.text.startswith("（二）资本性支出"))
    write_commented(read, unit.folder / "批注.docx", [Comment(number, 0, 5, "核实一下")])
    (unit.folder / "批注.docx").replace(unit.report)
    unit.set({("公开07", code, "决算数"): None for code in ("310", "31002", "31007")})
    outcome = unit.refresh()
    assert any("不再有这一处" in e.why for e in outcome.unplaced)
    assert any(t.startswith("（二）资本性支出") for t in texts(unit.refreshed))
    assert b"commentReference" in parts_of(unit.refreshed)["word/document.xml"]


def test_text_in_the_contents_does_not_confuse_it(unit):
    unit.edit(lambda root: replace_in(root, "二、收入决算情况说明", "二、收入决算情况说明", "二、收入决算情况的说明"))
    unit.set_figure("收支.总计", "900")
    outcome = unit.refresh()
    assert (outcome.unplaced, outcome.kept) == ((), 1)
    assert "二、收入决算情况的说明" in texts(unit.refreshed)
