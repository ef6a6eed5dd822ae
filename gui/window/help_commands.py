"""The pages of the menu Help."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QDialog, QDialogButtonBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.base.version import VERSION
from gui.widgets.qt_objects import forget_when_deleted
from gui.window.actions import ACTIONS


class HelpCommands:
    """Handlers of the actions of that menu."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {"shortcuts": self.show_shortcuts, "about": self.show_about}

    def show_shortcuts(self) -> None:
        """Show every shortcut and what the mouse does."""
        rows = "".join(
            f"<tr><td style='padding:2px 18px 2px 0'><b>{spec.shortcut}</b></td><td>{spec.tip}</td></tr>"
            for spec in ACTIONS
            if spec.shortcut
        )
        mouse = (
            "<p><b>Diagram</b>: hover for a value, click to have it explained. In the phases of an update, "
            "a click shows the formulas of that neuron or weight.<br>"
            "<b>Legend</b>: double-click it to rename the classes.<br>"
            "<b>Points</b>: click one to walk through the update that it would make. With the probe on, the diagram "
            "shows the activations for the place of the mouse.<br>"
            "<b>Painting</b>: the left button draws, the right one moves the plane, the wheel zooms; "
            "0 to 9 pick a class, Esc leaves. To select, drag a frame, with Shift to add to what is "
            "selected; drag a point to move it.<br>"
            "<b>Plots</b>: drag to move, wheel to zoom, right-drag to stretch, Home for all points.<br>"
            "<b>Files</b>: drop a table on the window to learn it, or a project to open it.</p>"
        )
        self._show_page("Keys and mouse", f"<table>{rows}</table>{mouse}")

    def show_about(self) -> None:
        """Show the name, the version and the licence of the program."""
        versions = f"Python {sys.version.split()[0]}, NumPy {np.__version__}"
        self._show_page(
            "About Backprop Lens",
            f"<h3>Backprop Lens {VERSION}</h3>"
            "<p>Watch a small neural network learn 2-D data, step by step or at full speed, "
            "and see why every weight moves.</p>"
            "<p>Blue is positive, orange is negative; an edge is the wider the larger its weight. "
            "The tile of a neuron is what it computes over the visible part of the plane.</p>"
            f"<p>{versions}.</p>"
            "<p>The program's own code is free software under the MIT licence. PyQt5 is under the GPL version 3 or a "
            "commercial licence: if you pass on a bundle that contains PyQt5, pass it on under the GPL.</p>",
        )

    def _show_page(self, title: str, html: str) -> None:
        dialog = QDialog(self._parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        forget_when_deleted(dialog)
        dialog.setWindowTitle(title)
        text = QLabel(html)
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setWordWrap(True)
        text.setMargin(14)
        area = QScrollArea()
        area.setWidget(text)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.reject)
        layout = QVBoxLayout(dialog)
        layout.addWidget(area)
        layout.addWidget(buttons)
        dialog.resize(560, 560 if "table" in html else 320)
        dialog.open()
