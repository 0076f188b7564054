"""Databases for the tests of the doors."""

from tests.store_fixture import any_database, database_url, wakeups

__all__ = ["any_database", "database_url", "wakeups"]
