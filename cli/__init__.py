"""The command line: one command, one module, and what several commands share.

It parses, calls ``core`` or ``gui.offscreen``, and prints; it computes nothing itself.
"""
