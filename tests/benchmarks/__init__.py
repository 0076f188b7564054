"""Benchmarks: each prints its table and one line of verdict; run by `python -m tests.benchmarks`."""
