"""Views that explain numbers: the walk through an update, the inspector, and the dialog of the gradient check."""
