"""The link to the lowest test loss of the runs beside each other."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt5.QtGui import QFontMetrics

from core.base.number_text import grouped, short, told_apart
from core.base.translation import _
from core.training.history import Low
from core.workbench.many_runs.run_rows import RunRow
from gui.explanation.link import Link
from gui.widgets.elided import shortened
from gui.widgets.plain_text import plain

LEAST_OF_NAME = 6
"""Letters of a run's name that tell it from others; where there is no room for them there is no link."""


class LowestLink(Link):
    """Says what a press does: it goes to the epoch, or to the run, with the lowest test loss.

    At that place it only says that the test loss is the lowest.
    """

    def show_lowest(self, row: RunRow, lowest: Low, now: float, room: int) -> None:
        """Show the lowest test loss, that of a row, beside the present one; no text where there is too little room."""
        metrics, is_lowest = self.fontMetrics(), now <= lowest.loss
        epoch = _("epoch {epoch}").format(epoch=grouped(lowest.epoch))
        if is_lowest:
            whole = _("Test loss {loss}, the lowest so far").format(loss=short(now, 3))
            tip = _("no run beside this one, on the same data, had a lower one")
            words = iter((whole, _("lowest test loss so far")))
        else:
            here, there = told_apart(now, lowest.loss, 3)
            place = epoch if row.is_present else _("“{run}”, {epoch}").format(run=row.name, epoch=epoch)
            whole = _("Test loss {loss}; lowest so far {lowest} ({place})").format(loss=here, lowest=there, place=place)
            tip = _("go to {epoch} of this run").format(epoch=epoch)
            if not row.is_present:
                tip = _("go to {epoch} of “{run}”").format(epoch=epoch, run=row.name)
            words = _ways(epoch, here, there) if row.is_present else _ways_to_run(row.name, here, there, metrics, room)
        self.setEnabled(not is_lowest)
        self.setAccessibleName(f"{whole}: {tip}")
        self.setToolTip(plain(f"{whole}: {tip}"))
        self.setText(next((text for text in words if metrics.horizontalAdvance(text) <= room), ""))


def _ways(place: str, here: str, there: str) -> Iterator[str]:
    """What a press does, in fewer and fewer words."""
    yield _("Test loss {here}; lowest {there}: go to {place} ›").format(here=here, there=there, place=place)
    yield _("Go to {place}: lowest test loss {there} ›").format(place=place, there=there)
    yield _("Go to {place}: lowest test {there} ›").format(place=place, there=there)
    yield _shortest(place, there)


def _shortest(place: str, there: str) -> str:
    return _("{place}: lowest test {there} ›").format(place=place, there=there)


def _ways_to_run(name: str, here: str, there: str, metrics: QFontMetrics, room: int) -> Iterator[str]:
    """The same, at last with as much of the name of a run as there is room for."""
    quoted = _("“{run}”")
    yield from _ways(quoted.format(run=name), here, there)
    part = shortened(metrics, name, room - metrics.horizontalAdvance(_shortest(quoted.format(run=""), there)))
    if len(part) > LEAST_OF_NAME:
        yield _shortest(quoted.format(run=part), there)
