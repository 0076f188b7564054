"""Implementations of the Jobs port."""
