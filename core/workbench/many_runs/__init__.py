"""Runs beside the present one: those that were kept, those that training left behind, and what differs among them.

What trains is the worker; here lies what is shown of runs that it does not train, and what brings them back.
"""

MOST_SEEDS = 512
"""How many more seeds are trained beside a run at a time."""
