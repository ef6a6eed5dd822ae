"""Colours, type and spacing of the light and the dark window.

Blue is positive, orange negative, and the first two classes follow.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from PyQt5.QtGui import QColor, QPalette
from PyQt5.QtWidgets import QApplication

from core.base.values import dataclass
from gui.widgets.images import Words, color_words

Rgb = tuple[int, int, int]
GLYPHS = "●◉⊖⊕"
"""The points of a class are circles with these insides: nothing in the first classes."""


@dataclass(frozen=True, eq=False)
class Theme:
    """One set of colours, each as (red, green, blue).

    Attributes:
        name: "light" or "dark".
        window, base, raised: the backgrounds of panels, of views and entry fields, and of buttons.
        text, faint: the colours of important and of less important text.
        line: borders and grid lines.
        accent: what is selected or under the mouse.
        on_accent: text and pictures on a filled accent.
        accent_pale: the background of what is marked.
        card: the background of a card in a panel.
        negative, neutral, positive: the ends and the middle of the scale of signed values.
        classes: colours of the classes; the first two are those of the scale.
        train, test: the two curves of the loss.
        wrong: marks a misclassified point. warning: marks a run that stands still.
        negative_text, positive_text: numbers in the colours of their signs, dark or light enough to be read.
    """

    name: str
    window: Rgb
    base: Rgb
    raised: Rgb
    text: Rgb
    faint: Rgb
    line: Rgb
    accent: Rgb
    on_accent: Rgb
    accent_pale: Rgb
    card: Rgb
    negative: Rgb
    neutral: Rgb
    positive: Rgb
    classes: tuple[Rgb, ...]
    train: Rgb
    test: Rgb
    wrong: Rgb
    warning: Rgb
    negative_text: Rgb
    positive_text: Rgb

    def color(self, name: str, alpha: int = 255) -> QColor:
        """The colour of one attribute."""
        red, green, blue = getattr(self, name)
        return QColor(red, green, blue, alpha)

    def class_rgb(self, index: int) -> Rgb:
        """The colour of a class; from the 31st class on they repeat, see :meth:`class_glyph`."""
        return self.classes[index % len(self.classes)]

    def class_glyph(self, index: int) -> str:
        """The circle of a class, one of GLYPHS, which tells it from the others of its colour."""
        return GLYPHS[index // len(self.classes) % len(GLYPHS)]

    def class_color(self, index: int) -> QColor:
        """The colour of a class, for Qt."""
        return QColor(*self.class_rgb(index))

    def layer_color(self, index: int, count: int) -> QColor:
        """The colour of a layer of so many: the nearer to the output, the lighter, from violet to rose.

        So one sees their order, and they are unlike those of the signs and the first classes.
        """
        place = index / max(1, count - 1)
        first, last = (0.16, 0.64) if self.name == "light" else (0.66, 0.90)
        return QColor.fromHslF(0.70 + 0.26 * place, 0.9, first + (last - first) * place)

    def signed_table(self) -> Words:
        """Colours of the signed scale, 256 words (0xFFRRGGBB) from negative through neutral to positive."""
        return self._signed_table

    def map_table(self, class_index: int | None) -> Words:
        """The colours of a unit's map: the signed ones, or neutral to the colour of the class it stands for."""
        return self._signed_table if class_index is None else _class_table(self, class_index % len(self.classes))

    def signed_color(self, value: float) -> QColor:
        """The colour of a value from −1 to 1 on the signed scale."""
        return color_of(self.signed_table(), value)

    @cached_property
    def _signed_table(self) -> Words:
        ends = np.array([self.negative, self.neutral, self.positive], dtype=float)
        at = np.linspace(0.0, 2.0, 256)
        return color_words(np.round([np.interp(at, [0.0, 1.0, 2.0], channel) for channel in ends.T]).T)


@lru_cache(maxsize=64)
def _class_table(theme: Theme, index: int) -> Words:
    shares = np.linspace(0.0, 1.0, 256)[:, None]
    none, all_of_it = (np.array(color, dtype=float) for color in (theme.neutral, theme.class_rgb(index)))
    return color_words(np.round(none + shares * (all_of_it - none)))


def color_of(table: Words, value: float) -> QColor:
    """The colour of a value from −1 to 1 in a table of 256 words."""
    return QColor(int(table[round((min(1.0, max(-1.0, value)) + 1.0) / 2.0 * (len(table) - 1))]))


