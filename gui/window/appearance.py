"""How the window looks: light or dark, the size of its type, what moves, and the presentation on the whole screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PyQt5.QtCore import QEvent, QObject, Qt, QTimer
from PyQt5.QtGui import QFontInfo, QPalette
from PyQt5.QtWidgets import QAction, QApplication, QMainWindow

from core.base.translation import _
from core.storage.settings_file import SettingsFile
from gui.diagram.forward_light import ForwardLight
from gui.session.command_context import STATUS_MILLISECONDS
from gui.widgets.qt_objects import existing
from gui.widgets.theme import DARK, LIGHT, THEMES, Theme
from gui.window.dock_layout import DockLayout

THEME_KEY, TYPE_KEY, MOTION_KEY = "window/theme", "window/type-size", "window/motion"
SIZES = (80, 90, 100, 110, 125, 150, 175, 200)
"""Sizes of type, in percent of the desktop's."""
USUAL = 100
PRESENTED = 125
"""The smallest size of type in a presentation."""
FOLDED = ("settings", "more")
"""Docks that are folded in a presentation."""
PLOT_SHARE, CARD_SHARE = 0.38, 0.3
"""The shares of the window that a presentation gives to the plot of the data and to the card."""
LEAST_ROOM, LEAST_ROOM_PRESENTED, USUAL_LETTERS = (760, 460), (560, 460), 12
"""The pixels that a window needs with letters of so many, and those of a presentation, whose panels are folded."""
DARK_BELOW = 110
DESKTOP_THEME = "desktop-theme"
"""The property of the application with the name of the theme that goes with the desktop."""


def desktop_theme() -> Theme:
    """The theme that goes with the colours of the desktop; to be asked before the program's own are set."""
    background = QApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if background.lightness() < DARK_BELOW else LIGHT


def first_theme(settings: SettingsFile) -> Theme:
    """The theme that was chosen; that of the desktop if none was."""
    chosen = settings.text(THEME_KEY, "")
    return THEMES.get(chosen) or THEMES[str(existing(QApplication.instance()).property(DESKTOP_THEME))]


