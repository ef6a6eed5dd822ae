"""Every number of an update as a formula: first in symbols, then with the numbers that meet there.

- ``expression``: a formula's right-hand side as a small tree, and its value.
- ``text``: how a tree is written, as plain text or HTML.
- ``formula``: Formula, and how many digits it shows.
- ``functions``: the activations, losses and penalties.
- ``updates``: the learning rate and the optimizers.
- ``steps``: from a walk to the formulas of a neuron, a weight, a loss.

A tree is written twice, with its symbols and with its numbers. The numbers are rounded, but never so far that who
computes with what is shown would get another result than what is shown. Indices count from 1, as the window counts
neurons: w₂₃⁽¹⁾ leads from the second input to the third neuron of layer 1 (``W1[1, 2]`` in an array).
"""
