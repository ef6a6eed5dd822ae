"""The walk through an update: the one place that knows which phase and which sample are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from core.explain.phases import BACKWARD, FORWARD, PICK, UPDATE, Phase
from core.explain.picked_part import Part
from core.explain.snapshot import Snapshot
from core.workbench.messages import BeginWalk, Notice, Walked
from core.workbench.speed_scale import Pace
from gui.session.session import Session

if TYPE_CHECKING:
    from core.explain.walk import Walk

FIRST, LAST = 0, -1
LEADS_NOWHERE = ("input", "none", "fault", "diverged")
"""Kinds of notices after which a requested walk may never arrive."""


class WalkPlayer(QObject):
    """Goes through the phases of an update, forwards and backwards, and plays them in slow motion.

    A walk does not change the run: training stays at ``walk.position`` until the user steps past the last phase, which
    makes the update by an ordinary step. So the walk can end at any phase without a trace. Moving the run elsewhere
    ends the walk; changing the run at its position makes the walk anew.

    Signals:
        changed(): another phase, sample or walk (or none) is shown, or slow motion began or ended.
    """

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._walk: Walk | None = None
        self._index = 0
        self._sample = 0
        self._request: BeginWalk | None = None  # its walk has not arrived yet
        self._enter = FIRST  # the phase at which it will be entered
        self._owed = 0  # steps requested meanwhile; negative: back
        self._is_moving = False
        self._pace = Pace()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._play_on)
        session.walked.connect(self._arrive)
        session.moved.connect(self._follow_move)
        session.run_changed.connect(lambda _: self.leave())
        session.experiment_changed.connect(lambda _: self._refresh())
        session.frame.connect(self._check)
        session.noticed.connect(self._hear)

    # ---------------------------------------------------------------- what is true

    @property
    def walk(self) -> Walk | None:
        """The walk through an update; None outside a walk."""
        return self._walk

    @property
    def index(self) -> int:
        """The present phase, as its place in ``walk.phases``."""
        return self._index

    @property
    def sample(self) -> int:
        """The sample of the batch that is shown."""
        return self._sample

    @property
    def is_animating(self) -> bool:
        """Whether slow motion plays."""
        return self._timer.isActive()

    # ---------------------------------------------------------------- what can be done

    def step(self) -> None:
        """Go one phase on: into the walk, to its next phase, or past the last phase, which makes the update."""
        if self._request is not None:
            self._owed += 1
        elif self._walk is None:
            self._ask(FIRST)
        elif self._index + 1 < len(self._walk.phases):
            self.seek(self._index + 1)
        elif self._walk.is_next:
            self._move(("batch",), back=False)
            self._ask(FIRST)
        else:
            self.leave()

    def back(self) -> None:
        """Go one phase back; from the first phase, to the last phase of the previous update."""
        if self._request is not None:
            self._owed -= 1
        elif self._walk is not None and self._index > 0:
            self.seek(self._index - 1)
        elif self._walk is None or self._walk.is_next:
            self._go_to_former_update()

    def seek(self, index: int) -> None:
        """Show a phase of this walk."""
        if self._walk is not None and 0 <= index < len(self._walk.phases):
            self._index = index
            self.changed.emit()

    def show_part(self, part: Part | None) -> None:
        """Show what happens to a part: in this phase, or in the one of its layer, forward or backward as now."""
        if self._walk is None:
            return
        kind, layer = self._walk.phases[self._index].kind, 0 if part is None else part.layer
        wanted = Phase(FORWARD if kind in (PICK, FORWARD) else BACKWARD, layer) if layer else Phase(PICK)
        if part is not None and kind != UPDATE and part.exists(self._walk.sizes):
            self._index = self._walk.phases.index(wanted)
        self.changed.emit()

    def choose_sample(self, sample: int) -> None:
        """Show another sample of the batch."""
        if self._walk is not None and 0 <= sample < len(self._walk) and sample != self._sample:
            self._sample = sample
            self.changed.emit()

    def choose_row(self, row: int) -> None:
        """Walk through the update that one row of the data alone would make; the run does not change."""
        self._ask(FIRST, row)

    def leave(self) -> None:
        """End the walk; training stays at its position."""
        was_at_work = self._walk is not None or self._request is not None or self.is_animating
        self._walk = self._request = None
        self._owed = 0
        self._timer.stop()
        if was_at_work:
            self.changed.emit()

    def toggle(self) -> None:
        """Play or pause, at the chosen pace; nothing where the run ended by itself just before a press to pause it."""
        if self.is_animating:
            self._timer.stop()
            self.changed.emit()
        elif self._session.playing:
            self._session.pause()
        elif self._session.has_just_ended:
            return
        elif self._pace.phases_per_second is not None:
            self._animate()
        else:
            self._session.play()

    def set_pace(self, pace: Pace) -> None:
        """Choose the pace; play that is going on continues at the new pace."""
        self._pace = pace
        slow = pace.phases_per_second
        if slow is not None:
            self._timer.setInterval(round(1000.0 / slow))
            if self._session.playing:
                self._session.pause()
                self._animate()
            self._session.set_pace(1.0)  # for runs that are not played in phases, such as a number of epochs
            return
        self._session.set_pace(pace.samples_per_second, pace.rises)
        if self.is_animating:
            self._session.play()

    # ---------------------------------------------------------------- inside

    def _animate(self) -> None:
        self._timer.start()
        self._play_on()
        self.changed.emit()

    def _play_on(self) -> None:
        if self._request is None:
            self.step()

    def _ask(self, enter: int, row: int | None = None) -> None:
        self._enter = enter
        self._request = self._session.walk(row)

    def _move(self, units: tuple[str, ...], back: bool) -> None:
        """Move the run on or back as a part of the walk."""
        self._is_moving = True
        for unit in units:
            if back:
                self._session.step_back(unit)
            else:
                self._session.step(unit)
        self._is_moving = False

    def _go_to_former_update(self) -> None:
        snapshot, experiment = self._session.snapshot, self._session.experiment
        if snapshot is None or experiment is None:
            return
        inside = snapshot.sample % experiment.batch_size
        if snapshot.position > inside:
            # Inside a batch the first step back leads to the start of this batch.
            self._move(("batch", "batch") if inside else ("batch",), back=True)
            self._ask(LAST)

    def _arrive(self, walked: Walked) -> None:
        if walked.request is not self._request:
            return
        self._request = None
        is_same = self._walk is not None and np.array_equal(self._walk.rows, walked.walk.rows)
        self._walk = walked.walk
        self._index = range(len(self._walk.phases))[self._enter]
        self._sample = self._sample if is_same else 0
        owed, self._owed = self._owed, 0
        for _ in range(abs(owed)):
            if owed > 0:
                self.step()
            else:
                self.back()
        self.changed.emit()

    def _refresh(self) -> None:
        """Make the walk anew at its phase."""
        if self._walk is not None and self._request is None:
            self._ask(self._index, None if self._walk.is_next else int(self._walk.rows[0]))

    def _check(self, snapshot: Snapshot) -> None:
        """End or renew the walk if the run has changed."""
        if self._walk is None or self._request is not None:
            return
        if snapshot.position != self._walk.position:
            self.leave()
        elif not np.array_equal(snapshot.parameters, self._walk.parameters_before):
            self._refresh()

    def _follow_move(self) -> None:
        if not self._is_moving:
            self.leave()

    def _hear(self, notice: Notice) -> None:
        if self._request is not None and notice.kind in LEADS_NOWHERE:
            self.leave()
