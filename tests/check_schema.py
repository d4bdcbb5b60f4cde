"""`python -m tests.check_schema`: do the migrations make exactly the tables that are defined, on every PostgreSQL?

Alembic's own comparison sees no change of an index's condition or of a check, so the dumps of both are compared too.
"""

import asyncio
import os
import subprocess
import sys
import warnings
from difflib import unified_diff
from pathlib import Path

from alembic import command

from db.embedded.binaries import User, find_binaries
from db.migrate import migrate
from db.upgrade import run_alembic
from tests.support.database import create_all, running_server, temporary_database
from tests.support.folders import run_folder

MAJORS = (16, 18)
_OF_ALEMBIC = ("--exclude-table=alembic_version", "--exclude-table=applied_revisions")


async def differences(server: str, pg_dump: Path) -> list[str]:
    """Compare an empty database after all migrations with the definition; return the lines of a diff."""
    async with temporary_database(server) as migrated, temporary_database(server) as defined:
        await migrate(migrated)
        await run_alembic(migrated, command.check)
        await create_all(defined)
        made, wanted = (_dump(pg_dump, url) for url in (migrated, defined))
    return list(unified_diff(made, wanted, "migrations", "tables", lineterm="", n=2))


def _dump(pg_dump: Path, url: str) -> list[str]:
    dumped = subprocess.run(  # noqa: S603 - the program is the wheel's
        [pg_dump, "--schema-only", "--restrict-key=same", *_OF_ALEMBIC, f"--dbname={url}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return dumped.stdout.splitlines()


def main() -> None:
    """Check every major release of PostgreSQL, print differences, and exit with 1 if there are any."""
    warnings.filterwarnings("ignore", "Expression #", UserWarning)  # dumps show what Alembic cannot compare
    with run_folder() as folder:
        for major in MAJORS:
            with running_server(folder, major) as server:
                pg_dump = find_binaries(major, User(os.geteuid(), os.getegid()), folder) / "pg_dump"
                found = asyncio.run(differences(server, pg_dump))
            if found:
                sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
