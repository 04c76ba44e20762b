"""What is said about the numbering and punctuation of texts pasted into the 底稿."""

from __future__ import annotations

import pytest

from workbook.companion.checks import numbering_remarks
from workbook.companion.model import Level, OverviewParagraph
from workbook.entries import Entry


def remarks(*texts: str) -> list[tuple[str, str, int]]:
    paragraphs = [OverviewParagraph("主要工作", Level.BODY, Entry(text)) for text in texts]
    return [(case, words, places) for case, _, words, places in numbering_remarks(paragraphs)]


def test_a_text_in_order_is_passed_over() -> None:
    assert remarks(
        "本年主要工作：", "一、加强党建", "（一）学习", "1.读书", "2.讨论", "（二）检查", "1.自查", "二、教学", "（一）备课", "共完成 1.5 万课时，增长 3%。",
        "三、2024 年度安排（含培训）") == []


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("一、甲", "一、乙", "二、丙"), [("编号重复", "一、乙", 1)]),
        (("一、甲", "三、乙"), [("编号不连续", "三、乙", 1)]),
        (("（一）甲", "（二）乙", "（二）丙"), [("编号重复", "（二）丙", 1)]),
        (("一、一、甲", "（一）1．乙"), [("双重编号", "一、一、甲", 2)]),
        (("完成培训,效果良好", "一、甲(试行)"), [("半角标点", "完成培训,效果良好", 2)]),
        (("十、甲",), [("编号不连续", "十、甲", 1)]),
    ],
)
def test_what_is_wrong_is_said_once_with_its_first_place(texts: tuple[str, ...], expected: list[tuple[str, str, int]]) -> None:
    assert remarks(*texts) == expected
