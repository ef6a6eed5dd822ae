"""The window's process: checks before it starts, the scale of the screen, escaped faults, and signals that end it.

What the window shows belongs to ``gui.window``.
"""
