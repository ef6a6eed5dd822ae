"""The actions of the menu Export: the present network, its tables, pictures and films as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5 import sip
from PyQt5.QtWidgets import QWidget

from core.base.errors import LensError
from core.base.number_text import epoch_place
from core.base.program import COMMAND
from core.base.translation import _
from core.data.data_source import changed_file
from core.data.section import Section
from core.storage.exports.formats import FORMATS, subject
from core.workbench.messages import Notice
from gui.explanation.inspector.matrix_tables import MatrixTable
from gui.export.file_writer import FileWriter, Make, WritingBar
from gui.export.pictures import PICTURES, picture
from gui.session.command_context import CommandContext
from gui.session.file_dialog import ask_to_save
from gui.widgets.qt_objects import clipboard, existing

if TYPE_CHECKING:
    from core.explain.report import Report
    from core.storage.exports.formats import Subject
    from gui.export.film_dialog import FilmDialog
    from gui.export.film_job import FilmSubject, MakeFilm

TABLE_KINDS = {".csv": _("Tables")}
SCALES = (1, 2, 4)
PICTURE_KINDS = {".png": _("PNG picture"), ".svg": _("SVG drawing")}


class ExportCommands:
    """Handlers of the actions of that menu.

    Args:
        views: returns the widgets to draw as pictures, by the names of their actions ("picture-" before them).
        section: returns the section that the plot shows, for films.
        make_film: makes films, in a process of its own; None where nobody can ask for one.
    """

    def __init__(
        self,
        context: CommandContext,
        views: Mapping[str, Callable[[], QWidget]],
        section: Callable[[], Section | None],
        make_film: MakeFilm | None,
    ) -> None:
        self._context, self._session = context, context.session
        self._views, self._section, self._make_film = views, section, make_film
        self._films: list[FilmDialog] = []
        self._scale = 1
        self._writer = FileWriter(context.window)
        self.bar = WritingBar(self._writer)
        context.status_bar.insertPermanentWidget(0, self.bar)  # now, so that the status bar never grows

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {
            "export-npz": self.ask_for_weights,
            **{f"export-{name}": partial(self.ask_for, name) for name in FORMATS if FORMATS[name].menu},
            "export-report": self.ask_for_report,
            **{f"picture-{name}": partial(self.ask_for_picture, name) for name in self._views},
            **{f"pictures-{scale}": partial(self.set_scale, scale) for scale in SCALES},
            "copy-diagram": lambda: self.copy_picture("diagram"),
            "copy-decision": lambda: self.copy_picture("decision"),
            "record-film": self.record_film,
            "copy-command": self.copy_command,
        }

    # ---------------------------------------------------------------- network and tables

    def ask_for_weights(self) -> None:
        """Ask for a file name and write the weights on the screen in the format of its suffix."""
        kinds = {kind.suffix: kind for kind in FORMATS.values() if not kind.menu}
        path = self._ask(_("Save weights"), "weights.npz", {suffix: kind.label for suffix, kind in kinds.items()})
        if path is not None:
            self.write(path, kinds[path.suffix.lower()].name)

    def ask_for(self, name: str) -> None:
        """Ask for a file name and write the network on the screen in one of the formats."""
        kind = FORMATS[name]
        try:
            kind.check()
        except LensError as error:
            self._context.tell(str(error), "none")
            return
        path = self._ask(
            _("Export: {label}").format(label=kind.label), kind.file_name + kind.suffix, {kind.suffix: kind.label}
        )
        if path is not None:
            self.write(path, name)

    def write(self, path: Path, name: str) -> None:
        """Write the network on the screen in one of the formats."""
        try:
            what = self._subject()
        except LensError as error:
            self._context.tell(str(error), "none")
        else:
            snapshot = existing(self._session.snapshot)
            place = epoch_place(snapshot.position, snapshot.epoch_length)
            text = _("Written, as the run is at {place}: {path}").format(place=place, path=path)
            self.write_file(path, lambda progress: FORMATS[name].make(what, progress), text)

    def _subject(self) -> Subject:
        snapshot, loaded = self._session.snapshot, self._session.loaded
        if snapshot is None or loaded is None or snapshot.sizes != loaded.preparation.sizes:
            raise LensError(_("There is no network yet; wait until its data are loaded."))
        return subject(loaded.preparation, snapshot.parameters, snapshot.history, loaded.experiment.data.choice)

    # ---------------------------------------------------------------- report and matrices

    def report(self) -> Report | None:
        """Return the report on the network on the screen; None before there is a network."""
        snapshot, loaded = self._session.snapshot, self._session.loaded
        if snapshot is None or loaded is None:
            return None
        from core.explain.report import report_of  # here and below, since few need it

        return report_of(loaded.preparation, snapshot.predicted, snapshot.measured)

    def copy_report(self) -> None:
        """Copy the report as text."""
        from core.explain.report import as_text

        report = self.report()
        if report is not None:
            clipboard().setText(as_text(report))
            self._context.show_status(_("The report is on the clipboard"))

    def ask_for_report(self) -> None:
        """Ask for a file name and write the report as CSV."""
        from core.explain.report import as_csv

        report = self.report()
        if report is None:
            return
        path = self._ask(_("Save report"), "report.csv", {".csv": _("Report as CSV")})
        if path is not None:
            self.write_file(path, lambda _: as_csv(report).encode("utf-8", "backslashreplace"))

    def copy_table(self, table: MatrixTable) -> None:
        """Copy a matrix of the inspector as text."""
        from core.base.row_text import tab_text

        clipboard().setText(tab_text(table.lines()))
        self._context.show_status(_("On the clipboard: {title}").format(title=table.title))

    def save_table(self, table: MatrixTable) -> None:
        """Ask for a file name and write a matrix of the inspector as CSV."""
        from core.base.row_text import csv_bytes

        name = f"{table.title.lower().replace(',', '').replace(' ', '-')}.csv"
        path = self._ask(_("Save table"), name, TABLE_KINDS)
        if path is not None:
            self.write_file(path, lambda _: csv_bytes(table.lines()))

    # ---------------------------------------------------------------- pictures and films

    def ask_for_picture(self, name: str) -> None:
        """Ask for a file name and draw one of the views."""
        self.ask_for_picture_of(self._views[name](), "backprop-lens" if name == "window" else name)

    def ask_for_picture_of(self, view: QWidget, name: str) -> None:
        """Ask for a file name, offering this one, and draw a widget."""
        path = self._ask(_("Save picture"), f"{name}.png", PICTURE_KINDS)
        if path is not None:
            self.write_picture(path, view)

    def write_picture(self, path: Path, view: QWidget) -> None:
        """Draw a widget in the format of the file's suffix."""
        make = PICTURES[path.suffix.lower()](view, self._scale)  # here, since only this thread may draw widgets
        self.write_file(path, lambda _: make())

    def set_scale(self, scale: int) -> None:
        """Draw pictures so many times as large as on the screen."""
        self._scale = scale

    def copy_picture(self, name: str) -> None:
        """Copy a picture of one of the views."""
        self.copy_picture_of(self._views[name]())

    def copy_picture_of(self, view: QWidget) -> None:
        """Copy a picture of a widget."""
        image = picture(view, self._scale)
        clipboard().setImage(image)
        self._context.show_status(
            _("On the clipboard: a picture of {width} × {height} pixels").format(
                width=image.width(), height=image.height()
            )
        )

    def record_film(self) -> FilmDialog | None:
        """Open the dialog that makes a film of the run."""
        from gui.export.film_job import FilmJob  # here, since it would slow down the start

        snapshot, loaded, timeline = self._session.snapshot, self._session.loaded, self._session.timeline
        if snapshot is None or loaded is None or timeline is None:
            return None
        branch = timeline.present_branch
        job = FilmJob(
            branch.run.experiment,
            loaded.preparation.dataset,
            loaded.initial_parameters,
            branch.changes,
            snapshot.position,
            branch.tip,
        )
        return self.film(job, snapshot.epoch_length)

    def film(self, job: FilmSubject, epoch_length: int, has_views: bool = True) -> FilmDialog | None:
        """Open the dialog that makes a film of something; for the arguments see there."""
        from gui.export.film_dialog import FilmDialog  # here, since it would slow down the start

        if self._make_film is None:
            return None
        look = self._context.theme().name, self._context.window, self._context.last_folder
        dialog = FilmDialog(job, self._make_film, epoch_length, *look, self._section(), has_views)
        dialog.written.connect(self._tell_written)
        dialog.finished.connect(lambda _: self._films.remove(dialog))
        self._films.append(dialog)
        dialog.show()  # not modal, so that the user can go on working
        return dialog

    def _tell_written(self, path: str) -> None:
        """A film ends long after it was begun, so a notice tells of it and offers its folder."""
        text = _("The film is written: {path}").format(path=path)
        self._context.show_notice(Notice(text, "done", path=path))

    def cancel(self) -> None:
        """Give up the files that are being made."""
        self._writer.cancel()

    def close(self) -> None:
        """Give up the films in the making, and wait until every file is written."""
        for dialog in tuple(self._films):
            if not sip.isdeleted(dialog):  # as where a fault kept its end from being heard
                dialog.reject()
        if self.is_writing:
            self._context.window.hide()  # a window that waits would look as if it hung
        self._writer.close()

    # ---------------------------------------------------------------- command

    def copy_command(self) -> None:
        """Copy the command line that trains to the weights on the screen, or tell why there is none."""
        snapshot, loaded = self._session.snapshot, self._session.loaded
        if snapshot is None or loaded is None:
            return
        from core.options.arguments import shell_line  # here, since it would slow down the start
        from core.options.changes import train_words

        own_weights = loaded.initial_parameters is not None
        try:
            words = train_words(snapshot.changes, snapshot.position, snapshot.epoch_length, own_weights)
        except LensError as error:
            self._context.tell(str(error), "none")
            return
        clipboard().setText(shell_line([*COMMAND, "train", *words]))
        self._context.show_status(_("The command is on the clipboard"))
        note = changed_file(loaded.experiment.data, loaded.preparation.dataset)
        if note:
            self._context.tell(_("The command reads the file as it is now: {note}").format(note=note), "note")

    # ---------------------------------------------------------------- files

    def _ask(self, title: str, name: str, kinds: Mapping[str, str]) -> Path | None:
        return ask_to_save(self._context.window, self._context.last_folder, title, name, kinds)

    @property
    def is_writing(self) -> bool:
        """Whether a file is not written yet."""
        return bool(self._writer.jobs)

    def write_file(self, path: Path, make: Make, text: str = "") -> None:
        """Write a file in the background, whole or not at all, and tell the user how it went; ``text`` if well."""

        def told(notice: Notice | None) -> None:
            if notice is None or notice.kind == "note":
                well = text or _("Written: {path}").format(path=path)
                self._context.show_status(well if notice is None else notice.text)
            else:
                self._context.show_notice(notice)

        self._writer.write(path, make, told)
