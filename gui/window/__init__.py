"""The application and its main window: layout, menus, actions, notices and the checks before Qt starts.

It puts the other parts of ``gui`` together.
"""
