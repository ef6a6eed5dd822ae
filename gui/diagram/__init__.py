"""The network diagram: its geometry, the view, its header and footer, and the bar that edits the selected weight."""
