"""Runs beside the present one: those that were kept, those that training left behind, and what differs among them.

What trains is the worker; here lies what is shown of runs that it does not train, and what brings them back.
"""
