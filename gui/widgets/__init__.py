"""Small parts that several parts of the window use: fields, icons, theme, readouts, plots.

Nothing here knows of runs.
"""
