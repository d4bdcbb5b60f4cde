"""PostgreSQL: tables, migrations, connections, and what is read by which SQL."""
