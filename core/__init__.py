"""Everything that needs no window: it runs in a notebook, on the command line and under the window alike.

No module here imports Qt, ``gui`` or ``cli``.
"""
