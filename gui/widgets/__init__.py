"""Widgets, plot items and drawing helpers that several views use: fields, forms, plots, marks, icons, themes.

Nothing here knows about a run or a session.
"""
