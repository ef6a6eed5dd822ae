"""The plot of the data: the points, the network's decision as a map with its border, and the controls around them.

What several plots share, such as axes and marks, belongs to gui.widgets; tools that change points, to gui.painting.
"""
