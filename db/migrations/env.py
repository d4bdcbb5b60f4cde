"""The script of Alembic: it migrates, or compares, the connection that `db.upgrade` passes."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context, op
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import text

from db.tables.base import Table

APPLIED = "applied_revisions"  # made here, as Alembic makes its own table, since earlier migrations are recorded


def note_applied(
    ctx: MigrationContext,  # noqa: ARG001 - Alembic names all four
    step: MigrationInfo,
    heads: Collection[Any],  # noqa: ARG001
    run_args: Mapping[str, Any],  # noqa: ARG001
) -> None:
    """Record a revision and all before it, in the transaction of its migration."""
    lineage = [script.revision for script in context.script.iterate_revisions(step.up_revision_id, "base")]
    op.execute(f"CREATE TABLE IF NOT EXISTS {APPLIED} (revision varchar PRIMARY KEY)")
    noted = text(f"INSERT INTO {APPLIED} SELECT unnest(CAST(:lineage AS varchar[])) ON CONFLICT DO NOTHING")
    op.execute(noted.bindparams(lineage=lineage))


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Return True if a table of the database has to be compared with the definitions."""
    return (kind, name) != ("table", APPLIED)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    transaction_per_migration=True,
    on_version_apply=note_applied,
    include_name=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
