"""Alembic's entry: it gets the connection that migrate.py opened."""

from alembic import context

from service.database.office_tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
