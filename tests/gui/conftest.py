"""What the tests of the window share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.session import Session
from tests.gui.opened import opened_session

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
