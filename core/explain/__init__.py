"""Explanations of a run at one position; nothing here changes the run.

Here are the walk through an update, formulas, inspection, diagnosis, the gradient check, the report, decision maps and
snapshots.
"""
