"""The window, with Qt. Widgets show a run and send commands; the state of the run is kept in ``core``."""
