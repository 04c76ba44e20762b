"""The words of a pack: one file, the default pack's for what it leaves out, and what is wrong in it named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workbook.errors import PackError
from workbook.pack.loading import load_pack
from workbook.pack.words import Words


def words(folder: Path, text: str | None = None) -> Words:
    if text is not None:
        (folder / "words.toml").write_text(text, encoding="utf-8")
    return replace(load_pack(), folder=folder).words


def test_a_pack_without_words_takes_the_default_packs(tmp_path: Path) -> None:
    assert words(tmp_path) == load_pack().words


def test_a_pack_changes_single_lists(tmp_path: Path) -> None:
    own = words(tmp_path, '[direction]\npairs = [["增加", "减少"], ["上涨", "回落"]]\n')
    assert own.own == ("增加", "减少", "上涨", "回落", "持平")
    assert (own.ups, own.downs) == (("增加", "上涨"), ("减少", "回落"))
    assert own.money == load_pack().words.money


def test_every_word_of_direction_has_its_opposite() -> None:
    own = load_pack().words
    assert {own.opposite(w) for w in own.ups} <= set(own.downs)
    assert {own.opposite(w) for w in own.downs} <= set(own.ups)
    assert [own.opposite(w) for w in ("增加", "减少", "增长", "下降", "上升", "降低")] == ["减少", "增加", "下降", "增长", "下降", "增长"]


@pytest.mark.parametrize(("text", "said"), [
    ('[reason]\nmoney = "支出"\n', "第 2 行：[reason]：“money”应是文字的列表"),
    ("reason = 1\n", "[reason]"),
    ('[direction]\npairs = [["增加", "减少"]]\n', "两对"),
    ('[direction]\npairs = [["增加"], ["增长"]]\n', "两个词"),
    ('[direction]\nunknown = ["增减"]\n', "第 2 行：[direction]：“unknown”应是文字"),
    ('[statement]\nbases = ["上年"]\n', "第 2 行：[statement]：“bases”应是"),
    ('[reason]\nmonies = ["钱"]\n', "monies"),
    ("[reason\n", "写法不对"),
])
def test_broken_words_are_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PackError, match=r"words\.toml") as caught:
        words(tmp_path, text)
    assert said in str(caught.value)
