"""What the menu Export does: the present network, its tables, pictures and films as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtWidgets import QApplication, QWidget

from core.base.errors import LensError
from core.explain.report import Report, as_csv, as_text, report_of
from core.options.arguments import shell_line
from core.options.changes import train_words
from core.storage.exports.formats import FORMATS, Subject, subject
from core.workbench.messages import Notice
from gui.export.file_writer import FileWriter, Make, WritingBar
from gui.export.pictures import PICTURES
from gui.widgets.file_dialog import ask_to_save

if TYPE_CHECKING:
    from gui.export.film_dialog import FilmDialog
    from gui.window.main_window import MainWindow

WEIGHTS = ("npz", "json", "csv")
NAMES = {"numpy": "net", "pytorch": "net_torch", "onnx": "net", "predictions": "predictions", "history": "history"}
PICTURE_KINDS = {".png": "PNG picture", ".svg": "SVG drawing"}


class ExportCommands:
    """Handlers of the actions of that menu."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._session = window.session
        self._films: list[FilmDialog] = []
        self._writer = FileWriter(window)
        self.bar: WritingBar | None = None  # made for the first file

    def handlers(self) -> dict[str, Callable[[], object]]:
        """One for each name in the table of actions."""
        window = self._window
        views: dict[str, Callable[[], QWidget]] = {
            "window": lambda: window,
            "diagram": lambda: window.network_panel,
            "decision": lambda: window.scatter,
            "loss": lambda: window.loss,
        }
        return {
            "export-npz": self.ask_for_weights,
            **{f"export-{name}": lambda name=name: self.ask_for(name) for name in NAMES},  # type: ignore[misc]
            "export-report": self.ask_for_report,
            **{
                f"picture-{name}": lambda name=name, view=view: self.ask_for_picture(name, view())  # type: ignore[misc]
                for name, view in views.items()
            },
            "record-film": self.record_film,
            "copy-command": self.copy_command,
        }

    # ---------------------------------------------------------------- network and tables

    def ask_for_weights(self) -> None:
        """Ask for a name, and write the weights on the screen in the form that its suffix tells."""
        kinds = {FORMATS[name].suffix: name for name in WEIGHTS}
        path = self._ask("Save weights", "weights.npz", {suffix: FORMATS[name].label for suffix, name in kinds.items()})
        if path is not None:
            self.write(path, kinds[path.suffix.lower()])

    def ask_for(self, name: str) -> None:
        """Ask for a name, and write the network on the screen, or a table of it."""
        kind = FORMATS[name]
        try:
            kind.check()
        except LensError as error:
            self._tell(str(error))
            return
        path = self._ask(f"Export: {kind.label}", NAMES[name] + kind.suffix, {kind.suffix: kind.label})
        if path is not None:
            self.write(path, name)

    def write(self, path: Path, name: str) -> None:
        """Write one of the formats."""
        try:
            what = self._subject()
        except LensError as error:
            self._tell(str(error))
        else:
            self.write_file(path, lambda progress: FORMATS[name].make(what, progress))

    def _subject(self) -> Subject:
        snapshot, loaded = self._session.snapshot, self._session.loaded
        if snapshot is None or loaded is None or snapshot.sizes != loaded.preparation.sizes:
            raise LensError("There is no network yet; wait until its data are loaded.")
        return subject(loaded.preparation, snapshot.parameters, snapshot.history)

    # ---------------------------------------------------------------- report

    def report(self) -> Report | None:
        """How well the network on the screen does."""
        snapshot, loaded = self._session.snapshot, self._session.loaded
        if snapshot is None or loaded is None:
            return None
        return report_of(loaded.preparation, snapshot.predicted, snapshot.measured)

    def copy_report(self) -> None:
        """Put the report on the clipboard as text."""
        report = self.report()
        if report is not None:
            QApplication.clipboard().setText(as_text(report))
            self._window.statusBar().showMessage("The report is on the clipboard", 6000)

    def ask_for_report(self) -> None:
        """Ask for a name, and write the report as CSV."""
        report = self.report()
        if report is None:
            return
        path = self._ask("Save report", "report.csv", {".csv": "Report as CSV"})
        if path is not None:
            self.write_file(path, lambda _: as_csv(report).encode("utf-8", "backslashreplace"))

    # ---------------------------------------------------------------- pictures and films

    def ask_for_picture(self, name: str, view: QWidget) -> None:
        """Ask for a name, and draw a view, or the window."""
        path = self._ask("Save picture", "backprop-lens.png" if name == "window" else f"{name}.png", PICTURE_KINDS)
        if path is not None:
            self.write_picture(path, view)

    def write_picture(self, path: Path, view: QWidget) -> None:
        """Draw a view in the form that the file's suffix tells."""
        make = PICTURES[path.suffix.lower()](view)  # here, since only this thread may draw widgets
        self.write_file(path, lambda _: make())

    def record_film(self) -> FilmDialog | None:
        """Ask what a film is to show, and make it beside the window."""
        from gui.export.film_dialog import FilmDialog  # here, since few make films and each start would load it
        from gui.export.film_job import FilmJob

        snapshot, loaded = self._session.snapshot, self._session.loaded
        if snapshot is None or loaded is None:
            return None
        job = FilmJob(
            snapshot.changes[0].experiment,
            loaded.preparation.dataset,
            loaded.initial_parameters,
            snapshot.changes[1:],
            snapshot.position,
        )
        window = self._window
        dialog = FilmDialog(job, snapshot.epoch_length, window.theme.name, window, window.scatter.section)
        dialog.written.connect(lambda path: self._window.statusBar().showMessage(f"Written: {path}", 6000))
        dialog.finished.connect(lambda _: self._films.remove(dialog))
        self._films.append(dialog)
        dialog.show()  # not modal: one can go on working while it is made
        return dialog

    def close(self) -> None:
        """The window is closed: films that are being made are given up, files that are being written are ended."""
        for dialog in tuple(self._films):
            dialog.reject()
        if self.is_writing:
            self._window.hide()  # a window that waits would look as if it hung
        self._writer.close()

    # ---------------------------------------------------------------- command

    def copy_command(self) -> None:
        """Put the command line that gives these very weights on the clipboard, or tell why there is none."""
        snapshot, loaded = self._session.snapshot, self._session.loaded
        if snapshot is None or loaded is None:
            return
        own_weights = loaded.initial_parameters is not None
        try:
            words = train_words(snapshot.changes, snapshot.position, snapshot.history, own_weights)
        except LensError as error:
            self._tell(str(error), "none")
            return
        QApplication.clipboard().setText(shell_line(["python", "main.py", "train", *words]))
        self._window.statusBar().showMessage("The command is on the clipboard", 6000)

    # ---------------------------------------------------------------- the user

    def _ask(self, title: str, name: str, kinds: Mapping[str, str]) -> Path | None:
        return ask_to_save(self._window, title, name, kinds)

    @property
    def is_writing(self) -> bool:
        """Whether a file is still to be written."""
        return bool(self._writer.jobs)

    def write_file(self, path: Path, make: Make) -> None:
        """Write a file, whole or not at all, beside the window's thread, and tell how it went."""

        def told(notice: Notice | None) -> None:
            if notice is None or notice.kind == "note":
                self._window.statusBar().showMessage(f"Written: {path}" if notice is None else notice.text, 6000)
            else:
                self._window.notices.show_notice(notice)

        if self.bar is None:
            self.bar = WritingBar(self._writer)
            self._window.statusBar().insertPermanentWidget(0, self.bar)
        self._writer.write(path, make, told)

    def _tell(self, text: str, kind: str = "input") -> None:
        self._window.notices.show_notice(Notice(text, kind))
