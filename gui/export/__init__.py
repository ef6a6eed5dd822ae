"""The menu Export: pictures, films, and the background writing of files.

The contents of the files are made in ``core.storage.exports``.
"""
