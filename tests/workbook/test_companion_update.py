"""Writing a 底稿 back: what changed is written, what people made of the file stays."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook

from tests.units import standard_pack
from tests.workbook.companion_data import ORGANISATION, WORK, E, full_companion, plain, sample_tables, stating
from workbook.companion.create import create_companion
from workbook.companion.model import (
    BudgetLine,
    Companion,
    Level,
    OverviewParagraph,
    Project,
    Reason,
    SubordinateUnit,
    Term,
)
from workbook.companion.read import read_companion
from workbook.companion.update import update_companion
from workbook.errors import InputError
from workbook.issues import CellRef
from workbook.pack.loading import Pack

Change = Callable[[Companion], Companion]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return standard_pack()


@pytest.fixture
def path(tmp_path: Path, pack: Pack) -> Path:
    made = full_companion(tmp_path / "某市第一中学_底稿.xlsx")
    create_companion(made.path, made, pack)
    return made.path


def edit(path: Path, change: Callable[[Workbook], None]) -> None:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


def update(path: Path, pack: Pack, change: Change) -> tuple[Companion, Companion]:
    """Apply a change; returns what was asked for and what the file then says."""
    before, _ = read_companion(path, pack)
    after = change(before)
    written = update_companion(before, after, pack)
    read, issues = read_companion(path, pack)
    assert plain(read) == plain(written)
    assert issues == ()
    return after, read


def changed_parts(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}


# ---------------------------------------------------------------- every kind of change is written


def with_reason(c: Companion, slot: str, text: str) -> Companion:
    return replace(c, reasons=tuple(replace(r, text=r.text.with_text(text)) if r.slot == slot else r for r in c.reasons))


CHANGES: dict[str, Change] = {
    "reason": lambda c: with_reason(c, "公用经费.比上年", "本年差旅费减少"),
    "reason emptied": lambda c: with_reason(c, "收支.总计.比上年", ""),
    "reason figures": lambda c: replace(c, reasons=(
        replace(c.reasons[0], current=Decimal("551.07"), rate=None, draft="新的草稿", status="有异议", hint="方向不对"), c.reasons[1])),
    "reasons added and dropped": lambda c: replace(c, reasons=(
        Reason("新的一处", "二", "事项", Decimal(1), text=E("因为")), c.reasons[1], Reason("又一处", text=E("所以")))),
    "unit data": lambda c: stating(c, 联系人="李四", 单位性质="行政单位", 概况文件="概况.docx", 年度=2025),
    "settings": lambda c: stating(c, 最低变动率=10, 持平写法="增加0万元"),
    "paragraphs changed": lambda c: replace(c, overview=(
        c.overview[0], replace(c.overview[1], text=E("2. 改了"), level=Level.SECOND), *c.overview[2:])),
    "paragraphs inserted": lambda c: replace(c, overview=(
        c.overview[0], OverviewParagraph(ORGANISATION, Level.BODY, E("内设三个科室")), *c.overview[1:], OverviewParagraph(WORK, Level.BODY, E("末段")))),
    "paragraphs removed": lambda c: replace(c, overview=c.overview[2:3]),
    "units": lambda c: replace(c, units=(SubordinateUnit(E("新单位"), E("企业"), "1"), *c.units, SubordinateUnit(E("末单位"), E(""), "9"))),
    "units removed": lambda c: replace(c, units=()),
    "budget amounts": lambda c: replace(
        stating(c, 年初预算总计=Decimal("500.01"), 年初预算财政拨款=None),
        budget=(replace(c.budget[0], amount=E(Decimal("3.333333"))), c.budget[1])),
    "budget lines": lambda c: replace(c, budget=(c.budget[1], BudgetLine("2059999", "其他教育支出", E(7)))),
    "procurement": lambda c: stating(c, 中小企业货物=1, 中小企业工程=None),
    "counts and projects": lambda c: replace(stating(c, 一般公共预算二级项目数=3), projects=(
        replace(c.projects[0], score=E(Decimal("95.5")), achievement=E("改了综述")), c.projects[1])),
    "glossary": lambda c: replace(c, glossary=(c.glossary[1], Term(E("其他收入"), E("解释")), c.glossary[0])),
    "everything": lambda c: replace(stating(c, 单位名称="新名称"), glossary=(), units=(), overview=(), reasons=(), budget=()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_written(path, pack, name):
    after, read = update(path, pack, CHANGES[name])
    wanted, found = plain(after), plain(read)
    # Rows of a keyed list keep their place, so their order may differ.
    assert sorted(map(str, wanted.pop("reasons"))) == sorted(map(str, found.pop("reasons")))
    assert sorted(map(str, wanted.pop("budget"))) == sorted(map(str, found.pop("budget")))
    assert found == wanted


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_written_into_a_file_in_yuan_with_other_columns(path, pack, name):
    def rearrange(book: Workbook) -> None:
        for sheet in (book["年初预算"], book["采购与中小企业"]):
            cell = next(c for row in sheet.iter_rows() for c in row if c.value == "单位：万元")
            cell.value = "单位：元"
            for row in sheet.iter_rows(min_row=5):
                for c in row:
                    if isinstance(c.value, int | float) and c.column > 1:
                        c.value = float(Decimal(str(c.value)) * 10000)
        book["变动原因"].insert_cols(3)
        book["绩效自评"].insert_rows(2, 2)
        book["概况文字"].insert_cols(1)

    edit(path, rearrange)
    test_a_change_is_written(path, pack, name)


# ---------------------------------------------------------------- what people made of it stays


def test_only_the_edited_sheet_changes(path, pack):
    before = parts(path)
    update(path, pack, CHANGES["reason"])
    sheet = {f"xl/worksheets/sheet{1 + openpyxl.load_workbook(path).sheetnames.index('变动原因')}.xml"}
    assert changed_parts(before, parts(path)) == sheet


def test_no_change_writes_nothing(path, pack):
    before = path.stat().st_mtime_ns, path.read_bytes()
    update(path, pack, lambda c: c)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_formatting_comments_and_extra_columns_stay(path, pack):
    def decorate(book: Workbook) -> None:
        sheet = book["变动原因"]
        sheet["N4"], sheet["N6"] = "经办人", "小王"
        sheet["K6"].fill = PatternFill("solid", fgColor="00FF00")
        sheet["K6"].comment = Comment("请办公室提供", "小王")
        sheet.row_dimensions[6].height = 99
        sheet.column_dimensions["K"].width = 77

    edit(path, decorate)
    update(path, pack, CHANGES["reason"])
    sheet = openpyxl.load_workbook(path)["变动原因"]
    assert sheet["K6"].value == "本年差旅费减少"
    assert sheet["N6"].value == "小王"
    assert sheet["K6"].fill.fgColor.rgb == "0000FF00"
    assert sheet["K6"].comment.text == "请办公室提供"
    assert sheet.row_dimensions[6].height == 99
    assert sheet.column_dimensions["K"].width == 77


def test_a_reason_keeps_its_row_when_others_go(path, pack):
    update(path, pack, lambda c: replace(c, reasons=c.reasons[1:]))
    sheet = openpyxl.load_workbook(path)["变动原因"]
    assert sheet["A5"].value is None
    assert sheet["A6"].value == "公用经费.比上年"


def test_parts_left_blank_in_the_file_are_stated_when_paragraphs_move(path, pack):
    def blank(book: Workbook) -> None:
        book["概况文字"]["A6"] = None

    edit(path, blank)
    after, read = update(path, pack, lambda c: replace(c, overview=(
        OverviewParagraph(ORGANISATION, Level.BODY, E("机构")), *c.overview[1:])))
    assert plain(read.overview) == plain(after.overview)


# ---------------------------------------------------------------- performance tables


def first_table(c: Companion) -> Project:
    return c.projects[0]


def with_first(c: Companion, project: Project) -> Companion:
    return replace(c, projects=(project, *c.projects[1:]))


def test_cells_of_a_table_are_edited_in_place(path, pack):
    def change(c: Companion) -> Companion:
        table = first_table(c).table
        assert table is not None
        indicators = list(table.indicators)
        indicators[2] = replace(
            indicators[2], actual=indicators[2].actual.with_value(Decimal(95)), third="改名的指标",
            cause=indicators[2].cause.with_text("因为"), nature="反向")
        funds = (replace(table.funds[0], actual=table.funds[0].actual.with_value(Decimal("19.5"))), *table.funds[1:])
        return with_first(c, replace(first_table(c), table=replace(
            table, indicators=tuple(indicators), funds=funds, expected=table.expected.with_text("新目标"))))

    before = parts(path)
    after, read = update(path, pack, change)
    assert plain(read.projects) == plain(after.projects)
    names = openpyxl.load_workbook(path).sheetnames
    assert changed_parts(before, parts(path)) == {f"xl/worksheets/sheet{1 + names.index('自评表1')}.xml"}


def test_a_table_of_another_shape_is_written_anew_and_the_rest_stays(path, pack):
    def change(c: Companion) -> Companion:
        table = first_table(c).table
        assert table is not None
        return with_first(c, replace(first_table(c), table=replace(table, indicators=(*table.indicators, *table.indicators[:2]))))

    after, read = update(path, pack, change)
    assert plain(read.projects) == plain(after.projects)
    sheet = openpyxl.load_workbook(path)["自评表1"]
    assert sheet["A1"].value == "项目支出绩效自评表"
    assert sheet["A1"].font.name == "黑体"
    assert sheet["D6"].number_format == "#,##0.00####"
    assert openpyxl.load_workbook(path)["年初预算"]["C7"].number_format == "#,##0.00####"


def test_an_imported_table_gets_a_sheet_of_its_own(path, pack):
    third = sample_tables()[2]

    def change(c: Companion) -> Companion:
        foreign = replace(third.name, ref=CellRef("别的文件.xlsx", "自评表1", 2, 2))
        new = Project(E("教师培训专项"), score=E(Decimal("98.95")), table=replace(third, sheet="自评表1", name=foreign))
        return replace(c, projects=(*c.projects, new))

    _, read = update(path, pack, change)
    names = openpyxl.load_workbook(path).sheetnames
    assert names[-1] == "教师培训专项"
    assert read.projects[2].sheet_name.text == "教师培训专项"
    assert plain(read.projects[2].table) == plain(third)
    assert plain(read.projects[0].table) == plain(sample_tables()[0])


@pytest.mark.parametrize("linked", [True, False])
def test_an_imported_table_takes_the_sheet_of_the_one_it_replaces(path, pack, linked):
    if not linked:
        edit(path, lambda book: book["绩效自评"].__setitem__("K9", None))
    third = sample_tables()[2]

    def change(c: Companion) -> Companion:
        foreign = replace(third, name=E("名师视界直播运行费"), sheet="Sheet1")
        foreign = replace(foreign, name=replace(foreign.name, ref=CellRef("别的文件.xlsx", "Sheet1", 2, 2)))
        return with_first(c, replace(first_table(c), table=foreign))

    before = openpyxl.load_workbook(path).sheetnames
    _, read = update(path, pack, change)
    assert openpyxl.load_workbook(path).sheetnames == before
    table = read.projects[0].table
    assert table is not None
    assert table.sheet == "自评表1"
    assert plain(table.indicators) == plain(third.indicators)
    assert read.unlisted == ()


def test_a_table_taken_away_is_no_longer_read(path, pack):
    _, read = update(path, pack, lambda c: replace(c, projects=c.projects[1:]))
    assert [p.name.text for p in read.projects] == ["教育三项改革资金"]
    assert plain(read.projects[0].table) == plain(sample_tables()[1])
    assert read.unlisted == ()


# ---------------------------------------------------------------- missing sheets, and files that cannot be written


@pytest.mark.parametrize(("sheet", "name"), [
    ("单位信息", "unit data"), ("变动原因", "reason"), ("年初预算", "budget amounts"), ("采购与中小企业", "procurement"),
    ("绩效自评", "counts and projects"), ("概况文字", "paragraphs inserted"), ("名词解释", "glossary"),
])
def test_a_missing_sheet_is_made_when_it_is_needed(path, pack, sheet, name):
    original, _ = read_companion(path, pack)

    def remove(book: Workbook) -> None:
        book.remove(book[sheet])

    edit(path, remove)
    before, _ = read_companion(path, pack)
    wanted = CHANGES[name](original)
    update_companion(before, replace(wanted, sha256=before.sha256), pack)
    read, issues = read_companion(path, pack)
    assert issues == ()
    assert plain(read) == plain(wanted)


def test_a_file_changed_meanwhile_is_left_alone(path, pack):
    before, _ = read_companion(path, pack)

    def change(book: Workbook) -> None:
        book["年初预算"]["C7"] = 9

    edit(path, change)
    data = path.read_bytes()
    with pytest.raises(InputError, match="其他程序修改过"):
        update_companion(before, CHANGES["reason"](before), pack)
    assert path.read_bytes() == data


def test_a_file_open_in_excel_is_left_alone(path, pack):
    before, _ = read_companion(path, pack)
    (path.parent / f"~${path.name}").write_bytes(b"")
    with pytest.raises(InputError, match="正在 Excel/WPS 中打开"):
        update_companion(before, CHANGES["reason"](before), pack)


def test_a_backup_is_kept_on_request(path, pack):
    before, _ = read_companion(path, pack)
    data = path.read_bytes()
    update_companion(before, CHANGES["reason"](before), pack, keep_backup=True)
    assert path.with_name(path.name + ".bak").read_bytes() == data


def test_performance_without_sheet_names_is_matched_by_project_name(path, pack):
    def blank(book: Workbook) -> None:
        book["绩效自评"]["K9"] = None
        book["绩效自评"]["K10"] = None

    edit(path, blank)
    read, issues = read_companion(path, pack)
    assert issues == ()
    assert [p.table is not None and p.table.sheet for p in read.projects] == ["自评表1", "自评表2"]


def test_an_empty_performance_is_written(path, pack):
    _, read = update(path, pack, lambda c: replace(stating(c, **dict.fromkeys(c.form.units)), projects=(), unlisted=()))
    assert read.projects == ()
    assert read.text("一般公共预算二级项目数").value is None
