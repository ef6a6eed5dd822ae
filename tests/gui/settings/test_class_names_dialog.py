"""Renaming classes in the window: the run goes on, and the names are everywhere."""

from __future__ import annotations

from pathlib import Path

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.data.data_source import DataSource
from core.data.drawn_points import empty_canvas
from core.data.point_edits import add
from core.options.arguments import to_arguments
from core.storage.project import load_project
from core.workbench.messages import Load, Play, Redo, RenameClasses, StepBack, Undo
from gui.settings.class_names_dialog import ClassNamesDialog
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, WorkerDriver, shown
from tests.gui.painting.test_painting import SEVERAL

NAMES = ("Katze", "Hund & Co <b>")


def test_the_run_goes_on_to_the_same_bits_and_undo_brings_the_former_names_back(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Play(until=2000))
    plain = driver.arrive()
    driver.send(Load(SHALLOW), Play(until=500))
    driver.arrive()
    driver.send(StepBack("sample"), RenameClasses(NAMES))  # which counts from where the step leads
    report = driver.until(
        lambda report: driver.loaded is not None and driver.loaded.renamed and not report.state.playing
    )
    assert driver.loaded is not None
    assert shown(report).position == 499
    assert driver.loaded.preparation.output_names == NAMES == driver.loaded.experiment.data.class_names
    driver.send(Play(until=2000), RenameClasses(("a", "b")))
    named = shown(driver.until(lambda report: shown(report).position == 2000 and not report.state.playing))
    assert named.parameters.tobytes() == plain.parameters.tobytes()
    assert named.settings.data.class_names == ("a", "b")
    driver.send(Undo())
    driver.ask()
    assert driver.loaded.experiment.data.class_names == NAMES
    driver.send(Undo())
    assert driver.arrive().position == 499
    assert driver.loaded.experiment.data.class_names == ()
    driver.send(Redo())
    driver.ask()
    assert driver.loaded.dataset.class_names == NAMES
    driver.send(RenameClasses(("a", "b", "c")))
    driver.until(lambda _: bool(driver.notices))  # it waits until the run has arrived where redo leads it
    assert "3 class names are given, but train.txt has 2 classes" in driver.notices[-1].text
    assert driver.loaded.dataset.class_names == NAMES


def test_the_classes_of_a_canvas_are_renamed(driver: WorkerDriver) -> None:
    one = add(empty_canvas(), SEVERAL, 0)
    driver.send(Load(SHALLOW), Load(SHALLOW.replace(data=DataSource("drawn", drawn=one))), RenameClasses(NAMES))
    driver.ask()
    assert driver.loaded is not None
    assert driver.loaded.canvas is not None
    assert driver.loaded.canvas.class_names == NAMES == driver.loaded.dataset.class_names
    driver.send(Undo())
    driver.ask()
    assert driver.loaded.canvas == one


def dialog_of(window: MainWindow) -> ClassNamesDialog:
    [dialog] = [dialog for dialog in window.findChildren(ClassNamesDialog) if dialog.isVisible()]
    return dialog


def names_of(window: MainWindow) -> tuple[str, ...]:
    assert window.session.loaded is not None
    return window.session.loaded.dataset.class_names


def test_names_are_typed_and_seen_everywhere(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    before = window.session.loaded
    qtbot.keyClick(window, Qt.Key.Key_F2)
    dialog = dialog_of(window)
    assert dialog.focusWidget() is dialog.fields[0]
    qtbot.keyClicks(dialog.fields[0], " ")
    assert dialog.fault.text() == "A class has no name; give each class one."
    assert not dialog.ok.isEnabled()
    qtbot.keyClicks(dialog.fields[0], "Katze")
    dialog.fields[1].setText(NAMES[1])
    qtbot.keyClick(dialog.fields[1], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.loaded is not before and window.session.at_rest)
    assert names_of(window) == NAMES
    texts = [label.text() for label in window.scatter.findChildren(QLabel)]
    assert any("Katze" in text and "Hund &amp; Co" in text for text in texts), "the legend"
    report = window.exports.report()
    assert report is not None
    assert report.class_names == NAMES
    loaded, experiment = window.session.loaded, window.session.experiment
    assert experiment is not None
    assert "Katze,Hund & Co <b>" in to_arguments(experiment)
    window.projects.save_file(str(tmp_path / "named.lens"))
    qtbot.waitUntil(lambda: not window.projects.is_saving and (tmp_path / "named.lens").exists())
    assert load_project(tmp_path / "named.lens").experiment.data.class_names == NAMES

    window.session.change({"learning_rate": 0.02})
    window.session.change({"hidden": (3,)})
    qtbot.waitUntil(lambda: window.session.loaded is not loaded and window.session.at_rest)
    assert names_of(window) == NAMES, "another net learns the same classes"
    qtbot.mouseDClick(window.scatter.legend.label, Qt.MouseButton.LeftButton)
    dialog = dialog_of(window)
    assert [field.text() for field in dialog.fields] == list(NAMES)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    window.session.change({"data": DataSource("plane")})
    qtbot.waitUntil(lambda: names_of(window) == ())
    window.actions_by_name["rename-classes"].trigger()
    assert "There are no classes to be named" in window.notices.newest.text.text()


def test_names_are_kept_where_one_paints_and_given_up_with_another_number_of_classes(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.change({"data": DataSource("spiral", classes=2)})
    qtbot.waitUntil(lambda: window.session.at_rest)
    window.session.rename_classes(NAMES)
    window.panels.data.show_experiment(SHALLOW.adapted(data=DataSource("spiral", classes=2, class_names=NAMES)))
    window.panels.data._change_source({"classes": 3})
    qtbot.waitUntil(lambda: len(names_of(window)) == 3)
    window.session.undo()
    qtbot.waitUntil(lambda: names_of(window) == NAMES and window.session.at_rest)
    window.actions_by_name["paint"].trigger()
    window.painting.painter.pending.edit(lambda drawn: add(drawn, SEVERAL, 1))
    names = ("a & b", "of very many letters")
    window.session.rename_classes(names)
    qtbot.waitUntil(lambda: names_of(window) == names and window.session.at_rest)
    assert window.painting.painter.pending.drawn.class_names == names
    assert "of very man…" in window.scatter.legend.label.text()
    buttons = [button.text() for button in window.painting.painter._palette.classes]
    assert buttons == ["a && b", "of ver…"], "a single & would stand for a key"
