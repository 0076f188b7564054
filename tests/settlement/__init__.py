"""Estimates against what was billed."""
