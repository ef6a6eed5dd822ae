"""Painting: the tools that draw and change points in the plot, and their palette."""
