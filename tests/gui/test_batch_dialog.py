"""批量处理: a finance bureau gives a folder, watches, and opens what it is after."""

import gc
import multiprocessing
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from docgen.batch.model import UnitRow, Verdict
from gui.batch.dialog import BatchDialog
from gui.batch.form import proposed_results
from gui.batch.run import times
from gui.batch.unit_list import UnitList
from gui.frame.main_window import MainWindow
from tests.docgen.batch_units import SAMPLE, book, by_file, encrypted, other_sheet, rows, skipped
from tests.gui.layout_faults import layout_faults
from tests.gui.seen import drop
from tests.gui.test_small_screens import AT_125, AT_150, WHOLE

GOOD, WRONG, LOCKED = (f"示例市{name}" for name in ("电化教育馆", "教育局", "体育中心"))
PATIENCE = 60_000


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> Iterator[BatchDialog]:
    """The dialog of the window; what is under way is ended after the test."""
    window.actions_["batch"].trigger()
    made = window.tools.batch
    assert made is not None
    made.form.workers.setValue(1)
    made.ask_stop = lambda: bool(made.run.finish())  # no question when a test leaves a batch under way
    yield made
    made.run.finish()
    made.form.keep_quiet()
    made.hide()


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A unit with everything in order, one with an error, one with a password, and a sheet that is none of them."""
    folder = tmp_path / "2024年度决算"
    shutil.copytree(SAMPLE, folder / "电化教育馆", ignore=shutil.ignore_patterns("*-2024"))  # the samples of other packs
    book(folder / "教育局" / f"{WRONG}_2024年度决算公开表.xlsx", WRONG, broken=True)
    encrypted(folder / "体育中心" / f"{LOCKED}_2024年度决算公开表.xlsx")
    other_sheet(folder / "通讯录.xlsx")
    return folder


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Enough units for something to happen meanwhile."""
    folder = tmp_path / "许多单位"
    first = book(folder / "01.xlsx", GOOD)
    for number in range(2, 25):
        shutil.copyfile(first, folder / f"{number:02}.xlsx")
    return folder


def begin(dialog: BatchDialog, folder: Path, qtbot: QtBot) -> None:
    """Choose the folder and press 开始."""
    dialog.form.set_folder(folder)
    press(dialog, "开始", qtbot)
    qtbot.waitUntil(lambda: dialog.run.is_running, timeout=PATIENCE)


def run(dialog: BatchDialog, folder: Path, qtbot: QtBot) -> None:
    """The whole batch."""
    dialog.form.set_folder(folder)
    with qtbot.waitSignal(dialog.run.ended, timeout=PATIENCE):
        press(dialog, "开始", qtbot)


def press(dialog: BatchDialog, words: str, qtbot: QtBot) -> None:
    button = buttons(dialog)[words]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def buttons(dialog: BatchDialog) -> dict[str, QPushButton]:
    """What can be pressed now, by its words."""
    return {b.text(): b for b in dialog.findChildren(QPushButton) if b.isVisible() and b.isEnabled()}


def shown(units: UnitList) -> list[list[str]]:
    """The words of the table as they are read, hidden columns left out."""
    model, table = units.filter, units.table
    columns = [c for c in range(model.columnCount()) if not table.isColumnHidden(c)]
    return [[model.index(row, c).data() for c in columns] for row in range(model.rowCount())]


def note(dialog: BatchDialog) -> str:
    return dialog.run.notice.text


# ---------------------------------------------------------------- from folder to summary


def test_three_units_and_what_became_of_them(dialog: BatchDialog, three: Path, qtbot: QtBot) -> None:
    states: list[str] = []
    dialog.run.units.model.rowsInserted.connect(lambda: states.append("取消" if "取消" in buttons(dialog) else "?"))
    run(dialog, three, qtbot)
    assert set(states) == {"取消"}  # units are listed while it can be cancelled
    out = three.with_name("2024年度决算_结果")
    assert note(dialog) == "3 个单位：有错误 1，有提示 1，无法读取 1；生成报告 1 份，跳过文件 2 个。"
    assert dialog.run.done.text() == "处理完毕"
    locked, wrong, good = shown(dialog.run.units)
    assert locked == ["？ 无法读取", f"{LOCKED}_2024年度决算公开表", "文件已加密，请在 Excel/WPS 中取消密码后另存", "", "", ""]
    assert wrong[:4] == ["✗ 有错误", WRONG, "没有上年决算表", "3"]
    assert good[:2] == ["！ 有提示", GOOD]
    assert good[3:] == ["0", str(rows(out / "summary.xlsx")[2]["提示"]), "0"]

    summary = by_file(out / "summary.xlsx")
    assert {u.file: u.verdict for u in dialog.run.units.model.records} == {file: row["结果"] for file, row in summary.items()}
    assert set(skipped(out / "summary.xlsx")) == {"通讯录.xlsx", "电化教育馆/示例市电化教育馆_2023年度决算公开表.xlsx"}
    assert len(list(out.rglob("*公开报告.docx"))) == 1
    assert gc.isenabled()
    assert {"打开汇总表", "打开结果文件夹", "再处理一个文件夹", "关闭"} <= buttons(dialog).keys()
    assert "取消" not in buttons(dialog)


