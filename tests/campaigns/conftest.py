"""The window of the other tests."""

from tests.gui.conftest import open_window, qapp, window

__all__ = ["open_window", "qapp", "window"]
