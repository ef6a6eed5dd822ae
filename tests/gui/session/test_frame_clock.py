"""A fault of the frame clock, of the session or of what they call is told, and the next report comes all the same."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.workbench.frame_quality import FrameQuality
from core.workbench.messages import WorkerReport
from core.workbench.worker import Worker
from core.workbench.worker.channels import FrameInProgress
from gui.session import frame_clock
from gui.session.frame_clock import FrameClock
from gui.session.session import Session
from tests.gui.session.support import Listener, rest

PARTS = [
    (FrameInProgress, "begin"),
    (FrameInProgress, "end"),
    (FrameQuality, "note"),
    (FrameQuality, "rest"),
    (Worker, "take_report"),
    (FrameClock, "_begin_frame"),
    (FrameClock, "_ask"),
    (FrameClock, "_fit_quality"),
    (Session, "_show_run"),
    (Session, "_show_snapshot"),
    (Session, "_show_answers"),
    (Session, "_follow_settings"),
]
FIRST_PARTS = list({owner: (owner, name) for owner, name in reversed(PARTS)}.values())
"""The first part of each class, which meets both errors; that all others do is a campaign."""
FAULTS = [
    pytest.param(*part, error, id=f"{part[0].__name__}.{part[1]}-{error.__name__}", marks=[pytest.mark.campaign] * more)
    for part in PARTS
    for error in (OSError, MemoryError)
    for more in [error is MemoryError and part not in FIRST_PARTS]
]


@pytest.mark.parametrize(("owner", "name", "error"), FAULTS)
def test_a_fault_in_a_frame_is_told_and_survived(
    qtbot: QtBot,
    session: Session,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    name: str,
    error: type[Exception],
) -> None:
    fails: list[str] = []

    def fail(*arguments: Any) -> Any:
        fails.append(name)
        raise error("not today")

    monkeypatch.setattr(frame_clock, "AFTER_FAULT_MILLISECONDS", 20)
    session.play()
    qtbot.waitUntil(lambda: len(listener.frames) > 2)
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, fail)
        request = session.capture()
        if (owner, name) == (FrameQuality, "rest"):
            session.pause()
        qtbot.waitUntil(lambda: len(fails) >= 2)
    assert [notice.kind for notice in listener.notices] == ["fault"], "told of once"
    assert f"{error.__name__}: not today" in listener.notices[0].text
    assert "in fail" in listener.notices[0].detail
    frames = len(listener.frames)
    if name != "rest":
        qtbot.waitUntil(lambda: len(listener.frames) > frames + 2)
    session.pause()
    rest(qtbot, session)
    assert [captured.request for captured in listener.captured] == [request]
    assert session.snapshot is not None
    position, told = session.snapshot.position, len(listener.notices)
    session.step("sample")
    rest(qtbot, session)
    assert session.snapshot.position == position + 1
    assert len(listener.notices) == told


def test_a_question_that_cannot_be_sent_is_asked_later(
    qtbot: QtBot, session: Session, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> Any:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(FrameClock, "_ask", fail)
        session.step("sample")
    qtbot.waitUntil(lambda: bool(listener.frames))
    rest(qtbot, session)
    assert listener.frames[-1].position == 1
    assert [notice.kind for notice in listener.notices] == ["fault"]


def test_a_fault_in_one_part_of_a_report_keeps_no_other_from_being_shown(
    qtbot: QtBot, session: Session, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> Any:
        raise MemoryError("no picture")

    monkeypatch.setattr(Session, "_show_snapshot", fail)
    session.step("sample")
    request = session.capture()
    rest(qtbot, session)
    assert [captured.request for captured in listener.captured] == [request]
    assert "MemoryError: no picture" in listener.notices[0].text


def test_what_is_asked_for_behind_a_fault_is_answered(
    qtbot: QtBot, session: Session, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a save does, which asks once more for a copy of the run: the clock stood still, and the save never ended."""
    rest(qtbot, session)
    draw, requests = FrameClock._draw, [session.capture()]

    def fail(self: FrameClock, report: WorkerReport) -> None:
        monkeypatch.setattr(FrameClock, "_draw", draw)
        raise MemoryError("not today")

    monkeypatch.setattr(FrameClock, "_draw", fail)
    session.noticed.connect(lambda _: requests.append(session.capture()))
    qtbot.waitUntil(lambda: len(requests) == 2)
    rest(qtbot, session)
    assert [captured.request for captured in listener.captured] == requests


def test_a_frame_that_never_ends_is_ended(
    qtbot: QtBot, session: Session, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.play()
    qtbot.waitUntil(lambda: len(listener.frames) > 2)
    with monkeypatch.context() as broken:
        broken.setattr(session._clock._frame_end, "start", lambda _: None)  # as if its timer's slot were gone
        frames = len(listener.frames)
        qtbot.waitUntil(lambda: len(listener.frames) > frames + 3)
    session.pause()
    rest(qtbot, session)


def test_a_report_that_could_not_be_drawn_is_drawn_later(
    qtbot: QtBot, session: Session, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(frame_clock, "AFTER_FAULT_MILLISECONDS", 20)
    request = session.capture()
    with monkeypatch.context() as broken:
        broken.setattr(session._clock, "_draw", fail)
        qtbot.waitUntil(lambda: bool(listener.notices))
    rest(qtbot, session)
    assert [captured.request for captured in listener.captured] == [request]
