"""The painters of the network diagram.

They take a QPainter and PictureSettings and keep nothing.
"""
