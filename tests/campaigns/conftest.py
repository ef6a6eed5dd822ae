"""The window of the other tests."""

from tests.gui.conftest import make_one, open_window, qapp, window

__all__ = ["make_one", "open_window", "qapp", "window"]
