"""More than ten classes: each is told from all others, and the legend lists them all."""

from __future__ import annotations

import html
import re
from itertools import pairwise

import numpy as np
import pytest
from PyQt5.QtCore import QPointF
from PyQt5.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from core.data.dataset import Dataset
from core.training.experiment import MAX_CLASSES
from gui.decision.legend import Legend, natural_order
from gui.decision.point_colors import point_colors
from gui.widgets.ending_painter import painting
from gui.widgets.theme import DARK, LIGHT, Theme


def dataset_of(names: list[str]) -> Dataset:
    count = len(names)
    return Dataset(np.random.default_rng(0).normal(size=(count, 2)), np.arange(count), tuple(names))


def lightness_and_hue(colors: list[tuple[int, int, int]]) -> np.ndarray:
    """Colours in CIELAB (D65), shape (n, 3)."""
    linear = np.array(colors) / 255.0
    linear = np.where(linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ to_xyz.T / (0.9505, 1.0, 1.089)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16.0 / 116.0)
    return np.column_stack([116.0 * f[:, 1] - 16.0, 500.0 * (f[:, 0] - f[:, 1]), 200.0 * (f[:, 1] - f[:, 2])])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_colours_of_thirty_classes_are_far_apart(theme: Theme) -> None:
    lab = lightness_and_hue([theme.class_rgb(k) for k in range(30)])
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2)[~np.eye(30, dtype=bool)]
    assert apart.min() > 25.0
    assert np.linalg.norm(lab - lightness_and_hue([theme.base]), axis=1).min() > 25.0


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_no_two_classes_look_alike(qtbot: QtBot, theme: Theme) -> None:
    assert len({(theme.class_rgb(k), theme.class_glyph(k)) for k in range(MAX_CLASSES)}) == MAX_CLASSES
    pictures = set()
    for mark in point_colors(dataset_of([f"c{k:03}" for k in range(MAX_CLASSES)])).marks(theme, 5.0):
        picture = QPixmap(20, 20)
        picture.fill(theme.color("base"))
        with painting(picture) as painter:
            mark.paint(painter, QPointF(10.0, 10.0))
        image = picture.toImage()
        pictures.add(bytes(image.constBits().asarray(image.sizeInBytes())))
    assert len(pictures) == MAX_CLASSES


def names_in(legend: Legend) -> list[str]:
    text = html.unescape(re.sub("<[^>]*>", "", legend.label.text()))
    return [part[2:] for part in text.replace("\xa0", " ").split("  ") if part[0] in "●◉⊖⊕"]


@pytest.mark.parametrize("count", [2, 12, MAX_CLASSES])
def test_the_legend_lists_all_classes_in_natural_order_and_scrolls(qtbot: QtBot, count: int) -> None:
    names = sorted(f"class {k}" for k in range(1, count + 1))
    legend = Legend()
    qtbot.addWidget(legend)
    legend.resize(360, 40)
    legend.show()
    legend.show_data(dataset_of(names), None, is_walk=False, theme=LIGHT)
    assert names_in(legend) == [f"class {k}" for k in range(1, count + 1)]
    assert legend.height() <= 4 * legend.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: legend.verticalScrollBar().maximum() > 0 if count > 40 else legend.isVisible())
    colors = re.findall(r"rgb\((\d+), (\d+), (\d+)\)", legend.label.text())[:count]
    assert [tuple(map(int, color)) for color in colors] == [
        LIGHT.class_rgb(names.index(f"class {k}")) for k in range(1, count + 1)
    ]


def test_only_alphabetical_names_are_put_into_another_order() -> None:
    assert natural_order(["class1", "class10", "class2"]) == [0, 2, 1]
    assert natural_order(["yes", "no"]) == [0, 1], "names that a person gave stay in their order"
    assert natural_order(["0", "1", "10", "2"]) == [0, 1, 3, 2]
    names = sorted(["a2b10", "a2b9", "a10", "b", "a", "2", "10"])
    ordered = [names[k] for k in natural_order(names)]
    assert ordered == ["2", "10", "a", "a2b9", "a2b10", "a10", "b"]
    assert all(first != second for first, second in pairwise(ordered))
