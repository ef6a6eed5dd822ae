"""A trained network in the forms of other programs, and what it computes as tables.

How an activation or a feature is spelled elsewhere is part of its entry, see :mod:`core.network.export_forms`.
"""
