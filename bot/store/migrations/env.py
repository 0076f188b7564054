"""Alembic's entry: runs the steps over the connection that bot.store.migrate hands over."""

from alembic import context

# Batch mode: SQLite cannot alter most things in place, so Alembic copies the table there.
context.configure(
    connection=context.config.attributes["connection"],
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