# The first two are orange and blue; ten stay apart for the common kinds of colour blindness, also by lightness.
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
    # twenty more, as far as can be in CIELAB from these, the background, text and marks, and each other
    (0, 216, 0),
    (0, 0, 252),
    (252, 36, 252),
    (204, 168, 228),
    (228, 156, 144),
    (0, 12, 72),
    (216, 180, 0),
    (0, 204, 108),
    (84, 0, 48),
    (0, 48, 0),
    (156, 204, 0),
    (240, 132, 252),
    (168, 180, 132),
    (84, 36, 12),
    (252, 0, 108),
    (132, 12, 204),
    (252, 0, 180),
    (108, 72, 132),
    (252, 0, 0),
    (144, 0, 144),
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
    # twenty more, as far as can be in CIELAB from these, the background, text and marks, and each other
    (0, 0, 252),
    (0, 252, 0),
    (252, 0, 240),
    (48, 84, 12),
    (120, 60, 0),
    (132, 12, 144),
    (252, 0, 0),
    (0, 72, 228),
    (108, 72, 120),
    (0, 168, 12),
    (0, 108, 108),
    (252, 252, 0),
    (144, 0, 72),
    (252, 0, 168),
    (0, 252, 144),
    (0, 72, 168),
    (216, 252, 192),
    (120, 96, 84),
    (168, 252, 60),
    (168, 12, 0),
)

