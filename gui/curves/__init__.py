"""The curves of loss and score over the epochs, the thinning of long records, and the scale of all axes of epochs."""
