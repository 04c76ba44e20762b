"""Three-way merge of one paragraph: what changed in the report, what people changed, and what comes of both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.refresh.paragraph_merge import Merged
from docgen.refresh.places import align, alike
from docgen.writing.baseline import Bit, TableItem, TextItem, cut, joined, read_items, write_items
from workbook.pack.loading import load_pack

OF_THE_PACK = load_pack().words


def item(*parts: str) -> TextItem:
    """``"总计 "``, ``"f:总计=5.00"``, ``"r:原因=人员增加"``."""
    bits = []
    for part in parts:
        kind, _, rest = part.partition(":")
        key, _, text = rest.partition("=")
        bits.append(Bit(kind, key, text) if kind in "frq" and len(kind) == 1 and rest else Bit("", "", part))
    return TextItem(joined(bits))


def carried(base: TextItem, new: TextItem, mine: str) -> tuple[str, Merged]:
    """What people's text becomes, and the outcome."""
    merged = Merged(base, new, mine, lambda *_: True, lambda *_: "", OF_THE_PACK)
    text = mine
    for edit in merged.edits:
        text = text[: edit.start] + "".join(bit.text for bit in edit.bits) + text[edit.end :]
    return text, merged


BASE = item("总计 ", "f:总计=550.07", " 万元。与上年相比，减少 ", "f:差=243.46", " 万元，下降 ", "f:率=30.68%", "，变动原因：", "r:原因=项目完成", "。")
NEW = item("总计 ", "f:总计=900.00", " 万元。与上年相比，增加 ", "f:差=106.47", " 万元，增长 ", "f:率=13.42%", "，变动原因：", "r:原因=项目完成", "。")
LEVEL = item("总计 ", "f:总计=793.53", " 万元。与上年相比，持平。")
VALUES = item("总计 ", "f:总计=551.00", " 万元。与上年相比，减少 ", "f:差=242.53", " 万元，下降 ", "f:率=30.56%", "，变动原因：", "r:原因=项目完成", "。")


@pytest.mark.parametrize("new", [NEW, LEVEL, VALUES])
def test_unedited_text_becomes_the_new_text_and_back(new):
    assert carried(BASE, new, BASE.text)[0] == new.text
    assert carried(new, BASE, new.text)[0] == BASE.text
    assert carried(BASE, new, BASE.text)[1].base == new


@pytest.mark.parametrize(("mine", "becomes"), [
    ("总计 550.07 万元（含财政拨款）。与上年相比，减少 243.46 万元，下降 30.68%，变动原因：项目完成。",
     "总计 900.00 万元（含财政拨款）。与上年相比，增加 106.47 万元，增长 13.42%，变动原因：项目完成。"),
    ("总计 550.07 万元。比上年减少了243.46 万元，下降 30.68%，变动原因：我们的话。",
     "总计 900.00 万元。比上年增加了106.47 万元，增长 13.42%，变动原因：我们的话。"),
    ("本年总计达到 550.07 万元。", "本年总计达到 900.00 万元。"),
    ("与上年相比，减少 243.46 万元，下降 30.68%。总计 550.07 万元", "与上年相比，增加 106.47 万元，增长 13.42%。总计 550.07 万元"),
])  # fmt: skip
def test_edits_stay_and_figures_follow(mine, becomes):
    assert carried(BASE, NEW, mine)[0] == becomes


@pytest.mark.parametrize(("mine", "stated", "expected"), [
    (BASE.text.replace("243.46", "243.50"), "减少 243.50 万元，下降 30.68%", "增加 106.47 万元，增长 13.42%"),
    (BASE.text.replace("下降", "回落"), "减少 243.46 万元，回落 30.68%", "增加 106.47 万元，增长 13.42%"),
])
def test_a_statement_is_turned_whole_or_not_at_all(mine, stated, expected):
    text, merged = carried(BASE, NEW, mine)
    assert text == mine.replace("550.07", "900.00")
    assert [(c.stated, c.expected) for c in merged.conflicts] == [(stated, expected)]
    again, later = carried(merged.base, NEW, text)
    assert again == text
    assert [c.expected for c in later.conflicts] == [expected]
    assert carried(merged.base, NEW, NEW.text)[1].conflicts == []


def test_values_alone_are_replaced_one_by_one():
    text, merged = carried(BASE, VALUES, BASE.text.replace("243.46", "243.50"))
    assert text == VALUES.text.replace("242.53", "243.50")
    assert [(c.stated, c.expected, c.is_gone) for c in merged.conflicts] == [("243.50", "242.53", False)]
    assert merged.figures == 2


def test_what_was_taken_out_is_told_once():
    mine = "总计 550.07 万元。"
    _, merged = carried(BASE, VALUES, mine)
    assert all(conflict.is_gone for conflict in merged.conflicts)
    assert merged.base == VALUES


