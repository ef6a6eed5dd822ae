"""The panels that edit an experiment: data, inputs, layers, training, presets.

Small fields that other parts of the window use too belong in ``gui.widgets``.
"""