def test_cancelled_half_way_everything_done_is_kept(
    dialog: BatchDialog, many: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.batch.form.cores", lambda: 64)  # so that the number is one that the user chose
    dialog.form.workers.setValue(2)
    begin(dialog, many, qtbot)
    qtbot.waitUntil(lambda: dialog.run.units.model.rowCount() >= 2, timeout=PATIENCE)
    assert len(multiprocessing.active_children()) == 2
    with qtbot.waitSignal(dialog.run.ended, timeout=PATIENCE):
        press(dialog, "取消", qtbot)
        assert note(dialog).startswith("正在停止")
        assert "取消" not in buttons(dialog)
    result = dialog.run.result
    assert result is not None
    assert result.cancelled
    assert 2 <= result.finished < result.total == 24
    assert dialog.run.done.text() == "已取消"
    assert note(dialog).startswith(f"已取消：共 24 个单位，只处理了 {result.finished} 个单位：有提示 {result.finished}；")
    assert len(rows(result.summary)) == result.finished == dialog.run.units.model.rowCount()
    assert len(list(result.summary.parent.rglob("*公开报告.docx"))) == result.finished
    assert not multiprocessing.active_children()

    press(dialog, "再处理一个文件夹", qtbot)
    with qtbot.waitSignal(dialog.run.ended, timeout=PATIENCE):  # the same folder again, to the end
        press(dialog, "开始", qtbot)
    assert dialog.run.result is not None
    assert dialog.run.result.finished == 24
    assert dialog.run.result.summary == result.summary
    assert dialog.run.result.unchanged == result.finished
    assert f"其中 {result.finished} 个单位以前做过、没有变动，没有重做" in note(dialog)

    press(dialog, "再处理一个文件夹", qtbot)
    dialog.form.restart.setChecked(True)
    assert dialog.form.order is not None
    assert dialog.form.order.restart


def test_the_summary_and_the_folder_are_opened(
    dialog: BatchDialog, three: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    can = [True]
    monkeypatch.setattr("gui.batch.dialog.open_outside", lambda path: opened.append(str(path)) or can[0])
    run(dialog, three, qtbot)
    out = three.with_name("2024年度决算_结果")
    press(dialog, "打开汇总表", qtbot)
    press(dialog, "打开结果文件夹", qtbot)
    assert [Path(p) for p in opened] == [out / "summary.xlsx", out]
    can[0] = False
    press(dialog, "打开汇总表", qtbot)
    assert note(dialog) == f"没有程序能打开汇总表，它在：{out / 'summary.xlsx'}"
    (out / "summary.xlsx").unlink()
    press(dialog, "打开汇总表", qtbot)
    assert "汇总表已不在原来的位置" in note(dialog)


# ---------------------------------------------------------------- what cannot be


def test_a_folder_without_units_is_told_on_the_first_page(dialog: BatchDialog, tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "没有决算"
    other_sheet(folder / "通讯录.xlsx")
    run(dialog, folder, qtbot)
    assert dialog.form.isVisible()
    assert "没有决算：里面没有决算公开表" in dialog.form.notice.text
    assert "通讯录.xlsx" in dialog.form.notice.text
    assert not folder.with_name("没有决算_结果").exists()
    dialog.form.set_folder(tmp_path)  # another one: the sentence goes
    assert dialog.form.notice.text == ""


def test_folders_that_cannot_be_used(dialog: BatchDialog, tmp_path: Path, qtbot: QtBot) -> None:
    other_sheet(tmp_path / "通讯录.xlsx")
    book(tmp_path / "单位" / "a.xlsx", GOOD)
    for folder, out, words in (
        ("", "", "请选择存放各单位公开表的文件夹"), ("没有", "", "没有：没有这个文件夹"), ("通讯录.xlsx", "", "通讯录.xlsx：不是文件夹"),
        ("单位", "通讯录.xlsx", "通讯录.xlsx：不是文件夹"), ("单位", "通讯录.xlsx/结果", "结果：不能写入结果"), ("单位", "单位", "结果不能写在里面"),
    ):
        if folder:
            dialog.form.set_folder(tmp_path / folder)
        if out:
            dialog.form.out.set_path(tmp_path / out)
        press(dialog, "开始", qtbot)
        qtbot.waitUntil(lambda words=words: words in dialog.form.notice.text, timeout=PATIENCE)
        qtbot.waitUntil(lambda: not dialog.run.is_running)
        assert dialog.form.isVisible()
    assert sorted(p.name for p in tmp_path.glob("单位*")) == ["单位"]


def test_other_things_in_the_results_folder_are_told_before(dialog: BatchDialog, three: Path, qtbot: QtBot) -> None:
    out = three.with_name("2024年度决算_结果")
    out.mkdir()
    (out / "summary.xlsx").write_bytes(b"mine")
    dialog.form.set_folder(three)
    press(dialog, "开始", qtbot)
    qtbot.waitUntil(lambda: "已有别的文件" in dialog.form.notice.text)
    assert "已有别的文件" in dialog.form.out_note.text()
    assert not dialog.run.is_running
    with qtbot.waitSignal(dialog.run.ended, timeout=PATIENCE):
        press(dialog, "开始", qtbot)
    assert (out / "summary.xlsx").read_bytes() == b"mine"
    assert dialog.run.result is not None
    assert dialog.run.result.summary == out / "summary（2）.xlsx"

    press(dialog, "再处理一个文件夹", qtbot)  # now it is a folder of results
    dialog.form.set_folder(three.parent)
    dialog.form.set_folder(three)
    qtbot.waitUntil(lambda: "以前批量处理的结果" in dialog.form.out_note.text())


def test_a_fault_of_the_program_is_logged_and_told(
    dialog: BatchDialog, three: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("cannot be")

    monkeypatch.setattr("docgen.batch.run.run_batch", broken)
    run(dialog, three, qtbot)
    assert "程序出现意外错误（RuntimeError），批量处理没有完成" in dialog.form.notice.text
    assert "cannot be" in caplog.text
    assert not dialog.run.is_running


# ---------------------------------------------------------------- beside the window


def test_the_window_opens_edits_and_saves_meanwhile(
    window: MainWindow, dialog: BatchDialog, many: Path, sample: Path, qtbot: QtBot
) -> None:
    begin(dialog, many, qtbot)
    qtbot.waitUntil(lambda: dialog.run.units.model.rowCount() >= 1, timeout=PATIENCE)
    with qtbot.waitSignal(window.session.checked, timeout=PATIENCE):
        open_row(dialog, 0, qtbot)
    window.session.jobs.finish()
    assert window.session.path == many / "01.xlsx"
    with qtbot.waitSignal(window.session.checked, timeout=PATIENCE):
        window.files.open(sample)
    window.session.jobs.finish()
    place = window.session.accounts.tables["公开02"].position("2050299", "财政拨款收入")
    window.session.edit_cell("公开02", *place, "999")
    assert window.files.save()
    window.session.jobs.finish()
    assert dialog.run.is_running
    with qtbot.waitSignal(dialog.run.ended, timeout=PATIENCE):
        dialog.stop()
    assert not window.session.is_dirty


def test_out_of_sight_it_goes_on_and_tells_when_it_is_done(
    window: MainWindow, dialog: BatchDialog, many: Path, qtbot: QtBot
) -> None:
    begin(dialog, many, qtbot)
    press(dialog, "隐藏", qtbot)
    assert not dialog.isVisible()
    assert "在后台继续" in window.bar.text
    window.actions_["batch"].trigger()
    assert window.tools.batch is dialog
    assert dialog.run.isVisible()
    dialog.close()
    with qtbot.waitSignal(dialog.run.ended, timeout=PATIENCE):
        dialog.stop()
    assert window.bar.text.startswith("批量处理已取消：共 24 个单位，只处理了")
    QApplication.processEvents()
    next(b for b in window.bar.findChildren(QPushButton) if b.text() == "查看" and b.isVisible()).click()
    assert dialog.isVisible()


def test_a_unit_is_opened_in_the_window_after_the_usual_question(
    window: MainWindow, dialog: BatchDialog, three: Path, sample: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.open_now(sample)
    window.session.edit_cell("公开02", *window.session.accounts.tables["公开02"].position("2050299", "财政拨款收入"), "999")
    run(dialog, three, qtbot)
    answers = iter(["cancel", "drop"])
    monkeypatch.setattr(window.files, "ask_unsaved", lambda: next(answers))
    wrong = three / "教育局" / f"{WRONG}_2024年度决算公开表.xlsx"
    open_row(dialog, 1, qtbot)
    assert window.session.path == sample
    with qtbot.waitSignal(window.session.checked, timeout=PATIENCE):
        open_row(dialog, 1, qtbot)
    window.session.jobs.finish()
    assert window.session.path == wrong
    assert window.pages.current == "check"
    wrong.unlink()
    open_row(dialog, 1, qtbot)
    assert "已不在原来的位置" in note(dialog)


def open_row(dialog: BatchDialog, row: int, qtbot: QtBot) -> None:
    """Double click on a row, as people do it."""
    table = dialog.run.units.table
    place = table.visualRect(dialog.run.units.filter.index(row, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_folder_that_is_a_unit_itself_can_be_opened(dialog: BatchDialog, tmp_path: Path, qtbot: QtBot) -> None:
    from tests.docgen.batch_units import tables_in

    folder = tables_in(tmp_path / "第一中学")
    opened: list[Path] = []
    dialog.unit_requested.disconnect()
    dialog.unit_requested.connect(opened.append)
    run(dialog, folder, qtbot)
    open_row(dialog, 0, qtbot)
    assert opened == [folder]


def answer(words: str, asked: list[str]) -> None:
    """Press a button of the question as soon as it is there."""

    def press_it() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(10, press_it)
            return
        asked.append(box.text())
        next(b for b in box.buttons() if b.text() == words).click()

    QTimer.singleShot(10, press_it)


def test_closing_the_window_asks_once_and_ends_when_all_is_written(
    window: MainWindow, dialog: BatchDialog, many: Path, qtbot: QtBot
) -> None:
    asked: list[str] = []
    del dialog.ask_stop
    begin(dialog, many, qtbot)
    answer("继续处理", asked)
    window.close()
    assert window.isVisible()
    assert not dialog.run.is_stopping

    qtbot.waitUntil(lambda: dialog.run.units.model.rowCount() >= 1, timeout=PATIENCE)
    answer("停止并退出", asked)
    window.close()
    assert window.isVisible()  # the units at hand
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert not dialog.isVisible()
    assert not dialog.run.is_running
    assert asked == ["批量处理还没有完，要停止并退出吗？"] * 2
    summary = many.with_name("许多单位_结果") / "summary.xlsx"
    assert 1 <= len(rows(summary)) < 24


def test_the_welcome_page_leads_here(window: MainWindow, qtbot: QtBot) -> None:
    next(b for b in window.pages.welcome.findChildren(QPushButton) if b.text().startswith("批量处理")).click()
    assert window.tools.batch is not None
    assert window.tools.batch.isVisible()
    window.tools.batch.close()


# ---------------------------------------------------------------- the form


def test_a_folder_is_dropped_and_the_results_go_beside_it(dialog: BatchDialog, three: Path, tmp_path: Path, qtbot: QtBot) -> None:
    form = dialog.form
    assert form.order is None
    form.workers.setValue(7)
    drop(dialog, three)
    assert form.order is not None
    assert (form.order.folder, form.order.workers, form.order.pack) == (three, 7, "")
    assert dialog.form.folder.path == three
    assert dialog.form.out.path == three.with_name("2024年度决算_结果")
    qtbot.waitUntil(lambda: dialog.form.out_note.text() == "会新建这个文件夹。")
    drop(dialog, three / "通讯录.xlsx")
    assert dialog.form.folder.path == three

    dialog.form.out.set_path(tmp_path / "我选的")
    dialog.form.folder.edit.setText(str(tmp_path / "别的"))  # typed: the user's choice stays
    assert dialog.form.out.path == tmp_path / "我选的"
    drop(dialog, three)  # a new folder: a new proposal
    assert dialog.form.out.path == three.with_name("2024年度决算_结果")


def test_the_proposed_folder_of_a_whole_drive_lies_in_it() -> None:
    assert proposed_results(Path("/")) == Path("/批量处理_结果")
    assert proposed_results(Path("/决算/各单位")) == Path("/决算/各单位_结果")


@pytest.mark.parametrize(
    ("elapsed", "remaining", "words"),
    [
        (0.4, None, "已用不到 1 秒"), (59.9, None, "已用 59 秒"), (80, 41.2, "已用 1 分 20 秒　还要约 41 秒"),
        (605, 0.2, "已用 10 分 5 秒　还要约 1 秒"), (3900, 7300, "已用 1 小时 5 分　还要约 2 小时 1 分"),
    ],
)
def test_times_in_words(elapsed: float, remaining: float | None, words: str) -> None:
    assert times(elapsed, remaining) == words


# ---------------------------------------------------------------- the list


def unit(name: str, verdict: Verdict = Verdict.CLEAN, **values: object) -> UnitRow:
    return UnitRow(verdict, name, file=f"{name}/{name}.xlsx", path=f"/{name}.xlsx")._replace(**values)


def test_the_model_is_sound_while_it_grows(qtmodeltester) -> None:
    units = UnitList()
    qtmodeltester.check(units.model)
    qtmodeltester.check(units.filter)
    for number in range(30):
        units.append([unit(f"单位{number}", (Verdict.ERROR, Verdict.CLEAN, Verdict.UNFINISHED)[number % 3])])
    units.show_units([unit("单位", errors=0, notices=0, reasons=0, note="说明")])
    qtmodeltester.check(units.model)
    qtmodeltester.check(units.filter)


def test_ten_thousand_units_are_only_ever_appended(qtbot: QtBot) -> None:
    units = UnitList()
    qtbot.addWidget(units)
    units.show()
    resets: list[int] = []
    units.model.modelReset.connect(lambda: resets.append(1))
    for start in range(0, 10_000, 100):
        units.append([unit(f"单位{n:05}", Verdict.CLEAN if n % 10 else Verdict.ERROR) for n in range(start, start + 100)])
    assert resets == []
    assert units.filter.rowCount() == 10_000
    assert visible(units) == ["全部 10,000", "有错误 1,000", "通过 9,000"]
    units.buttons["有错误"].click()
    assert units.filter.rowCount() == 1000
    units.append([unit("单位10000", Verdict.ERROR), unit("单位10001")])  # the filter stays
    assert units.filter.rowCount() == 1001
    units.search.setText("单位1000")
    assert [row[1] for row in shown(units)] == ["单位10000"]
    units.search.clear()
    units.buttons["通过"].click()
    units.show_units([unit("甲", Verdict.UNREADABLE), unit("乙", Verdict.NOTICE)])  # what was chosen is not there any more
    assert visible(units) == ["全部 2", "有错误 0", "有提示 1", "无法读取 1"]
    assert [row[1] for row in shown(units)] == ["甲", "乙"]


def visible(units: UnitList) -> list[str]:
    return [b.text() for b in units.buttons.values() if b.isVisible()]


def test_sorted_by_weight_number_and_text() -> None:
    units = UnitList()
    units.show_units([
        unit("丙", errors=0, notices=10), unit("乙", Verdict.ERROR, errors=2, notices=9, reasons=3), unit("甲", Verdict.UNREADABLE),
        unit("丁", Verdict.NOTICE, errors=0, notices=100, reasons=12)])

    def order(column: int) -> str:
        units.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        return "".join(row[1] for row in shown(units))

    assert order(0) == "乙丁丙甲"
    assert order(4) == "甲乙丙丁"
    assert order(1) == "".join(sorted("甲乙丙丁"))
    assert order(-1) == "丙乙甲丁"


def test_the_list_says_where_a_unit_is(qtbot: QtBot) -> None:
    units = UnitList()
    qtbot.addWidget(units)
    units.show_units([unit("甲", note="没有上年决算表；报告中另有文字待填 8 处")])
    assert units.filter.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == "甲/甲.xlsx\n没有上年决算表\n报告中另有文字待填 8 处"


# ---------------------------------------------------------------- small screens


def test_every_state_fits(dialog: BatchDialog, three: Path, qtbot: QtBot) -> None:
    found = {}

    def look(state: str) -> None:
        for size in (AT_150, AT_125, WHOLE):
            dialog.resize(size)
            QApplication.processEvents()
            QApplication.sendPostedEvents()  # the layout of words that a timer set just now
            assert dialog.size() == size
            found[state, size.toTuple()] = layout_faults(dialog)

    look("form")
    press(dialog, "开始", qtbot)
    qtbot.waitUntil(lambda: dialog.form.notice.text != "")
    look("problem")
    begin(dialog, three, qtbot)
    look("running")
    with qtbot.waitSignal(dialog.run.ended, timeout=PATIENCE):
        dialog.stop()
    look("cancelled")
    press(dialog, "再处理一个文件夹", qtbot)
    run(dialog, three, qtbot)
    look("done")
    assert {state: faults for state, faults in found.items() if faults} == {}
    assert dialog.minimumSizeHint().height() <= AT_150.height()
