"""PostgreSQL: tables, migrations, connections and queries."""
