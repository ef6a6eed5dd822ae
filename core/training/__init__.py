"""Training one network on one data set.

Here are the experiment, the preparation of its data, the trainer and its parts, the record, and saved runs. What
explains a run to a reader belongs in ``core.explain``.
"""
