"""The menu Export, the report and the film dialog in the real window."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt5.QtCore import QByteArray, QCoreApplication, QEvent, QStandardPaths, Qt
from PyQt5.QtGui import QDesktopServices, QImage, QPainter
from PyQt5.QtSvg import QSvgRenderer
from PyQt5.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

import gui.export.pictures
from cli.main import main
from core.base.errors import Cancelled
from core.base.number_text import epoch_place
from core.base.progress import Progress
from core.explain.report import ClassReport
from core.storage.exports.formats import FORMATS
from core.storage.settings_file import SettingsFile
from core.storage.weights_file import load_parameters
from core.training.presets import PRESETS
from core.workbench.messages import Notice
from gui.export.pictures import picture, svg
from gui.session.file_dialog import LastFolder, ask_to_open, ask_to_save
from gui.widgets.qt_objects import clipboard, existing
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn, written
from tests.gui.support import parameters, position

Say = Callable[[str], None]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Say:
    """What the user names in the next dialogs."""

    def set_answer(path: str) -> None:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (path, ""))

    return set_answer


def train(qtbot: QtBot, window: MainWindow, epochs: int = 2) -> None:
    goal = position(window) + epochs * 1000
    window.session.run_epochs(epochs)
    qtbot.waitUntil(lambda: position(window) == goal and drawn(window))


def trigger(window: MainWindow, name: str) -> None:
    window.actions_by_name[name].trigger()


# ---- Files.


def test_every_format_from_the_menu(qtbot: QtBot, window: MainWindow, answer: Say, tmp_path: Path) -> None:
    train(qtbot, window)
    for name in ("npz", "numpy", "pytorch", "onnx", "predictions", "history", "report"):
        if name == "onnx":
            pytest.importorskip("onnx", reason="onnx is not installed")
        answer(str(tmp_path / name))
        trigger(window, f"export-{name}")
        qtbot.waitUntil(lambda: written(window))
        suffix = FORMATS[name].suffix if name in FORMATS else ".csv"
        assert (tmp_path / f"{name}{suffix}").stat().st_size > 100, "the suffix was appended"
    assert load_parameters(tmp_path / "npz.npz", (2, 7, 2)).tobytes() == parameters(window)
    for suffix in (".json", ".csv"):
        answer(str(tmp_path / f"weights{suffix}"))
        trigger(window, "export-npz")
    qtbot.waitUntil(lambda: written(window))
    assert (tmp_path / "weights.json").read_text().startswith("{")
    assert (tmp_path / "weights.csv").read_text().startswith("array,")
    train(qtbot, window)
    answer(str(tmp_path / "net.py"))
    trigger(window, "export-numpy")
    qtbot.waitUntil(lambda: written(window))
    snapshot = existing(window.session.snapshot)
    place = epoch_place(snapshot.position, snapshot.epoch_length)
    assert window.statusBar().currentMessage() == f"Written, as the run is at {place}: {tmp_path / 'net.py'}"
    answer(str(tmp_path / "nowhere" / "net.py"))
    trigger(window, "export-numpy")
    qtbot.waitUntil(lambda: written(window))
    assert window.notices.isVisible() and "no folder" in window.notices.newest.text.text()


def test_what_takes_long_is_made_beside_the_window_or_given_up(
    qtbot: QtBot, window: MainWindow, answer: Say, tmp_path: Path
) -> None:
    def endless(progress: Progress) -> bytes:
        part = 0.0
        while progress(part) is not False:
            part = min(1.0, part + 0.001)
            time.sleep(0.001)
        raise Cancelled

    kept = tmp_path / "kept.csv"
    kept.write_text("as it was")
    window.exports.write_file(kept, endless)
    bar = window.exports.bar
    assert bar is not None and not bar.isVisible()
    train(qtbot, window)
    qtbot.waitUntil(lambda: bar.isVisible() and bar.progress.value() > 0)
    assert bar.text.text() == "Writing kept.csv"
    qtbot.mouseClick(bar.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: written(window) and not bar.isVisible())
    assert kept.read_text() == "as it was" and kept.name in window.statusBar().currentMessage()
    answer(str(kept))
    trigger(window, "export-predictions")
    window.close()
    assert len(kept.read_text().splitlines()) == 1001, "what was asked for is there when the window is closed"


def test_an_appended_suffix_asks_before_it_overwrites(
    window: MainWindow, answer: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.v2.py").write_text("mine")
    answers: list[Any] = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "exec", lambda _: answers.pop(0))
    answer(str(tmp_path / "net.v2"))
    given = window, LastFolder(SettingsFile(tmp_path / "settings.ini")), "", "", {".py": "Python"}
    assert ask_to_save(*given) is None
    assert ask_to_save(*given) == tmp_path / "net.v2.py"
    answer("")
    assert ask_to_save(*given) is None
    assert (tmp_path / "net.v2.py").read_text() == "mine" and not answers


def test_a_file_dialog_begins_in_the_documents_and_then_where_one_opened_or_saved_last(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, saved, opened = tmp_path / "home", tmp_path / "saved", tmp_path / "opened"
    documents = home / "papers"
    for folder in (documents, saved, opened):
        folder.mkdir(parents=True)
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(documents))
    monkeypatch.setattr(Path, "home", lambda: home)
    begun: list[str] = []
    answers: list[str] = []

    def ask(*given: Any) -> tuple[str, str]:
        begun.append(given[2])
        return answers.pop(0), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    given = window, LastFolder(SettingsFile(tmp_path / "of-dialogs.ini")), ""
    answers[:] = str(saved / "net.py"), str(opened / "table.csv"), "", "", ""
    ask_to_save(*given, "net.py", {".py": "Python"})
    for _time in range(2):
        ask_to_open(*given, "*.csv")
    opened.rmdir()
    ask_to_open(*given, "*.csv")
    documents.rmdir()
    ask_to_open(*given, "*.csv")
    assert begun == [str(each) for each in (documents / "net.py", saved, opened, documents, home)]


def test_every_dialog_that_opens_begins_there(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (begun.append(given[2]), ("", ""))[1])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *given: (begun.append(given[2]), "")[1])
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: "")
    for name in ("open", "open-project", "open-weights", "open-sweep"):
        trigger(window, name)
        assert begun.pop() == str(Path.home()) and not begun, name


# ---- Pictures.


def rendered(data: bytes, view: Any) -> QImage:
    renderer = QSvgRenderer(QByteArray(data))
    assert renderer.isValid()
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.magenta)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def all_pixels(image: QImage) -> Any:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    bits = image.constBits()
    assert bits is not None
    flat = np.frombuffer(bits.asstring(image.sizeInBytes()), dtype=np.uint8)
    return flat.reshape(image.height(), image.width(), 4)[..., :3].astype(float)


def pixels(image: QImage) -> Any:
    return all_pixels(image.scaled(80, 60, transformMode=Qt.TransformationMode.SmoothTransformation))


def test_a_drawing_looks_like_the_view(qtbot: QtBot, window: MainWindow, answer: Say, tmp_path: Path) -> None:
    train(qtbot, window)
    for view in (window, window.network_panel, window.scatter, window.loss):
        data = svg(view)
        difference = np.abs(pixels(rendered(data, view)) - pixels(picture(view)))
        assert difference.mean() < 5, view
    diagram = window.network.diagram()
    assert diagram is not None
    maps = 2 + 7 + 2 + len(diagram.unused)
    assert svg(window.network).count(b"<image") == maps, "a map for each neuron and unused input, all else is drawn"
    plot = svg(window.scatter)
    assert plot.count(b"<image") <= 3 and plot.count(b"<circle") + plot.count(b"<ellipse") >= 1000, "points are drawn"
    for suffix, start in ((".png", b"\x89PNG"), (".svg", b"<?xml")):
        answer(str(tmp_path / f"picture{suffix}"))
        for name in ("window", "diagram", "decision", "loss"):
            trigger(window, f"picture-{name}")
            qtbot.waitUntil(lambda: written(window))
            assert (tmp_path / f"picture{suffix}").read_bytes().startswith(start)


def test_a_png_is_packed_beside_the_windows_thread(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = gui.export.pictures._packed
    drawn_by: list[tuple[threading.Thread, QImage]] = []

    def packed(image: QImage) -> bytes:
        drawn_by.append((threading.current_thread(), image))
        return pack(image)

    monkeypatch.setattr(gui.export.pictures, "_packed", packed)
    window.exports.write_picture(tmp_path / "picture.png", window)
    qtbot.waitUntil(lambda: written(window))
    [(thread, image)] = drawn_by
    assert thread is not threading.main_thread()
    assert np.array_equal(all_pixels(QImage(str(tmp_path / "picture.png"))), all_pixels(image))


@pytest.mark.usefixtures("qapp")
def test_a_rendered_picture_shows_the_training_and_the_theme_that_were_asked_for(tmp_path: Path) -> None:
    def picture(*words: str) -> Any:
        out = tmp_path / "picture.png"
        assert main(["render", "--preset", "shallow", "--size", "1100x700", "--out", str(out), *words]) == 0
        image = QImage(str(out))
        assert (image.width(), image.height()) == (1100, 700)
        return all_pixels(image)

    light, trained = picture("--epochs", "2"), picture("--epochs", "12")
    dark = picture("--epochs", "2", "--theme", "dark")
    QCoreApplication.sendPostedEvents(None, QEvent.DeferredDelete)
    assert light.mean() > 180
    assert dark.mean() < 90
    assert (trained != light).any(axis=2).mean() > 0.02


@pytest.mark.usefixtures("qapp")
def test_a_run_that_stops_by_itself_is_rendered_where_it_stops(tmp_path: Path) -> None:
    out = tmp_path / "picture.png"
    words = ["--preset", "shallow", "--size", "1100x700", "--epochs", "50", "--stop-loss", "100", "--out", str(out)]
    assert main(["render", *words]) == 0
    QCoreApplication.sendPostedEvents(None, QEvent.DeferredDelete)
    assert out.exists()


# ---- The command.


def test_the_copied_command_gives_the_weights_that_are_shown(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    train(qtbot, window, 1)
    window.session.change({"learning_rate": 0.05})
    window.session.step("sample")
    qtbot.waitUntil(lambda: position(window) == 1001 and drawn(window))
    trigger(window, "copy-command")
    words = shlex.split(QApplication.clipboard().text())
    assert words[:3] == ["python", "main.py", "train"] and "--change" in words
    assert main([*words[2:], "--weights", str(tmp_path / "w.npz")]) == 0
    assert load_parameters(tmp_path / "w.npz", (2, 7, 2)).tobytes() == parameters(window)
    window.session.edit({0: 0.25})
    qtbot.waitUntil(lambda: window.session.snapshot is not None and window.session.snapshot.parameters[0] == 0.25)
    trigger(window, "copy-command")
    assert "by hand" in window.notices.newest.text.text()


# ---- The report.


def report_of(window: MainWindow) -> Any:
    return window.session.snapshot.report if window.session.snapshot is not None else None


def test_the_report_lives_while_it_is_seen(qtbot: QtBot, window: MainWindow) -> None:
    assert report_of(window) is None
    trigger(window, "report")
    qtbot.waitUntil(lambda: window.report.is_seen and report_of(window) is not None)
    train(qtbot, window)
    report = report_of(window)
    assert isinstance(report.train, ClassReport) and report.position == position(window)
    assert report.train.accuracy == window.session.snapshot.train_score  # type: ignore[union-attr]
    assert window.report.view.head.text().startswith("accuracy")
    trigger(window, "report")
    qtbot.waitUntil(lambda: not window.report.is_seen)
    train(qtbot, window, 1)
    assert report_of(window) is None


def test_a_click_on_a_cell_marks_its_points(qtbot: QtBot, window: MainWindow) -> None:
    trigger(window, "report")
    qtbot.waitUntil(lambda: report_of(window) is not None and window.report.view.grid.isVisible())
    confusion = report_of(window).train.confusion
    cell = (0, int(np.argmax(confusion[0])))
    grid = window.report.view.grid
    place = grid.cell_rect(cell).center().toPoint()
    assert grid.cell_at(grid.cell_rect(cell).center()) == cell
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place)
    marked = window.scatter.points.marked.points
    assert len(marked) == confusion[cell] > 0
    dataset = window.session.loaded.preparation.dataset  # type: ignore[union-attr]
    inside = (dataset.labels == 0) & (window.session.snapshot.predicted == cell[1])  # type: ignore[union-attr]
    assert marked.tobytes() == dataset.points[inside].tobytes()
    assert "of&nbsp;the&nbsp;report" in window.scatter.legend._texts[0], "the legend explains the rings"
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place)
    assert len(window.scatter.points.marked.points) == 0
    assert "report" not in window.scatter.legend._texts[0]


def test_the_report_of_a_regression_and_its_text(qtbot: QtBot, window: MainWindow) -> None:
    trigger(window, "report")
    window.session.load(PRESETS["bumps"].experiment)
    qtbot.waitUntil(lambda: report_of(window) is not None and not report_of(window).class_names)
    assert not window.report.view.grid.isVisible()
    assert window.report.view._values["train", "r2"].text() != "–"
    window.report.view.copy_wanted.emit()
    assert "RMSE" in QApplication.clipboard().text()


# ---- Films.


def test_a_film_is_made_beside_the_window(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    train(qtbot, window, 1)
    before = position(window), parameters(window)
    dialog = window.exports.record_film()
    assert dialog is not None
    dialog.view.setCurrentIndex(1)
    dialog.width_box.setValue(320)
    dialog.height_box.setValue(240)
    dialog.seconds.setValue(0.5)
    dialog.fps.setValue(6)
    assert dialog.goal() == 1000
    with qtbot.waitSignal(dialog.written):
        dialog.start(tmp_path / "run.gif")
    with image.open(tmp_path / "run.gif") as film:
        assert film.size == (320, 240) and film.n_frames == 3
    assert (position(window), parameters(window)) == before


def test_a_film_shows_the_whole_run_at_first_wherever_one_stands(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 4)
    window.session.change({"learning_rate": 0.5})
    train(qtbot, window, 2)
    end = parameters(window)
    window.session.seek(1000)
    qtbot.waitUntil(lambda: position(window) == 1000 and drawn(window))
    dialog = window.exports.record_film()
    assert dialog is not None
    texts = [dialog.until.itemText(number) for number in range(dialog.until.count())]
    assert texts == ["the end of the run", "the present position", "the end of an epoch:"]
    assert dialog.goal() == 6000 and "from the start of the run to epoch 6." in dialog.note.text()
    filmed = dialog._job.to(dialog.goal()).subject()
    filmed.advance(dialog.goal())
    assert filmed.network.parameters.tobytes() == end, "with the changes that lie ahead"
    dialog.until.setCurrentIndex(1)
    assert dialog.goal() == 1000 and "to epoch 1." in dialog.note.text()
    dialog.until.setCurrentIndex(2)
    dialog.epochs.setValue(3)
    assert dialog.goal() == 3000 and "to epoch 3." in dialog.note.text()
    dialog.reject()


def test_while_a_film_is_made_the_keys_go_to_the_window(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.projects.save_file(str(tmp_path / "run.lens"))
    qtbot.waitUntil((tmp_path / "run.lens").exists)
    dialog = window.exports.record_film()
    assert dialog is not None
    dialog.seconds.setValue(20.0)
    qtbot.waitActive(dialog)
    dialog.start(tmp_path / "run.gif")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        qtbot.keyClick(QApplication.focusWidget(), key)
    assert dialog.isVisible() and dialog._maker is not None, "Enter cancels nothing"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.playing and position(window) > 0)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.session.playing and window.isWindowModified())
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert dialog.isVisible() and dialog._maker is not None
    dialog.reject()


def test_the_window_says_where_a_film_is_and_opens_its_folder(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    dialog = window.exports.record_film()
    assert dialog is not None
    for field, value in ((dialog.width_box, 320), (dialog.height_box, 240), (dialog.seconds, 0.5), (dialog.fps, 4)):
        field.setValue(value)
    dialog.start(tmp_path / "run.gif")
    notices = window.notices
    qtbot.waitUntil(notices.isVisible)
    assert notices.newest.text.text() == f"Done: The film is written: {tmp_path / 'run.gif'}"
    button = next(one for one in notices.findChildren(QPushButton) if one.isVisible())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened == [str(tmp_path)]
    window.notices.show_notice(Notice("Something else", "note"))
    assert notices.newest.text.text() == "Note: Something else" and not notices.newest.folder.isVisible()


def test_a_film_can_be_given_up(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = window.exports.record_film()
    assert dialog is not None
    assert dialog.until.count() == 1 and dialog.goal() == 1000, "at the start there is nothing to look back at"
    dialog.fps.setValue(50)
    dialog.seconds.setValue(600.0)
    assert not dialog.start_button.isEnabled() and "too much" in dialog.note.text()
    dialog.seconds.setValue(20.0)
    dialog.width_box.setValue(300)
    dialog.start(tmp_path / "run.gif")
    maker = dialog._maker
    assert maker is not None and maker._process.is_alive()
    dialog.reject()
    assert maker._process.exitcode is not None and not maker._process.is_alive()
    assert list(tmp_path.glob("run*")) == []


def test_closing_the_window_gives_a_film_up(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = window.exports.record_film()
    assert dialog is not None and not dialog.isModal()
    dialog.start(tmp_path / "run.gif")
    maker = dialog._maker
    assert maker is not None
    window.close()
    assert not maker._process.is_alive() and list(tmp_path.glob("run*")) == []


def test_the_process_trains_to_the_same_bits(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window, 1)
    window.session.edit({2: 0.5})
    window.session.step("sample")
    qtbot.waitUntil(lambda: position(window) == 1001 and drawn(window))
    dialog = window.exports.record_film()
    assert dialog is not None
    trainer = dialog._job.subject()
    assert trainer.position == 0
    trainer.advance(dialog.goal())
    assert trainer.network.parameters.tobytes() == parameters(window)
    dialog.reject()


def test_a_picture_of_the_diagram_has_titles_and_no_controls(
    qtbot: QtBot, window: MainWindow, answer: Say, tmp_path: Path
) -> None:
    train(qtbot, window)
    alone = window.network_panel.for_picture()
    assert alone.findChildren(QAbstractButton) == []
    assert "HIDDEN LAYER" in svg(alone).decode()
    assert alone.size() == window.network_panel.size()
    assert alone.scale_end == window.network.scale_end
    window.actions_by_name["pictures-2"].trigger()
    answer(str(tmp_path / "diagram.png"))
    window.actions_by_name["picture-diagram"].trigger()
    qtbot.waitUntil(lambda: written(window))
    image = QImage(str(tmp_path / "diagram.png"))
    assert image.size() == alone.size() * 2
    small = picture(alone)
    shrunk = image.scaled(small.size(), transformMode=Qt.TransformationMode.SmoothTransformation)
    assert np.abs(pixels(shrunk) - pixels(small)).mean() < 5
    assert [window.actions_by_name[f"pictures-{n}"].isChecked() for n in (1, 2, 4)] == [False, True, False]


def test_a_picture_goes_to_the_clipboard(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window)
    window.actions_by_name["pictures-4"].trigger()
    window.actions_by_name["copy-diagram"].trigger()
    assert clipboard().image().size() == window.network_panel.size() * 4
    window.actions_by_name["pictures-1"].trigger()
    window.actions_by_name["copy-decision"].trigger()
    assert clipboard().image().size() == window.scatter.size()
