"""The network, its record and its predictions in the formats of other programs. None of these files is read back."""
