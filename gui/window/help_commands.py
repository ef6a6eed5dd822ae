"""The pages of the menu Help."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import groupby

import numpy as np
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from core.base.translation import _
from core.base.typeset import escaped
from core.base.version import VERSION
from gui.widgets.qt_objects import forget_when_deleted
from gui.window.actions import ACTIONS, MENUS, ActionSpec, key_name

MOUSE = {
    _("Diagram"): _(
        "Hover for a value, click to have it explained. In the phases of an update, a click shows the formulas "
        "of that neuron or weight."
    ),
    _("Legend"): _("Double-click it to rename the classes."),
    _("Points"): _(
        "Click one to see what the network makes of it, and from there the update that it would make. With the probe "
        "on, the diagram shows the activations for the place of the mouse."
    ),
    _("Painting"): _(
        "The left button draws, the right one moves the plane, the wheel zooms; 0 to 9 choose a class, Esc "
        "leaves. To select, drag a frame, with Shift to add to what is selected; drag a point to move it."
    ),
    _("Plots"): _("Drag to move, wheel to zoom, right-drag to stretch, Home for all points."),
    _("Files"): _("Drop a table on the window to learn it, or a project to open it."),
}
NOTHING = _("<p>Nothing is called so.</p>")


class HelpCommands:
    """Handlers of the actions of that menu."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {"shortcuts": self.show_shortcuts, "about": self.show_about}

    def show_shortcuts(self) -> None:
        """Show every shortcut and what the mouse does."""
        field = search_field()
        text = self._show_page(_("Keys and mouse"), keys_text(""), field)
        field.textChanged.connect(lambda wanted: text.setText(keys_text(wanted)))

    def show_about(self) -> None:
        """Show the name, the version and the licence of the program."""
        versions = f"Python {sys.version.split()[0]}, NumPy {np.__version__}"
        self._show_page(
            _("About Backprop Lens"),
            f"<h3>Backprop Lens {VERSION}</h3>"
            + _(
                "<p>Watch a small neural network learn 2-D data, step by step or at full speed, "
                "and see why every weight moves.</p>"
                "<p>Blue is positive, orange is negative; an edge is the wider the larger its weight. "
                "The tile of a neuron is what it computes over the visible part of the plane; that of a class "
                "has the colour of the class where the network answers it.</p>"
            )
            + f"<p>{versions}.</p>"
            + _(
                "<p>The program's own code is free software under the MIT licence. PyQt5 is under the GPL version 3 "
                "or a "
                "commercial licence: if you pass on a bundle that contains PyQt5, pass it on under the GPL.</p>"
            ),
        )

    def _show_page(self, title: str, content: str, above: QWidget | None = None) -> QLabel:
        dialog = QDialog(self._parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        forget_when_deleted(dialog)
        dialog.setWindowTitle(title)
        text = QLabel(content)
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setWordWrap(True)
        text.setMargin(14)
        area = QScrollArea()
        area.setAccessibleName(title)
        area.setWidget(text)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.reject)
        layout = QVBoxLayout(dialog)
        if above is not None:
            layout.addWidget(above)
        layout.addWidget(area)
        layout.addWidget(buttons)
        dialog.setMinimumSize(420, 320)
        dialog.resize(560, 560 if "table" in content else 320)
        dialog.open()
        return text


def keys_text(wanted: str) -> str:
    """The keys and what the mouse does, as HTML; only those that hold every word of ``wanted``."""
    words = wanted.lower().split()
    parts = []
    for menu, specs in groupby((spec for spec in ACTIONS if spec.shortcut), key=_menu):
        named = ((key_name(spec.shortcut), spec) for spec in specs if _holds(spec, words))
        rows = [_row(key, f"{_plain(spec.text)}: {spec.tip}") for key, spec in named]
        if rows:
            parts.append(f"<h4>{escaped(menu)}</h4><table>{''.join(rows)}</table>")
    mouse = _("Mouse")
    rows = [_row(what, text) for what, text in MOUSE.items() if _all_in(f"{mouse} {what} {text}", words)]
    if rows:
        parts.append(f"<h4>{mouse}</h4><table>{''.join(rows)}</table>")
    return "".join(parts) or NOTHING


def search_field() -> QLineEdit:
    """The field above the page."""
    field = QLineEdit()
    field.setPlaceholderText(_("Search keys"))
    field.setAccessibleName(_("Search keys"))
    field.setClearButtonEnabled(False)
    return field


def _menu(spec: ActionSpec) -> str:
    return _plain(MENUS[spec.menu.lstrip("-")])


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…")


def _holds(spec: ActionSpec, words: list[str]) -> bool:
    return _all_in(f"{_menu(spec)} {_plain(spec.text)} {spec.tip} {key_name(spec.shortcut)}", words)


def _all_in(text: str, words: list[str]) -> bool:
    return all(word in text.lower() for word in words)


def _row(key: str, text: str) -> str:
    first = f"<td width='120' style='padding:2px 12px 2px 0'><b>{escaped(key)}</b></td>"
    return f"<tr>{first}<td>{escaped(text)}</td></tr>"
