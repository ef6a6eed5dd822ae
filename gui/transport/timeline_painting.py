"""Draws the timeline: the loss over positions, the branches with their changes, and the head."""

from __future__ import annotations

import math

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFontMetrics, QPainter, QPen
from pyqtgraph.functions import arrayToQPolygonF

from core.base.arrays import Array
from core.base.number_text import epoch_place, fraction_place
from core.base.translation import _
from core.workbench.run_timeline import BranchView, RunTimeline
from gui.curves.epoch_axis import epoch_text
from gui.transport.timeline_places import TimelinePlaces
from gui.widgets.elided import shortened, whole_words, wrapped
from gui.widgets.flags import SMOOTH
from gui.widgets.plots import is_restless
from gui.widgets.theme import Theme

LINE_HEIGHT, FIRST_LINE, BELOW = 16.5, 16.0, 6.0
CURVE_TOP, CURVE_HEIGHT = 5, 20
MOST_POINTS = 1500
WORDS_LEFT, EDGE = 10, 4
"""Pixels left of the words, and right of the last number."""
LEAST_DECADES = 0.1
"""Of the loss that the height stands for at least, so that a loss that stands still looks so."""


def paint_run(painter: QPainter, places: TimelinePlaces, theme: Theme) -> None:
    """Draw what stays as it is while the head moves."""
    painter.setRenderHints(SMOOTH)
    timeline = places.timeline
    _paint_ticks(painter, places, theme)
    _paint_curves(painter, places, theme)
    for branch in sorted(timeline.branches, key=lambda branch: branch.number == timeline.present):
        _paint_branch(painter, places, theme, branch)


def _paint_ticks(painter: QPainter, places: TimelinePlaces, theme: Theme) -> None:
    """Write the numbers that have room; the last one is whole, and goes before the one left of it."""
    painter.setPen(theme.color("faint"))
    epochs, drawn = places.ticks(), list[tuple[float, float, str]]()
    for epoch in epochs:
        text = epoch_text(epoch) if drawn else first_tick(epoch)
        width = painter.fontMetrics().horizontalAdvance(text)
        left = min(places.x_of_epochs(epoch) - width / 2, places.width - EDGE - width)
        has_room = not drawn or left > drawn[-1][1] + 10
        if not has_room and epoch == epochs[-1] and len(drawn) > 1:
            drawn.pop()
            has_room = True
        if has_room:
            drawn.append((left, left + width, text))
    for left, _right, text in drawn:
        painter.drawText(QPointF(left, places.height - 3), text)


def first_tick(epoch: float) -> str:
    """The words at the first tick, which say what the numbers are."""
    return _("epoch {epoch}").format(epoch=epoch_text(epoch))


