"""Tables written as text: which encoding, separator and decimal sign they use, and their cells as columns.

What the columns mean is decided in ``core.data.tables``.
"""
