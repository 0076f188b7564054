"""Headroom: a ChatOps bot for self-service scaling on Google Cloud."""
