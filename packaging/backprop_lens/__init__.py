"""Backprop Lens as it is installed: this folder holds the checkout's core, gui, cli and data.

They import each other by these short names, so `__main__` puts this folder first in `sys.path`, and no other package of
such a name is met. Nothing here is an interface for other programs.
"""
