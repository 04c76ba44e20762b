"""批量处理: a finance bureau gives a folder, watches, and opens what it is after."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from docgen.batch import processes
from gui.batch.dialog import BatchDialog
from gui.batch.unit_list import UnitList, UnitModel
from gui.batch.view import times
from gui.batch.work import _OPTION, UnitRow, proposed_results
from gui.frame.main_window import MainWindow
from tests.docgen.batch_units import SAMPLE, book, by_file, encrypted, other_sheet, rows, skipped
from tests.gui.layout_faults import layout_faults
from tests.gui.test_small_screens import AT_125, AT_150, WHOLE
from workbook.errors import JuesuanError

GOOD, WRONG, LOCKED = (f"示例市{name}" for name in ("电化教育馆", "教育局", "体育中心"))
PATIENCE = 60_000


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> Iterator[BatchDialog]:
    """The dialog of the window; what is under way is ended after the test."""
    window.actions_["batch"].trigger()
    made = window.batch.dialog
    assert made is not None
    made.runner._tick.setInterval(10)
    made.form.workers.setValue(1)
    made.ask_stop = lambda: bool(made.runner.finish())  # no question when a test leaves a batch under way
    yield made
    made.runner.finish()
    made.form.keep_quiet()
    made.hide()


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A unit with everything in order, one with an error, one with a password, and a sheet that is none of them."""
    folder = tmp_path / "2024年度决算"
    shutil.copytree(SAMPLE, folder / "电化教育馆")
    book(folder / "教育局" / f"{WRONG}_2024年度决算公开表.xlsx", WRONG, broken=True)
    encrypted(folder / "体育中心" / f"{LOCKED}_2024年度决算公开表.xlsx")
    other_sheet(folder / "通讯录.xlsx")
    return folder


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Enough units for something to happen meanwhile."""
    folder = tmp_path / "许多单位"
    first = book(folder / "01.xlsx", GOOD)
    for number in range(2, 41):
        shutil.copyfile(first, folder / f"{number:02}.xlsx")
    return folder


def begin(dialog: BatchDialog, folder: Path, qtbot: QtBot) -> None:
    """Choose the folder and press 开始."""
    dialog.form.set_folder(folder)
    press(dialog, "开始", qtbot)
    qtbot.waitUntil(lambda: dialog.runner.is_running, timeout=PATIENCE)


def run(dialog: BatchDialog, folder: Path, qtbot: QtBot) -> None:
    """The whole batch."""
    dialog.form.set_folder(folder)
    with qtbot.waitSignal(dialog.runner.ended, timeout=PATIENCE):
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
    return dialog.view.notice.text


# ---------------------------------------------------------------- from folder to summary


@pytest.mark.parametrize(("at_once", "started"), [(1, 0), (2, 2)])
def test_three_units_and_what_became_of_them(
    dialog: BatchDialog, three: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, at_once: int, started: int
) -> None:
    start, begun = processes._start, []
    monkeypatch.setattr(processes, "_start", lambda: begun.append(1) or start())
    monkeypatch.setattr("gui.batch.form.cores", lambda: 64)  # so that the number is one that the user chose
    dialog.form.workers.setValue(at_once)
    run(dialog, three, qtbot)
    assert len(begun) == started
    out = three.with_name("2024年度决算_结果")
    assert note(dialog).startswith("3 个单位：有错误 1，有提示 1，无法读取 1；生成报告 1 份，跳过文件 2 个")
    assert dialog.view.done.text() == "处理完毕"
    assert [(u.name, u.outcome) for u in dialog.view.units.model.units] == [
        (f"{LOCKED}_2024年度决算公开表", "无法读取"), (WRONG, "有错误"), (GOOD, "有提示")]
    locked, wrong, good = shown(dialog.view.units)
    assert locked[0] == "？ 无法读取"
    assert locked[2].startswith("文件已加密")
    assert locked[3:] == ["", "", ""]
    assert wrong[:4] == ["✗ 有错误", WRONG, "没有上年决算表", "3"]
    assert good[:2] == ["！ 有提示", GOOD]
    assert good[3:] == ["0", str(rows(out / "summary.xlsx")[2]["提示"]), "0"]

    summary = by_file(out / "summary.xlsx")
    assert {u.file: u.outcome for u in dialog.view.units.model.units} == {file: row["结果"] for file, row in summary.items()}
    assert set(skipped(out / "summary.xlsx")) == {"通讯录.xlsx", "电化教育馆/示例市电化教育馆_2023年度决算公开表.xlsx"}
    assert len(list(out.rglob("*公开报告.docx"))) == 1
    assert gc.isenabled()
    assert {"打开汇总表", "打开结果文件夹", "再处理一个文件夹", "关闭"} <= buttons(dialog).keys()
    assert "取消" not in buttons(dialog)


def test_units_are_listed_as_they_are_done(dialog: BatchDialog, three: Path, qtbot: QtBot) -> None:
    came: list[UnitRow] = []
    dialog.runner.advanced.connect(came.extend)
    states: list[tuple[str, list[str]]] = []
    dialog.runner.advanced.connect(
        lambda _: states.append((dialog.view.done.text(), [b for b in buttons(dialog) if b in ("取消", "隐藏")])))
    run(dialog, three, qtbot)
    assert {row.name: row.outcome for row in came} == {f"{LOCKED}_2024年度决算公开表": "无法读取", WRONG: "有错误", GOOD: "有提示"}
    assert ("已完成 3 / 3", ["取消", "隐藏"]) in states or ("正在写汇总表……", ["取消", "隐藏"]) in states


def test_cancelled_half_way_everything_done_is_kept(dialog: BatchDialog, many: Path, qtbot: QtBot) -> None:
    begin(dialog, many, qtbot)
    qtbot.waitUntil(lambda: dialog.view.units.model.rowCount() >= 2, timeout=PATIENCE)
    with qtbot.waitSignal(dialog.runner.ended, timeout=PATIENCE):
        press(dialog, "取消", qtbot)
        assert note(dialog).startswith("正在停止")
        assert "取消" not in buttons(dialog)
    result = dialog.result_
    assert result is not None
    assert result.cancelled
    assert 2 <= result.finished < result.total == 40
    assert dialog.view.done.text() == "已取消"
    assert note(dialog).startswith(f"共 40 个单位，处理了 {result.finished} 个单位：有提示 {result.finished}；")
    assert len(rows(result.summary)) == result.finished == dialog.view.units.model.rowCount()
    assert len(list(result.summary.parent.rglob("*公开报告.docx"))) == result.finished

    press(dialog, "再处理一个文件夹", qtbot)
    with qtbot.waitSignal(dialog.runner.ended, timeout=PATIENCE):  # the same folder again, to the end
        press(dialog, "开始", qtbot)
    assert dialog.result_ is not None
    assert dialog.result_.finished == 40
    assert dialog.result_.summary == result.summary


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


@pytest.mark.parametrize(
    ("folder", "out", "words"),
    [
        ("", "", "请选择存放各单位公开表的文件夹"), ("没有", "", "没有“{0}”这个文件夹"), ("通讯录.xlsx", "", "“通讯录.xlsx”是一个文件"),
        ("单位", "通讯录.xlsx", "通讯录.xlsx：不是文件夹"), ("单位", "通讯录.xlsx/结果", "结果：不能写入结果"), ("单位", "单位", "结果不能写在要处理的文件夹里"),
    ],
)
def test_folders_that_cannot_be_used(
    dialog: BatchDialog, tmp_path: Path, qtbot: QtBot, folder: str, out: str, words: str
) -> None:
    other_sheet(tmp_path / "通讯录.xlsx")
    book(tmp_path / "单位" / "a.xlsx", GOOD)
    if folder:
        dialog.form.set_folder(tmp_path / folder)
    if out:
        dialog.form.out.set_path(tmp_path / out)
    press(dialog, "开始", qtbot)
    qtbot.waitUntil(lambda: dialog.form.notice.text != "", timeout=PATIENCE)
    assert words.format(tmp_path / folder) in dialog.form.notice.text
    assert "check" not in dialog.form.notice.text  # no words of the command line
    qtbot.waitUntil(lambda: not dialog.runner.is_running)
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
    assert not dialog.runner.is_running
    with qtbot.waitSignal(dialog.runner.ended, timeout=PATIENCE):
        press(dialog, "开始", qtbot)
    assert (out / "summary.xlsx").read_bytes() == b"mine"
    assert dialog.result_ is not None
    assert dialog.result_.summary == out / "summary（2）.xlsx"

    press(dialog, "再处理一个文件夹", qtbot)  # now it is a folder of results
    dialog.form._look_again()
    qtbot.waitUntil(lambda: "以前批量处理的结果" in dialog.form.out_note.text())


def test_a_fault_of_the_program_is_logged_and_told(
    dialog: BatchDialog, three: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("cannot be")

    monkeypatch.setattr("docgen.batch.run_batch", broken)
    run(dialog, three, qtbot)
    assert "程序出现意外错误（RuntimeError），批量处理没有完成" in dialog.form.notice.text
    assert "cannot be" in caplog.text
    assert not dialog.runner.is_running


def test_the_engines_advice_names_the_field_of_the_dialog(
    dialog: BatchDialog, three: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, ours = _OPTION
    assert theirs in Path(processes.__file__).read_text("utf-8")

    def broken(*_: object, **__: object) -> None:
        raise JuesuanError(f"无法启动并行处理的进程，{theirs}。")

    monkeypatch.setattr("docgen.batch.run_batch", broken)
    run(dialog, three, qtbot)
    assert dialog.form.notice.text == f"无法启动并行处理的进程，{ours}。"


# ---------------------------------------------------------------- beside the window


def test_the_window_opens_edits_and_saves_meanwhile(
    window: MainWindow, dialog: BatchDialog, many: Path, sample: Path, qtbot: QtBot
) -> None:
    begin(dialog, many, qtbot)
    with qtbot.waitSignal(window.session.checked, timeout=PATIENCE):
        window.files.open(sample)
    window.session.jobs.finish()
    place = window.session.accounts.tables["公开02"].position("2050299", "财政拨款收入")
    window.session.edit_cell("公开02", *place, "999")
    assert window.files.save()
    window.session.jobs.finish()
    assert dialog.runner.is_running
    with qtbot.waitSignal(dialog.runner.ended, timeout=PATIENCE):
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
    assert window.batch.dialog is dialog
    assert dialog.view.isVisible()
    dialog.close()
    with qtbot.waitSignal(dialog.runner.ended, timeout=PATIENCE):
        dialog.stop()
    assert window.bar.text.startswith("批量处理已取消：共 40 个单位")
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


def test_a_unit_is_opened_while_the_batch_runs(window: MainWindow, dialog: BatchDialog, many: Path, qtbot: QtBot) -> None:
    begin(dialog, many, qtbot)
    qtbot.waitUntil(lambda: dialog.view.units.model.rowCount() >= 2, timeout=PATIENCE)
    with qtbot.waitSignal(window.session.checked, timeout=PATIENCE):
        open_row(dialog, 0, qtbot)
    window.session.jobs.finish()
    assert dialog.runner.is_running
    assert window.session.path == many / "01.xlsx"


def open_row(dialog: BatchDialog, row: int, qtbot: QtBot) -> None:
    """Double click on a row, as people do it."""
    table = dialog.view.units.table
    place = table.visualRect(dialog.view.units.filter.index(row, 1)).center()
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
    assert not dialog.runner.is_stopping

    qtbot.waitUntil(lambda: dialog.view.units.model.rowCount() >= 1, timeout=PATIENCE)
    answer("停止并退出", asked)
    window.close()
    assert window.isVisible()  # the units at hand
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert not dialog.isVisible()
    assert not dialog.runner.is_running
    assert asked == ["批量处理还没有完，要停止并退出吗？"] * 2
    summary = many.with_name("许多单位_结果") / "summary.xlsx"
    assert 1 <= len(rows(summary)) < 40


def test_closing_again_while_it_stops_does_not_ask(
    window: MainWindow, dialog: BatchDialog, many: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(dialog, many, qtbot)
    monkeypatch.setattr(dialog, "ask_stop", lambda: True)
    window.close()
    monkeypatch.setattr(dialog, "ask_stop", lambda: pytest.fail("asked again"))
    window.close()
    assert not window.isVisible()
    dialog.runner.finish()  # as when the program ends
    assert (many.with_name("许多单位_结果") / "summary.xlsx").exists()


def test_the_welcome_page_leads_here(window: MainWindow, qtbot: QtBot) -> None:
    next(b for b in window.pages.welcome.findChildren(QPushButton) if b.text().startswith("批量处理")).click()
    assert window.batch.dialog is not None
    assert window.batch.dialog.isVisible()
    window.batch.dialog.close()


# ---------------------------------------------------------------- the form


def dropped(path: Path) -> QDropEvent:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event.data = data  # kept: the event only points at it
    return event


def test_a_folder_is_dropped_and_the_results_go_beside_it(dialog: BatchDialog, three: Path, tmp_path: Path, qtbot: QtBot) -> None:
    dialog.dropEvent(dropped(three))
    assert dialog.form.folder.path == three
    assert dialog.form.out.path == three.with_name("2024年度决算_结果")
    qtbot.waitUntil(lambda: dialog.form.out_note.text() == "会新建这个文件夹。")
    dialog.dropEvent(dropped(three / "通讯录.xlsx"))
    assert dialog.form.folder.path == three

    dialog.form.out.set_path(tmp_path / "我选的")
    dialog.form.folder.edit.setText(str(tmp_path / "别的"))  # typed: the user's choice stays
    assert dialog.form.out.path == tmp_path / "我选的"
    dialog.dropEvent(dropped(three))  # a new folder: a new proposal
    assert dialog.form.out.path == three.with_name("2024年度决算_结果")


def test_the_proposed_folder_of_a_whole_drive_lies_in_it() -> None:
    assert proposed_results(Path("/")) == Path("/批量处理_结果")
    assert proposed_results(Path("/决算/各单位")) == Path("/决算/各单位_结果")


def test_the_order_has_what_was_filled_in(dialog: BatchDialog, three: Path) -> None:
    form = dialog.form
    assert form.order is None
    form.set_folder(three)
    form.workers.setValue(7)
    assert form.order is not None
    assert (form.order.folder, form.order.workers, form.order.pack) == (three, 7, "")


@pytest.mark.parametrize(
    ("elapsed", "remaining", "words"),
    [
        (0.4, None, "已用不到 1 秒"), (59.9, None, "已用 59 秒"), (80, 41.2, "已用 1 分 20 秒　还要约 41 秒"),
        (605, 600, "已用 10 分 5 秒　还要约 10 分钟"), (3900, 7300, "已用 1 小时 5 分　还要约 2.0 小时"),
    ],
)
def test_times_in_words(elapsed: float, remaining: float | None, words: str) -> None:
    assert times(elapsed, remaining) == words


def test_the_time_that_is_left_is_told_once_it_is_known(
    dialog: BatchDialog, many: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.batch.runner._SURE_SECONDS", 0.1)
    said: list[str] = []
    dialog.runner.advanced.connect(lambda _: said.append(dialog.view.times.text()))
    begin(dialog, many, qtbot)
    qtbot.waitUntil(lambda: any("还要约" in words for words in said), timeout=PATIENCE)
    assert "还要约" not in said[0]


# ---------------------------------------------------------------- the list


def test_the_model_is_sound_while_it_grows(qtmodeltester) -> None:
    units = UnitList()
    qtmodeltester.check(units.model)
    qtmodeltester.check(units.filter)
    for number in range(30):
        units.append([UnitRow(f"单位{number}", ("有错误", "通过", "未完成")[number % 3])])
    units.show_units([UnitRow("单位", "通过", 0, 0, 0, "说明", "a.xlsx", Path("a.xlsx"))])
    qtmodeltester.check(units.model)
    qtmodeltester.check(units.filter)


def test_ten_thousand_units_are_only_ever_appended(qtbot: QtBot) -> None:
    units = UnitList()
    qtbot.addWidget(units)
    units.show()
    resets: list[int] = []
    units.model.modelReset.connect(lambda: resets.append(1))
    for start in range(0, 10_000, 100):
        units.append([UnitRow(f"单位{n:05}", "有错误" if n % 10 == 0 else "通过") for n in range(start, start + 100)])
    assert resets == []
    assert units.filter.rowCount() == 10_000
    assert units.buttons["有错误"].text() == "有错误 1,000"
    units.buttons["有错误"].click()
    assert units.filter.rowCount() == 1000
    units.append([UnitRow("单位10000", "有错误"), UnitRow("单位10001", "通过")])  # the filter stays
    assert units.filter.rowCount() == 1001
    units.search.setText("1000")
    assert [row[1] for row in shown(units)] == ["单位01000", "单位10000"]


def test_filters_without_units_go_and_never_hide_everything(qtbot: QtBot) -> None:
    units = UnitList()
    qtbot.addWidget(units)
    units.show()
    units.append([UnitRow("甲", "未完成"), UnitRow("乙", "有提示")])
    assert visible(units) == ["全部 2", "有错误 0", "有提示 1", "未完成 1"]
    units.buttons["有提示"].click()
    assert [row[1] for row in shown(units)] == ["乙"]
    units.show_units([UnitRow("甲", "无法读取", file="甲.xlsx"), UnitRow("乙", "通过", 0, 0, 0, file="乙.xlsx")])
    assert visible(units) == ["全部 2", "有错误 0", "通过 1", "无法读取 1"]
    assert [row[1] for row in shown(units)] == ["甲", "乙"]  # what was chosen is not there any more


def visible(units: UnitList) -> list[str]:
    return [b.text() for b in units.buttons.values() if b.isVisible()]


def test_sorted_by_weight_number_and_text() -> None:
    units = UnitList()
    units.show_units([
        UnitRow("丙", "通过", 0, 10, None), UnitRow("乙", "有错误", 2, 9, 3), UnitRow("甲", "无法读取"), UnitRow("丁", "有提示", 0, 100, 12)])

    def order(column: int) -> str:
        units.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        return "".join(row[1] for row in shown(units))

    assert order(0) == "乙丁丙甲"
    assert order(4) == "甲乙丙丁"
    assert order(1) == "".join(sorted("甲乙丙丁"))
    assert order(-1) == "丙乙甲丁"


def test_the_model_says_where_a_unit_is(qtbot: QtBot) -> None:
    model = UnitModel()
    model.set_records([UnitRow("甲", "有提示", 0, 1, 2, "没有上年决算表；报告中另有文字待填 8 处", "甲局/甲.xlsx")])
    assert model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == "甲局/甲.xlsx\n没有上年决算表\n报告中另有文字待填 8 处"


# ---------------------------------------------------------------- small screens


@pytest.mark.parametrize("size", [AT_150, AT_125, WHOLE], ids=["150 %", "125 %", "100 %"])
def test_every_state_fits(dialog: BatchDialog, three: Path, qtbot: QtBot, size) -> None:
    found = {}

    def look(state: str) -> None:
        dialog.resize(size)
        QApplication.processEvents()
        QApplication.sendPostedEvents()  # the layout of words that a timer set just now
        assert dialog.size() == size
        found[state] = layout_faults(dialog)

    look("form")
    press(dialog, "开始", qtbot)
    qtbot.waitUntil(lambda: dialog.form.notice.text != "")
    look("problem")
    begin(dialog, three, qtbot)
    look("running")
    with qtbot.waitSignal(dialog.runner.ended, timeout=PATIENCE):
        dialog.stop()
    look("cancelled")
    press(dialog, "再处理一个文件夹", qtbot)
    run(dialog, three, qtbot)
    look("done")
    assert {state: faults for state, faults in found.items() if faults} == {}
    assert dialog.minimumSizeHint().height() <= AT_150.height()
