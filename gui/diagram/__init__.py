"""The network diagram: its geometry, its painting, the view, and the bar that edits the selected weight.

Painting functions take a QPainter and PictureSettings and keep nothing; DiagramPicture keeps pixels between frames.
"""
