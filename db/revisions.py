"""The revision of a database, compared with those of this release.

Alembic keeps the present revision, `applied_revisions` all that the database ever had. So an older release, which does
not know the revision of a database that a newer one migrated, still finds its own.
"""

from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types

from db.connections import Statement, connect
from db.readers import Reader
from db.writer import Writer

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_PARTS: Final = 4  # of a revision: a date and a number

# The newest migration that a database has had: the one row of Alembic's own table.
_REVISION: Final = Statement("revision", "SELECT version_num FROM alembic_version")

# True if a database ever had a migration; the primary key.
_WAS_APPLIED: Final = Statement(
    "revision_was_applied", "SELECT EXISTS (SELECT FROM applied_revisions WHERE revision = $1)"
)


class MigrationStatus(Enum):
    """The revision of a database, relative to this release."""

    CURRENT = auto()
    """It has the newest revision that this release knows."""
    NEWER = auto()
    """A newer release has migrated it: this one still works, since migrations only expand."""
    OLDER = auto()
    """It has an older revision, or none."""
    FOREIGN = auto()
    """It has an unknown revision and never had this release's own."""


class Found(NamedTuple):
    """The revision of a database, None if it has none, and its status."""

    revision: str | None
    status: MigrationStatus

    @property
    def suffices(self) -> bool:
        """True if this release works on the database without migrating it."""
        return self.status in {MigrationStatus.CURRENT, MigrationStatus.NEWER}

    @property
    def sentence(self) -> str:
        """The status as a sentence for people."""
        own = known_revisions()[0]
        return {
            MigrationStatus.CURRENT: f"The database is at this release's revision, {own}.",
            MigrationStatus.NEWER: f"The database is beyond this release's revision, {own}: a newer release migrated it"
            f" to {self.revision}, and this one goes on working.",
            MigrationStatus.OLDER: f"The database is behind this release's revision, {own}: it has"
            f" {self.revision or 'none'}. Run `loupe migrate`.",
            MigrationStatus.FOREIGN: f"The database has the revision {self.revision}, which this release does not know,"
            f" and never had this release's own, {own}.",
        }[self.status]


@cache
def known_revisions() -> tuple[str, ...]:
    """List the revisions that this release knows, newest first.

    The names of their files begin with them, in their order: Alembic takes longer to import than most commands run.
    """
    files = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"), reverse=True)
    return tuple("_".join(file.stem.split("_")[:_PARTS]) for file in files)


async def inspect(url: str) -> Found:
    """Read which revision a database has and change nothing; raises DatabaseUnreachable."""
    connection = await connect(url)
    try:
        return await find_revision(Writer(connection))
    finally:
        await connection.close()


async def find_revision(reader: Reader) -> Found:
    """Read the revision of a database and compare it with those that this release knows."""
    row = await _row(reader, _REVISION)
    revision: str | None = None if row is None else row["version_num"]
    newest, *older = known_revisions()
    if revision == newest:
        return Found(revision, MigrationStatus.CURRENT)
    if revision is None or revision in older:
        return Found(revision, MigrationStatus.OLDER)
    applied = await _row(reader, _WAS_APPLIED, newest)
    return Found(revision, MigrationStatus.NEWER if applied is not None and applied[0] else MigrationStatus.FOREIGN)


async def _row(reader: Reader, statement: Statement, *args: object) -> Any:  # noqa: ANN401 - a driver's record
    """Read a row; None if there is none, or no such table yet."""
    try:
        return await reader.fetch_row(statement, *args)
    except asyncpg.UndefinedTableError:
        return None
