"""Colours of the light and the dark window: blue is positive, orange negative, and the first two classes follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PyQt5.QtGui import QColor, QPalette
from PyQt5.QtWidgets import QApplication

from gui.widgets.images import Words, color_words

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """One set of colours, each as (red, green, blue).

    Attributes:
        name: "light" or "dark".
        window, base, raised: the backgrounds of panels, of views and entry fields, and of buttons.
        text, faint: the colours of important and of less important text.
        line: borders and grid lines.
        accent: what is selected or under the mouse.
        negative, neutral, positive: the ends and the middle of the scale of signed values.
        classes: colours of the classes; the first two are those of the scale.
        train, test: the two curves of the loss.
        wrong: marks a misclassified point.
    """

    name: str
    window: Rgb
    base: Rgb
    raised: Rgb
    text: Rgb
    faint: Rgb
    line: Rgb
    accent: Rgb
    negative: Rgb
    neutral: Rgb
    positive: Rgb
    classes: tuple[Rgb, ...]
    train: Rgb
    test: Rgb
    wrong: Rgb

    def color(self, name: str, alpha: int = 255) -> QColor:
        """The colour of one attribute."""
        red, green, blue = getattr(self, name)
        return QColor(red, green, blue, alpha)

    def class_rgb(self, index: int) -> Rgb:
        """The colour of a class; from the eleventh class on they repeat."""
        return self.classes[index % len(self.classes)]

    def class_color(self, index: int) -> QColor:
        """The colour of a class, for Qt."""
        return QColor(*self.class_rgb(index))

    def signed_table(self) -> Words:
        """Colours of the signed scale, 256 words (0xFFRRGGBB) from negative through neutral to positive."""
        return self._signed_table

    def signed_color(self, value: float) -> QColor:
        """The colour of a value from −1 to 1 on the signed scale."""
        return color_of(self.signed_table(), value)

    @cached_property
    def _signed_table(self) -> Words:
        ends = np.array([self.negative, self.neutral, self.positive], dtype=float)
        at = np.linspace(0.0, 2.0, 256)
        return color_words(np.round([np.interp(at, [0.0, 1.0, 2.0], channel) for channel in ends.T]).T)


def color_of(table: Words, value: float) -> QColor:
    """The colour of a value from −1 to 1 in a table of 256 words."""
    return QColor(int(table[round((min(1.0, max(-1.0, value)) + 1.0) / 2.0 * (len(table) - 1))]))


# The first two are orange and blue; all ten stay apart for the common kinds of colour blindness, also by lightness.
_CLASSES_LIGHT = (
    (232, 119, 12),
    (9, 107, 196),
    (0, 140, 100),
    (196, 70, 140),
    (140, 98, 10),
    (96, 74, 190),
    (40, 160, 190),
    (170, 40, 50),
    (110, 130, 20),
    (90, 90, 90),
)
_CLASSES_DARK = (
    (255, 158, 66),
    (77, 163, 255),
    (52, 199, 150),
    (240, 125, 190),
    (214, 176, 80),
    (165, 145, 255),
    (100, 210, 235),
    (245, 110, 115),
    (180, 205, 80),
    (185, 185, 185),
)

LIGHT = Theme(
    name="light",
    window=(244, 245, 247),
    base=(255, 255, 255),
    raised=(251, 251, 252),
    text=(28, 31, 36),
    faint=(98, 104, 114),
    line=(208, 212, 219),
    accent=(112, 60, 200),
    negative=(232, 119, 12),
    neutral=(233, 235, 238),
    positive=(9, 107, 196),
    classes=_CLASSES_LIGHT,
    train=(112, 60, 200),
    test=(0, 134, 110),
    wrong=(190, 0, 30),
)

DARK = Theme(
    name="dark",
    window=(30, 32, 37),
    base=(22, 24, 28),
    raised=(43, 46, 53),
    text=(232, 234, 238),
    faint=(160, 166, 177),
    line=(68, 73, 83),
    accent=(190, 150, 255),
    negative=(255, 150, 50),
    neutral=(52, 56, 64),
    positive=(66, 155, 255),
    classes=_CLASSES_DARK,
    train=(190, 150, 255),
    test=(70, 214, 180),
    wrong=(255, 90, 105),
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Give all of Qt's own widgets the theme's colours."""
    sheet = _STYLE.format(**{key: f"rgb{getattr(theme, key)}" for key in _STYLED})
    if sheet == application.styleSheet():
        return  # setting it again would restyle every widget
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: "window",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "base",
        QPalette.ColorRole.AlternateBase: "window",
        QPalette.ColorRole.ToolTipBase: "raised",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.Button: "raised",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.BrightText: "wrong",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "base",
        QPalette.ColorRole.PlaceholderText: "faint",
        QPalette.ColorRole.Light: "raised",
        QPalette.ColorRole.Midlight: "line",
        QPalette.ColorRole.Mid: "line",
        QPalette.ColorRole.Dark: "line",
    }
    for role, name in roles.items():
        palette.setColor(role, theme.color(name))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.color("faint", 140))
    application.setPalette(palette)
    application.setStyleSheet(sheet)


