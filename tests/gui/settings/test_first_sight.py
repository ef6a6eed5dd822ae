"""What the eye meets at the first start: few controls, data as pictures, presets as cards, and a strip of settings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt5.QtCore import QPoint, QSize, Qt
from PyQt5.QtGui import QFontMetricsF
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QScrollArea,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.data.data_source import DataSource
from core.data.generators import GENERATORS
from core.explain.verdict.cures import first_l2
from core.training.presets import PRESETS
from gui.settings.data_tiles import SIDE, picture_of
from gui.widgets.plain_text import unparted
from gui.widgets.qt_objects import existing
from gui.widgets.theme import DARK, LIGHT, apply_theme
from gui.window.dock_title import DockTitle
from gui.window.main_window import MainWindow
from tests.gui.conftest import SIZE, drawn
from tests.gui.support import choose_data, position
from tests.gui.window.test_settings import choose, experiment, rest, type_in

MOST_CONTROLS = 36
CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QListWidget)
LEFT = Qt.MouseButton.LeftButton


def is_one_of_several(button: QAbstractButton) -> bool:
    group = button.group()
    is_choice = button.autoExclusive() or (group is not None and group.exclusive())
    return (is_choice and not button.isChecked()) or button.accessibleName().startswith("Remove ")


def controls(window: MainWindow) -> list[QWidget]:
    """Everything that can be pressed, turned or typed into, and is seen.

    A field counts once, and so does a list, a choice of one among several, and a number between − and +.
    """
    found = [widget for kind in CONTROLS for widget in window.findChildren(kind)]
    return [
        widget
        for widget in found
        if not isinstance(widget, QScrollBar)
        and not isinstance(widget.parentWidget(), QAbstractSpinBox)
        and widget.isVisible()
        and not widget.visibleRegion().isEmpty()
        and not (isinstance(widget, QAbstractButton) and is_one_of_several(widget))
    ]


def test_there_are_few_controls_at_the_start(qtbot: QtBot, window: MainWindow) -> None:
    for size in ((1280, 800), (1440, 900), (1920, 1080)):
        window.resize(*size)
        window.docks.restore_default()
        qtbot.waitUntil(lambda: drawn(window))
        names = sorted({widget.accessibleName() or widget.objectName() for widget in controls(window)})
        assert len(controls(window)) <= MOST_CONTROLS, names


@pytest.mark.parametrize("width", [1000, 1280])
def test_what_a_lesson_changes_is_in_reach(qtbot: QtBot, window: MainWindow, width: int) -> None:
    window.resize(width, 800)
    qtbot.waitUntil(lambda: drawn(window))
    strip = window.panels.strip
    fields = strip.problem, strip.learning_rate, strip.optimizer, strip.activation, strip.loss, strip.batch_size
    for field in (*fields, strip.penalty, strip.more):
        assert field.isVisible()
        assert field.width() >= field.minimumSizeHint().width() or field.minimumWidth() == field.maximumWidth()
        assert field.mapTo(window, QPoint(field.width(), 0)).x() <= width
        assert field.mapTo(window, QPoint(0, 0)).y() < 150


def test_the_rest_unfolds_and_is_remembered(qtbot: QtBot, window: MainWindow) -> None:
    panels, more = window.panels, window.panels.strip.more
    assert not panels.training.momentum.isVisible()
    window.resize(1440, 900)
    window.docks.restore_default()
    qtbot.waitUntil(lambda: drawn(window))
    column = window.docks.by_name["settings"].geometry()
    others = [window.docks.by_name[name].geometry() for name in ("boundary", "loss", "inspector")]
    qtbot.mouseClick(more, LEFT)
    qtbot.waitUntil(panels.training.momentum.isVisible)
    qtbot.waitUntil(lambda: window.docks.by_name["more"].geometry() == column)
    assert [window.docks.by_name[name].geometry() for name in ("boundary", "loss", "inspector")] == others
    assert more.isChecked()
    assert any(place.name == "more" and place.shown for place in window.docks.describe().docks)
    qtbot.mouseClick(more, LEFT)
    qtbot.waitUntil(lambda: not panels.training.momentum.isVisible() and panels.data.kind.isVisible())
    assert not more.isChecked()
    assert window.docks.by_name["settings"].geometry() == column
    qtbot.mouseClick(more, LEFT)
    title = window.docks.by_name["more"].titleBarWidget()
    assert isinstance(title, DockTitle)
    title.close_button.click()
    qtbot.waitUntil(lambda: panels.data.kind.isVisible() and not more.isChecked())


def test_the_problem_changes_between_classes_and_numbers_and_back(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "moons")
    rest(qtbot, window)
    choose(qtbot, window, window.panels.strip.problem, "regression")
    assert (experiment(window).data.kind, experiment(window).task) == ("plane", "regression")
    choose(qtbot, window, window.panels.strip.problem, "classification")
    assert experiment(window).data.kind == "moons"


def test_one_regularization_takes_the_place_of_another(qtbot: QtBot, window: MainWindow) -> None:
    strip = window.panels.strip
    assert not strip.amount.isVisible()
    choose(qtbot, window, strip.penalty, "l2")
    assert (experiment(window).l1, experiment(window).l2) == (0.0, strip.amount.value())
    assert strip.amount.value() == first_l2(experiment(window)), "what the verdict offers too"
    type_in(qtbot, window, strip.amount, "0.05")
    assert experiment(window).l2 == 0.05
    window.session.change({"l1": 0.01})
    qtbot.waitUntil(lambda: strip.penalty.currentIndex() == -1)
    choose(qtbot, window, strip.penalty, "none")
    assert (experiment(window).l1, experiment(window).l2, experiment(window).dropout) == (0.0, 0.0, 0.0)


def test_a_tile_shows_the_points_of_its_set(qapp: QApplication) -> None:
    for kind in GENERATORS:
        pictures = [picture_of(kind, theme, 1.0).toImage() for theme in (LIGHT, DARK)]
        assert pictures[0] != pictures[1], "each theme has its colours"
        drawn_pixels = sum(pictures[0].pixelColor(x, y).alpha() > 0 for x in range(SIDE) for y in range(SIDE))
        assert drawn_pixels > 150, kind
    assert picture_of("xor", LIGHT, 1.0) is picture_of("xor", LIGHT, 1.0), "made once"


def test_no_part_moves_when_a_setting_is_changed(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    window.panels.presets.choice.setFocus()
    qtbot.keyClick(window.panels.presets.choice, Qt.Key.Key_Down)
    rest(qtbot, window)
    card, cards = window.inspector, window.panels.presets.choice
    about = card.pages.preset
    parts = (window.network, window.scatter, window.loss, window.panels.data.kind, cards, card)

    def places() -> list[tuple[QPoint, QPoint]]:
        return [(part.mapTo(window, QPoint(0, 0)), QPoint(part.width(), part.height())) for part in parts]

    qtbot.waitUntil(lambda: drawn(window))
    before = places()
    assert about.isVisible(), "it opens by itself"
    assert not cards.visibleRegion().isEmpty()
    shown = cards.visibleRegion().boundingRect(), window.panels.data.train_share.visibleRegion().boundingRect()
    assert about.text.text() == unparted(PRESETS["deep"].commentary)
    assert shown == (
        cards.visibleRegion().boundingRect(),
        window.panels.data.train_share.visibleRegion().boundingRect(),
    )
    type_in(qtbot, window, window.panels.strip.learning_rate, "0.2")
    qtbot.waitUntil(lambda: experiment(window).learning_rate == 0.2)
    assert places() == before
    assert about.isVisible(), "it stays after a change"
    assert about.text.text() == unparted(PRESETS["deep"].commentary)
    assert card.sentence.text().startswith("changed: learning rate 0.01 → 0.2. The text")
    assert PRESETS["deep"].commentary in card.text()
    qtbot.mouseClick(card.head.scopes["history"], LEFT)
    assert not about.isVisible()
    window.session.change({"batch_size": 4})
    qtbot.waitUntil(lambda: experiment(window).batch_size == 4 and position(window) == 0)
    assert not about.isVisible(), "put away is put away"
    assert card.head.scopes["preset"].isVisible(), "and can be had again"


def test_the_commentary_has_all_the_room_and_is_never_cut_without_a_scroll_bar(
    qtbot: QtBot, window: MainWindow
) -> None:
    """It was chosen while another page was seen, and was cut through a line above the room of an empty sentence."""
    window.resize(1280, 800)
    card, choice = window.inspector, window.panels.presets.choice
    text, line = card.pages.preset, card.fontMetrics().lineSpacing()

    def has_room() -> bool:
        """Whether all of the text is seen, or can be reached by a bar that is seen."""
        needed = text.text.heightForWidth(existing(text.viewport()).width())
        return needed <= existing(text.viewport()).height() or existing(text.verticalScrollBar()).isVisible()

    def free() -> int:
        """The pixels below the text that nothing else uses."""
        return card.height() - text.mapTo(card, QPoint(0, text.height())).y()

    for row in range(len(PRESETS)):
        qtbot.mouseClick(card.head.scopes["history"], LEFT)
        assert card.sentence.isVisible(), "other pages keep its place"
        choice.setFocus()
        qtbot.keyClick(choice, Qt.Key.Key_Home if row == 0 else Qt.Key.Key_Down)
        rest(qtbot, window)
        qtbot.mouseClick(card.head.scopes["preset"], LEFT)
        qtbot.waitUntil(lambda: text.isVisible() and has_room() and free() < line)
    type_in(qtbot, window, window.panels.strip.learning_rate, "0.2")
    qtbot.waitUntil(lambda: bool(card.sentence.text()) and card.sentence.isVisible() and has_room())
    assert free() > line, "the sentence is below it"


def test_the_commentary_goes_with_its_data(qtbot: QtBot, window: MainWindow) -> None:
    window.panels.presets.choice.setFocus()
    qtbot.keyClick(window.panels.presets.choice, Qt.Key.Key_Down)
    rest(qtbot, window)
    head, about = window.inspector.head, window.inspector.pages.preset
    qtbot.waitUntil(about.isVisible)
    window.session.change({"data": DataSource("circle")})
    qtbot.waitUntil(lambda: experiment(window).data.kind == "circle")
    rest(qtbot, window)
    assert not about.isVisible()
    assert (head.scope, head.scopes["preset"].isVisible()) == ("history", False)
    window.session.undo()
    qtbot.waitUntil(lambda: experiment(window) == PRESETS["deep"].experiment)
    assert head.scopes["preset"].isVisible()
    assert about.text.text() == unparted(PRESETS["deep"].commentary)


def test_a_click_on_the_present_preset_starts_it_again(qtbot: QtBot, window: MainWindow) -> None:
    """Nothing happened, though the card says that the run starts again."""
    choice = window.panels.presets.choice
    window.session.run_epochs(2)
    qtbot.waitUntil(lambda: existing(window.session.snapshot).epoch == 2 and window.session.at_rest)
    place = choice.visualItemRect(existing(choice.entry_of("shallow"))).center()
    qtbot.mouseClick(existing(choice.viewport()), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: existing(window.session.snapshot).epoch == 0 and window.session.at_rest)
    window.session.undo()
    qtbot.waitUntil(lambda: existing(window.session.snapshot).epoch == 2)


def test_unfolding_a_section_makes_no_panel_wider(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    window.docks.bring_up("more")
    column = window.panels.rest
    qtbot.waitUntil(column.isVisible)
    for section in window.panels.more.sections.values():
        section.header.setChecked(False)
    QApplication.processEvents()
    width = column.minimumWidth()
    for section in window.panels.more.sections.values():
        section.header.setChecked(True)
        QApplication.processEvents()
        assert column.minimumWidth() == width
    area = window.docks.by_name["more"].widget()
    assert isinstance(area, QScrollArea)
    assert existing(area.horizontalScrollBar()).maximum() == 0


def test_settings_needed_seldom_are_made_when_they_are_shown(window: MainWindow, qtbot: QtBot) -> None:
    """They show what is true then, and their fields offer what all fields do."""
    assert not window.panels.is_complete
    window.session.change({"momentum": 0.5, "optimizer": "momentum"})
    rest(qtbot, window)
    assert not window.panels.is_complete
    window.panels.strip.more.click()
    assert window.panels.is_complete
    momentum = window.panels.training.momentum
    assert momentum.isVisible()
    assert momentum.value() == 0.5
    assert window.sweeps.menu.option_of(momentum) == "momentum"
    momentum.setValue(0.75)
    rest(qtbot, window)
    experiment = window.session.experiment
    assert experiment is not None
    assert experiment.momentum == 0.75


def test_no_name_in_the_strip_is_cut_at_its_last_letter(window: MainWindow) -> None:
    names = [label for label in window.panels.strip.findChildren(QLabel) if label.isVisible() and label.text()]
    assert "Learning rate η" in [label.text() for label in names]
    for label in names:
        letters = QFontMetricsF(label.font()).tightBoundingRect(label.text())
        assert letters.right() <= label.width(), label.text()


def test_a_first_window_has_the_sizes_of_a_later_one(
    qapp: QApplication, open_window: Callable[..., MainWindow]
) -> None:
    """The first one gets its style sheet when all its parts are there, a later one finds the sheet already set."""

    def sizes(window: MainWindow) -> list[tuple[str, QSize, QSize]]:
        parts = (window.panels.data, window.panels.strip, window.network_panel, window.toolbar, window.inspector)
        inside = [part for panel in parts for part in (panel, *panel.findChildren(QWidget)) if part.isVisible()]
        return [(type(part).__name__, part.size(), part.sizeHint()) for part in inside]

    apply_theme(qapp, LIGHT)
    later = sizes(open_window(SIZE))
    qapp.setStyleSheet("")
    assert sizes(open_window(SIZE)) == later


def test_the_level_of_a_preset_is_told_in_words(window: MainWindow) -> None:
    entry = existing(window.panels.presets.choice.entry_of("deep"))
    assert "\nLevel 2 of 3: second steps\n" in entry.toolTip()
    words = existing(entry.data(Qt.ItemDataRole.AccessibleDescriptionRole))
    assert words == entry.toolTip(), "who hears the cards is told as well"


def test_without_hidden_layers_the_strip_says_that_there_is_no_activation(qtbot: QtBot, window: MainWindow) -> None:
    field = window.panels.strip.activation
    window.session.load(PRESETS["spiral-straight"].experiment, anew=True)
    rest(qtbot, window)
    assert field.shown_text() == "None" and "no hidden layers" in field.toolTip()
    window.session.change({"hidden": (4, 4), "activation": ("tanh", "relu")})
    rest(qtbot, window)
    assert field.shown_text() == "different"


def test_escape_closes_a_menu_and_leaves_the_menu_bar(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.network.setFocus()
    bar = existing(window.menuBar())
    view = next(action for action in bar.actions() if action.text() == "&View")
    qtbot.mouseClick(bar, LEFT, pos=bar.actionGeometry(view).center())
    qtbot.waitUntil(lambda: existing(view.menu()).isVisible())
    qtbot.keyClick(existing(view.menu()), Qt.Key.Key_Escape)
    qtbot.wait(100)
    assert bar.activeAction() is None
    assert not existing(view.menu()).isVisible() and window.focusWidget() is window.network
