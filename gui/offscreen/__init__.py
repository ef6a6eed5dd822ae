"""The window and its views drawn without a display: pictures and films. Nothing below imports this folder."""
