"""Explanations of what the network computes.

Here are the walk through an update, the check of the gradient, and in ``inspector`` the numbers of the selected part.
The computation belongs in ``core.explain``.
"""
