"""Changes of a run's settings and parameters, each a step of undo with a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.workbench.run_tree import UndoPlace
from core.workbench.step_names import name_change, name_edit, name_freeze
from core.workbench.undo_stack import UndoStack


class RunEdits:
    """Changes the present run, and puts where it was before on the stack; without a run nothing happens.

    Args:
        undo_stack: the stack.
        here: returns where the present run stands; None without one.
    """

    def __init__(self, undo_stack: UndoStack[UndoPlace], here: Callable[[], UndoPlace | None]) -> None:
        self._undo_stack, self._here = undo_stack, here
        self._edit: tuple[UndoPlace, dict[int, float]] | None = None  # where the last edit by hand began; its values
        self._edit_is_kept = False  # as a step of undo

    def forget(self) -> None:
        """The next edit does not go on with the last one."""
        self._edit, self._edit_is_kept = None, False

    def change(self, fields: Mapping[str, object]) -> None:
        """Change live settings from here on; raises ExperimentError."""
        if (before := self._here()) is not None:
            trainer = before.run.trainer
            settings = trainer.settings
            trainer.change(**fields)
            self._keep(before, name_change(settings, trainer.settings))

    def edit(self, values: Mapping[int, float], goes_on: bool) -> None:
        """Set parameters by hand; what ``goes_on`` is one step of undo with the edit before; raises WeightsError."""
        if (before := self._here()) is None:
            return
        trainer = before.run.trainer
        former = {index: float(trainer.network.parameters[index]) for index in values}
        if goes_on and self._edit is not None:
            before, former = self._edit
        elif former == dict(values):
            self._edit = before, former
            return
        trainer.edit(values)
        text = name_edit(trainer.network.sizes, values, former)
        if goes_on and self._edit_is_kept:
            self._undo_stack.name_last(lambda _: text)
        else:
            self._keep(before, text)
        self._edit, self._edit_is_kept = (before, former), True

    def freeze(self, frozen: frozenset[int]) -> None:
        """Leave these parameters, and no others, as they are."""
        if (before := self._here()) is not None:
            trainer = before.run.trainer
            former = trainer.frozen
            trainer.freeze(frozen)
            self._keep(before, name_freeze(trainer.network.sizes, frozen, former))

    def _keep(self, before: UndoPlace, text: str) -> None:
        """Let undo lead back to the changes before, if there are others now."""
        self.forget()
        if tuple(before.run.trainer.settings_over_time.changes) != before.changes:
            self._undo_stack.keep(before, text)
