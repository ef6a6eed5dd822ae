"""Every number of an update as a formula: first in symbols, then with the numbers that meet there.

- ``expression``: a formula's right-hand side as a small tree, and its value.
- ``formula_text``: how a tree is written, as plain text or HTML.
- ``formula``: Formula, and how many digits it shows.
- ``function_formulas``: the activations, losses and penalties.
- ``update_formulas``: the learning rate and the optimizers.
- ``step_formulas``: from a walk to the formulas of a neuron, a weight, a loss.

A tree is written twice, with its symbols and with its numbers. The numbers are rounded, but only so far
that you can recompute with the displayed numbers and get the displayed result. Indices count from 1, as in the window:
w₂₃⁽¹⁾ leads from the second input to the third neuron of layer 1 (``W1[1, 2]`` in an array).
"""
