"""The menu Export: pictures, films and files of the present network, and the jobs that write them.

The formats belong in ``core.storage.exports``.
"""
