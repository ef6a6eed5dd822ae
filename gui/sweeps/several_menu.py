"""The entry "Try several…" in the context menu of each setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt5 import sip
from PyQt5.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QContextMenuEvent, QFocusEvent
from PyQt5.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QWidget

from core.base.translation import _
from gui.settings.settings_panels import SettingsPanels
from gui.widgets.fields import ChoiceBox
from gui.widgets.qt_objects import existing, forget_when_deleted

Option = Callable[[], str]
PENALTIES = ("l1", "l2", "dropout")


class SeveralMenu(QObject):
    """Watches the fields of all settings.

    Signals:
        wanted(str): the user wants to try several values of this option.
    """

    wanted = pyqtSignal(str)

    def __init__(self, panels: SettingsPanels, parent: QObject) -> None:
        super().__init__(parent)
        self._panels = panels
        self._options = first_fields(panels)
        self._entered: QWidget | None = None  # the field that a right click gave the focus
        self._add_labels(panels.strip, panels.first)
        panels.made.connect(lambda _: self._take_seldom())
        self.watch()

    def _take_seldom(self) -> None:
        """Watch the fields that are needed seldom as well."""
        self._options |= seldom_fields(self._panels)
        self._add_labels(self._panels.rest)
        self.watch()

    def _add_labels(self, *columns: QWidget) -> None:
        for label in (label for column in columns for label in _labels(column)):
            buddy = label.buddy()
            if buddy in self._options:
                self._options[label] = self._options[buddy]

    def watch(self) -> None:
        """Watch all fields and their parts."""
        for widget in (*self._options, *self._activations()):
            for part in (widget, *widget.findChildren(QLineEdit)):
                part.installEventFilter(self)

    def _activations(self) -> Sequence[QWidget]:
        """The fields of the layers' activations, which come and go with the layers."""
        return self._panels.layers.layers.activations if self._panels.is_complete else ()

    def option_of(self, widget: QObject | None) -> str:
        """The option that a widget or one of its parents sets; empty if there is none."""
        if widget in self._activations():
            return "activation"
        while isinstance(widget, QWidget):
            if widget in self._options:
                return self._options[widget]()
            widget = widget.parentWidget()
        return ""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QFocusEvent) and event.gotFocus() and isinstance(watched, QWidget):
            by_menu = event.reason() == Qt.FocusReason.MouseFocusReason
            by_menu = by_menu and QApplication.mouseButtons() == Qt.MouseButton.RightButton
            if by_menu or event.reason() != Qt.FocusReason.PopupFocusReason:
                self._entered = watched if by_menu else None
        if isinstance(event, QContextMenuEvent) and isinstance(watched, QWidget):
            option = self.option_of(watched)
            if option:
                self.make_menu(watched, option).popup(event.globalPos())
                return True
        return False

    def make_menu(self, widget: QWidget, option: str) -> QMenu:
        """The menu of a field; it deletes itself when it closes."""
        menu = QMenu(widget)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.aboutToHide.connect(lambda: QTimer.singleShot(0, self._leave_entered))  # behind what was chosen
        forget_when_deleted(menu)
        several = existing(menu.addAction(_("Try se&veral…")))
        several.triggered.connect(lambda: self._try_several(widget, option))
        if isinstance(widget, QLineEdit):
            menu.addSeparator()
            for text, act, enabled in (
                (_("Cu&t"), widget.cut, widget.hasSelectedText()),
                (_("&Copy"), widget.copy, widget.hasSelectedText()),
                (_("&Paste"), widget.paste, True),
                (_("Select &all"), widget.selectAll, True),
            ):
                action = existing(menu.addAction(text))
                action.triggered.connect(lambda _=False, act=act: self._edit(act))
                action.setEnabled(enabled)
        return menu

    def _try_several(self, widget: QWidget, option: str) -> None:
        self._entered = None
        while widget.focusProxy() is not None:
            widget = existing(widget.focusProxy())
        widget.clearFocus()
        self.wanted.emit(option)

    def _edit(self, act: Callable[[], object]) -> None:
        """Change the text of a field, which keeps the keys."""
        self._entered = None
        act()

    def _leave_entered(self) -> None:
        """Nothing was chosen that is done with the text: the keys are those of the window, as before the click."""
        entered, self._entered = self._entered, None
        if entered is not None and not sip.isdeleted(entered) and existing(entered.window()).focusWidget() is entered:
            entered.clearFocus()


def _labels(column: QWidget) -> list[QLabel]:
    return column.findChildren(QLabel)


def first_fields(panels: SettingsPanels) -> dict[QWidget, Option]:
    """The option that each field of the strip and of the data sets."""
    strip, data, generated = panels.strip, panels.data, panels.data.generated
    fields = _by_widget(
        {
            "learning-rate": (strip.learning_rate,),
            "optimizer": (strip.optimizer,),
            "activation": (strip.activation,),
            "loss": (strip.loss,),
            "batch-size": (strip.batch_size,),
            "train-fraction": (data.train_share,),
            "standardize": (data.standardize,),
            "points": (generated.size, generated.points),
            "noise": (generated.noise,),
            **{name: (field,) for name, field in generated.sliders.items() if name in ("classes", "balance", "turns")},
        }
    )
    return fields | dict.fromkeys((strip.penalty, strip.amount), lambda: _penalty(strip.penalty))


def seldom_fields(panels: SettingsPanels) -> dict[QWidget, Option]:
    """The same of the fields that are needed seldom."""
    training, layers, more = panels.training, panels.layers, panels.more
    return _by_widget(
        {
            "momentum": (training.momentum,),
            "schedule": (training.schedule.choice, *training.schedule.fields),
            "warm-up": (training.warm_up,),
            "features": (layers.features,),
            "hidden": (layers.layers,),
            "output": (layers.output,),
            "l1": (more.l1,),
            "l2": (more.l2,),
            "dropout": (more.dropout,),
            "patience": (more.early, more.patience),
            "stop-loss": (more.at_loss, more.stop_loss),
            "init": (more.init, more.scale),
            "bias": (more.bias,),
            "seed": (more.seed,),
            "shuffle": (more.shuffle,),
            "engine": (more.engine,),
        }
    )


def _by_widget(fields: dict[str, tuple[QWidget, ...]]) -> dict[QWidget, Option]:
    return {w: lambda name=name: name for name, widgets in fields.items() for w in widgets}  # type: ignore[misc]


def _penalty(choice: ChoiceBox) -> str:
    """The kind of regularization that is chosen; L2 where there is none, or several."""
    return choice.value() if choice.value() in PENALTIES else "l2"
