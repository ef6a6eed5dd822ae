"""The verdict on a run in words: whether it learns, what holds it up, and what to try next.

``judging`` asks the rules in order, each state has its module, and ``causes`` holds why a run does not learn.
"""
