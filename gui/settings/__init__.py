"""The panels that edit an experiment. They announce the user's wishes and show the experiment that the session reports."""
