"""A fault in a slot, a timer, a paint event, a thread or a file job: the window tells of it and goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt5.QtCore import QEvent, QTimer
from PyQt5.QtGui import QPaintEvent
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cli.main import main
from core.storage.project import load_project
from core.workbench.messages import Notice
from gui.diagram.diagram_view import DiagramView
from gui.export import file_writer
from gui.export.film_job import FilmProcess
from gui.widgets.faults import fault_notice, raising_escaped, write_error
from gui.window.main_window import MainWindow
from gui.window.one_paint import OnePaint
from gui.window.startup import fault_reporter
from gui.window.startup.fault_reporter import FaultReporter
from tests.gui.conftest import drawn, written


@pytest.fixture
def told(window: MainWindow, tmp_path: Path) -> Iterator[MainWindow]:
    """A window whose faults are shown and whose work is kept, as the program's is."""
    with FaultReporter() as faults:
        faults.show_with(window.notices.show_notice)
        window.guard.begin(tmp_path / "recovery")
        yield window
        window.guard._may_leave = True


def fails(*arguments: object, **options: object) -> None:
    raise MemoryError("nothing left")


def notice(window: MainWindow, qtbot: QtBot) -> str:
    qtbot.waitUntil(window.notices.isVisible)
    text: str = window.notices.newest.text.text()
    window.notices.hide()
    return text


