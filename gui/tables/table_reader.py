"""Reads a table in a second thread: first its beginning, then all of it, then what the wishes make of it."""

from __future__ import annotations

import contextlib
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal

from core.base import log
from core.base.errors import Cancelled, DataError
from core.base.file_digest import digest_of, file_digest
from core.base.progress import Progress
from core.base.translation import _
from core.base.values import dataclass
from core.data.tables.column_choice import Choice
from core.data.tables.column_selection import SelectedColumns, select
from core.data.tables.reading import Reading
from core.data.tables.table import Preview, Table, too_large
from core.data.tables.table_files import open_table, preview
from core.workbench.table_wishes import Wishes, check_classes, label_of, suggest, with_numbers
from gui.widgets.faults import fault_notice

TELL_SECONDS = 0.03
"""How often it tells how far it is."""


@dataclass(frozen=True)
class Origin:
    """Where a table comes from."""

    path: str  # the file
    text: bytes | None = None  # a text from the clipboard, as UTF-8, that will be written to that file if it is taken

    @property
    def name(self) -> str:
        """What the person knows it by."""
        return Path(self.path).name if self.text is None else _("The clipboard")

    def digest(self) -> str:
        """That of the file, or of the text that will be its contents."""
        return file_digest(self.path) if self.text is None else digest_of(self.text)

    def preview(self, known: Mapping[str, object]) -> Preview:
        """Its beginning; raises DataError."""
        return preview(self.path if self.text is None else self.text, known)

    def read(self, known: Mapping[str, object], label: str | None, progress: Progress) -> Table:
        """All of it, the column of the labels as text; raises DataError, and Cancelled where ``progress`` says so."""
        labels = () if label is None else (label,)
        return open_table(self.path if self.text is None else self.text, known, text_columns=labels, progress=progress)


@dataclass(frozen=True, eq=False)
class ReadRequest:
    """What is to be read: where from, what is known of how, and what is said about the columns."""

    origin: Origin
    known: Mapping[str, object] = field(default_factory=dict)
    wishes: Wishes = field(default_factory=Wishes)

    def reads_like(self, other: ReadRequest | None) -> bool:
        """Whether the same table comes of both."""
        return other is not None and (self.origin, dict(self.known)) == (other.origin, dict(other.known))


