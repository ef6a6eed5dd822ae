"""Files of the program: projects, weights, and exports to other programs.

It says what a file holds and checks what is read; file dialogs and autosave belong in ``gui.projects``.
"""
