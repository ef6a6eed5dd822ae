"""More than ten classes: each is told from all others, and the legend lists them all."""

from __future__ import annotations

import html
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QPointF
from PyQt5.QtGui import QFontMetricsF, QPixmap
from pytestqt.qtbot import QtBot

from core.data.class_names import natural_order
from core.data.data_source import FILE, DataSource
from core.data.dataset import Dataset
from core.explain.report import ClassReport, Report
from core.training.experiment import MAX_CLASSES
from gui.decision.legend import Legend
from gui.decision.point_colors import point_colors
from gui.painting.palette import Palette
from gui.report import confusion_grid
from gui.report.confusion_grid import ConfusionGrid
from gui.settings.class_names_dialog import ClassNamesDialog
from gui.widgets.ending_painter import painting
from gui.widgets.theme import DARK, LIGHT, Theme
from gui.window.main_window import MainWindow
from tests.core.explain.judged_runs import BASE
from tests.gui.conftest import drawn


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
@pytest.mark.parametrize("count", range(2, 8))
def test_the_colours_of_layers_are_unlike_each_other_and_those_of_the_signs(theme: Theme, count: int) -> None:
    colors = [theme.layer_color(k, count).getRgb()[:3] for k in range(count)]
    lab = lightness_and_hue(colors)  # type: ignore[arg-type]
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    assert apart[~np.eye(count, dtype=bool)].min() > 13.0
    assert (np.diff(lab[:, 0]) > 0.0).all(), "the order is seen"
    others = lightness_and_hue([theme.negative, theme.positive, *theme.classes[:2], theme.card])
    assert np.linalg.norm(lab[:, None] - others[None], axis=2).min() > 30.0


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


