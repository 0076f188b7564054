"""Protocols between the flows and the outside world; each has real adapters and one fake in tests/fakes.py."""
