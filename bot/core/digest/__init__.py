"""What a digest is made of, for whom it is meant, and when it is due: pure values and functions."""
