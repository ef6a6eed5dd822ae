"""What computes the updates: the NumPy engine, the compiled engine, and the choice between them.

All engines compute the mathematics of ``core.network``; the order of samples and the settings come from
``core.training``.
"""
