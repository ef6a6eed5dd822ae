"""The light that runs through the network while training plays, so that one sees from afar that it plays."""

from __future__ import annotations

import time

from PyQt5.QtCore import QObject, QTimer
from PyQt5.QtGui import QPainter
from PyQt5.QtWidgets import QWidget

from core.base.arrays import Array
from gui.diagram.drawing.light_painting import paint_light
from gui.diagram.drawing.picture_settings import PictureSettings
from gui.widgets.vector_painting import is_for_file

FRAME_SECONDS = 0.033
SECONDS_OF_LAYER, LEAST_SECONDS = 0.5, 1.0


class ForwardLight(QObject):
    """Moves the light; between the frames of training it has the view painted as well.

    Args:
        view: paints the light.

    Attributes:
        painted: when it was painted last, in seconds.
    """

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self._is_playing, self._is_wanted = False, True
        self.painted = 0.0
        self._clock = QTimer(self)
        self._clock.setInterval(round(1000 * FRAME_SECONDS))
        self._clock.timeout.connect(self._move)

    @property
    def is_lit(self) -> bool:
        """Whether the light runs."""
        return self._clock.isActive()

    def show_playing(self, playing: bool) -> None:
        """Run while training plays."""
        self._is_playing = playing
        self._follow()

    def set_wanted(self, wanted: bool) -> None:
        """Choose whether there is a light at all."""
        self._is_wanted = wanted
        self._follow()

    def _follow(self) -> None:
        lit = self._is_playing and self._is_wanted
        if lit != self.is_lit:
            self._clock.start() if lit else self._clock.stop()
            self._view.update()

    def _move(self) -> None:
        if time.perf_counter() - self.painted >= FRAME_SECONDS:  # no new snapshot had the view painted
            self._view.update()

    def paint(self, painter: QPainter, settings: PictureSettings, values: Array) -> None:
        """Paint the light where it is now, ``values`` being the shown quantity as a flat vector; never for a file."""
        if self.is_lit and not is_for_file():
            self.painted = time.perf_counter()
            seconds = max(LEAST_SECONDS, SECONDS_OF_LAYER * len(settings.diagram.connections))
            paint_light(painter, settings, values, self.painted % seconds / seconds)
