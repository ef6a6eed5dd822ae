"""Comparing: runs beside each other at one epoch, diagram and decision of each, in a window of its own."""
