"""Every number of an update as a formula: first in symbols, then with the numbers that meet there.

- ``step_formulas``: from a walk to the formulas of a neuron, a weight, a loss, an update.
- ``formula``: Formula, and how many digits it shows.
- ``shown_digits``: the digits of each number in an expression.
- ``formula_text``: how an expression is written, as plain text or HTML.

The expressions come from the entries of the tables in :mod:`core.network`, see :mod:`core.network.expression`. Each is
written twice, with its symbols and with its numbers. The numbers are rounded, but only so far that you can recompute
with the displayed numbers and get the displayed result. Indices count from 1, as in the window: w₂₃⁽¹⁾ leads from the
second input to the third neuron of layer 1 (``W1[1, 2]`` of a NumPy array).
"""