def test_a_legend_that_scrolls_shows_whole_lines(qtbot: QtBot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.resize(360, 40)
    legend.show()
    legend.show_data(dataset_of([f"class {k}" for k in range(MAX_CLASSES)]), None, is_walk=False, theme=LIGHT)
    bar, line = legend.verticalScrollBar(), legend.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    rest = legend.fontMetrics().height() - line
    assert (legend.height() - rest) % line == 0 and bar.singleStep() == line and bar.maximum() % line == 0


def test_only_alphabetical_names_are_put_into_another_order() -> None:
    assert natural_order(("class1", "class10", "class2")) == (0, 2, 1)
    assert natural_order(("yes", "no")) == (0, 1), "names that a person gave stay in their order"
    assert natural_order(("0", "1", "10", "2")) == (0, 1, 3, 2)
    names = tuple(sorted(["a2b10", "a2b9", "a10", "b", "a", "2", "10"]))
    ordered = [names[k] for k in natural_order(names)]
    assert ordered == ["2", "10", "a", "a2b9", "a2b10", "a10", "b"]
    assert all(first != second for first, second in pairwise(ordered))


def loaded_names(window: MainWindow) -> tuple[str, ...]:
    assert window.session.loaded is not None
    return window.session.loaded.dataset.class_names


def test_matrix_dialog_and_palette_show_the_natural_order(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    """The matrix, its marks and its clicks, the dialog of names, and the palette with its keys."""
    natural = [f"class{k}" for k in range(1, 13)]
    alphabetical = sorted(natural)
    lines = [f"{k},{k % 3},class{k}" for k in range(1, 13) for _ in range(3)]
    path = tmp_path / "many.csv"
    path.write_text("a,b,label\n" + "\n".join(lines) + "\n")
    window.session.load(BASE.replace(data=DataSource(FILE, path=str(path))))
    qtbot.waitUntil(lambda: list(loaded_names(window)) == alphabetical, timeout=60_000)
    window.actions_by_name["report"].trigger()
    qtbot.waitUntil(
        lambda: window.report.view.grid.isVisible() and len(window.report.view.grid._names) == 12, timeout=60_000
    )
    grid = window.report.view.grid
    assert list(grid._names) == natural
    predicted, dataset = window.session.snapshot.predicted, window.session.loaded.dataset  # type: ignore[union-attr]
    true = next(k for k in range(12) if alphabetical[k] == "class2")
    said = int(predicted[dataset.labels == true][0])
    grid.clicked.emit((1, natural.index(alphabetical[said])))
    marked = window.scatter.points.marked.points
    assert len(marked) and {tuple(point) for point in marked} == {(2.0, 2.0)}

    taken: list[tuple[str, ...]] = []
    dialog = ClassNamesDialog(alphabetical, LIGHT, window)
    dialog.taken.connect(taken.append)
    dialog.show()
    placed = sorted(dialog.fields, key=lambda field: field.mapTo(dialog, field.rect().topLeft()).y())
    assert [field.text() for field in placed] == natural
    placed[1].setText("second")
    dialog.ok.click()
    assert taken == [tuple("second" if name == "class2" else name for name in alphabetical)]

    palette = Palette(window.actions_by_name, LIGHT)
    qtbot.addWidget(palette)
    chosen: list[float] = []
    palette.value_chosen.connect(chosen.append)
    palette.show_state(tuple(alphabetical), float(true), 10, False)
    assert [palette.many.itemText(place) for place in range(palette.many.count())] == natural
    assert palette.many.currentText() == "class2"
    palette.many.setCurrentText("class3")
    palette.many.activated.emit(2)
    assert chosen == [float(alphabetical.index("class3"))]
    palette.show_state(tuple(alphabetical[:10]), 0.0, 10, False)
    assert [button.accessibleName() for button in palette.classes] == [
        f"Class {name}" for name in sorted(alphabetical[:10], key=natural.index)
    ]
    assert [button.isChecked() for button in palette.classes] == [k == 0 for k in range(10)]


@pytest.mark.parametrize("extra", [0, 9, 40, 400])
def test_the_last_column_of_the_matrix_is_whole(qtbot: QtBot, extra: int) -> None:
    """At 1280 pixels "500" had lost a part of its last digit."""
    part = ClassReport(np.array([[0, 500], [0, 500]]))
    grid = ConfusionGrid(LIGHT)
    qtbot.addWidget(grid)
    grid.show_part(Report(0, 1, (0, 1), ("0", "1"), "", part, part), part, None)
    grid.resize(grid.needed().width() + extra, grid.needed().height())
    assert grid.cell_rect((0, 1)).right() + sum(grid._measure_widths()) <= grid.width()


def test_the_matrix_tells_more_than_thirty_classes_apart(qtbot: QtBot) -> None:
    names = tuple(f"{k:02}" for k in range(70))
    part = ClassReport(np.zeros((70, 70), dtype=np.int64))
    grid = ConfusionGrid(LIGHT)
    qtbot.addWidget(grid)
    grid.show_part(Report(0, 1, tuple(range(70)), names, "", part, part), part, None)
    grid.resize(grid.needed())
    picture = grid.grab().toImage()
    marks = []
    for k in range(70):
        place = grid.cell_rect((k, 0)).toRect()
        mark = picture.copy(8, place.top(), 11, place.height())  # where the mark of a row is, without its name
        marks.append(bytes(mark.constBits().asarray(mark.sizeInBytes())))
    assert len(set(marks)) == 70


@pytest.mark.usefixtures("qapp")
def test_names_are_measured_for_each_row_and_not_for_each_cell_of_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class CountingMetrics(QFontMetricsF):
        def horizontalAdvance(self, text: str) -> float:
            asked.append(text)
            return super().horizontalAdvance(text)

    part = ClassReport(np.zeros((70, 70), dtype=np.int64))
    grid = ConfusionGrid(LIGHT)
    grid.show_part(Report(0, 1, tuple(range(70)), tuple(f"{k:02}" for k in range(70)), "", part, part), part, None)
    monkeypatch.setattr(confusion_grid, "QFontMetricsF", CountingMetrics)
    grid.grab()
    assert 70 <= len(asked) < 70 * 20


def test_with_little_room_numbers_alone_name_the_classes(qtbot: QtBot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.resize(2000, 40)
    legend.show()
    legend.show_data(dataset_of(("0", "1")), None, is_walk=False, theme=LIGHT, has_test=True)
    assert names_in(legend)[:2] == ["class 0", "class 1"]
    legend.resize(200, 40)
    qtbot.waitUntil(lambda: names_in(legend)[:2] == ["0", "1"])
    legend.resize(2000, 40)
    qtbot.waitUntil(lambda: names_in(legend)[:2] == ["class 0", "class 1"])


def test_the_report_on_two_classes_is_whole_in_a_small_window(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    window.docks.bring_up("report")
    grid = window.report.view.grid
    qtbot.waitUntil(lambda: grid._part is not None and grid.isVisible())
    window.session.step("epoch")
    qtbot.waitUntil(lambda: drawn(window))
    needed, visible = grid.needed(), grid.visibleRegion().boundingRect()
    assert needed.width() <= visible.width() and needed.height() <= visible.height()
