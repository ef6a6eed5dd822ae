"""The network and its mathematics, to be read like a textbook.

Here are the forward and backward pass, activations, losses, optimizers, schedules and initial weights. Each
activation, loss, optimizer, schedule and initializer is one value in one table, with its formula and export forms. Fast
implementations belong in ``core.engines``.
"""
