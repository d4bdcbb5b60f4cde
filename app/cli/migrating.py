"""`loupe migrate`."""

import asyncio
from typing import Annotated

import typer

from app.cli.database import database, require_schema
from app.cli.output import print_report, print_result
from app.settings import plan_terms_as_json, read_settings
from db.migrate import migrate


def migrate_command(
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Change nothing; the exit code is 1 where the database would have to be migrated."
        ),
    ] = False,
) -> None:
    """Migrate the database to the newest schema; one with that schema, or a newer release's, stays as it is.

    Example: LOUPE_DATABASE_URL=postgresql://loupe@db/loupe loupe migrate
    """
    settings = read_settings()
    with database(settings, "migrate", writes=not check) as url:
        found = require_schema(url) if check else asyncio.run(migrate(url, plan_terms_as_json(settings)))
        (print_result if check else print_report)(found.sentence)
