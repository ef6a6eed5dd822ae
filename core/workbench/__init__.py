"""What happens in the window, without Qt.

Here are the worker that trains in a second thread, its messages and speed, and the runs that it holds with their undo.
Drawing, and passing messages on to widgets, belong in ``gui``.
"""
