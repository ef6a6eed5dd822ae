"""What explains numbers: the walk through an update step by step, the inspector, and the dialog of the gradient check."""
