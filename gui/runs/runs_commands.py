"""What is done with runs beside the present one: keep, show, open, rename, remove; and what the window shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QMessageBox

from core.base.errors import LensError
from core.base.translation import _
from core.training.settings_over_time import Change
from core.workbench.many_runs.kept_runs import KeptRuns
from core.workbench.many_runs.lowest_test_loss import row_to_go_to
from core.workbench.many_runs.run_differences import OTHER_DATA, OTHER_LOSS, run_names
from core.workbench.many_runs.run_rows import NUMBERS, PresentRun, RunRows
from core.workbench.messages import Loaded, Notice, WorkerReport
from core.workbench.run_id import RunId
from gui.curves.loss_view import LossView
from gui.decision.decision_view import DecisionView
from gui.explanation.verdict_line import VerdictLine
from gui.runs.border_overlay import BorderOf, BorderOverlay
from gui.runs.curve_overlay import CurveOf, CurveOverlay
from gui.runs.run_colors import run_color
from gui.runs.runs_place import RunsPlace
from gui.session.command_context import CommandContext, WriteFile
from gui.session.file_dialog import CSV_KINDS, ask_to_save
from gui.widgets.qt_objects import clipboard, forget_when_deleted
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.base.arrays import Array
    from core.training.experiment import Experiment
    from core.workbench.many_runs.kept_run import KeptRun
    from core.workbench.many_runs.run_rows import RunRow
    from gui.runs.beside_commands import BesideCommands
    from gui.runs.runs_view import RunsView

REFRESH_MILLISECONDS = 200
"""How often the list follows a run that plays."""
ENDINGS = {"diverged": "diverged", "stopped": "stopped", "ended": "stopped"}
"""Kinds of notices that tell how a run ended, and what the list says of it."""


class RunsCommands:
    """Handlers of the actions on runs. The list of kept runs is the only truth of them.

    Args:
        context: session and ways to reach the user.
        place: holds the list.
        plots: where pinned runs are shown.
        verdict: says how the present run stands beside the others.
        write_file: writes a file in the background.
        epochs: how many epochs more seeds are trained at least.
        bring_up: shows the list.

    Attributes:
        kept: the kept runs.
        curves, borders: the pinned runs in the plots.
    """

    def __init__(
        self,
        context: CommandContext,
        place: RunsPlace,
        plots: tuple[LossView, DecisionView],
        verdict: VerdictLine,
        write_file: WriteFile,
        epochs: Callable[[], int],
        bring_up: Callable[[], None],
    ) -> None:
        self._context, self._place, self._verdict = context, place, verdict
        self._session, self._write_file, self._bring_up = context.session, write_file, bring_up
        self.kept = KeptRuns()
        self._rows = RunRows(self.kept)
        self._notes: list[tuple[RunId | None, tuple[Change, ...], str]] = []  # how lines ended
        self._shown: tuple[object, ...] = ()
        self._is_new_run = False  # whose row has not been brought into view
        self.curves = CurveOverlay(plots[0], context.theme())
        self.borders = BorderOverlay(plots[1])
        self._selected_curves = CurveOverlay(plots[0], context.theme(), height=-4.0)
        self._selected_borders = BorderOverlay(plots[1], height=-7.0)
        self._beside = plots, epochs, bring_up, self.kept, self._keep_together
        self._seeds: BesideCommands | None = None
        self._clock = QTimer(place)
        self._clock.setSingleShot(True)
        self._clock.setInterval(REFRESH_MILLISECONDS)
        self._clock.timeout.connect(self.refresh)
        self._session.progress.connect(self._take_report)
        self._session.run_changed.connect(self._take_run)
        self._session.noticed.connect(self._take_notice)
        self.curves.picked.connect(self._open_key)
        verdict.lowest_wanted.connect(lambda row: self.open(row, row.lowest.position))
        place.made.connect(self._take_view)
        place.seen.connect(self.refresh)

    def _take_view(self, view: RunsView) -> None:
        view.seeds.wanted.connect(lambda: self.seeds.begin())
        view.open_wanted.connect(self.open)
        view.pin_wanted.connect(self.pin)
        view.rename_wanted.connect(self.rename)
        view.remove_wanted.connect(self.ask_to_remove)
        view.selected.connect(lambda _: self._show_selected())
        view.copy_wanted.connect(self._copy)
        view.save_wanted.connect(self._save)

    @property
    def view(self) -> RunsView:
        """The list."""
        return self._place.view

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        names = "more-seeds", "race-optimizers", "race-rates"
        beside = {name: lambda name=name: self.seeds.handlers()[name]() for name in names}
        return {"keep-run": self.keep, "runs": self._bring_up, **beside}

    @property
    def seeds(self) -> BesideCommands:
        """What is trained beside the present run."""
        if self._seeds is None:
            from gui.runs.beside_commands import BesideCommands  # here, since it would slow down the start

            self._seeds = BesideCommands(self._context, self.view.seeds, *self._beside)
        return self._seeds

    def keep_several(self, experiments: Sequence[Experiment], epochs: int, initial: Array | None) -> None:
        """Train experiments on the present data for so many epochs, and keep them."""
        self.seeds.keep_several(experiments, epochs, initial)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._place.set_theme(theme)
        for curves in (self.curves, self._selected_curves):
            curves.set_theme(theme)
        if self._seeds is not None:
            self._seeds.set_theme()
        self._show_beside()

    def close(self) -> None:
        """End what is trained beside the window."""
        if self._seeds is not None:
            self._seeds.clear()

    # ---------------------------------------------------------------- what comes from the worker

    def _take_report(self, report: WorkerReport) -> None:
        if report.events.left_lines:
            self.add(report.events.left_lines, pinned=False)
        if report.events.kept:
            self.add(report.events.kept)
        if not self._clock.isActive():
            self._clock.start()

    def _take_run(self, loaded: Loaded) -> None:
        """A project brings its kept runs along; the row of the run shall be seen."""
        self._is_new_run |= not loaded.renamed
        if loaded.opened is not None and loaded.opened.kept:
            self.add(loaded.opened.kept)
        self.refresh()

    def add(self, runs: Sequence[KeptRun], pinned: bool = True) -> None:
        """Keep these. They are pinned and the list is brought up, unless they were only left."""
        try:
            numbers = self.kept.add(runs, pinned)
        except LensError as error:
            self._context.tell(str(error), "none")
            return
        for number, run in zip(numbers, runs, strict=False):
            note = next((text for of, changes, text in self._notes if run.is_line_of(of, changes)), "")
            if note:
                self.kept.note(number, note)
        if pinned:
            self._bring_up()
        self.refresh()

    def _keep_together(self, runs: Sequence[KeptRun]) -> None:
        """Keep runs that were trained together, and select them, so that X compares them."""
        self.add(runs)
        self.view.select_runs({run.run for run in runs})

    def _take_notice(self, notice: Notice) -> None:
        """A run diverged, or stopped by itself: the list says so of the branch."""
        timeline = self._session.timeline
        if notice.kind in ENDINGS and notice.run is not None and timeline is not None:
            self._notes.append((notice.run, timeline.present_branch.changes, ENDINGS[notice.kind]))

    # ---------------------------------------------------------------- what is shown

    def _present(self) -> PresentRun | None:
        session = self._session
        state, snapshot, timeline = session.state, session.snapshot, session.timeline
        if state.run is None or snapshot is None or timeline is None:
            return None
        return PresentRun(
            state.run,
            timeline,
            snapshot.measured,
            tuple(getattr(snapshot, name) for name in NUMBERS),
            state.playing,
            tuple(self._notes),
        )

    def rows(self) -> list[RunRow]:
        """All runs, as they are now."""
        return self._rows.rows(self._present())

    def refresh(self) -> None:
        """Show what is true now."""
        rows = self.rows()
        if self._place.is_seen:
            self.view.show_rows(rows)
            if self._is_new_run:
                self._is_new_run = False
                self.view.show_present()
        self._verdict.show_lowest(row_to_go_to(rows))
        present = next((row.key for row in rows if row.is_present), None)
        shown = (self.kept.version, self._session.state.run, present, len(rows), self._is_canvas)
        if shown != self._shown:
            self._shown = shown
            self._show_beside(rows)

    def _show_beside(self, rows: Sequence[RunRow] | None = None) -> None:
        """Draw the pinned runs beside the present one."""
        theme = self._context.theme()
        rows = self.rows() if rows is None else rows
        shown = [row for row in rows if row.pinned and self._is_drawn(row)]
        named = shown if len(shown) > 1 else [*shown, *(row for row in rows if row.is_present)]
        curves, borders = [], []
        for row, label in zip(shown, run_names([row.described for row in named], is_short=True), strict=False):
            assert row.entry is not None
            color = run_color(row.entry.color, theme)
            name, is_apart = row.entry.run.name or label, row.apart == OTHER_LOSS
            curves.append(CurveOf(row.key, name, row.differs, row.history, color, 1.4, has_other_loss=is_apart))
            borders.append(BorderOf(row.entry.run, color, name=name))
        self.curves.show_runs(curves)
        self.borders.show_runs(borders)
        self._show_selected()

    def _is_drawn(self, row: RunRow) -> bool:
        """Whether a run may be drawn beside the present one: not on other data, such as those of a canvas."""
        return not row.is_present and row.apart != OTHER_DATA and not self._is_canvas

    @property
    def _is_canvas(self) -> bool:
        return self._session.loaded is not None and self._session.loaded.canvas is not None

    def _show_selected(self) -> None:
        """Draw the runs that are selected in the list more boldly, in front of the others."""
        theme, curves, borders = self._context.theme(), [], []
        for row in self._place.selected_rows():
            if row.entry is not None and self._is_drawn(row):
                color = run_color(row.entry.color, theme) if row.pinned else theme.color("text")
                drawn = row.key, row.name, row.differs, row.history, color, 2.4
                curves.append(CurveOf(*drawn, named_set="", has_other_loss=row.apart == OTHER_LOSS))
                borders.append(BorderOf(row.entry.run, color, 2.6))
        self._selected_curves.show_runs(curves)
        self._selected_borders.show_runs(borders)

    # ---------------------------------------------------------------- what is done

    def keep(self) -> None:
        """Keep the present run as it is now, and show it beside those that follow."""
        self._session.keep_line()

    def pin(self, row: RunRow, pinned: bool) -> None:
        """Show a run beside the present one, or do so no more."""
        if row.entry is not None:
            self.kept.pin(row.entry.number, pinned)
            self.refresh()
        elif pinned and row.branch is not None:
            self._session.keep_line(row.branch)

    def open(self, row: RunRow, position: int | None = None) -> None:
        """Make a run the present one, at a position, by default that of the numbers in its row."""
        place = row.opens_at if position is None else position
        if row.branch is not None:
            if position is not None or not row.is_present:
                self._session.seek(place, row.branch)
        elif row.entry is not None:
            identity = self._session.go_on_with(row.entry.run, place)
            self.kept.take_up(row.entry.number, identity)

    def _open_key(self, key: object) -> None:
        row = next((row for row in self.rows() if row.key == key), None)
        if row is not None:
            self.open(row)

    def rename(self, row: RunRow, name: str) -> None:
        """Give a run a name; an empty one stands for what differs."""
        if row.entry is not None:
            self.kept.rename(row.entry.number, name)
        if row.branch is not None:
            self._session.name_branch(row.branch, name)
        self.refresh()

    def ask_to_remove(self, rows: Sequence[RunRow]) -> None:
        """Remove runs; those that were kept on purpose only when the user agrees."""
        pinned = [row for row in rows if row.pinned]
        if not pinned:
            self.remove(rows)
            return
        what = f"“{pinned[0].name}”" if len(pinned) == 1 else _("{count} kept runs").format(count=len(pinned))
        question = QMessageBox(self._context.window)
        question.setIcon(QMessageBox.Icon.Question)
        question.setText(_("Remove {what}?").format(what=what))
        question.setInformativeText(_("What was removed cannot be brought back."))
        yes = question.addButton(_("Remove"), QMessageBox.ButtonRole.AcceptRole)
        question.addButton(QMessageBox.StandardButton.Cancel)
        question.buttonClicked.connect(lambda button: self.remove(rows) if button is yes else None)
        question.finished.connect(question.deleteLater)
        forget_when_deleted(question)
        question.open()

    def remove(self, rows: Sequence[RunRow]) -> None:
        """Forget runs; the present line stays."""
        self.kept.remove(row.entry.number for row in rows if row.entry is not None and not row.is_present)
        for row in rows:
            if row.branch is not None and not row.is_present:
                self._session.remove_branch(row.branch)
        self.refresh()

    def _copy(self, text: str) -> None:
        clipboard().setText(text)
        self._context.show_status(_("On the clipboard: the list of runs"))

    def _save(self, content: bytes) -> None:
        window, folder = self._context.window, self._context.last_folder
        path = ask_to_save(window, folder, _("Save the list of runs"), "runs.csv", CSV_KINDS)
        if path is not None:
            self._write_file(path, lambda _: content)
