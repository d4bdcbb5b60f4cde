"""Who holds a connection: every one of every command has a name in `pg_stat_activity`."""

import asyncio
import os
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.commands import cli
from app.clock import clock_from
from app.settings import Settings
from app.web.asgi import create_app
from db.application_name import named
from db.connections import Pool, connect
from jobs.catalogue import JOBS
from jobs.scheduler import jobs_alongside
from tests.support.database import execute, until

HERE = f"{socket.gethostname().partition('.')[0]}:{os.getpid()}"
NAMED = """
    SELECT array_agg(DISTINCT application_name) FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> ''
    HAVING count(DISTINCT application_name) >= 6"""
RECORD = """
    CREATE TABLE connections (name text);
    CREATE FUNCTION record_connection() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN INSERT INTO connections VALUES (current_setting('application_name')); END $$;
    CREATE EVENT TRIGGER record_connections ON login EXECUTE FUNCTION record_connection();
    ALTER EVENT TRIGGER record_connections ENABLE ALWAYS"""
ACCOUNT = ("--name", "ACME", "--plan", "SOLO", "--time-zone", "UTC", "--ref", "acme")


async def names_of_connections(url: str) -> set[str]:
    """Return the names of the connections since the last time, but for those of the test."""
    connection = await connect(url)
    try:
        rows = await connection.fetch("DELETE FROM connections RETURNING name")
        return {row["name"] for row in rows if row["name"]}
    finally:
        await connection.close()


def test_every_connection_of_a_command_names_it(new_database: str, tmp_path: Path, unset: pytest.MonkeyPatch) -> None:
    for module in ("jobs.begin_log", "verifying.configure_logging"):  # of this process, which has other tests
        unset.setattr(f"app.cli.{module}", lambda *_: None)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    asyncio.run(execute(new_database, RECORD))
    history = tmp_path / "history.jsonl"
    history.touch()
    runner = CliRunner(env={"LOUPE_DATABASE_URL": new_database})
    for command, options in {
        "account create": ACCOUNT,
        "account list": (),
        "account show": ("acme",),
        "key create": ("--staff",),
        "key list": (),
        "key show": ("1",),
        "key revoke": ("1",),
        "import": (str(history),),
        "migrate": (),
        "jobs status": (),
    }.items():
        assert runner.invoke(cli, [*command.split(), *options]).exit_code == 0
        assert asyncio.run(names_of_connections(new_database)) == {f"loupe {command} {HERE}"}
    for command in ("jobs verify", "jobs run-due"):
        assert runner.invoke(cli, command.split()).exit_code == 0
        names = asyncio.run(names_of_connections(new_database))
        assert names == {f"loupe {command} {HERE}", f"loupe {command} {HERE} worker"}
    for command in ("jobs retry", "jobs drop"):
        assert runner.invoke(cli, [*command.split(), "reprice_specifications"]).exit_code == 1
        assert asyncio.run(names_of_connections(new_database)) == {f"loupe {command} {HERE}"}


async def test_a_server_with_jobs_names_the_use_of_each_connection(database: str, pool: Pool) -> None:
    url, settings, clock = named(database, "serve"), Settings(), clock_from(None)
    app = create_app(
        database_url=url, settings=settings, clock=clock, alongside=lambda: jobs_alongside(url, settings, clock, JOBS)
    )
    used = ("reader", "writer", "claims", "health", "worker", "listener")
    uses = {f"loupe serve {HERE} {use}" for use in used}
    async with app.router.lifespan_context(app):
        await until(pool, NAMED)
        assert set((await pool.fetch(NAMED))[0][0]) == uses
