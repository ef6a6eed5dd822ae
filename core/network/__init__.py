"""The network and what it is made of: activations, losses, optimizers, schedules, initializers, dropout, penalties.

Each activation, loss, optimizer, schedule and initializer is one value in one table, with all that the program needs to
know of it. How a run trains is in core.training, how training is made fast in core.engines.
"""
