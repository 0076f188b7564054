"""Pipelines, objectives and the digest's sections about them."""
