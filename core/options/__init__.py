"""An experiment as command-line options, and options as an experiment.

The window uses this too, to show the command of a run. Reading ``sys.argv`` and printing belong in ``cli``.
"""
