"""The card that explains, which shows where the numbers of an edge, a neuron, a layer or the whole network come from.

``panel`` chooses the page; each page has a module of its own, and the others hold the parts of the pages.
"""

from gui.explanation.inspector.panel import Inspector

__all__ = ["Inspector"]
