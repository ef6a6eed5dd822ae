"""Project files: opening, saving, recent projects, automatic saving, recovery after a crash.

The file format is in ``core.storage``.
"""
