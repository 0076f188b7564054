"""Status and digests as pure functions."""
