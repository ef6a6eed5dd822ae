"""The views of a film: the window, the plot or the diagram, drawn off screen for a trainer at any position."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from PyQt5.QtCore import QCoreApplication, QEvent, QSize, Qt
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from core.base.number_text import epoch_place, percent, short
from core.base.translation import _
from core.data.section import default_section, project
from core.explain.maps import Plane
from core.explain.snapshot import Request, Snapshot, take_snapshot
from core.network.tasks import REGRESSION
from core.options.film_plan import FilmPlan
from core.storage.settings_file import SettingsFile
from core.training.trainer import Trainer
from core.workbench.messages import Loaded, Notice
from core.workbench.worker.report_source import TrainerReports
from gui.comparison.compared_nets import ComparedNets
from gui.comparison.comparison_film import FilmedComparison
from gui.decision.decision_view import DecisionView
from gui.diagram.diagram_view import DiagramView
from gui.export.film_job import Filmed
from gui.session.session import Session
from gui.widgets.theme import THEMES, Theme, apply_theme
from gui.window.main_window import MainWindow

SECONDS_TO_SETTLE = 30.0
ROOMY = (1200, 750)
"""A window of this size shows everything; smaller pictures are scaled down from it."""


class FilmedView(Protocol):
    """A view that is filmed."""

    def picture(self) -> QImage:
        """Return the view for the present state of the trainer."""

    def close(self) -> None:
        """Destroy the view."""


def make_filmed_view(subject: Filmed, plan: FilmPlan, folder: Path) -> FilmedView:
    """Make the view that a film shows; ``folder`` is for temporary settings."""
    if isinstance(subject, FilmedComparison):
        return ComparisonView(subject, plan)
    assert isinstance(subject, Trainer)
    if plan.view == "window":
        return FilmedWindow(subject, plan, folder)
    return CaptionedView(subject, plan)


class FilmedWindow:
    """The whole window."""

    def __init__(self, trainer: Trainer, plan: FilmPlan, folder: Path) -> None:
        self._trainer, self._size = trainer, QSize(plan.width, plan.height)
        session = Session(TrainerReports(trainer))
        settings = SettingsFile(folder / "film.ini")
        self._window = MainWindow(session, settings, THEMES[plan.theme])
        session.setParent(self._window)
        self._faults: list[Notice] = []
        session.noticed.connect(lambda notice: self._faults.append(notice) if notice.kind == "fault" else None)
        self._window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self._window.resize(_roomy(plan))
        self._window.show()
        self._window.docks.restore_default()
        self._section = plan.section

    def picture(self) -> QImage:
        session, give_up = self._window.session, time.monotonic() + SECONDS_TO_SETTLE
        session.prepare()
        while time.monotonic() < give_up:
            QCoreApplication.processEvents()
            if self._section is not None:
                self._window.scatter.set_section(self._section)
            snapshot = session.snapshot
            if (
                snapshot is not None
                and snapshot.position == self._trainer.position
                and snapshot.output is not None
                and snapshot.output.plane == self._window.scatter.plane()
                and session.at_rest
            ):
                break
            if self._faults:
                raise RuntimeError(f"{self._faults[0].text}\n{self._faults[0].detail}")
            time.sleep(0.001)
        return _grab(self._window, self._size)

    def close(self) -> None:
        _dispose(self._window)


class CaptionedView:
    """The plot or the diagram alone, below a line with the position and the loss."""

    def __init__(self, trainer: Trainer, plan: FilmPlan) -> None:
        self._trainer, self._size = trainer, QSize(plan.width, plan.height)
        theme = _themed(plan)
        self._view: DiagramView | DecisionView = DiagramView(theme) if plan.view == "diagram" else DecisionView(theme)
        self._widget, self._caption = _captioned(self._view)
        self._widget.setFixedSize(self._size)  # so that a longer caption does not change the size
        self._section = plan.section or default_section(trainer.preparation.dataset)
        self._view.set_run(Loaded(trainer.settings, trainer.preparation, None))
        if isinstance(self._view, DecisionView):
            for control in (self._view.probe, self._view.test_shown, self._view.paint_button):  # nobody can click here
                control.hide()
            if self._section is not None and self._view.section_bar is not None:
                self._view.set_section(self._section)
                self._view.section_bar.show_words_only()
        self._widget.show()
        QCoreApplication.processEvents()

    def picture(self) -> QImage:
        snapshot = take_snapshot(self._trainer, self._request())
        self._view.show_snapshot(snapshot)
        self._caption.setText(caption(snapshot))
        QCoreApplication.processEvents()
        return _grab(self._widget, self._size)

    def close(self) -> None:
        _dispose(self._widget)

    def _request(self) -> Request:
        if isinstance(self._view, DecisionView):
            return Request(output=self._view.plane())
        points = project(self._section, self._trainer.preparation.dataset.points)
        (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        cells = self._view.map_cells()
        plane = Plane((x0, max(x1, x0 + 1e-9)), (y0, max(y1, y0 + 1e-9)), cells, cells, self._section)
        return Request(neurons=plane)


class ComparisonView:
    """Compared runs below a line with the epoch."""

    def __init__(self, subject: FilmedComparison, plan: FilmPlan) -> None:
        self._subject, self._size = subject, QSize(plan.width, plan.height)
        job, theme = subject.job, _themed(plan)
        self._nets = ComparedNets(job.runs, job.names, job.colors, theme)
        self._nets.choose_measure(job.measure)
        self._widget, self._caption = _captioned(self._nets, spacing=2, bottom=6)
        self._widget.setFixedSize(_roomy(plan))
        self._widget.show()
        QCoreApplication.processEvents()

    def picture(self) -> QImage:
        wish = self._nets.wish(self._subject.epoch)
        assert wish is not None  # the views have a size
        self._nets.show_states(wish.epoch, self._subject.states(wish))
        self._caption.setText(_("epoch {epoch}").format(epoch=f"{wish.epoch:,.2f}"))
        QCoreApplication.processEvents()
        return _grab(self._widget, self._size)

    def close(self) -> None:
        _dispose(self._widget)


def _themed(plan: FilmPlan) -> Theme:
    """The film's theme, in which all widgets are drawn from now on."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, THEMES[plan.theme])
    return THEMES[plan.theme]