def test_the_same_correction_is_no_conflict():
    text, merged = carried(BASE, NEW, NEW.text)
    assert (text, merged.conflicts, merged.base) == (NEW.text, [], NEW)


def test_a_reason_changed_on_both_sides_does_not_hold_back_the_figures():
    new = item("总计 ", "f:总计=900.00", " 万元。与上年相比，增加 ", "f:差=106.47", " 万元，增长 ", "f:率=13.42%", "，变动原因：", "r:原因=拨款增加", "。")
    text, merged = carried(BASE, new, BASE.text.replace("项目完成", "我们的话"))
    assert text == new.text.replace("拨款增加", "我们的话")
    assert [(c.stated, c.expected) for c in merged.conflicts] == [("我们的话", "拨款增加")]


WORDS = st.lists(st.sampled_from(["总计 ", " 万元。", "，增加 ", "，减少 ", "持平", "、", "1．", "（上年无此项）", "支出"]), min_size=1, max_size=4)
AMOUNTS = st.integers(0, 99999).map(lambda n: f"{n / 100:.2f}")


@st.composite
def items(draw):
    parts: list[str] = []
    for n in range(draw(st.integers(0, 5))):
        parts += [*draw(WORDS), f"f:数{draw(st.integers(0, 5))}={draw(AMOUNTS)}"]
        if draw(st.booleans()):
            parts += ["，原因：", f"r:槽{n}={draw(st.sampled_from(['甲', '乙增加 5', '丙']))}"]
    return item(*parts, *draw(WORDS))


@given(base=items(), new=items())
def test_without_edits_the_new_text_comes_out(base, new):
    text, merged = carried(base, new, base.text)
    assert (text, merged.conflicts, merged.base) == (new.text, [], new)


@given(base=items(), new=items(), mine=st.text("总计 增加减少持平万元1２3.，。、甲", max_size=40))
def test_whatever_people_made_of_it_nothing_is_lost_silently(base, new, mine):
    """Each change is carried out or told, and what was told comes up again until it is settled."""
    text, merged = carried(base, new, mine)
    if base.text == new.text:
        assert text == mine
    pending = [c for c in merged.conflicts if not c.is_gone]
    _, later = carried(merged.base, new, text)
    assert not later.edits
    assert pending or not later.conflicts  # one that was told may come up again as two smaller ones
    assert not pending or merged.base != new


@given(base=items(), mine=st.text(max_size=30))
def test_an_unchanged_report_changes_nothing(base, mine):
    text, merged = carried(base, base, mine)
    assert (text, merged.edits, merged.conflicts) == (mine, [], [])


@given(st.lists(items(), max_size=6), st.lists(st.lists(st.text("甲1\n\t<&", max_size=3), min_size=1, max_size=3), min_size=1, max_size=3))
def test_the_baseline_gives_back_what_was_stored(paragraphs, rows):
    from lxml import etree

    stored = [p for p in paragraphs if p.bits] + [TableItem(tuple(map(tuple, rows)))]
    assert list(read_items(etree.fromstring(write_items(stored).encode()))) == stored


def test_a_piece_of_a_figure_is_no_figure():
    assert cut(BASE.bits, 0, 9) == (Bit("", "", "总计 "), Bit("f", "总计", "550.07"))
    assert cut(BASE.bits, 0, 5) == (Bit("", "", "总计 "), Bit("", "", "55"))


# ---------------------------------------------------------------- which is which


def aligned(left: list[str], right: list[str], *, moved: bool = False) -> list[int | None]:
    return align(left, right, (left, right), alike, moved=moved)


def test_paragraphs_are_found_by_likeness_in_order():
    left = ["第一段说收入", "第二段说支出情况", "第三段说结余"]
    assert aligned(left, ["第一段说收入", "新的一段完全不同", "第二段说支出的情况", "第三段说结余"]) == [0, 2, 3]
    assert aligned(left, ["第三段说结余"]) == [None, None, 0]


def test_a_rewritten_paragraph_between_its_neighbours_is_the_same_one():
    assert aligned(["甲甲甲", "（一）收入决算总计", "乙乙乙"], ["甲甲甲", "（一）改了名字", "乙乙乙"]) == [0, 1, 2]
    assert aligned(["甲甲甲", "收入决算总计", "乙乙乙"], ["甲甲甲", "毫不相干", "乙乙乙"]) == [0, None, 2]


def test_a_moved_paragraph_is_found_elsewhere():
    left, right = ["收入情况说明", "支出情况说明如下", "结余"], ["支出情况说明如下", "收入情况说明", "结余"]
    assert sorted(n for n in aligned(left, right, moved=True) if n is not None) == [0, 1, 2]
