"""Drawing and changing points in the plot: tools, palette, overlay and mouse.

What a stroke does to the points belongs in ``core.data``.
"""
