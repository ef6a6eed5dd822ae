"""Sweeps in the window: what varies, and the results as linked views of one selection."""