LIGHT = Theme(
    name="light",
    window=(244, 245, 247),
    base=(255, 255, 255),
    raised=(251, 251, 252),
    text=(28, 31, 36),
    faint=(98, 104, 114),
    line=(208, 212, 219),
    accent=(108, 56, 196),
    on_accent=(255, 255, 255),
    accent_pale=(238, 231, 250),
    card=(255, 255, 255),
    negative=(232, 119, 12),
    neutral=(233, 235, 238),
    positive=(9, 107, 196),
    classes=_CLASSES_LIGHT,
    train=(112, 60, 200),
    test=(0, 134, 110),
    wrong=(190, 0, 30),
    warning=(190, 120, 0),
    negative_text=(176, 84, 0),
    positive_text=(9, 107, 196),
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
    on_accent=(28, 16, 48),
    accent_pale=(62, 50, 88),
    card=(38, 41, 48),
    negative=(255, 150, 50),
    neutral=(52, 56, 64),
    positive=(66, 155, 255),
    classes=_CLASSES_DARK,
    train=(190, 150, 255),
    test=(70, 214, 180),
    wrong=(255, 90, 105),
    warning=(240, 180, 60),
    negative_text=(255, 158, 66),
    positive_text=(110, 180, 255),
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


SMALL, CAPTION, TITLE, FIGURE = 0.76, 0.87, 1.12, 1.7
"""The sizes of type, as multiples of the text's: of names above values, where there is little room and elsewhere, of
titles, and of the figures of the run."""


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Give all of Qt's own widgets the theme's colours, and the sizes of type that go with the application's font."""
    points = application.font().pointSizeF()
    sizes = {"small": SMALL, "caption": CAPTION, "title": TITLE, "figure": FIGURE, "body": 1.0}
    values = {key: f"rgb{getattr(theme, key)}" for key in _STYLED}
    values |= {f"{name}_size": f"{share * points:.1f}pt" for name, share in sizes.items()}
    sheet = _STYLE.format(**values, tick=Path(__file__).with_name(f"tick_{theme.name}.svg").as_posix())
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
        QPalette.ColorRole.HighlightedText: "on_accent",
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


_STYLED = (
    "window", "base", "raised", "text", "faint", "line", "accent", "on_accent", "accent_pale", "card", "wrong",
)  # fmt: skip
_STYLE = """
QToolTip {{ color: {text}; background: {raised}; border: 1px solid {line}; padding: 4px 6px; }}
QMainWindow::separator {{ background: {window}; width: 8px; height: 8px; }}
QMainWindow::separator:hover {{ background: {accent_pale}; }}
QMenuBar {{ background: {base}; border-bottom: 1px solid {line}; }}
QMenuBar::item {{ padding: 4px 9px; background: transparent; }}
QMenuBar::item:selected {{ background: {accent_pale}; }}
QToolBar {{ border: 0; border-bottom: 1px solid {line}; background: {base}; spacing: 0; padding: 0; }}
QToolBar#timeline {{ border: 0; border-top: 1px solid {line}; }}
QToolBar#strip {{ background: {raised}; }}
QDockWidget::title {{ background: {window}; padding: 5px 6px; font-weight: 600; }}
QGroupBox {{ border: 0; border-top: 1px solid {line}; margin-top: 18px; padding-top: 6px; font-weight: 600; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 0; padding: 2px 6px 2px 0; }}
QScrollArea {{ border: 0; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {line}; border-radius: 4px; min-height: 28px; margin: 1px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {line}; border-radius: 4px; min-width: 28px; margin: 1px; }}
QScrollBar::handle:hover {{ background: {faint}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QStatusBar {{ border-top: 1px solid {line}; background: {base}; font-size: {caption_size}; }}
QStatusBar {{ font-weight: 400; }}
QStatusBar[marked="true"] {{ color: {accent}; font-weight: 600; }}
QStatusBar::item {{ border: 0; }}
QStatusBar QLabel {{ color: {faint}; font-size: {caption_size}; }}
QTabBar::tab {{ background: transparent; color: {faint}; border: 0; padding: 5px 12px; }}
QTabBar::tab:selected {{ color: {text}; border-bottom: 2px solid {accent}; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QSlider::groove:horizontal {{ height: 3px; border-radius: 1px; background: {line}; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 1px; }}
QSlider::sub-page:horizontal:disabled {{ background: {line}; }}
QSlider::handle:horizontal {{
    width: 13px; height: 13px; margin: -6px 0; border-radius: 7px; border: 2px solid {accent}; background: {base};
}}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {accent}; }}
QSlider::handle:horizontal:disabled {{ border-color: {line}; }}
QCheckBox::indicator, QListWidget::indicator {{ width: 13px; height: 13px; }}
QCheckBox::indicator, QListWidget::indicator, QTableView::indicator {{
    border: 1px solid {faint}; border-radius: 3px; background: {base};
}}
QCheckBox::indicator:checked, QListWidget::indicator:checked, QTableView::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url("{tick}");
}}
QTableView {{ selection-background-color: {accent_pale}; selection-color: {text}; }}
QCheckBox::indicator:disabled {{ border-color: {line}; }}
QCheckBox:focus {{ color: {accent}; }}
QPushButton {{ border: 1px solid {line}; border-radius: 6px; background: {raised}; padding: 4px 10px; }}
QPushButton[role="narrow"] {{ padding: 4px 7px; }}
QPushButton:hover {{ border-color: {faint}; }}
QPushButton:focus {{ border-color: {accent}; }}
QPushButton:pressed {{ background: {line}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QPushButton:default {{ border-color: {accent}; }}
QToolButton[role="picture"] {{ border: 1px solid transparent; border-radius: 8px; padding: 6px; }}
QToolButton[role="picture"]:hover {{ background: {raised}; border-color: {line}; }}
QToolButton[role="picture"]:pressed, QToolButton[role="picture"]:checked {{ background: {line}; }}
QToolButton[role="picture"]:focus {{ border-color: {accent}; }}
QFrame[role="segments"] {{ border: 1px solid {line}; border-radius: 6px; background: {base}; }}
QFrame[role="border"] {{ background: {line}; border: 0; }}
QToolButton[role="segment"] {{ border: 1px solid transparent; border-radius: 5px; padding: 4px 7px; }}
QToolButton[role="segment"]:hover {{ background: {window}; }}
QToolButton[role="segment"]:pressed {{ background: {line}; }}
QToolButton[role="segment"][marked="true"], QToolButton[role="segment"]:checked {{
    background: {accent_pale}; color: {accent}; font-weight: 600;
}}
QToolButton[role="segment"]:focus {{ border-color: {accent}; }}
QToolButton[role="segment"]:disabled {{ color: {faint}; }}
DockTitle QToolButton[role="segment"] {{ padding: 2px 4px; }}
RunsView QToolButton[role="segment"] {{ padding: 1px 7px; }}
QFrame[role="segments"] QAbstractSpinBox {{ border: 0; background: transparent; padding: 3px 2px; }}
RunsView QFrame[role="segments"] QAbstractSpinBox {{ padding: 1px 2px; }}
QFrame[role="segments"] QAbstractSpinBox:focus {{ background: {accent_pale}; }}
QLabel[role="segment-word"] {{ padding: 0 7px; }}
QFrame[role="card"] {{ border: 1px solid {line}; border-radius: 8px; background: {card}; }}
QLabel[role="caption"] {{ color: {faint}; font-size: {caption_size}; }}
QToolBar#strip[compact="true"] QLabel[role="caption"] {{ font-size: {small_size}; }}
QLabel[role="figure"] {{ font-size: {figure_size}; font-weight: 600; }}
QToolBar[compact="true"] QLabel[role="figure"] {{ font-size: {title_size}; }}
QToolBar[compact="true"] QToolButton[role="segment"] {{ padding: 4px 3px; }}
QLabel[role="title"] {{ font-size: {title_size}; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {caption_size}; font-weight: 700; letter-spacing: 1px; }}
QToolButton[role="section"] {{ border: 0; border-top: 1px solid {line}; font-weight: 600; padding: 4px 0 2px 0; }}
QToolButton[role="section"]:hover {{ color: {accent}; }}
QToolButton[role="section"]:focus {{ color: {accent}; }}
QToolButton[role="title"] {{ border: 0; border-radius: 4px; padding: 1px 4px; color: {faint}; }}
QToolButton[role="title"]:hover {{ background: {line}; color: {text}; }}
QFrame[role="card"] {{ background: {card}; border: 1px solid {line}; border-radius: 8px; margin: 0 8px; }}
QFrame[role="card"] QScrollArea, QFrame[role="card"] QScrollArea QWidget {{ background: {card}; }}
QComboBox[role="quiet"], QAbstractSpinBox[role="quiet"] {{
    border: 1px solid transparent; border-radius: 5px; background: transparent; padding: 2px 4px;
}}
QComboBox[role="quiet"]:hover, QAbstractSpinBox[role="quiet"]:hover {{ background: {base}; border-color: {line}; }}
QComboBox[role="quiet"]:focus, QAbstractSpinBox[role="quiet"]:focus {{ background: {base}; border-color: {accent}; }}
QComboBox[role="quiet"]::drop-down {{ border: 0; width: 16px; }}
QComboBox QAbstractItemView {{ outline: 0; }}
QComboBox QAbstractItemView::item {{ padding: 4px 3px; background: {base}; }}
QComboBox QAbstractItemView::item:selected {{ background: {accent}; color: {on_accent}; }}
QListWidget {{ background: transparent; border: 0; outline: 0; }}
RankList::item:focus {{ background: {accent_pale}; }}
QToolButton[role="link"] {{ border: 0; color: {accent}; padding: 4px 2px; }}
QToolButton[role="link"]:disabled {{ color: {faint}; }}
QToolButton[role="link"]:hover, QToolButton[role="link"]:focus {{ text-decoration: underline; }}
QToolButton[role="feature"] {{ border: 1px solid {line}; border-radius: 4px; background: {base}; }}
QToolButton[role="feature"] {{ padding: 2px 1px; }}
QToolButton[role="small"] {{ border: 1px solid {line}; border-radius: 5px; background: {raised}; padding: 3px 9px; }}
QToolButton[role="small"]:hover {{ border-color: {faint}; }}
QFrame[role="foot"] {{ background: {window}; }}
QFrame[role="foot"] QToolButton[role="small"] {{ padding: 0 7px; }}
QToolButton[role="feature"]:hover {{ background: {window}; }}
QToolButton[role="feature"]:checked {{ border-color: {accent}; background: {accent}; color: {on_accent}; }}
QToolButton[role="small"]:focus, QToolButton[role="feature"]:focus {{ border-color: {text}; }}
QToolButton[role="flat"] {{ border: 1px solid transparent; border-radius: 4px; color: {faint}; padding: 0; }}
QToolButton[role="flat"]:hover, QToolButton[role="flat"]:focus {{ border-color: {line}; color: {text}; }}
QToolButton[role="flat"]:focus {{ border-color: {accent}; }}
QToolButton[role="flat"]::menu-indicator {{ image: none; }}
QToolButton[role="menu"] {{ border: 1px solid {line}; border-radius: 4px; background: {raised}; padding: 2px 6px; }}
QToolButton[role="menu"]:hover, QToolButton[role="menu"]:focus {{ border-color: {accent}; }}
QToolButton[role="menu"]::menu-indicator {{ image: none; }}
QFrame[role="net"] {{ border: 1px solid {line}; border-radius: 8px; }}
QFrame[role="net"][marked="true"] {{ border: 2px solid {accent}; }}
QLabel[role="faint"] {{ color: {faint}; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="accent"] {{ color: {accent}; }}
QAbstractSpinBox {{ font-weight: 400; text-decoration: none; }}
QAbstractSpinBox[wrong="true"] {{ color: {wrong}; text-decoration: underline; font-weight: 600; }}
QLabel[role="wrong"], QWidget[wrong="true"] {{ color: {wrong}; }}
"""
