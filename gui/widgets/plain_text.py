"""Shows texts from outside, such as names and messages, letter by letter and never as HTML."""

from __future__ import annotations

import re
import textwrap

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QLabel, QMessageBox, QWidget

from core.base.typeset import escaped

WIDEST_TIP = 90
"""Letters in a line of a tooltip; Qt itself breaks lines of HTML alone."""


def plain(text: str) -> str:
    """A tooltip that shows the text as it is, in lines of a readable length.

    Qt takes a tooltip with tags for HTML, and offers no choice.
    """
    text = "\n".join(_wrapped(line) for line in text.split("\n"))
    if "<" not in text and "&" not in text:
        return text
    return "<span>" + escaped(text).replace("\n", "<br>") + "</span>"


def _wrapped(line: str) -> str:
    if len(line) <= WIDEST_TIP:
        return line
    return "\n".join(textwrap.wrap(line, WIDEST_TIP, break_long_words=False, break_on_hyphens=False))


def unparted(text: str) -> str:
    """A text for a label of several lines, in which no line ends between a number and its percent sign."""
    return re.sub(r"(?<=\d) %", "\u00a0%", text)


def plain_label(text: str = "") -> QLabel:
    """A label that shows its texts as they are; a QLabel takes a text with tags for HTML unless it is told."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    return label


def plain_message(parent: QWidget, icon: QMessageBox.Icon, title: str, text: str) -> QMessageBox:
    """A message box that shows its text as it is."""
    box = QMessageBox(parent)
    box.setIcon(icon)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    return box
