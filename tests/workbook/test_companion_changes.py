"""What a 底稿 holds otherwise than its file, taken apart, kept as JSON, and put together again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from workbook.companion.changes import pieces_between, with_pieces
from workbook.companion.model import Companion, Level, OverviewParagraph, Reason, Term
from workbook.companion.read import read_companion
from workbook.entries import Entry
from workbook.pack.loading import TEMPLATES, load_pack


@pytest.fixture(scope="module")
def companion() -> Companion:
    """The 底稿 of the sample unit."""
    return read_companion(next((TEMPLATES / "sample").glob("*2024*_底稿.xlsx")), load_pack())[0]


def changed(companion: Companion) -> Companion:
    """One change of every kind: an entry, a paragraph, a reason, a row more, a cell of a table, a level, a number."""
    slot, project = companion.reasons[0].slot, companion.projects[0]
    assert project.table is not None
    first, *others = project.table.indicators
    table = replace(project.table, indicators=(replace(first, score=first.score.with_text("未评")), *others))
    return replace(
        companion.with_text("联系人", Entry("张三")),
        overview=(replace(companion.overview[0], level=Level.FIRST), OverviewParagraph(companion.overview[0].part, Level.BODY, Entry("新的一段"))),
        reasons=tuple(replace(r, text=Entry("另一个原因"), status="已填") if r.slot == slot else r for r in reversed(companion.reasons)),
        projects=(replace(project, table=table, score=project.score.with_value(project.score.value)), *companion.projects[1:]),
        glossary=(*companion.glossary, Term(Entry("新词"), Entry("解释"))))


def test_what_is_kept_makes_the_same_companion_again(companion: Companion):
    after = changed(companion)
    pieces = json.loads(json.dumps(pieces_between(companion, after)))
    again, left = with_pieces(companion, pieces)
    assert left == []
    assert pieces_between(after, again) == pieces_between(again, after) == []
    assert again.reason(companion.reasons[0].slot).text.text == "另一个原因"
    assert again.glossary[-1].term.text == "新词"


def test_of_another_file_only_what_goes_on_with_its_words_is_taken(companion: Companion):
    before = companion.with_text("联系人", Entry("张"))
    pieces = pieces_between(companion.with_text("联系人", Entry("")), companion.with_text("联系人", Entry("张三")).with_text("联系电话", Entry("1")))
    again, left = with_pieces(before, pieces, same_file=False)
    assert again.text("联系人").text == "张三"
    assert [path for path, *_ in left] == [["entries", "联系电话"]]
    assert with_pieces(before, pieces, same_file=False, forced=True)[0].text("联系电话").text == "1"


def test_a_reason_finds_its_slot_wherever_its_row_is_now(companion: Companion):
    pieces = pieces_between(replace(companion, reasons=()), replace(companion, reasons=(Reason("甲"), Reason("乙", text=Entry("因为")))))
    again, left = with_pieces(replace(companion, reasons=(Reason("丙"), Reason("乙"))), pieces)
    assert [(r.slot, r.text.text) for r in again.reasons] == [("丙", ""), ("乙", "因为")]
    assert left == []


@pytest.mark.parametrize("piece", [
    [], 5, [[], None, None], [["glossary", 999, "term"], None, {"text": "x", "value": None}], [["path"], None, "/etc"], [["prior"], {}, {}],
    [["overview"], [], [{"part": "x"}]], [["overview"], [], "x"], [["overview", 0, "level"], "正文", "没有的"], [["entries", "联系人"], None, {"path": "/"}],
    [["entries", "联系人"], None, {"text": 5}], [["entries", "联系人"], None, None], [["glossary", 0, "term"], {"text": ""}, {"value": "nan"}],
    [["projects"], [], "x"], [["projects", 0, "table", "year"], 2024, "2024"], [["form"], None, None],
])
def test_a_damaged_piece_is_left_out(companion: Companion, piece: object, tmp_path: Path):
    again, left = with_pieces(companion, [piece], forced=True)
    assert left == [piece]
    assert again is companion or again == companion
