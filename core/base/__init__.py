"""Small parts that everything else may use: errors, progress, random streams, files, numbers and mathematics as text.

Nothing here knows of networks, data or training.
"""
