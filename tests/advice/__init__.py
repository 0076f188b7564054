"""Advice: what is said, what it must never do to customers, and how it is applied."""
