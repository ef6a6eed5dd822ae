"""The main window: menus, docks, notices, start. It connects the views and commands of the other folders.

A view or a command of one subject belongs in the folder of that subject.
"""
