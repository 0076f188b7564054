"""Many processes on one PostgreSQL, as they run in production."""
