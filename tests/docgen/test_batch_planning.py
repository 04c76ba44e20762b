"""Which files of a folder are units: by their names alone, and by what is in them."""

from pathlib import Path

import pytest

from docgen.batch.peeking import BookKind, Peek
from docgen.batch.planning import Plan, plan_by_content, plan_by_names
from docgen.batch.walking import Folder

ROOT = Path("单位")
ALL = tuple(f"公开{n:02}" for n in range(1, 12))
OTHER = Peek(BookKind.OTHER, reason="没有决算公开表")
BROKEN = Peek(BookKind.UNREADABLE, reason="文件已加密")


def tables(codes: tuple[str, ...] = ALL, unit: str = "甲局", year: int | None = 2024) -> Peek:
    return Peek(BookKind.TABLES, codes, unit, year)


def plan(**files: Peek) -> Plan:
    """The plan for a folder with these files (``_`` in a name stands for the dot)."""
    peeks = {ROOT / f"{name}.xlsx": seen for name, seen in files.items()}
    return plan_by_content(Folder(ROOT, sorted(peeks), [], [], []), peeks)


def units(found: Plan) -> dict[str, tuple[str, ...]]:
    """Unit → the files of a folder unit (none for a workbook)."""
    return {unit.path.name: tuple(file.stem for file in unit.files) for unit in found.units}


def reasons(found: Plan) -> dict[str, str]:
    return {Path(item.path).stem: item.reason for item in found.skipped}


# ---------------------------------------------------------------- by names


def named(*names: str) -> Plan | None:
    return plan_by_names(Folder(ROOT, [ROOT / name for name in names], [], [], []))


def test_one_file_is_a_unit_without_looking():
    found = named("公开表.xls")
    assert found is not None
    assert units(found) == {"公开表.xls": ()}


def test_two_files_that_differ_in_the_year_are_this_year_and_last():
    found = named("甲局2023年度公开表.xlsx", "甲局2024年度公开表.xlsx")
    assert found is not None
    [unit] = found.units
    assert (unit.path.name, unit.prior) == ("甲局2024年度公开表.xlsx", ROOT / "甲局2023年度公开表.xlsx")
    assert reasons(found) == {"甲局2023年度公开表": "是上年决算表，用于“甲局2024年度公开表.xlsx”"}


@pytest.mark.parametrize(
    "names",
    [
        ("甲局2024.xlsx", "乙局2024.xlsx"),
        ("甲局2022.xlsx", "甲局2024.xlsx"),  # two years apart
        ("甲局2023.xls", "甲局2024.xlsx"),
        ("甲局2023至2024.xlsx", "甲局2024至2025.xlsx"),
        ("01.xlsx", "02.xlsx", "03.xlsx"),
    ],
)
def test_other_names_do_not_tell(names):
    assert named(*names) is None


# ---------------------------------------------------------------- by content


def test_workbooks_of_several_units_are_units():
    found = plan(甲=tables(), 乙=tables(unit="乙局"), 丙=tables(unit=""))
    assert units(found) == {"甲.xlsx": (), "乙.xlsx": (), "丙.xlsx": ()}
    assert reasons(found) == {}


def test_files_with_one_table_each_are_one_unit():
    parts = {f"表{n:02}": tables((code,), year=2024 if n % 2 else None) for n, code in enumerate(ALL)}
    found = plan(**parts, 说明=OTHER)
    assert units(found) == {"单位": tuple(sorted(parts))}
    assert reasons(found) == {"说明": "没有决算公开表"}


def test_a_part_that_cannot_be_read_belongs_to_the_unit():
    found = plan(一=tables(ALL[:1]), 二=tables(ALL[1:2]), 三=tables(ALL[2:3]), 四=BROKEN)
    assert units(found) == {"单位": tuple(sorted("一二三四"))}


def test_a_table_that_is_there_twice_does_not_tear_a_unit_apart():
    parts = {f"表{n:02}": tables((code,)) for n, code in enumerate(ALL)}
    assert units(plan(**parts, 副本=tables(ALL[:1]))) == {"单位": tuple(sorted([*parts, "副本"]))}


def test_two_halves_of_a_set_are_one_unit():
    assert units(plan(收支=tables(ALL[:6]), 财拨=tables(ALL[6:]))) == {"单位": ("收支", "财拨")}
    assert units(plan(收支=tables(ALL[:6]), 财拨=tables(ALL[6:], unit="乙局"))) == {"收支.xlsx": (), "财拨.xlsx": ()}


def test_the_same_table_of_many_units_is_no_set():
    found = plan(**{f"单位{n}": tables(ALL[:1], unit=f"单位{n}") for n in range(5)})
    assert len(found.units) == 5


def test_a_single_table_beside_the_whole_set_of_its_unit_is_passed_over():
    found = plan(全=tables(), 总表=tables(ALL[:1]), 乙=tables(ALL[:1], unit="乙局"))
    assert units(found) == {"全.xlsx": (), "乙.xlsx": ()}
    assert reasons(found) == {"总表": "只有个别公开表，该单位整套的公开表是“全.xlsx”"}


def test_the_year_before_goes_with_the_unit_and_older_ones_go():
    found = plan(新=tables(), 旧=tables(year=2023), 更旧=tables(year=2021), 乙旧=tables(unit="乙局", year=2023))
    priors = {unit.path.name: unit.prior.name if unit.prior else None for unit in found.units}
    assert priors == {"新.xlsx": "旧.xlsx", "乙旧.xlsx": None}
    assert reasons(found) == {
        "旧": "是上年决算表，用于“新.xlsx”",
        "更旧": "是 2021 年度的公开表，同一文件夹里有 2024 年度的",
    }


def test_single_tables_take_last_years_workbook():
    parts = {f"表{n:02}": tables((code,)) for n, code in enumerate(ALL)}
    found = plan(**parts, 上年=tables(year=2023))
    [unit] = found.units
    assert unit.files == tuple(ROOT / f"{name}.xlsx" for name in sorted(parts))
    assert unit.prior == ROOT / "上年.xlsx"


def test_two_workbooks_of_one_unit_and_year_are_both_looked_at_and_said():
    found = plan(定稿=tables(), 初稿=tables())
    assert len(found.units) == 2
    assert all("2 份 2024 年度的公开表" in unit.note for unit in found.units)


def test_what_cannot_be_read_is_a_unit_of_its_own():
    assert units(plan(甲=tables(), 乙=BROKEN)) == {"甲.xlsx": (), "乙.xlsx": ()}
