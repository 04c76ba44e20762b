"""Laws of the report: figures follow their sources, nothing is typed, two runs are alike, the file says what --figures says."""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from cli.main import main
from docgen.job.inputs import Inputs, load_inputs
from docgen.model import Figure, FigureSpan, Paragraph, Text
from docgen.report.assembly import build_report
from docgen.report.narrative import template_of
from docgen.writing import ReportMeta, report_bytes
from tests.docgen.narratives import whole_narrative
from workbook.issues import CellRef
from workbook.pack.loading import TEMPLATES
from workbook.reading.tables import Table

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ALLOWED_DIGITS = re.compile(
    r"^\d{1,2}．|（\d{1,2}）|20\d\d 年(度)?|\d{4} 年 12 月 31 日|12 月 31 日|单价 100 万元（含）以上|图 \d|[1-3]．")


@pytest.fixture
def inputs() -> Inputs:
    return load_inputs(SAMPLE)


def figures_of(context: Inputs) -> dict[str, Figure]:
    return whole_narrative(context).registry.figures


def filled_cells(context: Inputs) -> list[tuple[Table, str, str]]:
    tables = [*context.accounts.tables.values(), *context.prior.values()]
    return [(t, r, c) for t in tables for c, values in t.columns.items() for r, value in values.items() if value]


def test_exactly_the_figures_that_name_a_cell_depend_on_it(inputs: Inputs) -> None:
    context = inputs
    before = figures_of(context)
    by_source: dict[CellRef, set[str]] = {}
    for figure in before.values():
        for source in figure.sources:
            by_source.setdefault(source, set()).add(figure.id)
    wrong = []
    cells = filled_cells(context)
    assert len(cells) > 200
    for table, row, column in cells:
        values = table.columns[column]
        old = values[row]
        values[row] = old * Decimal("1.37") + Decimal("0.013") if not table.is_count(row, column) else old + 1
        after = figures_of(context)
        values[row] = old
        ref = table.ref(row, column)
        assert ref is not None
        declared = by_source.get(ref, set())
        changed = {i for i in before if i in after and after[i].exact != before[i].exact}
        steady = {i for i in declared if before[i].exact == 0}  # zero parts of a whole that changed
        if not changed <= declared or not declared - changed <= steady:
            wrong.append((str(ref), changed - declared, declared - changed - steady))
    assert not wrong


def test_every_figure_of_part_two_has_a_source_or_says_why_it_has_none(inputs: Inputs) -> None:
    sourceless = [
        f.id for f in figures_of(inputs).values()
        if not f.sources and "没有这一行" not in f.how and "按 0" not in f.how and not f.id.startswith("绩效.基金.资金")
    ]
    assert not sourceless


def test_no_number_of_part_two_is_typed_in_the_template(inputs: Inputs) -> None:
    report = build_report(inputs)
    texts = [b for b in report.blocks if isinstance(b, Paragraph)]
    start = next(i for i, b in enumerate(texts) if b.text.startswith("第二部分") and b.style == "部分标题")
    end = next(i for i, b in enumerate(texts) if b.text.startswith("第三部分") and b.style == "部分标题")
    typed = []
    for block in texts[start:end]:
        plain = "".join(s.text if isinstance(s, Text) else "¤" for s in block.spans)
        rest = ALLOWED_DIGITS.sub("", plain.replace("\u2060", "").replace("\u00a0", " "))
        if re.search(r"\d", rest):
            typed.append(rest)
    assert not typed
    assert sum(isinstance(s, FigureSpan) for b in texts[start:end] for s in b.spans) > 180


def test_two_runs_give_identical_bytes(inputs: Inputs) -> None:
    report = build_report(inputs)
    meta = ReportMeta(title=report.title, created=dt.datetime(2025, 8, 1, tzinfo=dt.UTC), figures=report.figures)
    template = template_of(inputs)
    again = build_report(load_inputs(SAMPLE))
    for linked in (True, False):
        first = report_bytes(report.blocks, template, linked=linked, meta=meta)
        assert first == report_bytes(again.blocks, template, linked=linked, meta=meta)


def test_every_figure_in_the_file_is_one_of_figures_json_and_the_other_way_round(tmp_path: Path) -> None:
    out, listing = tmp_path / "报告.docx", tmp_path / "数字.json"
    main(["report", str(SAMPLE), "-o", str(out), "--figures", str(listing)])
    stated = {f["id"]: f["text"] for f in json.loads(listing.read_text(encoding="utf-8"))}
    root = etree.fromstring(zipfile.ZipFile(out).read("word/document.xml"))
    in_file: list[tuple[str, str]] = []
    for control in root.iter(f"{W}sdt"):
        tag = control.find(f"{W}sdtPr/{W}tag")
        if tag is not None and not tag.get(f"{W}val", "").startswith(("原因", "文本", "概况", "绩效自评", "名词")):
            in_file.append((tag.get(f"{W}val", ""), "".join(control.itertext()).strip()))
    named = [(i, text) for i, text in in_file if i in stated]
    assert {i for i, _ in named} >= {i for i in stated if not i.startswith("图")}
    assert all(stated[i] == text for i, text in named)
    order = list(dict.fromkeys(i for i, _ in named))
    assert order == [i for i in stated if i in set(order)]


def test_figures_json_keeps_its_contract(tmp_path: Path) -> None:
    listing = tmp_path / "数字.json"
    main(["report", str(SAMPLE), "-o", str(tmp_path / "a.docx"), "--figures", str(listing)])
    records = json.loads(listing.read_text(encoding="utf-8"))
    assert len(records) > 240
    for record in records:
        assert {"id", "label", "section", "value", "unit", "text", "sources", "how"} <= set(record)
        assert record["value"] is None or Decimal(record["value"]) is not None
        assert all(set(s) == {"sheet", "cell"} for s in record["sources"])
    total = next(r for r in records if r["id"] == "收支.总计")
    assert (total["value"], total["unit"], total["text"], total["section"]) == ("550.07", "万元", "550.07", 1)
    assert total["sources"][0]["sheet"].startswith("公开01")
