"""Data sets: where points and labels come from, how they are edited, and which plane of them is shown.

Splitting and scaling them for a network belongs in ``core.training``.
"""
