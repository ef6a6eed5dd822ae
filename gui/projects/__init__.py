"""Project files in the window: opening, saving, autosave, recovery and recent projects.

The file format belongs in ``core.storage``.
"""
