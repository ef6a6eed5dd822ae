"""Tables from files into data sets: opening them, finding out what the columns hold, and choosing inputs and target.

Reading plain text belongs in ``text``.
"""
