"""`python -m bot` and the console script `headroom`."""
