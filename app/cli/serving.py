"""`loupe serve` and `loupe migrate`."""

import asyncio
import errno
import socket
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from typing import Annotated

import typer
import uvicorn

from app.cli.database import CommandFailed, database, database_clock, migrated_database, require_schema
from app.cli.log import begin_log
from app.cli.options import Host, Port
from app.cli.output import print_report, print_result
from app.clock import SystemClock
from app.settings import Settings, plan_terms_as_json, read_settings
from db.migrate import migrate
from jobs.catalogue import JOBS
from jobs.scheduler import jobs_alongside

_GRACE = 3  # seconds for requests under way as the process ends


def serve_command(
    *,
    host: Host = None,
    port: Port = None,
    with_jobs: Annotated[bool, typer.Option("--with-jobs", help="Run the jobs too, as loupe jobs does.")] = False,
) -> None:
    """Serve the GraphQL API until Ctrl-C, from the embedded PostgreSQL unless LOUPE_DATABASE_URL names another.

    The database is migrated first, unless LOUPE_MIGRATE is never. With LOUPE_READ_ONLY=true it is not, and only queries
    are answered.

    Example: loupe serve --port 9000 --with-jobs
    """
    settings = read_settings(host=host, port=port)
    command = "serve --with-jobs" if with_jobs else "serve"
    with (
        listen(settings.host, settings.port) as listener,
        migrated_database(settings, command, writes=with_jobs, keeps_log=True) as url,
    ):
        begin_log(settings)
        serve(
            listener,
            url,
            settings,
            database_clock(url, settings),
            lambda: print_report(f"Loupe serves {address(listener)} - Ctrl-C ends it."),
            with_jobs=with_jobs,
        )


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


def listen(host: str, port: int) -> socket.socket:
    """Bind the port first, so that no work is in vain if it is taken; raises CommandFailed."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, reuse_port=False
        )
    except (OSError, TypeError, UnicodeError) as error:  # the last two of a name that cannot be encoded
        raise CommandFailed(f"Port {port} of {host} {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    """Return why a port cannot be bound, and the remedy."""
    if not isinstance(error, OSError):
        cause = "that is no host's name"
    elif error.errno == errno.EADDRINUSE:
        return "is taken: end the program that uses it, or choose another by --port or LOUPE_PORT"
    else:
        cause = str(error.strerror).partition(" (while ")[0]
    return f"cannot be bound ({cause}): choose others by --host and --port, or LOUPE_HOST and LOUPE_PORT"


def address(listener: socket.socket) -> str:
    """Return the URL of the API, as it is printed."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/graphql"


def serve(
    listener: socket.socket,
    url: str,
    settings: Settings,
    clock: SystemClock,
    when_ready: Callable[[], None],
    *,
    with_jobs: bool,
    any_localhost: bool = False,
    with_demo_pictures: bool = False,
) -> None:
    """Serve until Ctrl-C or SIGTERM; requests under way, and then batches of jobs, get a few seconds to end."""
    # Making the schema takes longer than most other commands.
    from app.demo.routes import PICTURES  # noqa: PLC0415
    from app.web.asgi import create_app  # noqa: PLC0415

    alongside = partial(jobs_alongside, url, settings, clock, JOBS) if with_jobs else nullcontext
    app = create_app(
        database_url=url,
        settings=settings,
        clock=clock,
        alongside=alongside,
        any_localhost=any_localhost,
        routes=[PICTURES] if with_demo_pictures else [],
    )
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE,
    )
    with suppress(KeyboardInterrupt):  # uvicorn passes the signal on once it has shut down
        _Server(config, when_ready).run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that prints a line once it is ready."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_ready()
