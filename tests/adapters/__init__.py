"""Tests of the adapters: pure parts by tables, the rest against the sandbox over real sockets."""