class Appearance(QObject):
    """Handlers of the actions that change the look; what is chosen is remembered.

    Args:
        window: what is presented.
        settings: remembers the choices.
        docks: those of the window.
        actions: those of the window, by their names.
        light: what moves while training plays.
        theme, set_theme: tell and change the theme of the window.

    Attributes:
        size: the size of type, in percent of the desktop's: the chosen one, or what the window can hold.
    """

    def __init__(
        self,
        window: QMainWindow,
        settings: SettingsFile,
        docks: DockLayout,
        actions: Mapping[str, QAction],
        light: ForwardLight,
        theme: Callable[[], Theme],
        set_theme: Callable[[Theme], None],
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self._layout, self._docks = window, settings, docks, docks.by_name
        self._presentation, self._theme, self._set_theme = actions["presentation"], theme, set_theme
        self._motion, self._light = actions["motion"], light
        self._points = float(QApplication.font().pointSizeF())
        self._letters = QFontInfo(QApplication.font()).pixelSize() / USUAL_LETTERS
        self._is_presented = self._was_maximized = False
        self._size_before, self._sizes = USUAL, (0, 0)
        self._folded: list[str] = []
        self.size = self._chosen = USUAL
        self._show_motion(settings.text(MOTION_KEY) != "off")
        text = settings.text(TYPE_KEY, "")
        if text.isdecimal() and int(text) in SIZES and int(text) != USUAL:
            self._set_size(int(text))
        window.installEventFilter(self)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {
            "theme": self.turn_theme,
            "motion": self.turn_motion,
            "larger-type": lambda: self.choose_size(1),
            "smaller-type": lambda: self.choose_size(-1),
            "usual-type": lambda: self._remember_size(USUAL),
            "presentation": self.turn_presentation,
        }

    def turn_theme(self) -> None:
        """Change between light and dark; from now on the desktop does not decide any more."""
        self._set_theme(LIGHT if self._theme() is DARK else DARK)
        self._settings.put(THEME_KEY, self._theme().name)

    def turn_motion(self) -> None:
        """Let a light run through the network while training plays, or let nothing move."""
        self._show_motion(self._motion.isChecked())
        self._settings.put(MOTION_KEY, "on" if self._motion.isChecked() else "off")

    def _show_motion(self, wanted: bool) -> None:
        self._motion.setChecked(wanted)
        self._light.set_wanted(wanted)

    def choose_size(self, steps: int) -> None:
        """Make the type larger or smaller by so many steps."""
        place = min(max(SIZES.index(self.size) + steps, 0), len(SIZES) - 1)
        most = self._most()
        if SIZES[place] > most:
            text = _("Larger type has no room in this window: {size} % is the most.").format(size=most)
            existing(self._window.statusBar()).showMessage(text, STATUS_MILLISECONDS)
        self._remember_size(min(SIZES[place], most))

    def _remember_size(self, size: int) -> None:
        self._set_size(size)
        self._settings.put(TYPE_KEY, str(size))

    def _most(self) -> int:
        """The largest size that the window can hold, but not less than the desktop's."""
        window, least = self._window, LEAST_ROOM_PRESENTED if self._is_presented else LEAST_ROOM
        room = min(window.width() / least[0], window.height() / least[1]) / self._letters
        return max(size for size in SIZES if size <= max(USUAL, 100.0 * room))

    def _set_size(self, size: int) -> None:
        self._chosen = size
        self._show_size(size)

    def _fit(self) -> None:
        """Show the chosen size as far as there is room."""
        self._show_size(min(self._chosen, self._most()))
        self._share_out()

    def _show_size(self, size: int) -> None:
        if size != self.size:
            if self.size == USUAL and not self._is_presented:
                self._layout.note_sizes()
            self.size = size
            font = QApplication.font()
            font.setPointSizeF(self._points * size / 100.0)
            QApplication.setFont(font)
            self._set_theme(self._theme())  # its style sheet holds sizes of type
            QTimer.singleShot(0, self._follow_type)  # when Qt knows what room the texts take

    def _follow_type(self) -> None:
        """Give the docks the sizes that go with the type; with the usual one those that they had."""
        if self.size == USUAL and not self._is_presented:
            self._layout.bring_back_sizes()
        self._share_out()

    def turn_presentation(self) -> None:
        """Fill the screen with larger type and folded panels, or return to what was before."""
        self._is_presented = not self._is_presented
        window, docks = self._window, self._docks
        self._presentation.setChecked(self._is_presented)
        if self._is_presented:
            self._was_maximized = window.isMaximized()
            self._folded = [name for name in FOLDED if not docks[name].isHidden()]
            self._size_before = self._chosen
            sizes = self._layout.sizes()
            self._sizes = sizes["boundary"].width(), sizes["inspector"].height()
            for name in self._folded:
                docks[name].hide()
            self._set_size(max(self._chosen, PRESENTED))
            window.showFullScreen()
            self._share_out()
        else:
            if self._was_maximized:
                window.showMaximized()
            else:
                window.showNormal()
            self._set_size(self._size_before)
            for name in self._folded:
                docks[name].show()
            self._resize_docks(*self._sizes)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self._fit)  # when the docks have followed
        return super().eventFilter(watched, event)

    def _share_out(self) -> None:
        """Fit the docks to the window and the type; in a presentation plot and card grow with both."""
        if not self._is_presented:
            self._layout.fit()
        else:
            width, height = self._window.width(), self._window.height()
            card = self._sizes[1] * self.size / self._size_before
            self._resize_docks(round(PLOT_SHARE * width), round(min(max(card, CARD_SHARE * height), height / 2)))

    def _resize_docks(self, plot: int, card: int) -> None:
        self._window.resizeDocks([self._docks["boundary"]], [plot], Qt.Orientation.Horizontal)
        self._window.resizeDocks([self._docks["inspector"]], [card], Qt.Orientation.Vertical)

    def close(self) -> None:
        """Give the application its own font back, since it outlives the window."""
        font = QApplication.font()
        font.setPointSizeF(self._points)
        QApplication.setFont(font)
