"""The parts under the window: jobs, the 底稿 on disk, settings, colours, errors in Qt's own calls."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gui.session.companion_store import DELAY_MS
from gui.session.files import follow
from gui.session.jobs import Jobs
from gui.session.saving import SaveState
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from gui.widgets.notice import Notice, Tone
from tests.gui.opened import sample_copy
from workbook.companion.read import read_companion
from workbook.errors import InputError, sentence
from workbook.issues import Severity
from workbook.pack.loading import load_pack

ROOT = Path(__file__).parents[2]


# ---------------------------------------------------------------- jobs


def test_a_job_runs_off_the_gui_thread_and_answers_on_it(qtbot: QtBot):
    jobs, answers = Jobs(), []
    jobs.start(threading.get_ident, lambda worker: answers.append((worker, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(answers))
    worker, here = answers[0]
    assert worker != here == threading.get_ident()
    assert not jobs.is_busy


def test_jobs_run_one_after_the_other(qtbot: QtBot):
    jobs, order = Jobs(), []
    for name in "abc":
        jobs.start(lambda n=name: (time.sleep(0.01), n)[1], order.append)
    jobs.finish()
    assert order == ["a", "b", "c"]


def test_a_job_that_nobody_waits_for_does_not_make_the_window_busy(qtbot: QtBot):
    jobs, states, done = Jobs(), [], []
    jobs.busy_changed.connect(states.append)
    gate = threading.Event()
    jobs.start(lambda: gate.wait(5), done.append, quiet=True)
    assert not jobs.is_busy
    jobs.start(lambda: "第二件", done.append)
    assert jobs.is_busy
    gate.set()
    jobs.finish()
    assert done == [True, "第二件"]
    assert states == [True, False]


def test_progress_is_told_and_cancelling_drops_the_result(qtbot: QtBot):
    jobs, seen, done = Jobs(), [], []
    gate = threading.Event()

    def work(progress):
        progress(10, "一半")
        gate.wait(5)
        progress(20, "不会到这里")
        return "结果"

    job = jobs.start(work, done.append, progress=True)
    job.progressed.connect(lambda percent, text: seen.append((percent, text)))
    qtbot.waitUntil(lambda: bool(seen))
    job.cancel()
    gate.set()
    with qtbot.waitSignal(jobs.busy_changed):
        pass
    assert seen == [(10, "一半")]
    assert done == []


def test_a_known_failure_is_handed_over_as_a_sentence(qtbot: QtBot):
    jobs, failed = Jobs(), []

    def work():
        raise InputError("表.xlsx", "读不了", "请换一个")

    jobs.start(work, lambda _: pytest.fail("it must not succeed"), lambda e: failed.append(sentence(e)))
    jobs.finish()
    assert failed == ["表.xlsx：读不了，请换一个。"]


def test_an_unknown_failure_reaches_the_guard(qtbot: QtBot):
    jobs = Jobs()
    with qtbot.capture_exceptions() as caught:
        jobs.start(lambda: 1 / 0, lambda _: None, lambda _: None)
        jobs.finish()
    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]


def test_waiting_for_work_returns_or_raises(qtbot: QtBot):
    jobs = Jobs()
    assert jobs.wait_for(lambda: (time.sleep(0.1), 5)[1]) == 5
    with pytest.raises(ZeroDivisionError):
        jobs.wait_for(lambda: 1 // 0)


@pytest.mark.parametrize(("patience", "is_said"), [(10, True), (60_000, False)])
def test_a_job_that_takes_a_while_is_said_with_a_way_out_until_it_ends(qtbot: QtBot, patience: int, is_said: bool):
    jobs, notice, go_on = Jobs(), Notice(), threading.Event()
    qtbot.addWidget(notice)
    follow(notice, jobs.start(lambda: go_on.wait(5), lambda _: None), "正在打开", patience)
    qtbot.wait(60)
    assert (notice.text, list(notice.buttons)) == (("正在打开", ["取消"]) if is_said else ("", []))
    go_on.set()
    jobs.finish()
    assert not notice.text


def test_a_job_cancelled_from_its_words_gives_no_result(qtbot: QtBot):
    jobs, notice, go_on = Jobs(), Notice(), threading.Event()
    qtbot.addWidget(notice)
    job = jobs.start(lambda: go_on.wait(5), lambda _: pytest.fail("it was cancelled"))
    follow(notice, job, "正在打开")
    notice.buttons["取消"].click()
    go_on.set()
    jobs.finish()
    assert job.is_cancelled
    assert not notice.text


# ---------------------------------------------------------------- the 底稿 on disk


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path):
    made = Session(data_folder=tmp_path / "数据")
    made.open_now(sample_copy(tmp_path))
    yield made
    made.close()
    made.jobs.finish()


def renamed(session: Session, name: str):
    companion = session.companion_or_new()
    return companion.with_text("联系人", companion.text("联系人").with_text(name))


def on_disk(session: Session) -> str:
    return read_companion(session.companion.path, load_pack())[0].text("联系人").text


def test_changes_reach_the_disk_by_themselves_newest_last(session, qtbot):
    for name in ("甲", "乙", "丙"):
        session.set_companion(renamed(session, name))
    assert session.store.is_dirty
    with qtbot.waitSignal(session.store.saved, timeout=5_000):
        pass
    assert on_disk(session) == "丙"
    assert not session.store.is_dirty


def test_closing_writes_what_is_pending(session):
    path = session.companion.path
    session.set_companion(renamed(session, "丁"))
    session.close()
    assert read_companion(path, load_pack())[0].text("联系人").text == "丁"


def test_a_unit_without_a_companion_gets_one(qtbot, tmp_path):
    workbook = sample_copy(tmp_path)
    path = workbook.with_name(f"{workbook.stem}_底稿.xlsx")
    path.unlink(missing_ok=True)
    session = Session(data_folder=tmp_path / "数据")
    session.open_now(workbook)
    assert session.companion is None
    session.set_companion(renamed(session, "戊"))
    assert session.store.flush()
    found = read_companion(path, load_pack())[0]
    assert found.text("联系人").text == "戊"
    assert found.unit_name == session.accounts.unit_name
    session.set_companion(renamed(session, "己"))
    session.close()
    session.jobs.finish()
    assert read_companion(path, load_pack())[0].text("联系人").text == "己"


def test_a_companion_edited_in_excel_meanwhile_is_not_overwritten(session, qtbot):
    other = Session(data_folder=Path(session.companion.path.parent))
    other.open_now(session.path)
    other.set_companion(renamed(other, "在 Excel 中改的"))
    other.close()
    other.jobs.finish()
    assert session.store.changed_on_disk()
    session.set_companion(renamed(session, "在窗口中改的"))
    assert not session.store.flush()
    assert "修改过" in str(session.store.problem)
    assert session.saving.state is SaveState.FAILED
    assert on_disk(session) == "在 Excel 中改的"
    with qtbot.waitSignal(session.companion_changed, timeout=5_000):
        session.reload_companion()
    assert session.companion.text("联系人").text == "在 Excel 中改的"
    assert not session.store.is_dirty


def test_a_change_that_checks_depend_on_is_checked_at_once(session, qtbot):
    companion = session.companion
    with qtbot.waitSignal(session.checked):
        session.set_companion(companion.with_text("单位性质", companion.text("单位性质").with_text("行政单位")))
    assert session.report.view.nature == "行政单位"


def test_an_older_state_never_replaces_a_newer_one(qtbot, session):
    store, go_on = session.store, threading.Event()
    session.jobs.start(go_on.wait, lambda _: None, quiet=True)  # something slow is under way
    store.put(renamed(session, "旧"), load_pack())
    qtbot.wait(2 * DELAY_MS)  # the older state waits behind it
    store.put(renamed(session, "新"), load_pack())
    assert store.flush()
    go_on.set()
    session.jobs.finish()
    assert on_disk(session) == "新"


# ---------------------------------------------------------------- settings, colours, messages


def test_settings_survive_and_nonsense_is_ignored(tmp_path):
    file = tmp_path / "配置" / "settings.json"
    settings = Settings(file)
    assert (settings.mode, settings.shows_tails, settings.zoom) == (theme.Mode.SYSTEM, True, 100)
    settings.mode, settings.shows_tails, settings.zoom = theme.Mode.DARK, False, 500
    again = Settings(file)
    assert (again.mode, again.shows_tails, again.zoom) == (theme.Mode.DARK, False, 200)
    settings.keep_layout("窗口", QByteArray(b"\0\xff"))
    assert Settings(file).layout("窗口").data() == b"\0\xff"
    for nonsense in ('{"界面/主题": "紫色", "校验/显示比例": "很大", "布局/窗口": 1}', "[1]", "@Variant(\0", "[" * 100_000):
        file.write_text(nonsense, encoding="utf-8")
        broken = Settings(file)
        assert (broken.mode, broken.zoom, broken.layout("窗口").data()) == (theme.Mode.SYSTEM, 100, b"")


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_text_stands_out_from_what_is_behind_it(colours):
    """At least 4.5 to 1, as WCAG asks for text."""
    def luminance(value: str) -> float:
        parts = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(a: str, b: str) -> float:
        high, low = sorted((luminance(a), luminance(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    pairs = [(colours.text, s) for s in (colours.window, colours.surface, colours.raised, colours.accent_soft)]
    pairs += [(colours.muted, s) for s in (colours.window, colours.surface)]
    pairs += [(ink, colours.surface) for ink in (colours.accent, colours.red, colours.amber, colours.blue, colours.green)]
    pairs += [(colours.text, s) for s in (colours.red_soft, colours.amber_soft, colours.blue_soft, colours.green_soft)]
    assert [(a, b, round(contrast(a, b), 2)) for a, b in pairs if contrast(a, b) < 4.5] == []


def test_every_severity_has_a_sign():
    assert len({severity.sign for severity in Severity}) == len(Severity)


@pytest.mark.parametrize(
    "error", [InputError("表.xlsx", "坏了", "请换"), PermissionError(13, "x", "表.xlsx"), FileNotFoundError(2, "x", "表.xlsx"),
              OSError(28, "磁盘已满"), KeyError("x"), ZeroDivisionError()])
def test_every_error_becomes_one_chinese_sentence(error):
    text = sentence(error)
    assert text.endswith("。")
    assert "\n" not in text


def test_a_message_goes_by_itself_or_by_its_button(qtbot: QtBot):
    bar, pressed = Notice(), []
    qtbot.addWidget(bar)
    bar.say("已保存。", Tone.GOOD, seconds=0.01)
    qtbot.waitUntil(lambda: bar.text == "")
    bar.say("怎么办？", Tone.WARNING, ("这样", lambda: pressed.append(1)))
    next(b for b in bar.findChildren(QPushButton) if b.text() == "这样").click()
    assert pressed == [1]
    assert bar.text == ""


# ---------------------------------------------------------------- errors inside Qt's own calls


def test_an_error_in_an_override_does_not_end_the_process():
    """PySide6 6.8 with CPython 3.11 crashes on exceptions that C code raises in an overridden method."""
    script = (
        "import gui, sys\n"
        "from PySide6.QtCore import QSize\n"
        "from PySide6.QtWidgets import QApplication, QWidget, QVBoxLayout\n"
        "app = QApplication([])\n"
        "caught = []\n"
        "sys.excepthook = lambda kind, error, trace: caught.append(kind.__name__)\n"
        "def sizeHint(self): return 1 / 0\n"
        "Part = type('Part', (QWidget,), {'__module__': 'gui.part', 'sizeHint': sizeHint})\n"
        "frame = QWidget(); layout = QVBoxLayout(frame); layout.addWidget(Part())\n"
        "try: frame.show(); app.processEvents()\n"
        "except ZeroDivisionError as error: caught.append('ZeroDivisionError')\n"
        "print(set(caught))\n")
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "{'ZeroDivisionError'}"), done.stderr


def test_overrides_of_our_classes_are_wrapped(qtbot):
    from gui.widgets.fit import ElidedLabel

    assert sys.version_info >= (3, 12) or hasattr(ElidedLabel.minimumSizeHint, "__wrapped__")
    assert not hasattr(ElidedLabel.set_whole, "__wrapped__")


# ---------------------------------------------------------------- a crash


def test_a_killed_window_loses_no_edit(tmp_path: Path, qtbot: QtBot):
    workbook = sample_copy(tmp_path)
    script = (
        "import os, sys, signal\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QTimer\n"
        "from gui.frame.app import make_application\n"
        "from gui.session.session import Session\n"
        "app = make_application(); s = Session(data_folder=Path(sys.argv[2])); s.open_now(Path(sys.argv[1]))\n"
        "place = s.accounts.tables['公开02'].position('2050299', '财政拨款收入')\n"
        "s.edit_cell('公开02', *place, '999.5')\n"
        "def die():\n"
        "    if s.recovery.journal.read(s.path) is not None: os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))\n"
        "t = QTimer(); t.timeout.connect(die); t.start(10); app.exec()\n")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(workbook), str(tmp_path / "数据")], cwd=ROOT, env=environment, check=False,
        timeout=60)
    assert done.returncode != 0
    session = Session(data_folder=tmp_path / "数据")
    with qtbot.waitSignal(session.recovery.recovered):
        session.open_now(workbook)
    assert str(session.accounts.value("公开02", "2050299", "财政拨款收入")) == "999.5"
    session.undo_stack.setIndex(0)
    assert not session.is_dirty
    session.close()
    session.jobs.finish()


def test_the_command_line_runs_the_smoke_test(tmp_path: Path):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "gui", "--smoke", str(tmp_path / "试")], cwd=ROOT, env=environment, check=False,
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "试" / "window.png").stat().st_size > 20_000


def test_state_colours_can_be_read_on_every_ground():
    def light(name: str) -> float:
        parts = [int(name[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for c in (theme.LIGHT, theme.DARK):
        for ink in ("red", "amber", "blue", "green"):
            for ground in (c.window, c.surface, c.raised, c.accent_soft, getattr(c, f"{ink}_soft")):
                dark, bright = sorted((light(getattr(c, ink)), light(ground)))
                assert (bright + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)
