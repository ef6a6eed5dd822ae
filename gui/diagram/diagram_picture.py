"""The picture of the network under the marks, kept between frames."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import replace

from PyQt5.QtCore import QRectF, QSize
from PyQt5.QtGui import QPainter, QPixmap

from core.base.arrays import Array
from core.base.number_text import SteadyScale
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.diagram.connections import Matrix
from gui.diagram.drawing import color_bar
from gui.diagram.drawing.caption_painting import note_on_matrices, paint_captions, paint_titles
from gui.diagram.drawing.edge_painting import line_levels, paint_lines, paint_matrix
from gui.diagram.drawing.edge_quantity import NO_UPDATE
from gui.diagram.drawing.health_painting import paint_health
from gui.diagram.drawing.picture_settings import PictureSettings
from gui.diagram.drawing.tile_painting import paint_tiles, paint_unused
from gui.diagram.input_rows import InputRows, unused_features
from gui.diagram.kept_edges import KeptEdges
from gui.widgets.ending_painter import empty_picture, painting
from gui.widgets.flags import SMOOTH
from gui.widgets.images import Places


class DiagramPicture:
    """The background with its captions, and the newest snapshot on it.

    Both are painted anew only after they were forgotten or on a screen with another pixel ratio. The captions are kept
    apart, since a new snapshot does not change them.
    """

    def __init__(self) -> None:
        self._scale = SteadyScale()
        self._edges = KeptEdges()
        self._background: QPixmap | None = None
        self._background_end = 0.0  # the end of the colour scale that is written there
        self._unused: Places | None = None  # the maps that are painted there
        self._picture: QPixmap | None = None

    @property
    def end(self) -> float:
        """The largest magnitude on the colour scale."""
        return self._scale.end

    def restart_scale(self) -> None:
        """Fit the colour scale to the next values, whatever the earlier ones were."""
        self._scale.restart()

    def take_scale(self, other: DiagramPicture) -> None:
        """Have the colour scale of another picture."""
        self._scale = copy(other._scale)

    def forget_snapshot(self) -> None:
        """Paint the next snapshot anew."""
        self._picture = None

    def forget_all(self) -> None:
        """Paint captions and snapshot anew."""
        self._background = self._picture = None
        self._edges.forget()

    def pixmap(
        self,
        settings: PictureSettings,
        size: QSize,
        loaded: Loaded,
        rows: InputRows,
        snapshot: Snapshot,
        values: Array,
    ) -> QPixmap:
        """The picture; ``size`` is that of the view in pixels, ``values`` the shown quantity as a flat vector."""
        if self._picture is not None and self._picture.devicePixelRatioF() == settings.ratio:
            return self._picture
        if self._background is not None and self._background.devicePixelRatioF() != settings.ratio:
            self.forget_all()
        if settings.quantity.is_awaited(snapshot):
            self._scale.restart()
        self._scale.follow(abs(strongest_weight(settings, values)), settings.quantity.least(snapshot))
        settings = replace(settings, end=self._scale.end)
        background, unused = self._background, snapshot.unused
        if (
            background is None
            or self._unused is not unused
            or (settings.has_titles and self._background_end != settings.end)
        ):
            background = _blank(size, settings)
            with painting(background) as painter:
                paint_surroundings(painter, settings, size, loaded, rows, snapshot)
            self._edges.forget()
            self._background, self._background_end, self._unused = background, settings.end, unused
        picture = QPixmap(self._edges.pixmap(background, settings, values))
        with painting(picture) as painter:
            paint_nodes(painter, settings, snapshot, values)
        self._picture = picture
        return picture


def paint_surroundings(
    painter: QPainter, settings: PictureSettings, size: QSize, loaded: Loaded, rows: InputRows, snapshot: Snapshot
) -> None:
    """Paint all that training does not change: captions and unused inputs, and with the titles the colour scale."""
    paint_unused(painter, settings, _unused_maps(loaded, rows, snapshot))
    painter.setRenderHints(SMOOTH)
    paint_captions(painter, settings, loaded, rows, float(size.width()))
    if settings.has_titles:
        paint_titles(painter, settings, loaded.preparation)
        bar = QRectF(0, size.height() - color_bar.HEIGHT, size.width() - 14, color_bar.HEIGHT)
        color_bar.paint_titled_bar(painter, bar, settings.font, settings.theme, settings.quantity, settings.end)


def paint_snapshot(painter: QPainter, settings: PictureSettings, snapshot: Snapshot, values: Array) -> None:
    """Paint edges, matrices and neurons; ``values`` is the shown quantity as a flat vector."""
    lines = settings.diagram.lines
    paint_lines(painter, settings, lines, [line_levels(settings, part, values) for part in lines])
    paint_nodes(painter, settings, snapshot, values)


def paint_nodes(painter: QPainter, settings: PictureSettings, snapshot: Snapshot, values: Array) -> None:
    """Paint matrices and neurons."""
    for connection in settings.diagram.connections:
        if isinstance(connection, Matrix):
            paint_matrix(painter, settings, connection, values)
    if settings.quantity.is_awaited(snapshot):
        note_on_matrices(painter, settings, NO_UPDATE)
    paint_tiles(painter, settings, snapshot.neurons, values)
    paint_health(painter, settings, snapshot.health)


def _unused_maps(loaded: Loaded, rows: InputRows, snapshot: Snapshot) -> Places | None:
    """The maps of the unused inputs that are in the diagram; None if they are unknown."""
    every = unused_features(loaded.preparation)
    if snapshot.unused is None or len(snapshot.unused) != len(every):
        return None
    return snapshot.unused[[every.index(name) for name in rows.unused]]


def strongest_weight(settings: PictureSettings, values: Array) -> float:
    """The value of largest magnitude among the active connections, or among all if none is active."""
    active = settings.active_connections
    weights = (
        values[part.start : part.start + part.size]
        for part in settings.diagram.connections
        if not active or part.layer in active
    )
    ends = (float(end) for part in weights for end in (part.min(), part.max()))
    return max(ends, key=abs, default=0.0)


def _blank(size: QSize, settings: PictureSettings) -> QPixmap:
    """A pixmap of a size in pixels, filled with the background colour."""
    pixels = QSize(math.ceil(size.width() * settings.ratio), math.ceil(size.height() * settings.ratio))
    return empty_picture(pixels, settings.ratio, settings.ground)
