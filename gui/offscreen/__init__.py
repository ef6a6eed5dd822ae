"""The real views without a screen, for the command ``render`` and for films."""