_STYLED = ("window", "base", "raised", "text", "faint", "line", "accent", "wrong")
_STYLE = """
QToolTip {{ color: {text}; background: {raised}; border: 1px solid {line}; padding: 3px; }}
QMainWindow::separator {{ background: {window}; width: 5px; height: 5px; }}
QMainWindow::separator:hover {{ background: {accent}; }}
QToolBar {{ border: 0; border-bottom: 1px solid {line}; spacing: 3px; padding: 3px; }}
QToolBar QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 4px; }}
QToolBar QToolButton:hover {{ background: {raised}; border-color: {line}; }}
QToolBar QToolButton:pressed, QToolBar QToolButton:checked {{ background: {line}; }}
QToolBar QToolButton:focus {{ border-color: {accent}; }}
QDockWidget::title {{ background: {window}; padding: 5px 6px; font-weight: 600; }}
QGroupBox {{ border: 0; border-top: 1px solid {line}; margin-top: 18px; padding-top: 6px; font-weight: 600; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0; padding: 2px 6px 2px 0; }}
QScrollArea {{ border: 0; }}
QStatusBar {{ border-top: 1px solid {line}; }}
QStatusBar::item {{ border: 0; }}
QCheckBox::indicator, QListWidget::indicator {{ width: 12px; height: 12px; }}
QCheckBox::indicator, QListWidget::indicator {{ border: 1px solid {faint}; border-radius: 3px; background: {base}; }}
QCheckBox::indicator:checked, QListWidget::indicator:checked {{ background: {accent}; border-color: {accent}; }}
QCheckBox::indicator:disabled {{ border-color: {line}; }}
QCheckBox:focus {{ color: {accent}; }}
QToolButton[role="section"] {{ border: 0; border-top: 1px solid {line}; font-weight: 600; padding: 4px 0 2px 0; }}
QToolButton[role="section"]:hover {{ color: {accent}; }}
QToolButton[role="section"]:focus {{ color: {accent}; }}
QToolButton[role="feature"] {{ border: 1px solid {line}; border-radius: 4px; background: {base}; }}
QToolButton[role="feature"] {{ padding: 2px 1px; min-width: 30px; }}
QToolButton[role="small"] {{ border: 1px solid {line}; border-radius: 4px; background: {raised}; padding: 2px 8px; }}
QToolButton[role="small"]:hover, QToolButton[role="small"]:focus {{ border-color: {text}; }}
QToolButton[role="feature"]:checked {{ border-color: {accent}; background: {accent}; color: {base}; }}
QToolButton[role="feature"]:hover, QToolButton[role="feature"]:focus {{ border-color: {text}; }}
QToolButton[role="flat"] {{ border: 1px solid transparent; border-radius: 4px; color: {faint}; padding: 0; }}
QToolButton[role="flat"]:hover, QToolButton[role="flat"]:focus {{ border-color: {line}; color: {text}; }}
QToolButton[role="flat"]:focus {{ border-color: {accent}; }}
QToolButton[role="flat"]::menu-indicator {{ image: none; }}
QToolButton[role="menu"] {{ border: 1px solid {line}; border-radius: 4px; background: {raised}; padding: 2px 6px; }}
QToolButton[role="menu"]:hover, QToolButton[role="menu"]:focus {{ border-color: {accent}; }}
QToolButton[role="menu"]::menu-indicator {{ image: none; }}
QLabel[role="faint"] {{ color: {faint}; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QAbstractSpinBox[wrong="true"] {{ color: {wrong}; text-decoration: underline; font-weight: 600; }}
QLabel[role="wrong"] {{ color: {wrong}; }}
"""
