"""``juesuan refresh`` as people use it: what it says, what it writes, its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from tests.docgen.refresh_files import Unit, control, paragraph_with, run_of, say, texts


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
