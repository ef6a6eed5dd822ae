"""What the user does with compared runs: chooses them, lets them race, takes pictures and a film."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from PyQt5 import sip
from PyQt5.QtWidgets import QWidget

from core.base.errors import LensError
from core.base.translation import _
from core.training.settings_over_time import Change
from core.workbench.many_runs.run_differences import OTHER_DATA
from core.workbench.messages import WorkerReport
from core.workbench.run_id import RunId
from gui.runs.run_colors import PRESENT, free_colors
from gui.runs.runs_commands import RunsCommands
from gui.runs.runs_place import RunsPlace
from gui.session.command_context import CommandContext
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.workbench.many_runs.kept_run import KeptRun
    from core.workbench.many_runs.run_rows import RunRow
    from gui.comparison.compare_window import CompareWindow
    from gui.export.film_job import FilmSubject
    from gui.runs.runs_view import RunsView

TOO_FEW = _(
    "There is no other run on the same data to compare with. Train another one, or tick runs in the list of runs, "
    "also those on other data."
)
TOO_MANY = _("{count} runs are too many to compare. In the list of runs, select two to six, or tick fewer.")


class TakesPictures(Protocol):
    """Writes and copies pictures of widgets, and makes films."""

    def ask_for_picture_of(self, view: QWidget, name: str) -> None:
        """Ask for a file name and draw a widget."""

    def copy_picture_of(self, view: QWidget) -> None:
        """Draw a widget onto the clipboard."""

    def film(self, job: FilmSubject, epoch_length: int, has_views: bool = True) -> object:
        """Ask for a film."""


class CompareCommands:
    """Handlers of the action and of the buttons that compare runs.

    Args:
        context: session and ways to reach the user.
        runs: the kept runs. place: holds their list.
        pictures: takes pictures.
        prepare: prepares a new window for being painted.

    Attributes:
        windows: the open comparisons.
    """

    def __init__(
        self,
        context: CommandContext,
        runs: RunsCommands,
        place: RunsPlace,
        pictures: TakesPictures,
        prepare: Callable[[QWidget], object],
    ) -> None:
        self._context, self._session = context, context.session
        self._runs, self._place, self._pictures, self._prepare = runs, place, pictures, prepare
        self._wanted: list[tuple[RunId, tuple[Change, ...], int]] = []  # lines, and how far each shall be kept
        self.windows: list[CompareWindow] = []
        place.made.connect(self._take_view)
        self._session.progress.connect(self._take_report)

    def _take_view(self, view: RunsView) -> None:
        view.compare_wanted.connect(self.compare)
        view.seeds.watched.connect(self.watch_race)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {"compare-runs": self.compare}

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        for window in self.windows:
            window.set_theme(theme)

    def close(self) -> None:
        """Close all comparisons."""
        for window in tuple(self.windows):
            if not sip.isdeleted(window):
                window.close()

    # ---------------------------------------------------------------- which runs

    def compare(self) -> None:
        """Compare the selected runs; with fewer than two of them, that one, the ticked ones and the present run.

        Ticked ones on other data, of which the plots show nothing, are left out. Where there are too many, it is the
        ticked ones alone; where it is the present run alone, the first others that can be compared with it.
        """
        from core.workbench.comparison.comparison import FEWEST, MOST  # here and below, since few sessions need it

        rows = self._place.selected_rows()
        if len(rows) < FEWEST:
            selected = {row.key for row in rows}
            ticked = [row.key for row in self._runs.rows() if row.pinned and row.apart != OTHER_DATA]
            rows = [row for row in self._runs.rows() if row.is_present or row.key in (*selected, *ticked)]
            if len(rows) > MOST:
                rows = [row for row in rows if row.key in ticked]
            if len(rows) < FEWEST:
                alike = [row for row in self._runs.rows() if not row.apart and not row.is_present]
                rows += [row for row in alike if row not in rows][: MOST - len(rows)]
        if not FEWEST <= len(rows) <= MOST:
            self._context.tell(TOO_FEW if len(rows) < FEWEST else TOO_MANY.format(count=len(rows)), "none")
            return
        self._wanted = [line for row in rows if (line := self._line(row)) is not None]
        for row in rows:
            if row.branch is not None and (row.kept is None or row.kept.tip < self._tip(row.branch)):
                self._session.keep_line(row.branch, is_shown=False)
        self._open_when_kept()

    def _line(self, row: RunRow) -> tuple[RunId, tuple[Change, ...], int] | None:
        """What tells the line of a row, and how far it was trained."""
        if row.branch is None or self._session.run is None:
            return None if row.kept is None else (row.kept.run, row.kept.changes, row.kept.tip)
        timeline = self._session.timeline
        branch = next((b for b in timeline.branches if b.number == row.branch), None) if timeline else None
        return None if branch is None else (self._session.run, branch.changes, branch.tip)

    def _tip(self, number: int) -> int:
        timeline = self._session.timeline
        return next((b.tip for b in timeline.branches if b.number == number), 0) if timeline else 0

    def _take_report(self, report: WorkerReport) -> None:
        if self._wanted and report.events.left_lines:
            self._open_when_kept()

    def _open_when_kept(self) -> None:
        """Open the window as soon as there is a copy of every line."""
        entries = [self._runs.kept.line(run, changes) for run, changes, _tip in self._wanted]
        found = [entry for entry in entries if entry is not None]
        reach = zip(found, self._wanted, strict=False)
        if len(found) < len(self._wanted) or not all(entry.run.tip >= tip for entry, (_run, _changes, tip) in reach):
            return
        self._wanted = []
        present = next((row.entry for row in self._runs.rows() if row.is_present), None)
        colors, taken = list[int](), {entry.color for entry in self._runs.kept.pinned}
        for entry in found:  # each as in the list, which has no colour for a run without a tick
            own = entry.color if entry.pinned else free_colors(taken, 1)[0]
            colors.append(PRESENT if entry is present else own)
            taken.add(colors[-1])
        runs = [entry.run for entry in found]
        reached = [run.tip / run.epoch_length for run in runs if run.tip and not run.note]
        self.open(runs, colors, min(reached, default=0.0))

    def watch_race(self) -> None:
        """Show the runs that race beside the present one, from their start, and let them play together."""
        racers = self._runs.seeds.racers()
        if racers:
            runs, colors = zip(*racers, strict=True)
            self.open(runs, colors, 0.0).set_playing(True)

    def open(self, runs: Sequence[KeptRun], colors: Sequence[int], epoch: float) -> CompareWindow:
        """Open a window with these runs at an epoch."""
        from core.workbench.many_runs.run_differences import run_names
        from core.workbench.many_runs.run_rows import describe_kept
        from gui.comparison.compare_window import CompareWindow

        names = run_names([describe_kept(run) for run in runs], is_short=True)
        names = [run.name or name for run, name in zip(runs, names, strict=True)]
        window = CompareWindow(runs, names, colors, epoch, self._context.theme(), self._context.window)
        self.windows.append(window)
        window.closed.connect(lambda: self.windows.remove(window))
        window.tools.copy_wanted.connect(lambda: self._take_picture(window, self._pictures.copy_picture_of))
        window.tools.save_wanted.connect(
            lambda: self._take_picture(window, lambda nets: self._pictures.ask_for_picture_of(nets, "comparison"))
        )
        window.tools.film_wanted.connect(lambda: self._film(window))
        self._prepare(window)
        window.show()
        return window

    def _film(self, window: CompareWindow) -> None:
        job = window.film_job()
        self._pictures.film(job, job.epoch_length, has_views=False)

    def _take_picture(self, window: CompareWindow, take: Callable[[QWidget], None]) -> None:
        try:
            take(window.nets)
        except LensError as error:
            self._context.tell(str(error), "none")
