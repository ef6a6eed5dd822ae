"""A session with a real worker, and what it tells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from core.workbench.worker import Worker
from gui.session.session import Session
from tests.core.workbench.support import SHALLOW
from tests.gui.session.support import Listener, rest


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    worker = Worker()
    session = Session(worker)
    worker.start()
    session.load(SHALLOW)
    rest(qtbot, session)
    yield session
    session.close()


@pytest.fixture
def listener(session: Session) -> Listener:
    return Listener(session)
