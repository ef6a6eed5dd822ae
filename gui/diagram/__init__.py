"""The network diagram: its geometry, its painting, its widget, and the bar that edits the selected weight."""
