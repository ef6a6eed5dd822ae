"""What happens in the window, without Qt: runs and their undo, the worker, and what window and worker tell each other.

What a run computes belongs to :mod:`core.training`; how it looks belongs to ``gui``.
"""
