"""The pictures on the cards of the presets: the points, and what the trained net answers around them."""

from __future__ import annotations

from functools import cache

from PyQt5.QtCore import QRectF, QSize
from PyQt5.QtGui import QPixmap

from core.data.data_source import load
from core.explain.preset_maps import preset_map, square_around
from core.training.presets import Preset
from gui.decision.decision_map import decision_image, value_image
from gui.settings.data_tiles import SIDE, paint_points
from gui.widgets.ending_painter import empty_picture, painting
from gui.widgets.flags import SMOOTH
from gui.widgets.theme import Theme


@cache
def picture_of_preset(preset: Preset, theme: Theme, ratio: float) -> QPixmap:
    """What one will see at the end of the preset's text, SIDE × SIDE pixels; made once for each theme."""
    dataset = load(preset.experiment.data)
    answer = preset_map(preset, square_around(dataset.points))
    if answer.value is None:
        image = decision_image(answer, theme)
    else:
        image = value_image(answer.value, (-1.0, 1.0), theme)
    picture = empty_picture(QSize(SIDE, SIDE) * ratio, ratio)
    with painting(picture) as painter:
        painter.setRenderHints(SMOOTH)
        painter.drawImage(QRectF(0.0, 0.0, SIDE, SIDE), image.mirrored(False, True))
        paint_points(painter, dataset, theme)
    return picture
