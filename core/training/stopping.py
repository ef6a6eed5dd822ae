"""When a run stops by itself: its loss is low enough, or its test loss no longer falls."""

from __future__ import annotations

from core.base.arrays import Array
from core.base.number_text import span_text
from core.base.translation import _
from core.base.values import dataclass
from core.training.experiment import Experiment
from core.training.history import History


@dataclass(frozen=True)
class Stop:
    """Why training stops here.

    Attributes:
        text: one or two sentences.
        return_to: the position with the lowest test loss, to which the run must go back; None to stay.
    """

    text: str
    return_to: int | None = None


def find_stop(history: History, position: int, train_loss: float, experiment: Experiment) -> Stop | None:
    """The reason to stop at a position; None to continue, as always inside an epoch.

    Early stopping (Prechelt, 1998, "Early stopping – but when?") stops when the lowest test loss is ``patience`` epochs
    old.

    Args:
        history: the record up to the position.
        position: in samples.
        train_loss: at the position; NaN if nobody asks for it.
        experiment: the settings there.
    """
    epoch, sample = divmod(position, history.epoch_length)
    if sample:
        return None
    if experiment.stop_loss is not None and train_loss <= experiment.stop_loss:
        text = _("the training loss {train_loss:.3g} is at most {stop_loss:g}.").format(
            train_loss=train_loss, stop_loss=experiment.stop_loss
        )
        return Stop(_("Stopped at epoch {epoch}: {text}").format(epoch=epoch, text=text))
    best = history.lowest
    if experiment.patience is None or best is None or epoch - best.epoch < experiment.patience:
        return None
    return Stop(
        _(
            "Stopped early at epoch {epoch}: for {patience} the test loss has not fallen below the "
            "{loss:.3g} of epoch {best_epoch}. The run is back at that epoch."
        ).format(epoch=epoch, patience=span_text(experiment.patience), loss=best.loss, best_epoch=best.epoch),
        best.position,
    )


def best_before(history: History, position: int, experiment: Experiment) -> tuple[int, str] | None:
    """The epoch that early stopping keeps of a run that ends before its patience does, and a sentence about it.

    Args:
        history: the record up to the position.
        position: where the run ends.
        experiment: the settings there.

    Returns:
        The position with the lowest test loss; None if the run ends there or is not to stop early.
    """
    best = history.lowest
    if experiment.patience is None or position < history.epoch_length or best is None:
        return None
    text = _("The run ended at epoch {epoch}, but the test loss was lowest at epoch {best_epoch}: {loss:.3g}.").format(
        epoch=position // history.epoch_length, best_epoch=best.epoch, loss=best.loss
    )
    return (best.position, text) if best.position < position else None


def epochs_past_best(whole: History, ahead: Array, position: int, tip: int) -> int:
    """How many epochs a run that is back at its best epoch had gone on behind it; 0 if it is not at its best epoch.

    Args:
        whole: the record of the branch.
        ahead: shape (records, 5), what was recorded behind the position, also on the branch that the run left.
        position: where the run stands.
        tip: how far the branch was trained.
    """
    if whole.lowest is None or whole.lowest.position != position:
        return 0
    last = int(ahead[-1, 0]) if len(ahead) else position
    return (max(tip, last) - position) // whole.epoch_length


def stop_at_end(history: History, position: int, experiment: Experiment) -> Stop | None:
    """The stop of a run that ends at a position, if it is to go back to its best epoch; see :func:`best_before`."""
    best = best_before(history, position, experiment)
    return None if best is None else Stop(_("{text} The run is back at that epoch.").format(text=best[1]), best[0])
