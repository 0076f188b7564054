"""The database: tables, migrations and the repositories behind the Store port."""
