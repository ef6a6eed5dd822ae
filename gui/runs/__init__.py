"""Runs beside the present one: their list, and their curves and borders in the plots of the present run."""