def _paint_curves(painter: QPainter, places: TimelinePlaces, theme: Theme) -> None:
    """The training loss of all branches behind their forks, and that of the present line in front of them."""
    low, high = _loss_range(places.timeline)

    def paint(branch: BranchView, rows: Array, color: QColor, width: float) -> None:
        rows = np.concatenate((rows[: -1 : max(1, len(rows) // MOST_POINTS)], rows[-1:]))
        heights = np.log10(np.maximum(rows[:, 1], 1e-300))
        ys = CURVE_TOP + CURVE_HEIGHT * (high - heights) / max(high - low, 1e-9)
        painter.setPen(QPen(color, 1.0 if is_restless(heights) else width))
        if len(rows) > 1:
            painter.drawPolyline(arrayToQPolygonF(places.xs(branch, rows[:, 0]), ys))

    # Of the branches of a run that lie on the present line, the last one has the whole record.
    line = {id(branch.run): (branch, end) for branch, end in places.timeline.line()}.values()
    covered = {branch.number for branch, end in line if end >= branch.tip}
    for branch in places.timeline.branches:
        if branch.number not in covered:
            losses = places.timeline.losses(branch)
            paint(branch, losses[losses[:, 0] >= branch.fork], theme.color("faint"), 1.0)
    for branch, end in line:
        losses = places.timeline.losses(branch)
        paint(branch, losses[losses[:, 0] <= end], theme.color("train"), 1.6)


def _loss_range(timeline: RunTimeline) -> tuple[float, float]:
    losses = [timeline.losses(branch)[:, 1] for branch in timeline.branches]
    ends = min(float(one.min()) for one in losses), max(float(one.max()) for one in losses)
    low, high = (math.log10(max(end, 1e-300)) for end in ends)
    return min(low, high - LEAST_DECADES), high


def _paint_branch(painter: QPainter, places: TimelinePlaces, theme: Theme, branch: BranchView) -> None:
    y, start, end = places.lane(branch.number), places.x(branch, branch.fork), places.x(branch, branch.tip)
    is_present = branch.number == places.timeline.present
    painter.setPen(QPen(_color(places, theme, branch), 3.0 if is_present else 1.6))
    if branch.parent is not None:
        painter.drawLine(QPointF(start, places.lane(branch.parent)), QPointF(start, y))
    painter.drawLine(QPointF(start, y), QPointF(max(end, start + 3), y))
    for part, stop in places.timeline.line():  # the present line runs along its parents
        if part is branch:
            painter.setPen(QPen(theme.color("train"), 3.0))
            painter.drawLine(QPointF(start, y), QPointF(max(places.x(branch, stop), start + 3), y))
    painter.setPen(QPen(theme.color("base"), 1.0))
    painter.setBrush(theme.color("text" if is_present else "faint"))
    for mark in branch.marks:
        painter.drawEllipse(QPointF(places.x(branch, mark.position), y), 3.6, 3.6)


def _color(places: TimelinePlaces, theme: Theme, branch: BranchView) -> QColor:
    return theme.color("train" if branch.number == places.timeline.present else "faint")


def words_of(timeline: RunTimeline, branch: BranchView, position: int) -> tuple[tuple[str, ...], ...]:
    """The branch on which the head is, where it is, and how far the branch goes; each behind a longer form of it.

    Where the head is at the end of the branch, nothing tells twice that the branch goes so far.
    """
    length, branches = branch.run.epoch_length, len(timeline.branches)
    at, reached = _("now at {place}"), _("reached {place}")  # a name may end with "at epoch 8" as well
    (here, epoch), (tip, last) = (
        (epoch_place(one, length), fraction_place(one, length)) for one in (position, branch.tip)
    )
    first = (branch.name,), (at.format(place=here), at.format(place=epoch), epoch)
    if position == branch.tip:
        return (*first, (_("{n} branches").format(n=branches),)) if branches > 1 else first
    all_of_it = (_("reached {place}, {n} branches").format(place=tip, n=branches),) if branches > 1 else ()
    return (*first, (*all_of_it, reached.format(place=tip), reached.format(place=last)))


def paint_words(painter: QPainter, places: TimelinePlaces, words: tuple[tuple[str, ...], ...], theme: Theme) -> None:
    """The words of :func:`words_of` at the left; a long name takes several lines, also that of the last words."""
    metrics = painter.fontMetrics()
    width = words_width(places, metrics)
    line_height = max(LINE_HEIGHT, metrics.height() - 1.0)
    room = 1 + int((places.height - FIRST_LINE - BELOW) // line_height)
    name, at, *rest = (next((t for t in texts if metrics.horizontalAdvance(t) <= width), texts[-1]) for texts in words)
    lines = [(line, "text") for line in [*wrapped(metrics, name, width, room - 1), at]]
    lines += [(text, "faint") for text in rest]
    for number, (text, color) in enumerate(lines[:room]):
        painter.setPen(theme.color(color))
        text = shortened(metrics, whole_words(metrics, text, width), width)
        painter.drawText(QPointF(WORDS_LEFT, FIRST_LINE + line_height * number), text)


def words_width(places: TimelinePlaces, metrics: QFontMetrics) -> int:
    """The room for words beside the first tick, half of which lies left of the curves."""
    return places.left - WORDS_LEFT - max(26, metrics.horizontalAdvance(first_tick(0.0)) // 2 + WORDS_LEFT)


def paint_head(painter: QPainter, places: TimelinePlaces, x: float, theme: Theme) -> None:
    """Where the run stands, or where it is dragged to."""
    painter.setPen(QPen(theme.color("accent"), 1.6))
    painter.drawLine(QPointF(x, 3), QPointF(x, places.lanes_bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent"))
    painter.drawRoundedRect(QRectF(x - 5, 1, 10, 9), 3, 3)
