"""Which release a database is of: its revision beside the newest that this code knows.

Alembic keeps the revision a database has. Beside it `applied_revisions` keeps all that it ever had: by that a release
whose database was migrated by a newer one, to a revision it has never seen, finds its own among them.
"""

from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
from alembic.script import ScriptDirectory

from db.connections import Statement
from db.readers import Reader

MIGRATIONS: Final = Path(__file__).parent / "migrations"

# The newest migration that a database has had: the one row of Alembic's own table.
_REVISION: Final = Statement("revision", "SELECT version_num FROM alembic_version")

# Whether a database ever had a migration; the primary key.
_WAS_APPLIED: Final = Statement(
    "revision_was_applied", "SELECT EXISTS (SELECT FROM applied_revisions WHERE revision = $1)"
)


class Standing(Enum):
    """Where a database is, seen from this release."""

    AT = auto()
    """It has the newest revision that this release knows."""
    BEYOND = auto()
    """A newer release has migrated it: this one goes on working, since migrations only expand."""
    BEHIND = auto()
    """It has an older revision, or none."""
    FOREIGN = auto()
    """It has an unknown revision and never had this release's own."""


class Found(NamedTuple):
    """The revision that a database has, if any, and where it is by that."""

    revision: str | None
    standing: Standing

    @property
    def suffices(self) -> bool:
        """Whether this release works on the database as it is."""
        return self.standing in {Standing.AT, Standing.BEYOND}

    @property
    def sentence(self) -> str:
        """Say it to people."""
        own = known_revisions()[0]
        return {
            Standing.AT: f"The database is at this release's revision, {own}.",
            Standing.BEYOND: f"The database is beyond this release's revision, {own}: a newer release migrated it to"
            f" {self.revision}, and this one goes on working.",
            Standing.BEHIND: f"The database is behind this release's revision, {own}: it has"
            f" {self.revision or 'none'}. Run `loupe migrate`.",
            Standing.FOREIGN: f"The database has the revision {self.revision}, which this release does not know, and"
            f" never had this release's own, {own}.",
        }[self.standing]


@cache
def known_revisions() -> tuple[str, ...]:
    """List the revisions that this release knows, newest first."""
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


async def find_revision(reader: Reader) -> Found:
    """Read the revision of a database and compare it with those that this release knows."""
    row = await _row(reader, _REVISION)
    revision: str | None = None if row is None else row["version_num"]
    newest, *older = known_revisions()
    if revision == newest:
        return Found(revision, Standing.AT)
    if revision is None or revision in older:
        return Found(revision, Standing.BEHIND)
    applied = await _row(reader, _WAS_APPLIED, newest)
    return Found(revision, Standing.BEYOND if applied is not None and applied[0] else Standing.FOREIGN)


async def _row(reader: Reader, statement: Statement, *args: object) -> Any:  # noqa: ANN401 - a driver's record
    """Read a row; None where there is none, or no such table yet."""
    try:
        return await reader.fetch_row(statement, *args)
    except asyncpg.UndefinedTableError:
        return None
