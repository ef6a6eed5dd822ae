"""What is trained beside the present run: more seeds, with median and quartiles, or a race of other settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PyQt5.QtCore import QTimer

from core.base.arrays import Array
from core.base.errors import LensError
from core.base.number_text import grouped, short
from core.base.translation import _
from core.data.dataset import Dataset
from core.training.experiment import Experiment
from core.workbench.comparison.comparison import FEWEST, MOST
from core.workbench.many_runs.beside_training import (
    DIVERGED,
    DONE,
    BesideTraining,
    MemberDecision,
    with_all_optimizers,
    with_rates_around,
    with_seeds_beside,
)
from core.workbench.many_runs.run_differences import Described, run_names, settings_apart
from core.workbench.many_runs.seed_summary import count_below, final_loss, quartiles
from core.workbench.messages import Loaded, Notice
from core.workbench.run_timeline import RunTimeline
from gui.curves.loss_view import LossView
from gui.decision.decision_view import DecisionView
from gui.runs.border_overlay import BorderOf, BorderOverlay
from gui.runs.curve_overlay import BandOf, CurveOf, CurveOverlay
from gui.runs.run_colors import free_colors, run_color
from gui.runs.seeds_bar import SeedsBar
from gui.session.command_context import CommandContext

if TYPE_CHECKING:
    from core.workbench.many_runs.beside_training import BesideMember
    from core.workbench.many_runs.kept_run import KeptRun
    from core.workbench.many_runs.kept_runs import KeptRuns

SHOW_MILLISECONDS = 400
MEMBER_ALPHA = 90
SHARE = 0.5
"""Of the loss at the start: below it a seed has learned, unless the user says otherwise or the run has a stop loss."""


class BesideCommands:
    """Handlers of the actions that train beside the present run. Runs that raced are kept when all have ended.

    Args:
        context: session and ways to reach the user.
        bar: shows how far they are.
        plots: where their curves and borders are shown.
        epochs: how many epochs are trained at least.
        bring_up: shows the list of runs.
        kept: the kept runs, whose colours are taken. keep: keeps runs, and pins them.
    """

    def __init__(
        self,
        context: CommandContext,
        bar: SeedsBar,
        plots: tuple[LossView, DecisionView],
        epochs: Callable[[], int],
        bring_up: Callable[[], None],
        kept: KeptRuns,
        keep: Callable[[Sequence[KeptRun]], None],
    ) -> None:
        self._context, self._session, self._bar = context, context.session, bar
        self._epochs, self._bring_up, self._loss = epochs, bring_up, plots[0]
        self._kept, self._keep = kept, keep
        self.training: BesideTraining | None = None
        self._is_race = self._waits = False
        self._limit: float | None = None
        self._ended: list[MemberDecision] = []
        self.curves = CurveOverlay(plots[0], context.theme(), height=-8.0)
        self.borders = BorderOverlay(plots[1], height=-8.5)
        self._clock = QTimer(bar)
        self._clock.setInterval(SHOW_MILLISECONDS)
        self._clock.timeout.connect(self.refresh)
        self._session.run_changed.connect(self._take_run)
        self._loss.scale_changed.connect(self._draw)
        self.curves.picked.connect(self.open)
        bar.paused.connect(self.pause)
        bar.cleared.connect(self.clear)
        bar.limit_changed.connect(self._set_limit)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {
            "more-seeds": self.begin,
            "race-optimizers": lambda: self._start(with_all_optimizers, is_race=True),
            "race-rates": lambda: self._start(with_rates_around, is_race=True),
        }

    def set_theme(self) -> None:
        """Draw in other colours."""
        self.curves.set_theme(self._context.theme())
        self._draw()

    # ---------------------------------------------------------------- what is done

    def begin(self) -> None:
        """Train the present settings with other seeds, as far as the present run went."""
        if self._bar.count.commit():
            count = self._bar.count.value()
            self._start(lambda experiment: with_seeds_beside(experiment, count))

    def keep_several(self, experiments: Sequence[Experiment], epochs: int, initial: Array | None) -> None:
        """Train experiments on the present data for so many epochs, and keep them."""
        loaded = self._session.loaded
        if loaded is not None and loaded.canvas is None:
            self.clear()
            self._train(experiments, epochs, loaded.preparation.dataset, initial, is_race=True)

    def _goal(self, timeline: RunTimeline) -> int:
        """The epochs to train: as far as the present run went, and at least as many as the toolbar says."""
        return max(math.ceil(timeline.present_branch.tip / timeline.epoch_length), self._epochs())

    def _start(self, vary: Callable[[Experiment], list[Experiment]], is_race: bool = False) -> None:
        """Train what ``vary`` makes of the present settings."""
        session = self._session
        loaded, experiment, timeline = session.loaded, session.experiment, session.timeline
        if loaded is None or experiment is None or timeline is None or loaded.canvas is not None:
            self._context.tell(_("There is no run yet that could be trained in other ways."), "none")
            return
        try:
            experiments = vary(experiment)
        except LensError as error:
            self._context.tell(str(error), "none")
            return
        self.clear()
        epochs = self._goal(timeline)
        # Other seeds draw other weights, and given weights fit one shape of network.
        fits = is_race and all((e.hidden, e.features) == (experiment.hidden, experiment.features) for e in experiments)
        home = loaded.home if fits else None
        self._train(experiments, epochs, loaded.preparation.dataset, home, is_race)

    def _train(
        self, experiments: Sequence[Experiment], epochs: int, dataset: Dataset, initial: Array | None, is_race: bool
    ) -> None:
        frame = self._session.frame_in_progress
        self.training, self._is_race = BesideTraining(experiments, dataset, epochs, frame, initial), is_race
        self._limit = experiments[0].stop_loss
        self.training.start()
        self._clock.start()
        self._bring_up()
        self.refresh()

    def pause(self, paused: bool) -> None:
        """Pause, or go on."""
        if self.training is not None:
            self.training.pause(paused)
            self.refresh()

    def clear(self) -> None:
        """End the training, and show the seeds no more."""
        if self.training is not None:
            self.training.cancel()
            self.training, self._ended, self._waits = None, [], False
            self._clock.stop()
            self._bar.show_nothing()
            self.curves.show_runs(())
            self.borders.show_runs(())

    def open(self, key: object) -> None:
        """Make a member the present run."""
        training, loaded = self.training, self._session.loaded
        if training is None or loaded is None or loaded.work is None:
            return
        member = next((member for member in training.members() if member.number == key), None)
        if member is not None:
            self._session.go_on_with(member.kept(training.dataset, loaded.work))

    def racers(self) -> list[tuple[KeptRun, int]]:
        """The runs that race and have begun, to train from their start, with their colours; empty without a race."""
        training, loaded = self.training, self._session.loaded
        if training is None or loaded is None or loaded.work is None or not self._is_race:
            return []
        colors = self._racing_colors(training)
        return [(one.kept(training.dataset, loaded.work), colors[one.number]) for one in training.members()]

    def _racing_colors(self, training: BesideTraining) -> list[int]:
        """The colour of each run that races, which it has also when it is kept."""
        return free_colors({entry.color for entry in self._kept.pinned}, training.total)

    def _set_limit(self, limit: float) -> None:
        self._limit = limit
        self.refresh()

    def _take_run(self, loaded: Loaded) -> None:
        """Seeds can be compared with other settings, but not on other data: there they wait and are not shown."""
        training, waits = self.training, self._are_elsewhere
        if training is not None and waits != self._waits:
            self._waits = waits
            training.wait(waits)
            if waits:
                self.curves.show_runs(())
                self.borders.show_runs(())
        self.refresh()

    @property
    def _are_elsewhere(self) -> bool:
        """Whether the present run is on other data."""
        training, loaded = self.training, self._session.loaded
        return training is not None and loaded is not None and loaded.preparation.dataset is not training.dataset

    # ---------------------------------------------------------------- what is shown

    def refresh(self) -> None:
        """Show how far the seeds are."""
        training = self.training
        if training is None:
            return
        if self._are_elsewhere:
            self._bar.show_nothing()
            return
        is_running, members = training.is_running, training.members()
        if not is_running:
            self._clock.stop()
            if training.error:
                self._context.show_notice(Notice(training.error, "none"))
                training.error = ""
            if self._is_race and self._session.loaded is not None and self._session.loaded.work is not None:
                work = self._session.loaded.work
                self.clear()
                self._keep([member.kept(training.dataset, work) for member in members])
                if FEWEST <= len(members) <= MOST:
                    told = _("The race has ended. X compares the {count} runs.")
                    self._context.show_status(told.format(count=len(members)))
                return
        if self._limit is None and members:
            self._limit = SHARE * float(members[0].history.table[0, 1])
        if self._limit is not None and not self._bar.limit.hasFocus():
            self._bar.limit.set_value(self._limit)
        self._bar.show_seeds(*self._words(training, members), is_running, training.is_paused)
        self._bar.offer_watching(self._is_race and training.total <= MOST)
        self._draw()

    def _words(self, training: BesideTraining, members: tuple[BesideMember, ...]) -> tuple[str, str]:
        """How many learned, and how far the training is."""
        if training.is_running and not members:
            return "", _("Preparing the compiled engine; the first time this takes up to a minute")
        learned = 0 if self._limit is None else count_below(members, self._limit)
        share = f" ({100 * learned / len(members):.0f} %)" if members else ""
        ended = sum(member.state == DONE for member in members)
        diverged = sum(member.state == DIVERGED for member in members)
        if training.is_running:
            reached = min((m.tip / m.history.epoch_length for m in members if m.state != DIVERGED), default=0.0)
            progress = _("epoch {reached} of {epochs}").format(
                reached=grouped(reached), epochs=grouped(training.epochs)
            )
            if ended:
                progress = _("{ended} of {total} ended, {progress}").format(
                    ended=ended, total=training.total, progress=progress
                )
        else:
            progress = _("trained to epoch {epochs}").format(epochs=grouped(training.epochs))
        parts = [
            *([] if self._is_race else [_middle_test_loss(members)]),
            progress,
            *([_("{diverged} diverged").format(diverged=diverged)] if diverged else []),
            self._settings_in_words(training),
        ]
        words = _("{learned} of {count} learned{share}").format(learned=learned, count=len(members), share=share)
        return words, "; ".join(filter(None, parts))

    def _settings_in_words(self, training: BesideTraining) -> str:
        """What the seeds are trained with, if the present run has other settings than that."""
        present = self._session.experiment
        if present is None:
            return ""
        if self._is_race:
            return ""
        told = settings_apart(*(_without_seed(one) for one in (training.experiments[0], present)))
        return _("with {settings}").format(settings=told) if told else ""

    def _draw(self) -> None:
        training = self.training
        if training is None or self._are_elsewhere:
            return
        members = training.members()
        if self._is_race:
            self.curves.show_runs(self._curves_of_race(training, members))
            return
        self.curves.show_runs(self._curves_of_seeds(members), self._bands(members))
        if training.is_running:
            self.borders.show_runs(())
        else:
            if not self._ended:
                self._ended = [MemberDecision(m, training.dataset) for m in members if m.parameters is not None]
            color = self._context.theme().color("text", MEMBER_ALPHA)
            self.borders.show_runs([BorderOf(one, color, 1.0) for one in self._ended])

    def _curves_of_race(self, training: BesideTraining, members: Sequence[BesideMember]) -> list[CurveOf]:
        theme, colors = self._context.theme(), self._racing_colors(training)
        names = run_names([Described(one, training.dataset.name, "") for one in training.experiments], is_short=True)
        return [
            CurveOf(m.number, names[m.number], _ending(m), m.history, run_color(colors[m.number], theme))
            for m in members
        ]

    def _curves_of_seeds(self, members: Sequence[BesideMember]) -> list[CurveOf]:
        train, test = (self._context.theme().color(name, MEMBER_ALPHA) for name in ("train", "test"))
        return [
            CurveOf(
                m.number, _("seed {seed}").format(seed=m.seed), _ending(m), m.history, train, 1.0, test, named_set=""
            )
            for m in members
        ]

    def _bands(self, members: Sequence[BesideMember]) -> list[BandOf]:
        bands = []
        for name in ("train", "test"):
            found = quartiles(members, self._loss.scale.column(name))
            if found is not None:
                label = _("median of {count}").format(count=len(members)) if name == "train" else ""
                color = self._context.theme().color(name)
                bands.append(BandOf(label, found.epochs, found.low, found.middle, found.high, color, name == "test"))
        return bands


def _middle_test_loss(members: Sequence[BesideMember]) -> str:
    """The median test loss and its quartiles at the last record that all have reached; empty without a test set."""
    found = quartiles(members, "test_loss")
    if found is None or not len(found.epochs):
        return ""
    low, middle, high = (short(float(values[-1]), 3) for values in (found.low, found.middle, found.high))
    return _("median test loss {middle} (quartiles {low} and {high})").format(middle=middle, low=low, high=high)


def _ending(member: BesideMember) -> str:
    if member.state == DIVERGED:
        return _("diverged")
    return _("ended with the loss {loss:.4g}").format(loss=final_loss(member)) if member.state == DONE else ""


def _without_seed(experiment: Experiment) -> Experiment:
    return experiment.replace(seed=0)
