"""What the tests of the window share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.frame.app import make_application
from gui.frame.main_window import MainWindow
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from tests.gui.opened import opened_session, sample_copy

OpenSample = Callable[..., Session]


@pytest.fixture
def open_sample(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenSample]:
    """Opens a copy of the sample unit; closes it after the test, so that no work is left under way."""
    opened: list[Session] = []

    def open_it(*, companion: bool = True, prior: bool = True) -> Session:
        opened.append(opened_session(tmp_path, companion=companion, prior=prior))
        return opened[-1]

    yield open_it
    for session in opened:
        session.close()
        session.jobs.finish()


@pytest.fixture(scope="module")
def one_sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The sample unit, opened once for the tests of a module."""
    make_application()
    opened = opened_session(tmp_path_factory.mktemp("示例"))
    yield opened
    opened.close()
    opened.jobs.finish()


@pytest.fixture
def session(one_sample: Session) -> Iterator[Session]:
    """The sample unit as it is: what a test changed is taken back."""
    before = one_sample.companion_or_new()
    yield one_sample
    one_sample.undo_stack.setIndex(0)
    one_sample.set_companion(before)
    one_sample.store.flush()
    one_sample.jobs.finish()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The program's window, nothing open."""
    application = make_application()
    theme.apply(application, theme.Mode.LIGHT)
    made = MainWindow(Session(data_folder=tmp_path / "数据"), Settings(tmp_path / "设置" / "settings.json"))
    qtbot.addWidget(made, before_close_func=put_away)
    made.showNormal()  # the screen of the tests is small: there it would be maximised
    made.resize(1366, 768)
    qtbot.waitExposed(made)
    yield made
    made.session.jobs.finish()


def put_away(window: MainWindow) -> None:
    """No question about unsaved edits when a test ends."""
    if window.session.is_open:
        window.session.close()
    window.session.jobs.finish()


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """This year's workbook of a copy of the sample unit."""
    folder = tmp_path / "示例 单位"
    folder.mkdir()
    return sample_copy(folder)


@pytest.fixture
def opened(window: MainWindow, sample: Path, qtbot: QtBot) -> MainWindow:
    """The window with the sample unit."""
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        window.files.open(sample)
    window.session.jobs.finish()
    return window
