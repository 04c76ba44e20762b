"""What explains a change is data of the pack: tests that edit ``drivers.csv`` and ``notes.csv`` and nothing else."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from docgen.job.inputs import Inputs, load_inputs
from docgen.reasons.drivers import Drivers, TwoYears
from tests.docgen.narratives import whole_narrative
from workbook.errors import PackError
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES, Pack, load_pack

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
DRIVERS, NOTES = "drivers.csv", "notes.csv"


def pack_with(folder: Path, **files: str | None) -> Pack:
    """The home pack with these files instead of its own (``None``: without its own)."""
    own = folder / "own"
    shutil.copytree(TEMPLATES / DEFAULT_PACK, own)
    for stem, text in files.items():
        path = own / f"{stem}.csv"
        path.unlink()
        if text is not None:
            path.write_text(text, encoding="utf-8")
    return load_pack(own)


def edited(name: str, *, drop: str = "#", add: str = "") -> str:
    """The home pack's file without the lines that contain *drop* and with *add* at its end."""
    lines = (TEMPLATES / DEFAULT_PACK / name).read_text(encoding="utf-8-sig").splitlines()
    return "\n".join([*(line for line in lines if drop not in line), add]) + "\n"


def line_of(text: str, words: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def context_of(pack: Pack) -> Inputs:
    return load_inputs(SAMPLE, pack=pack)


def explained(pack: Pack, slot: str) -> Drivers:
    context = context_of(pack)
    return Drivers(whole_narrative(context).registry.changes[slot], TwoYears(context))


def test_a_new_breakdown_appears(tmp_path: Path) -> None:
    classes = "运行.经费.比上年,按类（公开06表）,是,{类},公开06[{类}],,类=公开06[302、307、310、399],"
    drivers = explained(pack_with(tmp_path, drivers=edited(DRIVERS, add=classes)), "运行.经费.比上年")
    assert [b.title for b in drivers.breakdowns] == ["按经济分类（公开06表）", "按类（公开06表）"]
    parts = list(drivers.breakdowns[1].parts())
    assert [d.name for d in parts] == ["商品和服务支出", "资本性支出"]
    assert sum(d.amount for d in parts) == drivers.total
    assert all(len(d.sources) == 2 for d in parts)


def test_a_comparison_that_had_no_breakdown_gets_one(tmp_path: Path) -> None:
    slot = "三公.决算.比预算"
    only = f'{slot},按购置和运行,是,公务用车,"公开10[决算数, 公务用车购置及运行维护费]","公开10[预算数, 公务用车购置及运行维护费]",,'
    drivers = explained(pack_with(tmp_path, drivers=edited(DRIVERS, drop="公开", add=only)), slot)
    assert [(b.title, [d.name for d in b.moves]) for b in drivers.breakdowns] == [("按购置和运行", ["公务用车"])]
    bare = explained(pack_with(tmp_path / "bare", drivers=edited(DRIVERS, drop="公开")), slot)
    assert bare.breakdowns == ()
    assert "没有可以分解" in bare.missing


def test_a_part_that_is_struck_out_remains_unexplained(tmp_path: Path) -> None:
    text = edited(DRIVERS).replace("行=公开01[一般公共预算财政拨款收入..其他收入]", "行=公开01[一般公共预算财政拨款收入..附属单位上缴收入]")
    drivers = explained(pack_with(tmp_path, drivers=text), "收支.本年收入.比上年")
    remainder = drivers.breakdowns[0].remainder
    assert remainder is not None
    assert (remainder.name, remainder.amount) == ("未能解释", Decimal("8.26"))


def test_of_breakdowns_with_one_title_the_first_that_applies_is_shown(tmp_path: Path) -> None:
    records = (
        "运行.经费.比上年,按类,是,甲,公开06[302],,,公开06[302] = 公开06[310]\n"
        "运行.经费.比上年,按类,是,乙,公开06[302],,,公开06[302] >= 公开06[310]\n"
        "运行.经费.比上年,按类,是,丙,公开06[302],,,")
    drivers = explained(pack_with(tmp_path, drivers=edited(DRIVERS, drop="运行.经费", add=records)), "运行.经费.比上年")
    assert [[d.name for d in b.parts()] for b in drivers.breakdowns] == [["乙", "未能解释"]]


@pytest.mark.parametrize(("record", "said"), [
    ("收支.没有.比上年,按类,是,甲,公开06[302],,,", "收支.没有.比上年"),
    ("运行.经费.比上年,按类,是,甲,公开99[302],,,", "公开99"),
    ("运行.经费.比上年,按类,是,甲,公开06[没有的行],,,", "没有的行"),
    ("运行.经费.比上年,按类,是,甲,公开06[302],公开06[没有的行],,", "没有的行"),
    ("运行.经费.比上年,按类,是,{款},公开06[302],,,", "款"),
    ("运行.经费.比上年,按类,是,甲,公开06[{款}],,款=公开06[没有下末级],", "没有"),
    ("运行.经费.比上年,按类,是,甲,运行.经费,,,", "运行.经费"),
    ("运行.经费.比上年,按类,也许,甲,公开06[302],,,", "也许"),
    ("运行.经费.比上年,,是,甲,公开06[302],,,", "分解"),
    ("运行.经费.比上年,按类,是,甲,公开06[302],,,公开06[302]", "条件：看不懂"),
    ("运行.经费.比上年,按经济分类（公开06表）,否,甲,公开06[302],,,", "可作原因"),
])
def test_a_broken_record_is_refused_with_its_line(tmp_path: Path, record: str, said: str) -> None:
    text = edited(DRIVERS, add=record)
    with pytest.raises(PackError, match=r"drivers\.csv") as caught:
        pack_with(tmp_path, drivers=text)
    assert f"第 {line_of(text, record)} 行" in str(caught.value)
    assert said in str(caught.value)


def test_a_new_note_appears(tmp_path: Path) -> None:
    note = "收支.本年收入.比上年,其中其他收入 {公开01[其他收入]} 万元，上年 {上年公开01[其他收入]} 万元,,,"
    found = explained(pack_with(tmp_path, notes=edited(NOTES, add=note)), "收支.本年收入.比上年")
    assert found.notes == ("其中其他收入 21.39 万元，上年 13.13 万元",)


def test_a_note_may_need_an_amount_and_a_direction(tmp_path: Path) -> None:
    cell = "公开06[{款}] - 上年公开06[{款}]"
    notes = (
        f"运行.经费.比上年,{{款}}比上年{{多|少}} {{差额}} 万元,款=公开06[302下末级],公开06[302],{cell}\n"
        f"运行.经费.比上年,不说,,公开06[399],")
    found = explained(pack_with(tmp_path, notes=edited(NOTES, add=notes)), "运行.经费.比上年")
    assert "差旅费比上年少 2.05 万元" in found.notes
    assert not any("多" in note for note in found.notes)
    assert "不说" not in found.notes


@pytest.mark.parametrize(("record", "said"), [
    ("收支.没有.比上年,话,,,", "收支.没有.比上年"),
    ("运行.经费.比上年,{公开06[没有的行]},,,", "没有的行"),
    ("运行.经费.比上年,{款},,,", "款"),
    ("运行.经费.比上年,{差额},,,", "差额"),
    ("运行.经费.比上年,,,,", "句式"),
    ("运行.经费.比上年,话,,公开99[302],", "公开99"),
])
def test_a_broken_note_is_refused_with_its_line(tmp_path: Path, record: str, said: str) -> None:
    text = edited(NOTES, add=record)
    with pytest.raises(PackError, match=r"notes\.csv") as caught:
        pack_with(tmp_path, notes=text)
    assert f"第 {line_of(text, record)} 行" in str(caught.value)
    assert said in str(caught.value)


def test_a_pack_without_the_files_takes_what_fits_of_the_default_packs(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, drivers=None, notes=None)
    assert pack.drivers == load_pack().drivers
    assert pack.notes == load_pack().notes
