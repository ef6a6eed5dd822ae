"""What computes the updates of a run: the NumPy engine, the compiled engine, and the choice between them.

Both give the results of the reference, :mod:`core.network.network`. The settings of a run are in core.training.
"""
