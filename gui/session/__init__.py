"""The session: the window's side of the worker, with the run, its newest snapshot and the clock that requests frames.

Views connect to it and never call the worker.
"""
