"""The plot of loss, accuracy and gradient norms over the epochs, and the thinning of long records for it."""
