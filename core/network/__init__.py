"""The network and its mathematics, to be read like a textbook.

Here are the forward and backward pass, activations, losses, optimizers, schedules and initial weights. Fast
implementations belong in ``core.engines``.
"""
