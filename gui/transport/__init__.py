"""Controls of the run: the toolbar, and the commands that play, step, go back and start anew."""
