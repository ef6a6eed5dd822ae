"""Opening a table: a preview, how it is read, and what its columns are for.

This package is imported when a table is opened; reading itself belongs in ``core.data.tables``.
"""