@dataclass(frozen=True, eq=False)
class Glimpse:
    """The first rows, as soon as they are there."""

    request: ReadRequest  # what was asked for
    preview: Preview | None  # the rows; None if there are none
    choice: Choice | None  # what the columns are for, by these rows; None where nothing suggests itself
    problem: str = ""  # what is wrong, as a sentence; empty if nothing is as yet


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a request."""

    request: ReadRequest  # what was asked for
    table: Table | None = None  # the whole table; None if it cannot be read
    choice: Choice | None = None  # what its columns are for; None if none suits
    selection: SelectedColumns | None = None  # its data set; None if there is a problem
    problem: str = ""  # what is wrong, as a sentence; empty if nothing is
    detail: str = ""  # the stack trace of a fault of ours

    @property
    def reading(self) -> Reading | None:
        """How it was read; None where there was no text."""
        return self.table.reading if self.table is not None else None


class TableReader(QObject):
    """Answers the newest request; an older one is given up.

    Signals:
        glimpsed(Glimpse): the first rows, whenever they are to be read anew.
        progressed(Request, float): the part of the table that is read, now and then.
        settled(Outcome): the answer, once for each request that no newer one overtook.
    """

    glimpsed = pyqtSignal(object)
    progressed = pyqtSignal(object, float)
    settled = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self._wanted: ReadRequest | None = None
        self._closed = False
        # From here on the second thread's own:
        self._read: ReadRequest | None = None
        self._table: Table | None = None
        self._label: str | None = None
        self._digest = ""  # of the table's file, before it was read
        self._told = 0.0

    def ask(self, request: ReadRequest) -> None:
        """Answer this request next; returns at once."""
        with self._changed:
            self._wanted = request
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="table-reader")
            self._thread.start()

    def close(self) -> None:
        """Give up; returns when the thread has ended, which takes it some milliseconds."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    # ---------------------------------------------------------------- the second thread

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._wanted is not None)
                request, self._wanted = self._wanted, None
                if self._closed or request is None:
                    return
            try:
                outcome = self._answer(request)
            except BaseException as error:  # noqa: BLE001 (as without memory to tell of another; the person waits)
                outcome = Outcome(request, problem=fault_notice(_("The table cannot be read"), error).text)
            if outcome is not None and not self._is_overtaken(None):
                self.settled.emit(outcome)

    def _answer(self, request: ReadRequest) -> Outcome | None:
        """None if it was given up."""
        table, choice = None, None
        try:
            label = self._begin(request)
            table, choice = self._judge(request, label)
            chosen = select(self._read_with(request, label_of(table, choice)), choice)
            check_classes(chosen.dataset)
            dataset = replace(chosen.dataset, name=Path(request.origin.path).name, digest=self._digest)
            return Outcome(request, table, choice, replace(chosen, dataset=dataset))
        except Cancelled:
            return None
        except DataError as error:
            return Outcome(request, table, choice, problem=str(error))
        except MemoryError:
            return Outcome(request, problem=str(too_large(request.origin.name)))
        except Exception as error:  # noqa: BLE001 (whatever it is, the person must hear of it)
            log.fault(error)
            problem = _("An error inside the program kept the table from being read: {name}: {error}").format(
                name=type(error).__name__, error=error
            )
            return Outcome(request, table, choice, problem=problem, detail=traceback.format_exc())

    def _begin(self, request: ReadRequest) -> str | None:
        """Show the first rows, unless they are the same as before; the label by them, see :func:`label_of`."""
        if self._table is not None and request.reads_like(self._read):
            return self._label
        self._read = self._table = None
        try:
            first = request.origin.preview(request.known)
        except DataError as error:
            self.glimpsed.emit(Glimpse(request, None, None, str(error)))
            raise
        choice = self._show(request, first)
        if first.problem:
            raise DataError(first.problem)
        label = label_of(first.table, choice) if choice is not None else None
        table = self._read_with(request, label)
        if table.is_text and table.reading != first.table.reading:  # the encoding, of a large file
            self._show(request, request.origin.preview(vars(table.reading)))
        return label

    def _judge(self, request: ReadRequest, label: str | None) -> tuple[Table, Choice]:
        """The whole table with numbers wherever they are, and what its columns are for."""
        table = with_numbers(self._read_with(request, label), label)
        if table is None:
            table = self._read_with(request, None)
        return table, suggest(table, request.wishes)

    def _read_with(self, request: ReadRequest, label: str | None) -> Table:
        """The whole table, with the labels as they are written."""
        if self._table is None or self._label != label or not request.reads_like(self._read):
            self._table = None  # so that there are never two of them
            self._digest = request.origin.digest()
            self._table = request.origin.read(request.known, label, lambda part: self._note(request, part))
            self._read, self._label = request, label
        if self._is_overtaken(None):
            raise Cancelled
        return self._table

    def _show(self, request: ReadRequest, first: Preview) -> Choice | None:
        choice = None
        if not first.problem:
            with contextlib.suppress(DataError):  # all rows may hold more than the first ones
                choice = suggest(first.table, request.wishes)
        self.glimpsed.emit(Glimpse(request, first, choice, first.problem))
        return choice

    def _note(self, request: ReadRequest, part: float) -> bool:
        now = time.monotonic()
        if now - self._told > TELL_SECONDS:
            self._told = now
            self.progressed.emit(request, part)
        return not self._is_overtaken(request)

    def _is_overtaken(self, reading: ReadRequest | None) -> bool:
        """Whether nobody waits for an answer any more; while a table is read, whether nobody waits for it."""
        with self._changed:
            if self._closed:
                return True
            newer = self._wanted
        return newer is not None and not newer.reads_like(reading)
