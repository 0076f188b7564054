"""Fixtures of the engines' tests."""

from tests.store_fixture import any_database, database, database_url, wakeups

__all__ = ["any_database", "database", "database_url", "wakeups"]
