"""The dialog "Record film": asks what the film shows, how large and how long it is, then shows the progress."""

from __future__ import annotations

from pathlib import Path

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QCloseEvent
from PyQt5.QtWidgets import (
    QAction,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.base.atomic_files import check_target, write_whole
from core.base.errors import LensError
from core.base.number_text import epoch_place, grouped
from core.base.translation import _, ngettext
from core.data.section import Section
from core.options.film_plan import FILM_FORMATS, LARGEST, SMALLEST, SPACINGS, VIEWS, FilmPlan
from gui.export.film_job import FilmProcess, FilmSubject, MakeFilm
from gui.session.file_dialog import LastFolder, ask_to_save
from gui.widgets.faults import fault_notice
from gui.widgets.forms import FormDialog, bare
from gui.widgets.number_fields import RealNumberField, WholeNumberField
from gui.widgets.plain_text import plain_label
from gui.widgets.qt_objects import existing, forget_when_deleted

MOST_EPOCHS = 1_000_000


class FilmDialog(FormDialog):
    """Asks for the film, then makes it while the user goes on working.

    Args:
        job: what is filmed. make_film: makes the film. epoch_length: positions of an epoch.
        folder: where the dialog for its file begins.
        section: the plane of data with more than two columns. has_views: whether there are several views to film.

    Signals:
        written(str): the path of the finished file.
    """

    written = pyqtSignal(str)

    def __init__(
        self,
        job: FilmSubject,
        make_film: MakeFilm,
        epoch_length: int,
        theme: str,
        parent: QWidget,
        folder: LastFolder,
        section: Section | None = None,
        has_views: bool = True,
    ) -> None:
        super().__init__(parent)
        self._maker: FilmProcess | None = None  # first: a dialog that a fault left half made is closed with the others
        self.setWindowTitle(_("Record film"))
        self._job, self._make_film, self._folder = job, make_film, folder
        self._epoch_length, self._theme, self._section = epoch_length, theme, section
        self._out: Path | None = None
        plan = FilmPlan()
        self.view = QComboBox()
        for name, label in VIEWS.items():
            self.view.addItem(label, name)
        self.spacing = QComboBox()
        for name, label in SPACINGS.items():
            self.spacing.addItem(label, name)
        self.until = QComboBox()
        end = max(job.goal, job.end)
        if end:
            self.until.addItem(_("the end of the run"), end)
        if 0 < job.goal < end:
            self.until.addItem(_("the present position"), job.goal)
        self.until.addItem(_("the end of an epoch:"))
        self.epochs = _whole(1, MOST_EPOCHS, max(1, -(-end // epoch_length)), _("Epoch"))
        self.width_box = _whole(SMALLEST, LARGEST, plan.width, _("Width"))
        self.height_box = _whole(SMALLEST, LARGEST, plan.height, _("Height"))
        self.seconds = RealNumberField(0.1, 600.0, _("Seconds"), first=0.1)
        self.seconds.setSuffix(" s")
        self.seconds.set_value(plan.seconds)
        self.fps = _whole(1, 50, plan.fps, _("Frames a second"))
        self.kind = QComboBox()
        for suffix, kind in FILM_FORMATS.items():
            self.kind.addItem(f"{kind.label} (*{suffix})", suffix)
        self.note = plain_label()
        self.note.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.progress.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.start_button = QPushButton(_("&Record…"))
        self.buttons.addButton(self.start_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.start_button.setDefault(True)
        cancel = existing(self.buttons.button(QDialogButtonBox.StandardButton.Cancel))
        cancel.setAutoDefault(False)  # Enter never cancels
        forget_when_deleted(self)
        self._has_views = has_views
        self._lay_out()
        self._say_what()

    def _lay_out(self) -> None:
        size = _row(self.width_box, QLabel("×"), self.height_box, QLabel(_("pixels")))
        time = _row(self.seconds, QLabel(_("at")), self.fps, QLabel(_("frames a second")))
        self._form = QWidget()
        form = bare(QFormLayout(self._form))
        if self._has_views:
            form.addRow(_("&Shows"), self.view)
        form.addRow(_("From the start &to"), _row(self.until, self.epochs))
        form.addRow(_("F&rames"), self.spacing)
        form.addRow(_("Si&ze"), size)
        form.addRow(_("&Lasts"), time)
        form.addRow(_("&Format"), self.kind)
        for label, widget in ((_("Shows"), self.view), (_("Up to"), self.until), (_("Frames"), self.spacing)):
            widget.setAccessibleName(label)
        layout = QVBoxLayout(self)
        for widget in (self._form, self.note, self.progress, self.buttons):
            layout.addWidget(widget)
        self.note.setMinimumHeight(3 * self.note.fontMetrics().lineSpacing())
        # Texts and widgets that come later must not change the size of the dialog.
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(
            max(480, self.sizeHint().width()), self.sizeHint().height() + self.progress.sizeHint().height() + 12
        )
        self.resize(self.minimumSize())
        self.until.currentIndexChanged.connect(self._say_what)
        for spin in (self.epochs, self.width_box, self.height_box, self.fps, self.seconds):
            spin.valueChanged.connect(self._say_what)
        self.kind.currentIndexChanged.connect(self._say_what)
        self.start_button.clicked.connect(self._ask_and_start)
        self.buttons.rejected.connect(self.reject)

    def _say_what(self) -> None:
        """Show how many frames the film will have, or why it cannot be made."""
        self.epochs.setEnabled(self.until.currentData() is None)
        try:
            plan = self.plan()
            FILM_FORMATS[self.kind.currentData()].check()
        except LensError as error:
            self.note.setText(str(error))
            self.start_button.setEnabled(False)
        else:
            text = ngettext(
                "{n} frame, from the start of the run to {place}. The run in the window goes on as it is.",
                "{n} frames, from the start of the run to {place}. The run in the window goes on as it is.",
                plan.frames,
            )
            self.note.setText(text.format(n=grouped(plan.frames), place=epoch_place(self.goal(), self._epoch_length)))
            self.start_button.setEnabled(True)

    # ---------------------------------------------------------------- what was chosen

    def plan(self) -> FilmPlan:
        """Return the plan of the film; raises FilmError."""
        return FilmPlan(
            self.view.currentData(),
            self.width_box.value(),
            self.height_box.value(),
            self.fps.value(),
            self.seconds.value(),
            FILM_FORMATS[self.kind.currentData()].name,
            self._theme,
            self._section,
            self.spacing.currentData(),
        )

    def goal(self) -> int:
        """Return the position of the last frame."""
        until = self.until.currentData()
        return self.epochs.value() * self._epoch_length if until is None else int(until)

    # ---------------------------------------------------------------- making it

    def _ask_and_start(self) -> None:
        suffix = self.kind.currentData()
        kinds = {suffix: FILM_FORMATS[suffix].label}
        path = ask_to_save(self, self._folder, _("Record film"), f"run{suffix}", kinds)
        if path is not None:
            self.start(path)

    def start(self, out: Path) -> None:
        """Begin to make the film, to be written to a file."""
        try:
            plan = self.plan()
            check_target(out)
        except LensError as error:
            self.note.setText(str(error))
            return
        self._out = out
        self._form.setEnabled(False)
        self.start_button.setEnabled(False)
        self.progress.setRange(0, plan.frames)
        self.progress.setValue(0)
        self.progress.show()
        self._let_keys_through(True)
        self.note.setText(_("The film is being made; you can go on working in the window."))
        try:
            self._maker = FilmProcess(self._job.to(self.goal()), plan, self._make_film, self)
        except Exception as error:  # noqa: BLE001 (as where the system starts no more processes)
            self._fail(fault_notice(_("No process could be started for the film"), error).text)
            return
        self._maker.progressed.connect(self._show_progress)
        self._maker.finished.connect(self._write)
        self._maker.failed.connect(self._fail)

    def _show_progress(self, frames: int) -> None:
        self.progress.setValue(frames)
        if frames == self.progress.maximum():
            self.note.setText(_("All frames are drawn; the file is being packed."))

    def _write(self, film: bytes) -> None:
        self._maker = None
        assert self._out is not None
        try:
            write_whole(self._out, film)
        except LensError as error:
            self._fail(str(error))
            return
        except Exception as error:  # noqa: BLE001 (else the dialog would wait for ever)
            self._fail(fault_notice(_("An error inside the program kept the film from being written"), error).text)
            return
        self.written.emit(str(self._out))
        self.accept()

    def _fail(self, reason: str) -> None:
        self._maker = None
        self._let_keys_through(False)
        self.progress.hide()
        self._form.setEnabled(True)
        self.start_button.setEnabled(True)
        self.note.setText(reason)

    def _let_keys_through(self, is_on: bool) -> None:
        """Let the keys do here what they do in the window; while a film is made, there is nothing to type."""
        for action in existing(self.parentWidget()).findChildren(QAction):
            if not action.shortcut().isEmpty():
                (self.addAction if is_on else self.removeAction)(action)
        if is_on:
            self.progress.setFocus()  # and not the button that cancels, which Space would press

    def _give_up(self) -> None:
        if self._maker is not None:
            self._maker.cancel()
            self._maker = None

    def done(self, result: int) -> None:
        """End the process, however the dialog is closed."""
        self._give_up()
        super().done(result)
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self._give_up()
        super().closeEvent(event)


def _whole(low: int, high: int, value: int, name: str) -> WholeNumberField:
    field = WholeNumberField(low, high, name)
    field.set_value(value)
    return field


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    line = bare(QHBoxLayout(row))
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return row
