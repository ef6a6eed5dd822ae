"""Draws the window without a display, after some epochs of training, into a PNG or SVG file."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.arrays import Array
from core.base.atomic_files import write_whole
from core.base.errors import LensError
from core.data.dataset import Dataset
from core.storage.settings_file import SettingsFile
from core.training.experiment import Experiment
from core.workbench.messages import Notice
from gui.offscreen.fonts import require_fonts

if TYPE_CHECKING:
    from PyQt5.QtWidgets import QApplication

    from gui.window.main_window import MainWindow

SECONDS_TO_SETTLE = 60.0


def render(
    experiment: Experiment,
    dataset: Dataset,
    epochs: int,
    out: Path,
    size: tuple[int, int],
    theme: str,
    initial_parameters: Array | None,
    project: tuple[str, int] | None = None,
) -> None:
    """Train and write a picture of the window.

    Args:
        experiment: what to train.
        dataset: the data of the experiment.
        epochs: how many epochs to train.
        out: the file; its suffix is one of PICTURES.
        size: width and height in pixels.
        theme: name of the theme.
        initial_parameters: shape (parameters,); None if the experiment draws them.
        project: path of a project to start from and its epoch, or None.

    Raises:
        LensError: the run diverged, there are no fonts, or the file cannot be written.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:  # keeps the layout remembered between starts as it is
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # without it Qt prints a warning

        from PyQt5.QtCore import QCoreApplication, QEvent

        from gui.export.pictures import PICTURES
        from gui.widgets.faults import raising_escaped
        from gui.window.application import make_application, make_window

        application = make_application()
        require_fonts()
        settings = SettingsFile(Path(folder) / "settings.ini")
        path, start = project or (None, 0)
        notices: list[Notice] = []
        with raising_escaped() as escaped:
            window = make_window(experiment, dataset, settings, theme, initial_parameters, path)
            ended: list[Notice] = []  # the run stopped by itself, or where it was to
            told = {"note": list[Notice](), "stopped": ended, "ended": ended}
            window.session.noticed.connect(lambda notice: told.get(notice.kind, notices).append(notice))
            window.resize(*size)
            window.show()
            window.docks.restore_default()
            if epochs:
                window.toolbar.epochs.set_value(epochs)
                window.session.run_epochs(epochs)
            try:
                end = start + epochs
                _wait_until_drawn(application, window, lambda at: ended or at >= end, lambda: notices or escaped)
                picture = b"" if notices else PICTURES[out.suffix.lower()](window, 1)()
            finally:
                window.close()
                window.deleteLater()
                QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    if notices:
        raise _error(notices[0])
    write_whole(out, picture)


def _error(notice: Notice) -> Exception:
    if notice.kind == "fault":
        return RuntimeError(f"{notice.text}\n{notice.detail}")
    return LensError(notice.text)


def _wait_until_drawn(
    application: QApplication,
    window: MainWindow,
    has_ended: Callable[[int], object],
    has_failed: Callable[[], object],
) -> None:
    """Process events until the run has ended and the decision map covers the visible part of the plane.

    ``has_ended`` tells it from the epoch, and ``has_failed`` whether to give up.
    """
    arrived = None
    while not has_failed() and (arrived is None or time.monotonic() - arrived < SECONDS_TO_SETTLE):
        application.processEvents()
        time.sleep(0.002)
        snapshot = window.session.snapshot
        if snapshot is None or not has_ended(snapshot.epoch):
            continue
        arrived = time.monotonic() if arrived is None else arrived
        drawn = snapshot.output is not None and snapshot.output.plane == window.scatter.plane()
        if drawn and window.session.at_rest:
            break
    window.fit_to_present()  # which frames came before depends on the machine
    for _ in range(3):
        application.processEvents()
