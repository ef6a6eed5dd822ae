"""Starts the window."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PyQt5 import sip
from PyQt5.QtCore import QCoreApplication, QStandardPaths, Qt, QTimer
from PyQt5.QtWidgets import QApplication
from pyqtgraph.util.garbage_collector import GarbageCollector

from core.base.arrays import Array
from core.data.dataset import Dataset
from core.storage.settings_file import SettingsFile
from core.training.experiment import Experiment
from core.workbench.worker import Worker
from gui.projects.recovery_folder import recovery_folder
from gui.session.session import Session
from gui.widgets.icons import application_icon
from gui.widgets.theme import LIGHT, THEMES
from gui.window.appearance import DESKTOP_THEME, desktop_theme, first_theme
from gui.window.main_window import MainWindow
from gui.window.startup import startup_checks as startup
from gui.window.startup.closing_signals import ClosingSignals
from gui.window.startup.fault_reporter import FaultReporter
from gui.window.startup.first_paint import FirstPaint
from gui.window.startup.qt_texts import install_qt_texts
from gui.window.startup.screen_scale import allow_fractions

if TYPE_CHECKING:
    from gui.export.film_job import MakeFilm

NAME = "Backprop Lens"
COLLECT_SECONDS = 0.5
SWITCH_SECONDS = 0.0001
"""After how long Python passes the interpreter lock to a waiting thread; the default is fifty times as long."""

PATIENCE_SECONDS = 0.1
"""How long the window waits for the first snapshot, without which it would be painted twice."""


_garbage_collectors: list[GarbageCollector] = []  # they live as long as the application


def make_application() -> QApplication:
    """Return the one QApplication of this process, made with the settings that must precede it."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)
    allow_fractions()
    # On X11 Qt would load the drivers of OpenGL, which nothing here uses, before it shows the first window.
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "none")
    # To ask a desktop for a menu bar of its own, Qt would try to start a session bus: a fork of the whole process.
    if sys.platform == "linux" and "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeMenuBar)
    application = QApplication(sys.argv[:1])
    application.setOrganizationName(NAME)
    application.setApplicationName(NAME)
    application.setStyle("Fusion")
    install_qt_texts(application)
    if application.platformName() == "offscreen":  # it knows no font size of a desktop, and its default is large
        font = application.font()
        font.setPointSize(9)
        application.setFont(font)
    application.setProperty(DESKTOP_THEME, desktop_theme().name)  # before the program's own colours are set
    application.setWindowIcon(application_icon(LIGHT.color("positive"), LIGHT.color("negative")))
    pg.setConfigOptions(antialias=True)
    gc.freeze()  # collections then skip the many objects that live as long as the program
    # Python may collect cycles in any thread, but Qt crashes if the thread of the worker destroys a widget.
    _garbage_collectors.append(GarbageCollector(COLLECT_SECONDS))
    return application


def settings_file() -> SettingsFile:
    """Return this user's settings, in the file where QSettings has them on Linux."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return SettingsFile(Path(folder) / NAME / f"{NAME}.conf")


def make_window(
    experiment: Experiment,
    dataset: Dataset,
    settings: SettingsFile,
    theme: str | None = None,
    initial_parameters: Array | None = None,
    project: str | None = None,
    make_film: MakeFilm | None = None,
) -> MainWindow:
    """Return a window that is not shown yet; its session has a running worker and loads an experiment or a project.

    Args:
        experiment: what to train.
        dataset: the data of the experiment.
        settings: remembers layout, theme and recent projects between starts.
        theme: name of the theme; None for the one in ``settings``, or else that of the desktop.
        initial_parameters: shape (parameters,); None if the experiment draws them.
        project: path of a project to open instead of the experiment.
        make_film: see :class:`gui.window.main_window.MainWindow`.
    """
    worker = Worker((experiment.data, dataset))
    session = Session(worker)
    worker.start()
    if project is None:  # before there is a window, so that the worker makes the first snapshot meanwhile
        session.load(experiment, initial_parameters)
    else:
        session.open_project(project)
    try:
        window = MainWindow(session, settings, THEMES[theme] if theme else first_theme(settings), make_film)
    except BaseException:
        session.close()  # a thread still running would end the program before the error is shown
        raise
    session.setParent(window)
    return window


def run(
    experiment: Experiment,
    dataset: Dataset,
    epochs: int,
    initial_parameters: Array | None,
    make_film: MakeFilm,
    project: str | None = None,
) -> int:
    """Open the window and stay until it is closed; returns the exit status.

    ``epochs`` is the number that the toolbar offers to run; for the other arguments see :func:`make_window`.

    Raises:
        StartupError: there is no display or Qt cannot use it.
    """
    startup.check()
    sys.setswitchinterval(SWITCH_SECONDS)
    application = make_application()
    with FaultReporter() as faults, ClosingSignals() as signals:
        window = make_window(
            experiment, dataset, settings_file(), None, initial_parameters, project=project, make_film=make_film
        )
        faults.show_with(window.notices.show_notice)
        signals.asked.connect(window.guard.close_at_once)
        try:
            window.toolbar.epochs.set_value(epochs)
            window.session.show_first(PATIENCE_SECONDS)
            finish_later(window)
            window.show()
            window.activateWindow()
            QTimer.singleShot(0, lambda: window.guard.begin(recovery_folder()))
            # It would close the window, whose question would stop the end of the session.
            application.setFallbackSessionManagementEnabled(False)
            application.commitDataRequest.connect(lambda _: window.guard.keep_now())
            return int(application.exec_())
        finally:
            window.session.close()  # where a fault kept the window from being shown
            # At its end PyQt deletes objects in any order, which sometimes crashes if a whole window is left.
            sip.delete(window)


def finish_later(window: MainWindow) -> None:
    """Leave pictures of data sets and presets, and the notes, to the second frame: so the first one comes sooner."""
    pictures = window.panels.data.kind, window.panels.presets.choice
    for part in pictures:
        part.setUpdatesEnabled(False)

    def finish() -> None:
        for part in pictures:
            part.setUpdatesEnabled(True)
        window.first_notes.begin()

    FirstPaint(window, finish)
