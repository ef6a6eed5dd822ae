"""Starts the window."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from types import TracebackType

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt5 import sip
from PyQt5.QtCore import QCoreApplication, QSettings, Qt, QTimer
from PyQt5.QtWidgets import QApplication
from pyqtgraph.util.garbage_collector import GarbageCollector

from core.base import log
from core.data.dataset import Dataset
from core.training.experiment import Experiment
from core.workbench.messages import Notice
from core.workbench.worker import Worker
from gui.projects.autosave import recovery_folder
from gui.session.session import Session
from gui.widgets.icons import application_icon
from gui.widgets.theme import LIGHT, THEMES
from gui.window import startup_checks as startup
from gui.window.main_window import MainWindow

COLLECT_SECONDS = 0.5
SWITCH_SECONDS = 0.0001
"""How soon Python hands the interpreter lock over when the other thread asks; its default is fifty times as long."""

PATIENCE_SECONDS = 0.1
"""How long the window waits for the first snapshot, without which it would be painted twice over."""


_garbage_collectors: list[GarbageCollector] = []  # which lives as long as the application


def make_application() -> QApplication:
    """The one QApplication of this process, with what must be set before it exists."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)
    # On X11 Qt would load the drivers of OpenGL, which nothing here uses, before it shows the first window.
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "none")
    application = QApplication(sys.argv[:1])
    application.setOrganizationName("Backprop Lens")
    application.setApplicationName("Backprop Lens")
    application.setStyle("Fusion")
    if application.platformName() == "offscreen":  # which knows no desktop's font size, and takes a large one
        font = application.font()
        font.setPointSize(9)
        application.setFont(font)
    application.setWindowIcon(application_icon(LIGHT.color("positive"), LIGHT.color("negative")))
    pg.setConfigOptions(antialias=True)
    gc.freeze()  # the very many objects that stay need not be looked through at every collection
    # Python may collect cycles in any thread that allocates, and Qt crashes where a widget dies in the worker's.
    _garbage_collectors.append(GarbageCollector(COLLECT_SECONDS))
    return application


def make_window(
    experiment: Experiment,
    dataset: Dataset,
    settings: QSettings,
    theme: str | None = None,
    initial_parameters: NDArray[np.float64] | None = None,
    project: str | None = None,
) -> MainWindow:
    """A window with its session and running worker, the experiment loaded or a project opened; not shown yet."""
    worker = Worker((experiment.data, dataset))
    session = Session(worker)
    worker.start()
    if project is None:  # before there is a window, so that the first snapshot is made meanwhile
        session.load(experiment, initial_parameters)
    else:
        session.open_project(project)
    name = theme or settings.value("window/theme", LIGHT.name)
    try:
        window = MainWindow(session, settings, THEMES.get(str(name), LIGHT))
    except BaseException:
        session.close()  # a thread that runs on would end the program before the fault is told
        raise
    session.setParent(window)
    return window


def run(
    experiment: Experiment,
    dataset: Dataset,
    epochs: int,
    initial_parameters: NDArray[np.float64] | None,
    preset: str | None,
    project: str | None = None,
) -> int:
    """Open the window, with a project if one is named, and stay until it is closed; returns the exit status.

    Raises:
        StartupError: there is no display or Qt cannot use it.
    """
    startup.check()
    sys.setswitchinterval(SWITCH_SECONDS)
    application = make_application()
    settings = QSettings()
    window = make_window(experiment, dataset, settings, initial_parameters=initial_parameters, project=project)
    window.transport.epochs.set_value(epochs)
    sys.excepthook = lambda kind, error, trace: _tell_fault(window, kind, error, trace)
    window.session.show_first(PATIENCE_SECONDS)
    window.show()
    window.activateWindow()
    QTimer.singleShot(0, lambda: window.guard.begin(recovery_folder()))  # the first picture does not wait for it
    status = int(application.exec_())
    # PyQt's own end of a QApplication deletes what is left in any order, and now and then crashes at a whole window.
    sip.delete(window)
    return status


def _tell_fault(
    window: MainWindow, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Show an exception that a slot let escape; without a hook of its own PyQt5 would end the program for it."""
    detail = "".join(traceback.format_exception(kind, error, trace))
    sys.stderr.write(detail)
    log.fault(error)
    window.notices.show_notice(Notice(f"An error inside the program: {kind.__name__}: {error}", "fault", detail))
