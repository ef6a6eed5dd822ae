"""Several kept runs at one epoch, to be shown beside each other."""
