"""What can be said of a run at one moment: the numbers of an update, their formulas, diagnosis, gradient check, report.

Nothing here changes a run, and nothing here draws.
"""
