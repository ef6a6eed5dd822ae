"""Where a number comes from: of the edge, neuron or layer that is looked at, or of the whole net.

- ``panel``: the head, which page is shown, and what the worker is asked for.
- ``net_page``, ``layer_page``, ``edge_page``, ``neuron_page``: a page each; ``page_rows`` names the numbers
  that they share.
- ``page_parts``: rows of numbers, formulas, columns; ``bars``: a histogram; ``epoch_plot``: curves over the epochs;
  ``matrix_view``: a matrix as a picture; ``matrix_tables``: a matrix as text.
"""

from gui.explanation.inspector.panel import HINT, Inspector

__all__ = ["HINT", "Inspector"]