def goes_on(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    """The next picture, save and autosave work."""
    before = window.session.snapshot
    window.session.step("epoch")
    qtbot.waitUntil(lambda: window.session.snapshot is not before and drawn(window))
    window.guard.keep()
    qtbot.waitUntil(lambda: not window.guard._writing)
    [kept] = (folder / "recovery").glob("*.lens")
    window.projects.save_file(str(folder / "saved.lens"))
    qtbot.waitUntil(lambda: not window.projects.is_saving)
    snapshot = window.session.snapshot
    assert snapshot is not None
    for path in (kept, folder / "saved.lens"):
        assert load_project(path).run.positions[-1] == snapshot.position
    with raising_escaped():
        window.grab()


# ---- Where it is raised.


def test_a_slot_and_a_timer(told: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    told.actions_by_name["fit"].triggered.connect(fails)
    told.actions_by_name["fit"].trigger()
    assert "MemoryError: nothing left" in notice(told, qtbot)
    QTimer.singleShot(0, lambda: [][1])
    assert "IndexError" in notice(told, qtbot)
    goes_on(told, qtbot, tmp_path)


def test_a_thread(told: MainWindow, qtbot: QtBot) -> None:
    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    assert "MemoryError" in notice(told, qtbot)


def test_painting(told: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(DiagramView, "_paint_marks", fails)
        told.network.repaint()
        told.network.repaint()
        assert "MemoryError" in notice(told, qtbot)
        told.network.repaint()
        qtbot.wait(20)
        assert not told.notices.isVisible(), "with every frame it comes back, and is told once"
    goes_on(told, qtbot, tmp_path)


def test_the_same_fault_is_told_again_later(told: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fault_reporter, "QUIET_SECONDS", 0.0)
    for _ in range(2):
        QTimer.singleShot(0, fails)
        assert "MemoryError" in notice(told, qtbot)


def test_before_there_is_a_window(qtbot: QtBot) -> None:
    shown: list[Notice] = []
    with FaultReporter() as faults:
        QTimer.singleShot(0, fails)
        qtbot.waitUntil(lambda: bool(faults._waiting))
        faults.show_with(shown.append)
    assert [n.kind for n in shown] == ["fault"]


def test_no_memory_for_the_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("traceback.format_exception", fails)
    assert fault_notice("It failed", ValueError("x")).kind == "fault"


class Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError


def test_an_error_that_cannot_be_printed() -> None:
    assert fault_notice("It failed", Unprintable()).kind == "fault"


def test_a_long_message_of_many_lines_is_one_short_line() -> None:
    text = fault_notice("It failed", ValueError("a\nb " * 1000)).text
    assert "\n" not in text
    assert len(text) < 300


@pytest.mark.parametrize("device", ["/dev/full", None])
def test_standard_error_that_is_full_or_closed(device: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = open(device, "w") if device is not None else None  # noqa: SIM115
    monkeypatch.setattr("sys.stderr", stream)
    write_error("lost\n")
    write_error("lost\n")
    if stream is not None:
        with pytest.raises(OSError, match="No space"):
            stream.close()


# ---- Saving.


def test_the_layout_cannot_be_described(
    told: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.session.step("epoch")
    qtbot.waitUntil(lambda: told.projects.is_modified)
    monkeypatch.setattr(told.projects, "_describe_layout", fails)
    told.guard.keep()
    qtbot.waitUntil(lambda: not told.guard._writing)
    assert "without the window's layout" in notice(told, qtbot)
    goes_on(told, qtbot, tmp_path)


@pytest.mark.parametrize("place", ["submit", "project_bytes", "own_path", "replace"])
def test_a_file_job_cannot_be_made(
    told: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    targets = {
        "submit": "concurrent.futures.ThreadPoolExecutor.submit",
        "project_bytes": "core.storage.project.project_bytes",
        "own_path": "gui.projects.recovery_folder.RecoveryFolder.own_path",
        "replace": "gui.projects.project_guard.replace",
    }
    told.session.step("epoch")
    qtbot.waitUntil(lambda: told.projects.is_modified)
    with monkeypatch.context() as patch:
        patch.setattr(targets[place], fails)
        told.guard.keep()
        qtbot.waitUntil(lambda: not told.guard._writing)
        assert notice(told, qtbot)
        told.projects.save_file(str(tmp_path / "early.lens"))
        qtbot.waitUntil(lambda: not told.projects.is_saving)
    told.notices.hide()
    goes_on(told, qtbot, tmp_path)


def test_a_copy_of_the_run_that_never_comes_is_asked_for_again(
    told: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the worker failed while it copied the run."""
    told.session.step("epoch")
    qtbot.waitUntil(lambda: told.projects.is_modified)
    fault = Notice("An error inside the program stopped training", "fault")
    with monkeypatch.context() as patch:
        patch.setattr(told.session, "capture", lambda: object())
        told.guard.keep()
        told.projects.save_file(str(tmp_path / "early.lens"))
    told.session.noticed.emit(fault)
    qtbot.waitUntil(lambda: not told.guard._writing and not told.projects.is_saving)
    assert (tmp_path / "early.lens").exists()
    with monkeypatch.context() as patch:
        patch.setattr(told.session, "capture", lambda: object())
        told.projects.save_file(str(tmp_path / "never.lens"))
        told.session.noticed.emit(fault)
        assert told.projects.is_saving
        told.session.noticed.emit(fault)
        assert not told.projects.is_saving, "once more is enough"
    goes_on(told, qtbot, tmp_path)


def test_a_file_writer_without_a_thread(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    writer, heard = file_writer.FileWriter(), []
    with monkeypatch.context() as patch:
        patch.setattr("threading.Thread.start", fails)
        writer.write(tmp_path / "a", lambda _: b"a", heard.append)
    assert [n.kind for n in heard] == ["fault"]
    assert writer.jobs == []
    writer.write(tmp_path / "b", lambda _: b"b", heard.append)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard[1] is None
    writer.close()


# ---- Closing, pictures, films.


def test_a_fault_while_the_window_closes(told: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in ((told.docks, "save"), (told.exports, "close"), (told.data_commands, "close")):
        monkeypatch.setattr(owner, name, fails)
    assert told.close()  # the fixtures watch that no thread is left


def test_a_request_to_paint_that_cannot_be_posted(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_paint = window.findChild(OnePaint)
    qtbot.waitUntil(lambda: not one_paint._is_held)
    with monkeypatch.context() as patch:
        patch.setattr("gui.window.one_paint.QCoreApplication.postEvent", fails)
        with pytest.raises(MemoryError):
            one_paint.eventFilter(window, QEvent(QEvent.Type.UpdateRequest))
    assert not one_paint._is_held


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_a_picture_with_a_fault_in_painting_is_not_written(
    told: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(DiagramView, "_paint_marks", fails)
    QTimer.singleShot(0, lambda: told.exports.write_picture(tmp_path / f"picture{suffix}", told.network_panel))
    assert "MemoryError" in notice(told, qtbot)
    qtbot.waitUntil(lambda: written(told))
    assert list(tmp_path.glob("picture*")) == []


class Failing(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        raise ZeroDivisionError("in painting")


def test_escaped_exceptions_are_raised(qtbot: QtBot) -> None:
    widget = Failing()
    qtbot.addWidget(widget)
    with pytest.raises(ZeroDivisionError, match="in painting"), raising_escaped():
        widget.grab()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    "place", ["gui.diagram.diagram_view.DiagramView._paint_marks", "gui.curves.loss_view.LossView.show_snapshot"]
)
def test_render_with_a_fault_writes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setattr(place, fails)
    with pytest.raises((MemoryError, RuntimeError), match="nothing left"):
        main(["render", "--preset", "shallow", "--epochs", "1", "--out", str(tmp_path / "picture.png")])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("view", ["window", "diagram"])
def test_record_with_a_fault_writes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str) -> None:
    monkeypatch.setattr(DiagramView, "_paint_marks", fails)
    words = ["--preset", "shallow", "--epochs", "1", "--view", view, "--seconds", "1", "--size", "300x200", "--quiet"]
    with pytest.raises(MemoryError, match="nothing left"):
        main(["record", *words, "--out", str(tmp_path / "film.gif")])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("owner", "name"), [("gui.export.film_dialog", "FilmProcess"), ("gui.export.film_dialog", "write_whole")]
)
def test_a_film_that_cannot_be_begun_or_written(
    told: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: str, name: str
) -> None:
    dialog = told.exports.record_film()
    assert dialog is not None
    dialog.until.setCurrentIndex(1)
    if name == "write_whole":
        dialog._out = tmp_path / "film.gif"
    monkeypatch.setattr(f"{owner}.{name}", fails)
    begin: Callable[[], None] = (
        (lambda: dialog.start(tmp_path / "film.gif")) if name == "FilmProcess" else (lambda: dialog._write(b"film"))
    )
    begin()
    assert dialog.start_button.isEnabled()
    assert "nothing left" in dialog.note.text()
    dialog.reject()


def test_a_film_process_whose_answer_cannot_be_read(
    told: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FilmProcess, "_hear", fails)
    dialog = told.exports.record_film()
    assert dialog is not None
    dialog.until.setCurrentIndex(1)
    dialog.start(tmp_path / "film.gif")
    qtbot.waitUntil(dialog.start_button.isEnabled)
    assert "nothing left" in dialog.note.text()
    dialog.reject()
