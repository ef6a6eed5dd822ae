"""Commands that choose what is explained: the selected neuron or weight, and the update that is walked through."""

from __future__ import annotations

from collections.abc import Callable

from core.base.translation import _
from core.explain.picked_part import Part, moved
from core.workbench.messages import Loaded
from core.workbench.run_id import WorkId
from gui.explanation.inspector import Inspector
from gui.explanation.walk_player import WalkPlayer
from gui.session.command_context import CommandContext


class ExplanationCommands:
    """Handlers of the actions that move the selection and the walk.

    Args:
        inspector: shows what is selected, and the phases.
        select: selects a neuron or weight in every view, or a point by its row, or None.
        show_card: brings the inspector to the front.
    """

    def __init__(
        self,
        context: CommandContext,
        player: WalkPlayer,
        inspector: Inspector,
        select: Callable[[Part | None, int | None], None],
        show_card: Callable[[], None],
    ) -> None:
        self._context, self._player = context, player
        self._inspector, self._select, self._show_card = inspector, select, show_card
        self._work: WorkId | None = None
        context.session.run_changed.connect(self._let_go)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {
            "pick-on": lambda: self.pick(layers=1),
            "pick-back": lambda: self.pick(layers=-1),
            "pick-down": lambda: self.pick(units=1),
            "pick-up": lambda: self.pick(units=-1),
            "source-down": lambda: self.pick(sources=1),
            "source-up": lambda: self.pick(sources=-1),
            "pick-none": lambda: self._select(None, None),
            "walk-next": lambda: self.walk_with(1),
            "walk-before": lambda: self.walk_with(-1),
            "step-phase": self._player.step,
            "back-phase": self._player.back,
            "leave-walk": self.leave,
            "copy-formulas": self.copy_formulas,
        }

    def _let_go(self, loaded: Loaded) -> None:
        """Another work has come: what was selected in the one before says nothing about it."""
        if loaded.work != self._work:
            self._work = loaded.work
            self._select(None, None)

    def pick(self, layers: int = 0, units: int = 0, sources: int = 0) -> None:
        """Select a neighbour of the selected part; see :func:`core.explain.picked_part.moved`."""
        loaded = self._context.session.loaded
        if loaded is not None:
            self._select(moved(self._inspector.selection, loaded.preparation.sizes, layers, units, sources), None)

    def leave(self) -> None:
        """End the walk; outside a walk clear the selection."""
        if self._player.walk is not None:
            self._player.leave()
        else:
            self._select(None, None)

    def pick_part(self, part: Part | None) -> None:
        """Select a neuron or weight and explain it; None for nothing."""
        self._select(part, None)
        if part is not None:
            self._show_card()

    def pick_point(self, row: int) -> None:
        """Select a point of the data and explain it; a walk ends, since it is another one's."""
        loaded = self._context.session.loaded
        if loaded is None or loaded.canvas is not None:
            self._player.choose_row(row)  # the worker says that nothing is trained on the points of a canvas
            return
        self._player.leave()
        self._select(None, row)
        self._show_card()

    def walk_with(self, step: int) -> None:
        """Walk through the update that another point of the data would make; ``step`` is counted in rows."""
        loaded, walk = self._context.session.loaded, self._player.walk
        if loaded is not None:
            shown = self._inspector.point if walk is None else int(walk.rows[self._player.sample])
            row = min(step, 0) if shown is None else shown + step
            self._player.choose_row(row % len(loaded.preparation.dataset))

    def copy_formulas(self) -> None:
        """Copy all that the card says."""
        self._inspector.copy()
        self._context.show_status(_("The explanation is on the clipboard"))
