"""The way of a database to the newest schema, by Alembic."""