def _roomy(plan: FilmPlan) -> QSize:
    """The film's size, or a larger one of the same shape in which a window has room; its picture is made smaller."""
    factor = max(1.0, ROOMY[0] / plan.width, ROOMY[1] / plan.height)
    return QSize(round(plan.width * factor), round(plan.height * factor))


def _captioned(view: QWidget, spacing: int = 0, bottom: int = 0) -> tuple[QWidget, QLabel]:
    """A widget that is never seen on the screen, with a view below a line of text, and the label of that line."""
    label = QLabel(" ")  # so that it has its height from the first picture on
    label.setContentsMargins(10, 4, 10, 0)
    widget = QWidget()
    widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, bottom)
    layout.setSpacing(spacing)
    layout.addWidget(label)
    layout.addWidget(view, 1)
    return widget, label


def caption(snapshot: Snapshot) -> str:
    """Return the position, the training loss and the score as one line."""
    epoch = epoch_place(snapshot.position, snapshot.epoch_length)
    is_regression = snapshot.settings.task == REGRESSION
    score = (
        f"R² {short(snapshot.train_score, 4)}"
        if is_regression
        else _("accuracy {train_score}").format(train_score=percent(snapshot.train_score))
    )
    return _("{epoch}   training loss {train_loss}   {score}").format(
        epoch=epoch, train_loss=short(snapshot.train_loss, 3), score=score
    )


def _grab(widget: QWidget, size: QSize) -> QImage:
    picture = widget.grab().toImage()
    picture.setDevicePixelRatio(1.0)
    if picture.size() != size:
        mode = Qt.TransformationMode.SmoothTransformation
        picture = picture.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)  # it changes the format
    return picture.convertToFormat(QImage.Format.Format_RGB888)


def _dispose(widget: QWidget) -> None:
    widget.close()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)
