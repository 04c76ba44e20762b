"""``juesuan refresh`` as people use it: what it says, what it writes, its exit codes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from cli.main import main
from tests.docgen.refresh_files import Unit, W, control, controls, paragraph_with, run_of, say, texts
from workbook.editing.package_edit import edit_package


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    unit = Unit(tmp_path_factory.mktemp("unit"))
    assert main(["report", str(unit.workbook), "-o", str(unit.report)]) == 0
    return unit


@pytest.fixture
def unit(written: Unit, tmp_path: Path) -> Unit:
    return written.copy(tmp_path / "单位")


def refresh(unit: Unit, capsys: pytest.CaptureFixture[str], out: Path | None = None, *more: str) -> tuple[int, list[str], str]:
    """Exit code, lines on the screen, and what stands on stderr."""
    capsys.readouterr()
    code = main(["refresh", str(unit.report), str(unit.workbook), "-o", str(out or unit.refreshed), *more])
    said = capsys.readouterr()
    lines = said.out.splitlines()
    if lines:
        assert lines.pop().startswith("模板包：内蒙古自治区部门决算公开（neimenggu-2024，与报告相同")
    return code, lines, said.err


def test_nothing_to_do_is_said(unit, capsys):
    code, lines, _ = refresh(unit, capsys)
    assert (code, lines) == (0, [f"没有变化：报告与公开表、底稿一致（{unit.refreshed}）"])
    assert unit.refreshed.read_bytes() == unit.report.read_bytes()


def test_what_was_updated_and_kept_is_counted(unit, capsys):
    unit.edit(lambda root: paragraph_with(root, "收入、支出决算总计均为 ").append(run_of("特此说明。")))
    unit.set_figure("收支.总计", "900")
    code, lines, _ = refresh(unit, capsys)
    assert code == 0
    assert lines == [f"已更新 7 处数字、1 处文字或表格：{unit.refreshed}", "人工改动 1 处，全部保留。"]
    assert any("均为 900.00 万元" in text and text.endswith("特此说明。") for text in texts(unit.refreshed))


def test_what_could_not_be_placed_is_listed_with_what_to_do(unit, capsys):
    unit.edit(lambda root: say(control(root, "收支.总计"), "551.00"))
    unit.set_figure("收支.总计", "900")
    code, lines, _ = refresh(unit, capsys)
    assert code == 1
    start = lines.index("没能更新的 1 处，请在 Word 中核对、改正：")
    assert lines[start + 1].startswith("  ！ 第 69 段“示例市电化教育馆 2024 年度收入、支出决算总计均为 551.00")
    assert lines[start + 1].endswith("现为“551.00”，应为“900.00”，这里改动过。")


def test_prompts_that_remain_are_listed(unit, capsys):
    unit.set_figure("收支.年初结转", "5")
    code, lines, _ = refresh(unit, capsys)
    assert code == 1
    assert lines[-2:] == ["待填写 1 处：", "  ！ 【请填写变动原因：年初结转和结余比上年决算增加 5.00 万元】"]


def test_the_report_may_be_written_over_and_a_copy_is_kept(unit, capsys):
    before = unit.report.read_bytes()
    unit.set_figure("收支.总计", "900")
    code, lines, _ = refresh(unit, capsys, unit.report)
    assert code == 0
    copy = unit.report.with_name("报告_刷新前.docx")
    assert f"刷新前的报告已另存为 {copy}" in lines
    assert copy.read_bytes() == before


@pytest.mark.parametrize(("out", "words"), [
    ("表.xlsx", "请把文件名写成 .docx 结尾"), ("无/刷新.docx", "请先建立文件夹"),
])
def test_output_that_cannot_be_is_one_line(unit, capsys, out, words):
    code, lines, error = refresh(unit, capsys, unit.folder / out)
    assert (code, lines) == (2, [])
    assert words in error
    assert error.count("\n") == 1


def test_what_is_no_linked_report_is_one_line(unit, capsys):
    assert main(["report", str(unit.workbook), "-o", str(unit.report), "--clean"]) == 0
    code, lines, error = refresh(unit, capsys)
    assert (code, lines) == (2, [])
    assert error == "报告.docx：没有数据链接（干净版和他人写的报告都没有），不能刷新，请用 juesuan review 审校，或重新生成报告。\n"
    unit.report.write_bytes(b"no Word file")
    assert refresh(unit, capsys)[0] == 2
    unit.report.unlink()
    assert "没有这个文件" in refresh(unit, capsys)[2]


def test_missing_arguments_are_said_in_chinese(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["refresh", "报告.docx", "表.xlsx"])
    assert stopped.value.code == 2
    assert "缺少 -o" in capsys.readouterr().err


def test_nothing_to_do_leaves_the_report_alone_without_a_copy(unit, capsys):
    before, files = unit.report.read_bytes(), sorted(unit.report.parent.iterdir())
    code, lines, _ = refresh(unit, capsys, unit.report)
    assert code == 0
    assert lines[0].startswith("没有变化")
    assert unit.report.read_bytes() == before
    assert sorted(unit.report.parent.iterdir()) == files


# ---------------------------------------------------------------- what people wrote, and workbooks that cannot be used


def test_a_typed_number_that_a_figure_no_longer_has_is_listed(unit, capsys):
    sentence = "其中基本工资支出为 142.83 万元，公务用车 2 辆。"
    def insert(root):
        paragraph = paragraph_with(root, "（一）人员经费 ")
        paragraph.addnext(etree.fromstring(f'<w:p xmlns:w="{W[1:-1]}"/>'))
        paragraph.getnext().append(run_of(sentence))
    unit.edit(insert)
    assert refresh(unit, capsys)[0] == 0, "nothing changed, nothing is doubtful"
    unit.set_figure("基本支出.30101", "152.83")
    code, lines, _ = refresh(unit, capsys)
    assert code == 1
    assert sentence in texts(unit.refreshed)
    start = lines.index("请核对 1 处，数变了，人工写的文字可能没有跟上：")
    assert lines[start + 1].endswith(f"“{sentence}”：“142.83”是基本工资刷新前的数，现在是 152.83。")


def test_reasons_that_say_the_opposite_or_quote_the_old_amounts_are_listed(unit, capsys):
    unit.set_figure("收支.本年收入", "900")  # 减少 243.46 becomes 增加
    code, lines, _ = refresh(unit, capsys)
    assert code == 1
    listed = [line for line in lines if "的原因：" in line]
    assert len(listed) == 1
    assert "本年收入决算合计与上年决算相比的原因：写这条原因时是减少 243.46 万元，现在增加 106.47 万元" in listed[0]


@pytest.mark.parametrize("is_computed", [True, False])
def test_a_workbook_with_cells_that_hold_no_amount_is_refused(unit, capsys, is_computed):
    ref = unit.cells["收支.总计"]
    if is_computed:
        unit.workbook.write_bytes(edit_package(unit.workbook.read_bytes(), {ref.sheet: {(ref.row, ref.column): "待定"}}))
    else:
        openpyxl.load_workbook(unit.workbook).save(unit.workbook)  # leaves the formulas without their values
    code, lines, error = refresh(unit, capsys)
    assert (code, lines) == (2, [])
    assert error.count("\n") == 1
    assert ("公开01 C37 等 1 个单元格" if is_computed else "（公式未计算）") in error
    assert "确需刷新的，加 --force" in error
    assert not unit.refreshed.exists()
    code, lines, _ = refresh(unit, capsys, None, "--force")
    assert code == 1
    assert any("总计均为 550.07 万元" in text for text in texts(unit.refreshed)), "no figure is given up for a placeholder"
    assert any("算不出收入、支出决算总计" in line for line in lines)
    told = "".join(entry.why for entry in unit.refresh().unplaced)
    placeholders = {text.strip("【】") for _, text in controls(unit.refreshed) if "缺少" in text}
    assert bool(placeholders) is not is_computed, "only in paragraphs that are new"
    assert all(text in told for text in placeholders)
