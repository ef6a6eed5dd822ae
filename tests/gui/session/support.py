"""What the tests of the session share: what its signals told, and waiting until it rests."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from core.explain.snapshot import Snapshot
from core.training.experiment import Experiment
from core.workbench.messages import Captured, Loaded, Notice
from gui.session.session import Session


class Listener:
    """Notes what the signals of a session told."""

    def __init__(self, session: Session) -> None:
        self.runs: list[Loaded] = []
        self.experiments: list[Experiment] = []
        self.frames: list[Snapshot] = []
        self.notices: list[Notice] = []
        self.captured: list[Captured] = []
        session.run_changed.connect(self.runs.append)
        session.experiment_changed.connect(self.experiments.append)
        session.frame.connect(self.frames.append)
        session.noticed.connect(self.notices.append)
        session.captured.connect(self.captured.append)


def rest(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: session.at_rest)
