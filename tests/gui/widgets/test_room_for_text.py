"""Texts that say less where there is less room, and never show a part of a word."""

from __future__ import annotations

import pytest
from PyQt5.QtWidgets import QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.data.features import FEATURES
from gui.decision.legend import Legend
from gui.settings.features_panel import FeaturesField
from gui.widgets.elided import Elided, FewLines
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import FormDialog
from gui.widgets.readout import WrappedReadout
from gui.widgets.theme import LIGHT
from tests.core.workbench.support import SHALLOW, make_trainer

SENTENCES = (
    "The first sentence says what happens.",
    "The second one, e.g. 0.5, says why it does.",
    "The third adds to it.",
)


def shown(qtbot: QtBot, widget: QWidget, width: int) -> QWidget:
    """Show a widget in one of a width, which the caller keeps."""
    holder = QWidget()
    holder.setFixedWidth(width)
    QVBoxLayout(holder).addWidget(widget)
    qtbot.addWidget(holder)
    holder.show()
    qtbot.waitExposed(holder)
    return holder


@pytest.mark.parametrize(("width", "count"), [(900, 3), (300, 2), (200, 1)])
def test_a_text_of_two_lines_leaves_out_its_last_sentences(qtbot: QtBot, width: int, count: int) -> None:
    lines = FewLines(2)
    lines.set_text(" ".join(SENTENCES))
    holder = shown(qtbot, lines, width)
    assert holder.isVisible()
    assert " ".join(lines.lines()) == " ".join(SENTENCES[:count])
    assert lines.toolTip().split() == " ".join(SENTENCES).split()


def test_a_sentence_that_is_too_long_ends_in_dots(qtbot: QtBot) -> None:
    lines = FewLines(2)
    lines.set_text("This one sentence has more words than any two lines of this width can hold, whatever their size.")
    holder = shown(qtbot, lines, 150)
    assert holder.isVisible()
    assert " ".join(lines.lines()).endswith("…")


def test_a_choice_that_is_too_long_ends_in_dots(qtbot: QtBot) -> None:
    box = ChoiceBox([("x", "a column with a rather long name")], "Input")
    holder = shown(qtbot, box, 140)
    assert box.shown_text().endswith("…") and box.currentText() == "a column with a rather long name"
    holder.setFixedWidth(900)
    qtbot.waitUntil(lambda: box.shown_text() == box.currentText())


def test_fields_keep_their_height_beside_wrapped_texts(qtbot: QtBot) -> None:
    dialog, field, text = FormDialog(), QLineEdit(), QLabel("many words " * 30)
    column = QVBoxLayout(dialog)
    text.setWordWrap(True)
    column.addWidget(field)
    column.addWidget(text)
    qtbot.addWidget(dialog)
    dialog.resize(300, 10)
    dialog.show()
    qtbot.waitUntil(lambda: field.height() == field.sizeHint().height())
    assert text.height() >= text.heightForWidth(text.width())


def test_a_wrapped_readout_shows_a_shorter_text_where_the_text_has_too_many_lines(qtbot: QtBot) -> None:
    readout = WrappedReadout(2)
    readout.set_text("many words " * 12, shorter="few words")
    holder = shown(qtbot, readout, 240)
    assert readout.label.text() == "few words"
    assert readout.text() == "many words " * 12
    holder.setFixedWidth(900)
    qtbot.waitUntil(lambda: readout.label.text() == "many words " * 12)


@pytest.mark.parametrize("width", [110, 200, 260, 500])
def test_the_names_of_features_are_whole(qtbot: QtBot, width: int) -> None:
    field = FeaturesField()
    field.set_features(("x1", "x2"), ("x1", "x2"))
    holder = shown(qtbot, field, width)
    assert holder.isVisible()
    assert len(field.buttons) == len(FEATURES)

    def is_whole(button: QToolButton) -> bool:
        return button.isVisible() and button.width() >= button.fontMetrics().horizontalAdvance(button.text()) + 4

    qtbot.waitUntil(lambda: all(map(is_whole, field.buttons.values())))
    boxes = [button.geometry() for button in field.buttons.values()]
    assert not any(a.intersects(b) for k, a in enumerate(boxes) for b in boxes[k + 1 :])


def test_the_legend_has_room_for_larger_letters(qtbot: QtBot) -> None:
    legend = Legend()
    legend.label.setText("● one&nbsp; ● two&nbsp; ○ wrong&nbsp; ○ last sample")
    holder = shown(qtbot, legend, 300)
    assert holder.isVisible()
    font = legend.font()
    font.setPointSizeF(1.4 * font.pointSizeF())
    legend.setFont(font)
    qtbot.waitUntil(lambda: legend.height() >= legend.label.heightForWidth(legend.label.width()))
    assert legend.verticalScrollBar().maximum() == 0
    holder.setFixedWidth(500)  # one line again
    qtbot.waitUntil(lambda: legend.viewport().height() == legend.height() < 2 * legend.fontMetrics().height())


def test_a_legend_at_rest_is_not_laid_out_again_and_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = make_trainer(SHALLOW)
    legend = Legend()
    holder = shown(qtbot, legend, 150)  # where even the short text needs two lines
    legend.show_data(trainer.preparation.dataset, None, is_walk=False, theme=LIGHT, has_test=True)
    qtbot.wait(50)
    fits: list[None] = []
    fit = Legend._fit
    monkeypatch.setattr(Legend, "_fit", lambda self: (fits.append(None), fit(self)))
    qtbot.wait(50)
    assert holder.isVisible()
    assert not fits


def test_a_text_that_has_the_room_it_asked_for_is_whole(qtbot: QtBot) -> None:
    """Qt would put dots behind some of them, since it rounds the width that it tells."""
    label = Elided()
    qtbot.addWidget(label)
    label.show()
    for count in range(200):
        text = f"Plateau since epoch {count}"
        label.set_full(text)
        label.resize(label.fontMetrics().horizontalAdvance(text), 20)
        assert label.text() == text
