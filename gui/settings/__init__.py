"""The panels that edit an experiment: they announce the user's changes and show the experiment of the session."""
