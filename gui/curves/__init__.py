"""The curves of loss and score over the epochs, and the thinning of long records for the screen."""
